//! What a JSON Schema validator finds, in words for people: the most telling branch of an alternative, and the nearest known name.

use std::collections::BTreeSet;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

/// One place in which a document is not what its schema says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaProblem {
    /// JSON pointer of the value, or of the member whose name is wrong.
    pub pointer: String,
    /// Whether it is the member's name that is wrong.
    pub is_name: bool,
    /// What is wrong and what was expected.
    pub message: String,
}

/// Everything in which `value` is not what the schema says.
pub fn problems(validator: &Validator, value: &Value) -> Vec<SchemaProblem> {
    let mut found = Vec::new();
    for error in validator.iter_errors(value) {
        explain(&error, &mut found);
    }
    found
}

fn explain(error: &ValidationError<'_>, found: &mut Vec<SchemaProblem>) {
    let pointer = error.instance_path().as_str().to_owned();
    match error.kind() {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            explain_alternative(error, &pointer, context, found);
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            for name in unexpected {
                found.push(SchemaProblem {
                    pointer: format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1")),
                    is_name: true,
                    message: format!("unknown member `{name}`"),
                });
            }
        }
        ValidationErrorKind::Required { property } => found.push(SchemaProblem {
            pointer,
            is_name: false,
            message: format!("`{}` is missing", property.as_str().unwrap_or_default()),
        }),
        _ => found.push(SchemaProblem {
            pointer,
            is_name: false,
            message: bounded(&error.to_string()),
        }),
    }
}

fn explain_alternative(
    error: &ValidationError<'_>,
    pointer: &str,
    branches: &[Vec<ValidationError<'static>>],
    found: &mut Vec<SchemaProblem>,
) {
    // The branch that got furthest into the value is the one that its author meant.
    let depth = |branch: &[ValidationError<'static>]| {
        branch
            .iter()
            .map(|error| error.instance_path().as_str().matches('/').count())
            .min()
            .unwrap_or_default()
    };
    let here = pointer.matches('/').count();
    let meant = branches
        .iter()
        .filter(|branch| depth(branch) > here)
        .max_by_key(|branch| depth(branch))
        .or_else(|| branches.iter().find(|branch| only_names_wrong(branch)));
    if let Some(branch) = meant {
        for inner in branch {
            explain(inner, found);
        }
        return;
    }
    let mut wanted = BTreeSet::new();
    for inner in branches.iter().flatten() {
        collect_wanted(inner, &mut wanted);
    }
    let shown = bounded(&error.instance().to_string());
    let message = if wanted.is_empty() {
        format!("{shown} is none of what may stand here")
    } else {
        let wanted: Vec<_> = wanted.into_iter().collect();
        format!(
            "{shown} is none of what may stand here: {}",
            wanted.join(", ")
        )
    };
    found.push(SchemaProblem {
        pointer: pointer.to_owned(),
        is_name: false,
        message,
    });
}

/// A mapping with a misspelt member, where the alternative is not told apart by its one member.
fn only_names_wrong(branch: &[ValidationError<'static>]) -> bool {
    !branch.is_empty()
        && branch.iter().all(|error| {
            matches!(
                error.kind(),
                ValidationErrorKind::AdditionalProperties { .. }
            )
        })
}

fn collect_wanted(error: &ValidationError<'_>, wanted: &mut BTreeSet<String>) {
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            wanted.insert(format!(
                "{{{}: ...}}",
                property.as_str().unwrap_or_default()
            ));
        }
        ValidationErrorKind::Constant { expected_value } => {
            wanted.insert(expected_value.to_string());
        }
        ValidationErrorKind::Enum { options } => {
            for option in options.as_array().into_iter().flatten() {
                wanted.insert(option.to_string());
            }
        }
        ValidationErrorKind::Type { kind } => {
            wanted.insert(match kind {
                jsonschema::error::TypeKind::Single(kind) => format!("a {kind}"),
                jsonschema::error::TypeKind::Multiple(_) => "another type".to_owned(),
            });
        }
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            for inner in context.iter().flatten() {
                collect_wanted(inner, wanted);
            }
        }
        _ => {}
    }
}

fn bounded(text: &str) -> String {
    const LIMIT: usize = 240;
    if text.chars().count() <= LIMIT {
        return text.to_owned();
    }
    let kept: String = text.chars().take(LIMIT).collect();
    format!("{kept}…")
}
