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

/// The loader holds every value of a matrix to the schema of the types, which is the shipped one.
#[test]
fn every_shipped_case_satisfies_the_shipped_schema() {
    let folder = root().join("cases");
    for file in case_files(&folder) {
        let text = std::fs::read_to_string(&file).unwrap();
        let errors = case::parse(&file, "x", &text).err().unwrap_or_default();
        assert!(errors.is_empty(), "{errors:#?}");
    }
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
