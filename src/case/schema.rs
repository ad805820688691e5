//! The JSON Schema of case files, made from the types, and what it says of a file in words for people.

use std::sync::LazyLock;

use jsonschema::Validator;
use schemars::generate::SchemaSettings;
use schemars::transform::transform_subschemas;
use serde_json::{Value, json};

use super::model::CaseFile;
use crate::schema_errors::{self, SchemaProblem};

/// The schema as it is shipped in `schemas/case.schema.json`.
pub fn generate() -> Value {
    let mut schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<CaseFile>();
    schema.insert(
        "$id".to_owned(),
        json!("https://publish-api.example/schemas/case.schema.json"),
    );
    schema.insert("title".to_owned(), json!("Case file"));
    allow_templates_within(&mut schema);
    schema.into()
}

/// Inner schemas first, so that what stands in for a number is not itself replaced.
fn allow_templates_within(schema: &mut schemars::Schema) {
    transform_subschemas(&mut allow_templates_within, schema);
    allow_templates(schema);
}

/// A value may be a template, which is filled in before it is read: of a number or truth, and of a choice.
fn allow_templates(schema: &mut schemars::Schema) {
    let template = json!({"type": "string", "pattern": r"^\$\(.*\)$"});
    for choice in ["anyOf", "oneOf"] {
        if let Some(Value::Array(branches)) = schema.get_mut(choice) {
            branches.push(template);
            return;
        }
    }
    let kind = schema.get("type").and_then(Value::as_str);
    if !matches!(kind, Some("integer" | "number" | "boolean")) {
        return;
    }
    let description = schema.remove("description");
    let default = schema.remove("default");
    let inner = schema.clone();
    *schema = schemars::json_schema!({"anyOf": [inner, template]});
    for (name, value) in [("description", description), ("default", default)] {
        if let Some(value) = value {
            schema.insert(name.to_owned(), value);
        }
    }
}

static VALIDATOR: LazyLock<Option<Validator>> =
    LazyLock::new(|| jsonschema::draft202012::new(&generate()).ok());

/// Everything in which a case file is not what the schema says.
pub fn problems(value: &Value) -> Vec<SchemaProblem> {
    VALIDATOR
        .as_ref()
        .map(|validator| schema_errors::problems(validator, value))
        .unwrap_or_default()
}
