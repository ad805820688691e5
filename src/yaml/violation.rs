use jsonschema::{
    JsonType, Validator,
    error::{TypeKind, ValidationErrorKind},
};
use serde_json::Value;

use super::{Located, Position};

/// One thing that is wrong in a document, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// Where in the text.
    pub position: Position,
    /// What is wrong, what was expected, and the way out, without the position.
    pub message: String,
}

impl Violation {
    /// A violation at a position.
    pub fn new(position: Position, message: impl Into<String>) -> Self {
        Self {
            position,
            message: message.into(),
        }
    }

    /// `FILE:LINE:COLUMN: MESSAGE`, as compilers write it.
    pub fn in_file(&self, file: &str) -> String {
        format!(
            "{file}:{}:{}: {}",
            self.position.line, self.position.column, self.message
        )
    }
}

/// Everything in `document` that the JSON Schema of `validator` refuses, in the order of the text.
///
/// `schema` is the document that `validator` was built from; member names close to a misspelt one are looked up in
/// it. Messages name members and types, never values, since a value can be a secret.
pub fn schema_violations(
    validator: &Validator,
    schema: &Value,
    document: &Located,
) -> Vec<Violation> {
    let mut violations = Vec::new();
    for error in validator.iter_errors(&document.value) {
        collect(&error, schema, document, &mut violations);
    }
    violations.sort();
    violations.dedup();
    violations
}

fn collect(
    error: &jsonschema::ValidationError<'_>,
    schema: &Value,
    document: &Located,
    violations: &mut Vec<Violation>,
) {
    let pointer = error.instance_path().as_str();
    let here = document.spans.value(pointer);
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            let known = allowed_members(error, schema);
            for name in unexpected {
                let position = document.spans.key(&format!(
                    "{pointer}/{}",
                    name.replace('~', "~0").replace('/', "~1")
                ));
                violations.push(Violation::new(position, unknown_member(name, &known)));
            }
        }
        // Several shapes are allowed: the one that got furthest tells most about what was meant.
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            let depth = |branch: &Vec<jsonschema::ValidationError<'_>>| {
                branch
                    .iter()
                    .map(|error| error.instance_path().as_str().len())
                    .max()
                    .unwrap_or_default()
            };
            let furthest = context.iter().max_by_key(|branch| depth(branch));
            match furthest {
                Some(branch) if depth(branch) > pointer.len() => {
                    for error in branch {
                        collect(error, schema, document, violations);
                    }
                }
                _ => violations.push(Violation::new(here, described(error, schema))),
            }
        }
        _ => violations.push(Violation::new(here, described(error, schema))),
    }
}

fn unknown_member(name: &str, known: &[String]) -> String {
    match super::nearest(name, known.iter().map(String::as_str)) {
        Some(near) => format!("unknown member `{name}`; did you mean `{near}`?"),
        None if known.is_empty() => format!("unknown member `{name}`; none is expected here"),
        None => format!(
            "unknown member `{name}`; expected one of {}",
            known.join(", ")
        ),
    }
}

/// The schema that a keyword of an error stands in.
fn parent_schema<'a>(
    error: &jsonschema::ValidationError<'_>,
    schema: &'a Value,
) -> Option<&'a Value> {
    let path = error.schema_path().as_str();
    schema.pointer(path.rsplit_once('/')?.0)
}

fn allowed_members(error: &jsonschema::ValidationError<'_>, schema: &Value) -> Vec<String> {
    parent_schema(error, schema)
        .and_then(|parent| parent.get("properties"))
        .and_then(Value::as_object)
        .map(|properties| properties.keys().cloned().collect())
        .unwrap_or_default()
}

/// What the schema says about the place in words, after what went wrong.
fn described(error: &jsonschema::ValidationError<'_>, schema: &Value) -> String {
    let message = message(error);
    match parent_schema(error, schema)
        .and_then(|parent| parent.get("description"))
        .and_then(Value::as_str)
    {
        Some(description) => format!("{message} ({})", description.trim_end_matches('.')),
        None => message,
    }
}

fn message(error: &jsonschema::ValidationError<'_>) -> String {
    let list = |value: &Value| {
        let name = |value: &Value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), ToOwned::to_owned)
        };
        value
            .as_array()
            .map(|options| options.iter().map(name).collect::<Vec<_>>().join(", "))
            .unwrap_or_default()
    };
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            format!(
                "the member `{}` is missing",
                property.as_str().unwrap_or_default()
            )
        }
        ValidationErrorKind::Enum { options } => format!("expected one of {}", list(options)),
        ValidationErrorKind::MinItems { limit } => format!("expected at least {limit} items"),
        ValidationErrorKind::MinLength { .. } => "expected text that is not empty".to_owned(),
        ValidationErrorKind::Pattern { .. } => {
            "this text does not have the expected form".to_owned()
        }
        ValidationErrorKind::AnyOf { .. } | ValidationErrorKind::OneOfNotValid { .. } => {
            format!(
                "{} is not one of the expected forms",
                kind_of(error.instance())
            )
        }
        ValidationErrorKind::OneOfMultipleValid { .. } => {
            "only one of these forms can be used at once".to_owned()
        }
        ValidationErrorKind::Not { .. } => "these members can not stand together".to_owned(),
        ValidationErrorKind::PropertyNames { .. } => {
            "a member name does not have the expected form".to_owned()
        }
        ValidationErrorKind::Type { kind } => {
            let expected: Vec<&str> = match kind {
                TypeKind::Single(expected) => vec![name_of(*expected)],
                TypeKind::Multiple(expected) => expected.iter().map(name_of).collect(),
            };
            format!(
                "expected {}; here is {}",
                expected.join(" or "),
                kind_of(error.instance())
            )
        }
        _ => error.masked_with("the value").to_string(),
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing (null)",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

fn name_of(expected: JsonType) -> &'static str {
    match expected {
        JsonType::Null => "null",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Number => "a number",
        JsonType::String => "text",
        JsonType::Array => "a list",
        JsonType::Object => "a mapping",
    }
}
