//! The rules, capabilities and problem names are the same in document and data.

use std::collections::BTreeMap;
use std::fs;

use regex::Regex;
use registry_conformance::specification::{self, Span};
use serde::Deserialize;
use serde_json::Value;

use crate::document::{cells, code, repository, table, text};
use crate::schemas::{self, schema};

#[derive(Deserialize)]
struct Requirement {
    id: String,
    level: String,
    side: String,
    summary: String,
    #[serde(default)]
    capabilities: BTreeMap<String, Values>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Values {
    One(Scalar),
    Any(Vec<Scalar>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Flag(bool),
    Word(String),
}

impl Scalar {
    fn text(&self) -> String {
        match self {
            Self::Flag(flag) => flag.to_string(),
            Self::Word(word) => word.clone(),
        }
    }
}

impl Values {
    fn texts(&self) -> Vec<String> {
        match self {
            Self::One(value) => vec![value.text()],
            Self::Any(values) => values.iter().map(Scalar::text).collect(),
        }
    }
}

/// Id, level, and the values of each capability that the rule needs.
#[derive(Debug, PartialEq)]
struct Rule {
    id: String,
    level: String,
    capabilities: BTreeMap<String, Vec<String>>,
}

fn requirements_text() -> String {
    fs::read_to_string(repository("cases/requirements.yaml"))
        .expect("the requirements are readable")
}

fn requirements() -> Vec<Requirement> {
    serde_saphyr::from_str(&requirements_text()).expect("the requirements parse")
}

fn documented_rules() -> Vec<Rule> {
    let anchor =
        Regex::new(r#"^<a id="([a-z]{3}-\d+)"></a>([A-Z]{3}-\d+)$"#).expect("a valid expression");
    text()
        .lines()
        .filter(|line| line.starts_with("| <a id="))
        .map(|line| {
            let row = cells(line);
            let [rule, level, capabilities, said] = row.as_slice() else {
                panic!("a rule has four cells: {line}")
            };
            assert!(!said.is_empty(), "{rule} says nothing");
            let found = anchor
                .captures(rule)
                .unwrap_or_else(|| panic!("no rule id and anchor in {rule}"));
            assert_eq!(found[1], found[2].to_lowercase());
            Rule {
                id: found[2].to_owned(),
                level: level.clone(),
                capabilities: capabilities
                    .split(", ")
                    .filter(|part| !part.is_empty())
                    .map(capability)
                    .collect(),
            }
        })
        .collect()
}

fn capability(text: &str) -> (String, Vec<String>) {
    let mut words = code(text);
    assert!(words.len() > 1, "no capability with a value in {text}");
    let values = words.split_off(1);
    (words.remove(0), values)
}

#[test]
fn document_and_requirements_have_the_same_rules() {
    let documented = documented_rules();
    let listed: Vec<Rule> = requirements()
        .iter()
        .map(|requirement| Rule {
            id: requirement.id.clone(),
            level: requirement.level.clone(),
            capabilities: requirement
                .capabilities
                .iter()
                .map(|(name, values)| (name.clone(), values.texts()))
                .collect(),
        })
        .collect();
    for (documented, listed) in documented.iter().zip(&listed) {
        assert_eq!(documented, listed);
    }
    assert_eq!(documented.len(), listed.len());
}

/// The harness carries the words of the rules in its reports.
#[test]
fn the_words_of_every_rule_are_read_whole() {
    let syntax = Regex::new(r"`|\[([^\]]+)\]\(#[^)]+\)").expect("a valid expression");
    let plain = |cell: &str| syntax.replace_all(cell, "$1").into_owned();
    let words = |spans: &[Span]| -> String {
        spans
            .iter()
            .map(|span| match span {
                Span::Text(text) | Span::Code(text) | Span::Reference { text, .. } => text.as_str(),
            })
            .collect()
    };
    let read: Vec<[String; 4]> = specification::areas()
        .iter()
        .flat_map(|area| {
            assert!(area.title.to_lowercase().starts_with(&area.anchor) || area.anchor == "cli");
            assert!(!area.paragraphs.is_empty(), "{}", area.title);
            &area.rules
        })
        .map(|rule| {
            assert_eq!(rule.anchor, rule.id.to_lowercase());
            [
                rule.id.clone(),
                rule.level.clone(),
                words(&rule.applies_when),
                words(&rule.text),
            ]
        })
        .collect();
    let documented: Vec<[String; 4]> = text()
        .lines()
        .filter(|line| line.starts_with("| <a id="))
        .map(|line| {
            let [rule, level, applies_when, said]: [String; 4] =
                cells(line).try_into().expect("four cells");
            let id = rule.rsplit('>').next().expect("an id").to_owned();
            [id, level, plain(&applies_when), plain(&said)]
        })
        .collect();
    assert_eq!(read, documented);
}

#[test]
fn requirements_match_their_schema() {
    let instance: Value =
        serde_saphyr::from_str(&requirements_text()).expect("the requirements parse");
    schemas::assert_valid("requirements", &instance, "cases/requirements.yaml");
}

#[test]
fn rules_are_numbered_without_gaps_and_bind_the_right_side() {
    let mut last = (String::new(), 0);
    for requirement in requirements() {
        let (area, number) = requirement.id.split_once('-').expect("area and number");
        let number: u32 = number.parse().expect("a number");
        let expected = if area == last.0 { last.1 + 1 } else { 1 };
        assert_eq!(number, expected, "{}", requirement.id);
        assert_eq!(
            requirement.side == "client",
            area == "CLI",
            "{}",
            requirement.id
        );
        last = (area.to_owned(), number);
    }
}

#[test]
fn capabilities_are_documented_with_the_values_that_rules_need() {
    let documented: BTreeMap<String, String> = table("## Capabilities", "capability")
        .into_iter()
        .map(|row| (code(&row[0]).remove(0), row[1].clone()))
        .collect();
    let mut named: Vec<String> = enumeration(
        &schema("requirements")["items"]["properties"]["capabilities"]["propertyNames"],
    );
    named.sort();
    assert_eq!(documented.keys().cloned().collect::<Vec<_>>(), named);
    for requirement in requirements() {
        for (name, needed) in &requirement.capabilities {
            for value in needed.texts() {
                assert!(
                    documented[name]
                        .split([',', ' '])
                        .any(|known| known == value),
                    "{} needs {name} = {value}, which is not documented",
                    requirement.id
                );
            }
        }
    }
}

#[test]
fn problem_names_are_the_same_everywhere() {
    let documented: Vec<String> = table("## Problems", "name")
        .iter()
        .map(|row| code(&row[0]).remove(0))
        .collect();
    let named = enumeration(&schema("problem-name"));
    assert_eq!(documented, named);

    let urn = Regex::new("urn:publish-api:problem:([a-z-]+)").expect("a valid expression");
    for found in urn.captures_iter(&text()) {
        assert!(
            named.contains(&found[1].to_owned()),
            "{} is no problem name",
            &found[0]
        );
    }
}

#[test]
fn summaries_name_problems_that_exist() {
    let named = enumeration(&schema("problem-name"));
    let hyphenated = Regex::new("^[a-z]+(-[a-z]+)+$").expect("a valid expression");
    for requirement in requirements() {
        for word in code(&requirement.summary) {
            assert!(
                !hyphenated.is_match(&word) || named.contains(&word),
                "{} names the problem {word}, which does not exist",
                requirement.id
            );
        }
    }
}

fn enumeration(schema: &Value) -> Vec<String> {
    serde_json::from_value(schema["enum"].clone()).expect("an enumeration of strings")
}
