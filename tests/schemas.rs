//! The shipped schemas are those of the types, and the shipped files satisfy them.

use std::path::{Path, PathBuf};

use registry_conformance::{case, report};
use serde_json::Value;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Compares a file with what the types say; `UPDATE_SCHEMAS=1 cargo test --test schemas` writes it anew.
fn holds(file: &str, generated: &Value) {
    let path = root().join("schemas").join(file);
    let text = format!("{generated:#}\n");
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let shipped = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        shipped == text,
        "schemas/{file} is not what the types say; run UPDATE_SCHEMAS=1 cargo test --test schemas"
    );
}

#[test]
fn the_case_schema_is_that_of_the_types() {
    holds("case.schema.json", &case::schema::generate());
}

#[test]
fn the_report_schema_is_that_of_the_types() {
    holds("report.schema.json", &report::schema());
}

#[test]
fn every_shipped_case_satisfies_the_shipped_schema() {
    let schema: Value = serde_json::from_str(
        &std::fs::read_to_string(root().join("schemas/case.schema.json")).unwrap(),
    )
    .unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for file in case_files(&root().join("cases")) {
        let text = std::fs::read_to_string(&file).unwrap();
        let document = registry_conformance::yaml::Located::parse(&text)
            .unwrap()
            .value;
        // A step with nothing behind its action is one with an empty mapping, as the loader reads it.
        let document = without_nulls(document);
        let errors: Vec<String> = validator
            .iter_errors(&document)
            .map(|error| format!("{} at {}", error, error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", file.display());
    }
}

fn without_nulls(mut document: Value) -> Value {
    fn fill(steps: &mut Value) {
        for step in steps.as_array_mut().into_iter().flatten() {
            for (name, member) in step.as_object_mut().into_iter().flatten() {
                if member.is_null() && case::Step::ACTIONS.contains(&name.as_str()) {
                    *member = serde_json::json!({});
                }
                match name.as_str() {
                    "attempt" => fill(member),
                    "parallel" => fill(&mut member["steps"]),
                    _ => {}
                }
            }
        }
    }
    fill(&mut document["steps"]);
    document
}

fn case_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(case_files(&path));
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
            && !path.ends_with("requirements.yaml")
        {
            found.push(path);
        }
    }
    found
}
