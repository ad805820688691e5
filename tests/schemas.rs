//! The shipped schemas are those of the types. (That the shipped cases satisfy them is held by `tests/cases.rs`: the
//! loader holds every value of a matrix to the schema of the types.)

use std::path::PathBuf;

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
