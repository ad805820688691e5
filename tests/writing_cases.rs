//! `docs/writing-cases.md` and `docs/testing-a-registry.md` say what is so: every example is read, the vocabulary is
//! whole, and the tutorial ends as it says.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use mock_registry::MockRegistry;
use mock_registry::defect::Defect;
use registry_conformance::case::{self, TEMPLATE_ROOTS, schema, template};
use registry_conformance::check;
use registry_conformance::known_failures::KnownFailures;
use registry_conformance::target::{CAPABILITIES, Environment, LoadOptions, Target, TokenCommands};
use registry_conformance::yaml::Located;
use serde_json::Value;

const DOCUMENT: &str = include_str!("../docs/writing-cases.md");
const GUIDE: &str = include_str!("../docs/testing-a-registry.md");

/// A fenced block: what stands behind its fence, and its text.
struct Block {
    kind: &'static str,
    line: usize,
    text: String,
}

fn blocks(document: &'static str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in document.lines().enumerate() {
        match (line.strip_prefix("```"), open.as_mut()) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(kind), None) => {
                open = Some(Block {
                    kind,
                    line: index + 1,
                    text: String::new(),
                });
            }
            (None, Some(block)) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a fence is not closed");
    blocks
}

fn of_kind(kind: &str) -> Vec<Block> {
    let found: Vec<_> = blocks(DOCUMENT)
        .into_iter()
        .filter(|block| block.kind == kind)
        .collect();
    assert!(!found.is_empty(), "there is no block ```{kind}");
    found
}

const GIVEN: &str = "content: {component: seeded}\nwrong: {component: seeded}\n";
const HOSTS: &str =
    "mirror: {serve: content}\nsecond: {serve: content}\nslow: {hold: {then: {serve: content}}}\n";

fn indented(text: &str, by: usize) -> String {
    let margin = " ".repeat(by);
    text.lines()
        .flat_map(|line| [margin.as_str(), line, "\n"])
        .collect()
}

/// A case about a client, with these steps behind the client's.
fn about_client(steps: &str) -> String {
    format!(
        "summary: An example of the document.\ngiven:\n{}hosts:\n{}steps:\n  - client: publish\n    expect: {{rule: CLI-1, exit: done}}\n{steps}",
        indented(GIVEN, 2),
        indented(HOSTS, 2),
    )
}

/// A whole case of an example; nothing for what is no example of a right case.
fn whole(block: &Block) -> Option<String> {
    let case = |head: &str, given: &str, hosts: &str, steps: &str| {
        format!(
            "summary: An example of the document.\n{head}given:\n{}hosts:\n{}steps:\n  - create:\n    name: denied\n    expect: {{rule: CRE-1}}\n{steps}",
            indented(given, 2),
            indented(hosts, 2),
        )
    };
    let text = block.text.as_str();
    Some(match block.kind {
        "yaml case" | "yaml case tutorial" => text.to_owned(),
        "yaml file" => case(text, GIVEN, HOSTS, ""),
        "yaml given" => case("", text, HOSTS, ""),
        "yaml hosts" => case("", GIVEN, text, ""),
        "yaml step" => case("", GIVEN, HOSTS, &indented(text, 2)),
        "yaml expect" => case(
            "",
            GIVEN,
            HOSTS,
            &format!("  - get:\n    expect:\n{}", indented(text, 6)),
        ),
        "yaml client-step" => about_client(&indented(text, 2)),
        "yaml client-expect" => {
            about_client(&format!("  - get:\n    expect:\n{}", indented(text, 6)))
        }
        "yaml broken" | "text failure" | "text mistakes" => return None,
        other => panic!("line {}: a block ```{other} is not tested", block.line),
    })
}

fn examples() -> Vec<(usize, String)> {
    blocks(DOCUMENT)
        .iter()
        .filter_map(|block| Some((block.line, whole(block)?)))
        .collect()
}

#[test]
fn every_example_is_a_right_case() {
    for (line, text) in examples() {
        if let Err(errors) = case::parse(Path::new("example.yaml"), "example", &text) {
            let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
            panic!("the block at line {line}:\n{}\n{text}", errors.join("\n"));
        }
    }
}

/// Walks a schema along a value and notes every property that the value uses, by the place of its declaration.
struct Walk<'a> {
    schema: &'a Value,
    used: BTreeSet<String>,
}

impl<'a> Walk<'a> {
    fn resolved(&self, mut at: String) -> (String, &'a Value) {
        loop {
            let node = self.schema.pointer(&at).expect("a place in the schema");
            match node.get("$ref").and_then(Value::as_str) {
                Some(reference) => reference.trim_start_matches('#').clone_into(&mut at),
                None => return (at, node),
            }
        }
    }

    fn visit(&mut self, at: String, value: &Value) {
        let (at, node) = self.resolved(at);
        for choice in ["anyOf", "oneOf"] {
            let branches = node.get(choice).and_then(Value::as_array);
            for index in 0..branches.map_or(0, Vec::len) {
                let branch = format!("{at}/{choice}/{index}");
                if self.fits(&branch, value) {
                    self.visit(branch, value);
                }
            }
        }
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    let property = format!("{at}/properties/{name}");
                    if self.schema.pointer(&property).is_some() {
                        self.visit(property.clone(), member);
                        self.used.insert(property);
                    } else if node
                        .get("additionalProperties")
                        .is_some_and(Value::is_object)
                    {
                        self.visit(format!("{at}/additionalProperties"), member);
                    }
                }
            }
            Value::Array(items) if node.get("items").is_some() => {
                for item in items {
                    self.visit(format!("{at}/items"), item);
                }
            }
            _ => {}
        }
    }

    /// Whether a branch can be the one that the value takes.
    fn fits(&self, branch: &str, value: &Value) -> bool {
        let (at, node) = self.resolved(branch.to_owned());
        if node.get("anyOf").or_else(|| node.get("oneOf")).is_some() {
            return true;
        }
        match value {
            Value::Object(members) => node.get("properties").map_or_else(
                || node.get("additionalProperties").is_some(),
                |_| {
                    members.keys().all(|name| {
                        self.schema
                            .pointer(&format!("{at}/properties/{name}"))
                            .is_some()
                    })
                },
            ),
            Value::Array(_) => node.get("items").is_some(),
            _ => false,
        }
    }
}

/// Every place of the schema that declares a property, and every fixed word that it knows.
fn declared(
    node: &Value,
    at: &str,
    properties: &mut BTreeSet<String>,
    words: &mut BTreeSet<String>,
) {
    match node {
        Value::Object(members) => {
            for (name, member) in members {
                let place = format!("{at}/{name}");
                match (name.as_str(), member) {
                    ("properties", Value::Object(declared)) => {
                        properties.extend(declared.keys().map(|name| format!("{place}/{name}")));
                    }
                    ("enum", Value::Array(values)) => {
                        words.extend(values.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    ("const", Value::String(word)) => {
                        words.insert(word.clone());
                    }
                    _ => {}
                }
                declared(member, &place, properties, words);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                declared(item, &format!("{at}/{index}"), properties, words);
            }
        }
        _ => {}
    }
}

/// All words that stand in examples or between backticks.
fn words_of_code(document: &str) -> BTreeSet<String> {
    let is_of_word = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut is_fenced = false;
    let mut words = BTreeSet::new();
    for line in document.lines() {
        if line.starts_with("```") {
            is_fenced = !is_fenced;
            continue;
        }
        for (index, part) in line.split('`').enumerate() {
            if is_fenced || index % 2 == 1 {
                words.extend(part.split(|c| !is_of_word(c)).map(str::to_owned));
            }
        }
    }
    words
}

#[test]
fn every_member_of_the_schema_has_an_example() {
    let schema = schema::generate();
    let (mut properties, mut words) = (BTreeSet::new(), BTreeSet::new());
    declared(&schema, "", &mut properties, &mut words);
    let mut walk = Walk {
        schema: &schema,
        used: BTreeSet::new(),
    };
    for (line, text) in examples() {
        let located = Located::parse(&text)
            .unwrap_or_else(|error| panic!("the block at line {line}: {}", error.message));
        walk.visit(String::new(), &located.value);
    }
    let missing: Vec<_> = properties.difference(&walk.used).collect();
    assert!(missing.is_empty(), "no example uses {missing:#?}");

    let known = words_of_code(DOCUMENT);
    let missing: Vec<_> = words.difference(&known).collect();
    assert!(missing.is_empty(), "the document does not know {missing:?}");
}

fn collect_names(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_names(item, found)),
        Value::Object(members) => {
            for (name, member) in members {
                found.insert(name.clone());
                collect_names(member, found);
            }
        }
        _ => {}
    }
}

#[test]
fn every_matcher_has_an_example_and_every_template_and_schema_a_line() {
    let mut names = BTreeSet::new();
    for (_, text) in examples() {
        collect_names(&Located::parse(&text).unwrap().value, &mut names);
    }
    for operator in check::json::OPERATORS {
        assert!(names.contains(*operator), "no example uses {operator}");
    }
    let told: BTreeSet<String> = DOCUMENT
        .lines()
        .filter(|line| line.starts_with("| `$("))
        .flat_map(|line| template::names(&Value::from(line)))
        .map(|name| name.split('.').next().unwrap_or_default().to_owned())
        .collect();
    let known = words_of_code(DOCUMENT);
    for root in TEMPLATE_ROOTS {
        assert!(
            told.contains(*root) || (known.contains(*root) && told.contains("owner")),
            "the table of templates does not have {root}"
        );
    }
    for schema in check::schema::NAMES {
        assert!(known.contains(*schema), "there is no schema {schema}");
    }
}

#[test]
fn the_guide_has_every_capability_with_what_it_says() {
    for row in CAPABILITIES {
        let line = GUIDE
            .lines()
            .find(|line| line.starts_with(&format!("| `{}` |", row.name)))
            .unwrap_or_else(|| panic!("the guide has no line for {}", row.name));
        assert!(line.contains(row.summary), "{line}\nlacks: {}", row.summary);
        for value in row.default.split(' ') {
            assert!(
                line.contains(&format!("`{value}`")),
                "{line}\nlacks: {value}"
            );
        }
    }
}

#[test]
fn the_guides_files_are_right() {
    let environment: Environment = ["OWNER_TOKEN", "READER_KEY"]
        .map(|name| (name.to_owned(), format!("secret of {name}")))
        .into_iter()
        .collect();
    let options = LoadOptions {
        registry: Some("http://127.0.0.1:9999/".parse().expect("a URL")),
        token_commands: TokenCommands::Skip,
    };
    let cases = case::built_in().expect("right cases");
    let ids: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    let blocks = blocks(GUIDE);
    assert!(!blocks.is_empty());
    for Block { kind, line, text } in blocks {
        match kind {
            "yaml target" => {
                if let Err(error) =
                    Target::parse(&text, Path::new("target.yaml"), &environment, &options)
                {
                    panic!("the block at line {line}: {error}");
                }
            }
            "yaml known-failures" => {
                KnownFailures::parse(&text, Path::new("known.yaml"))
                    .and_then(|known| known.check(&ids))
                    .unwrap_or_else(|error| panic!("the block at line {line}: {error}"));
            }
            other => panic!("line {line}: a block ```{other} is not tested"),
        }
    }
}

fn suite(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_registry-conformance"));
    for (name, _) in std::env::vars() {
        if name.starts_with("REGISTRY_CONFORMANCE_") || name == "GITHUB_STEP_SUMMARY" {
            command.env_remove(name);
        }
    }
    command.args(arguments).output().expect("the program runs")
}

fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

/// A folder with one case, and the case's path below it.
fn folder(path: &str, case: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(path);
    std::fs::create_dir_all(file.parent().expect("a parent")).expect("a folder");
    std::fs::write(file, case).expect("a case file");
    folder
}

/// What stands behind `before` in the document, up to a white space or backtick.
fn named(before: &str) -> &'static str {
    let (_, rest) = DOCUMENT
        .split_once(before)
        .unwrap_or_else(|| panic!("{before:?} is not in the document"));
    rest.split(|c: char| c.is_whitespace() || c == '`')
        .next()
        .unwrap_or_default()
}

async fn judged(registry: &MockRegistry, cases: &Path) -> Output {
    let url = registry.url().to_owned();
    let cases = cases.to_string_lossy().into_owned();
    tokio::task::spawn_blocking(move || suite(&["--cases", &cases, "--registry", &url]))
        .await
        .expect("the run ends")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tutorials_case_fails_with_the_defect_and_passes_without() {
    let path = named("`my-cases/");
    let id = path.strip_suffix(".yaml").expect("a case file");
    let case = &of_kind("yaml case tutorial")[0];
    let folder = folder(path, &case.text);

    let defect: Defect = named("--defect ").parse().expect("a defect of the mock");
    let wrong = MockRegistry::builder()
        .defect(defect)
        .start()
        .await
        .expect("the mock starts");
    let output = judged(&wrong, folder.path()).await;
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("violated rules: SRC-4\n"));
    let shown = text(&output.stdout).replace(&*folder.path().to_string_lossy(), "my-cases");
    for line in of_kind("text failure")[0].text.lines() {
        // URLs, generated names and what is shortened differ from run to run.
        let stable = line
            .split("http://")
            .next()
            .and_then(|line| line.split("GET /").next())
            .and_then(|line| line.split('…').next())
            .unwrap_or_default();
        assert!(shown.contains(stable), "{stable:?} is not in\n{shown}");
    }

    let right = MockRegistry::builder()
        .start()
        .await
        .expect("the mock starts");
    let output = judged(&right, folder.path()).await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    assert!(text(&output.stdout).contains(&format!("test {id} ... ok")));
}

#[test]
fn mistakes_are_told_as_the_document_shows() {
    let broken = of_kind("yaml broken");
    let told = of_kind("text mistakes");
    assert_eq!(broken.len(), told.len());
    for (case, told) in broken.iter().zip(told) {
        let folder = folder("broken.yaml", &case.text);
        let path = folder.path().to_string_lossy().into_owned();
        let output = suite(&["cases", "check", &path]);
        assert_eq!(output.status.code(), Some(2));
        let message = text(&output.stderr).replace(&path, "my-cases");
        assert_eq!(message, told.text, "the block at line {}", case.line);
    }
}
