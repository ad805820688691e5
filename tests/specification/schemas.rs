//! The schemas hold together, and describe the members that the document describes.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use jsonschema::Registry;
use regex::Regex;
use serde_json::Value;

use crate::document::{code, repository, table, text};

const BASE: &str = "https://publish-api.example/schemas/";

fn files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = ["schemas", "schemas/api"]
        .iter()
        .flat_map(|folder| fs::read_dir(repository(folder)).expect("a folder of schemas"))
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.to_string_lossy().ends_with(".schema.json"))
        .collect();
    files.sort();
    files
}

fn read(path: &PathBuf) -> Value {
    let text = fs::read_to_string(path).expect("a readable schema");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The schema of that name, wherever it lies below `schemas/`.
pub(crate) fn schema(name: &str) -> Value {
    let file = format!("{name}.schema.json");
    let found = files().into_iter().find(|path| path.ends_with(&file));
    read(&found.unwrap_or_else(|| panic!("there is no schema {name}")))
}

/// Panics with all that is wrong with `instance` by the schema `name`.
pub(crate) fn assert_valid(name: &str, instance: &Value, subject: &str) {
    let mut registry = Registry::new();
    for path in files() {
        let schema = read(&path);
        if let Some(id) = schema["$id"].as_str().map(str::to_owned) {
            registry = registry.add(id, schema).expect("a schema");
        }
    }
    let registry = registry.prepare().expect("references that resolve");
    let validator = jsonschema::options()
        .with_registry(&registry)
        .should_validate_formats(true)
        .build(&schema(name))
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let errors: Vec<String> = validator
        .iter_errors(instance)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{subject} against {name}: {errors:#?}");
}

#[test]
fn every_schema_is_known_by_its_file_name() {
    for path in files() {
        let file = path
            .file_name()
            .expect("a file")
            .to_string_lossy()
            .into_owned();
        let schema = read(&path);
        if path.starts_with(repository("schemas/api")) {
            assert_eq!(schema["$id"], format!("{BASE}{file}"));
            assert_eq!(
                schema["$schema"],
                "https://json-schema.org/draft/2020-12/schema"
            );
        }
        jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{file}: {error}"));
    }
}

#[test]
fn every_member_of_the_api_is_described_with_its_rules() {
    let document = text();
    let id = Regex::new(r"\b(CRE|DIG|UPL|SRC|SIG|PUB|ASY|REL|ERR|ACC|IDX|CLI)-\d+\b")
        .expect("a valid expression");
    for path in files()
        .iter()
        .filter(|path| path.starts_with(repository("schemas/api")))
    {
        let mut members = Vec::new();
        described_members(&read(path), &mut members);
        for (name, description) in members {
            let place = format!("{}, {name}", path.display());
            let rules: Vec<&str> = id
                .find_iter(&description)
                .map(|found| found.as_str())
                .collect();
            assert!(!rules.is_empty(), "{place}: no rule in {description:?}");
            for rule in rules {
                assert!(
                    document.contains(&format!("</a>{rule} |")),
                    "{place}: there is no rule {rule}"
                );
            }
        }
    }
}

/// Names and descriptions of the members under every `properties`, those of conditions apart.
fn described_members(schema: &Value, members: &mut Vec<(String, String)>) {
    match schema {
        Value::Object(object) => {
            for (keyword, value) in object {
                if let ("properties", Some(properties)) = (keyword.as_str(), value.as_object()) {
                    for (name, member) in properties {
                        members.push((
                            name.clone(),
                            member["description"]
                                .as_str()
                                .unwrap_or_default()
                                .to_owned(),
                        ));
                    }
                }
                let condition = keyword == "if"
                    || (keyword == "then" && object["if"]["properties"]["status"].is_object());
                if !condition {
                    described_members(value, members);
                }
            }
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| described_members(item, members)),
        _ => {}
    }
}

#[test]
fn document_and_schemas_name_the_same_members() {
    for (heading, schema_name) in [
        ("### Release manifest", "manifest"),
        ("### Unpublished release", "unpublished-release"),
        ("### Release", "release"),
        ("### Publish request", "publish-request"),
        ("## Problems", "problem"),
    ] {
        let documented = members_below(heading);
        let properties = schema(schema_name)["properties"].clone();
        let described: BTreeSet<String> = properties
            .as_object()
            .expect("properties")
            .keys()
            .cloned()
            .collect();
        assert_eq!(documented, described, "{heading}");
    }
    let source = schema("content-sources-request")["$defs"]["source"]["properties"].clone();
    let described: BTreeSet<String> = source
        .as_object()
        .expect("properties")
        .keys()
        .cloned()
        .collect();
    assert_eq!(members_below("### Content sources"), described);
}

fn members_below(heading: &str) -> BTreeSet<String> {
    table(heading, "member")
        .iter()
        .filter_map(|row| code(&row[0]).into_iter().next())
        .collect()
}
