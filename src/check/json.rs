//! Matching JSON: a mapping is a subset, an array is matched element by element, a mapping of `$operators` says more.

use std::borrow::Cow;
use std::collections::HashSet;

use regex::Regex;
use serde_json::Value;

use crate::suggest;
use crate::yaml;

/// One place where a document is not what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// JSON pointer of the place, empty for the whole document.
    pub at: String,
    /// What was expected there, in words or JSON.
    pub expected: String,
    /// What was there.
    pub actual: String,
}

/// The operators that a matcher may use.
pub const OPERATORS: &[&str] = &[
    "$absent",
    "$present",
    "$exactly",
    "$type",
    "$matches",
    "$one-of",
    "$not",
    "$contains",
    "$each",
    "$length",
    "$unique",
    "$after",
    "$before",
    "$not-before",
];

const JSON_TYPES: &[&str] = &[
    "string", "number", "integer", "boolean", "array", "object", "null",
];

/// Collects every difference between `actual` (absent = no such member) and what `expected` says.
pub fn differences(expected: &Value, actual: Option<&Value>) -> Vec<Difference> {
    let mut found = Vec::new();
    let expected = if has_pointers(expected) {
        Cow::Owned(resolve_pointers(expected, actual))
    } else {
        Cow::Borrowed(expected)
    };
    compare(&expected, actual, &mut String::new(), &mut found);
    found
}

/// Whether something in a matcher speaks of another place of the document.
fn has_pointers(expected: &Value) -> bool {
    match expected {
        Value::Array(items) => items.iter().any(has_pointers),
        Value::Object(members) => members
            .iter()
            .any(|(name, member)| pointer_of(name, member).is_some() || has_pointers(member)),
        _ => false,
    }
}

/// The place of which an operator speaks.
fn pointer_of<'a>(operator: &str, argument: &'a Value) -> Option<&'a str> {
    matches!(operator, "$after" | "$before" | "$not-before")
        .then(|| argument.as_str().filter(|text| text.starts_with('/')))
        .flatten()
}

/// `{$not-before: /createdAt}` means the time at that place of the same document; nothing, when there is none.
fn resolve_pointers(expected: &Value, root: Option<&Value>) -> Value {
    match expected {
        Value::Array(items) => items
            .iter()
            .map(|item| resolve_pointers(item, root))
            .collect(),
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, member)| match pointer_of(name, member) {
                    Some(pointer) => root
                        .and_then(|root| root.pointer(pointer))
                        .filter(|value| !value.is_null())
                        .map_or_else(
                            || ("$present".to_owned(), Value::Bool(true)),
                            |value| (name.clone(), value.clone()),
                        ),
                    None => (name.clone(), resolve_pointers(member, root)),
                })
                .collect(),
        ),
        other => other.clone(),
    }
}

/// Whether a matcher is well formed; the message says what is wrong and at which pointer.
pub fn validate(matcher: &Value) -> Result<(), (String, String)> {
    validate_at(matcher, &mut String::new())
}

fn validate_at(matcher: &Value, at: &mut String) -> Result<(), (String, String)> {
    match matcher {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                within(at, &index.to_string(), |at| validate_at(item, at))?;
            }
            Ok(())
        }
        Value::Object(members) => {
            let is_operators = is_operators(matcher);
            for (name, value) in members {
                within(at, name, |at| {
                    if is_operators {
                        validate_operator(name, value, at)
                    } else {
                        validate_at(value, at)
                    }
                })?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn validate_operator(name: &str, value: &Value, at: &mut String) -> Result<(), (String, String)> {
    if value.as_str().is_some_and(|text| text.contains("$(")) {
        // What a template becomes is known when the step runs.
        return Ok(());
    }
    let wrong = |at: &str, what: String| Err((at.to_owned(), what));
    match name {
        "$exactly" => Ok(()),
        "$absent" | "$present" | "$unique" if *value == Value::Bool(true) => Ok(()),
        "$absent" | "$present" | "$unique" => wrong(at, format!("{name} takes true")),
        "$not" | "$contains" | "$each" => validate_at(value, at),
        "$one-of" => match value.as_array() {
            Some(_) => validate_at(value, at),
            None => wrong(at, "$one-of takes a list of matchers".to_owned()),
        },
        "$type" => match value.as_str() {
            Some(name) if JSON_TYPES.contains(&name) => Ok(()),
            _ => wrong(at, format!("$type takes one of {}", JSON_TYPES.join(", "))),
        },
        "$matches" => match value.as_str().map(Regex::new) {
            Some(Ok(_)) => Ok(()),
            Some(Err(error)) => wrong(at, format!("not a regular expression: {error}")),
            None => wrong(at, "$matches takes a regular expression".to_owned()),
        },
        "$length" if value.is_u64() => Ok(()),
        "$length" => wrong(at, "$length takes a number".to_owned()),
        "$after" | "$before" | "$not-before" if value.is_string() => Ok(()),
        "$after" | "$before" | "$not-before" => wrong(at, format!("{name} takes an RFC 3339 time")),
        _ => wrong(
            at,
            match suggest::nearest(name, OPERATORS.iter().copied()) {
                Some(near) => format!("unknown operator `{name}`; did you mean `{near}`?"),
                None => format!(
                    "unknown operator `{name}`; there are {}",
                    OPERATORS.join(", ")
                ),
            },
        ),
    }
}

fn is_operators(matcher: &Value) -> bool {
    matcher
        .as_object()
        .is_some_and(|members| members.keys().any(|name| name.starts_with('$')))
}

fn within<T>(at: &mut String, segment: &str, work: impl FnOnce(&mut String) -> T) -> T {
    let length = at.len();
    at.push('/');
    at.push_str(&yaml::escape(segment));
    let result = work(at);
    at.truncate(length);
    result
}

fn compare(expected: &Value, actual: Option<&Value>, at: &mut String, found: &mut Vec<Difference>) {
    if is_operators(expected) {
        for (name, operand) in expected.as_object().into_iter().flatten() {
            operator(name, operand, actual, at, found);
        }
        return;
    }
    let Some(actual) = actual else {
        found.push(difference(at, &short(expected), "absent"));
        return;
    };
    match (expected, actual) {
        (Value::Object(wanted), Value::Object(members)) => {
            for (name, matcher) in wanted {
                within(at, name, |at| {
                    compare(matcher, members.get(name), at, found);
                });
            }
        }
        (Value::Array(wanted), Value::Array(items)) => {
            if wanted.len() != items.len() {
                found.push(difference(
                    at,
                    &format!("{} elements: {}", wanted.len(), short(expected)),
                    &format!("{} elements: {}", items.len(), short(actual)),
                ));
                return;
            }
            for (index, (matcher, item)) in wanted.iter().zip(items).enumerate() {
                within(at, &index.to_string(), |at| {
                    compare(matcher, Some(item), at, found);
                });
            }
        }
        _ if equal(expected, actual) => {}
        _ => found.push(difference(at, &short(expected), &short(actual))),
    }
}

fn operator(
    name: &str,
    operand: &Value,
    actual: Option<&Value>,
    at: &mut String,
    found: &mut Vec<Difference>,
) {
    match (name, actual) {
        ("$absent", None) | ("$present", Some(_)) => {}
        ("$absent", Some(value)) => found.push(difference(at, "absent", &short(value))),
        ("$not", _) => {
            let mut inner = Vec::new();
            compare(operand, actual, at, &mut inner);
            if inner.is_empty() {
                let shown = actual.map_or_else(|| "absent".to_owned(), short);
                found.push(difference(at, &format!("not {}", short(operand)), &shown));
            }
        }
        ("$one-of", _) => {
            let fits = operand.as_array().into_iter().flatten().any(|matcher| {
                let mut inner = Vec::new();
                compare(matcher, actual, at, &mut inner);
                inner.is_empty()
            });
            if !fits {
                let shown = actual.map_or_else(|| "absent".to_owned(), short);
                found.push(difference(
                    at,
                    &format!("one of {}", short(operand)),
                    &shown,
                ));
            }
        }
        (_, None) => found.push(difference(at, &described(name, operand), "absent")),
        ("$each", Some(Value::Array(items))) => {
            for (index, item) in items.iter().enumerate() {
                within(at, &index.to_string(), |at| {
                    compare(operand, Some(item), at, found);
                });
            }
        }
        (_, Some(value)) => {
            if !holds(name, operand, value) {
                found.push(difference(at, &described(name, operand), &short(value)));
            }
        }
    }
}

fn holds(name: &str, operand: &Value, actual: &Value) -> bool {
    match (name, actual) {
        ("$exactly", _) => equal(operand, actual),
        ("$type", _) => match operand.as_str() {
            Some("integer") => actual.as_f64().is_some_and(|number| number.fract() == 0.0),
            Some(wanted) => wanted == type_name(actual),
            None => false,
        },
        ("$matches", Value::String(text)) => operand
            .as_str()
            .and_then(|pattern| Regex::new(pattern).ok())
            .is_some_and(|pattern| pattern.is_match(text)),
        ("$contains", Value::String(text)) => {
            operand.as_str().is_some_and(|part| text.contains(part))
        }
        ("$contains", Value::Array(items)) => items.iter().any(|item| {
            let mut inner = Vec::new();
            compare(operand, Some(item), &mut String::new(), &mut inner);
            inner.is_empty()
        }),
        ("$length", Value::Array(items)) => operand.as_u64() == Some(items.len() as u64),
        ("$length", Value::String(text)) => operand.as_u64() == Some(text.chars().count() as u64),
        ("$unique", Value::Array(items)) => {
            let mut seen = HashSet::new();
            items.iter().all(|item| seen.insert(canonical(item)))
        }
        ("$after" | "$before" | "$not-before", Value::String(text)) => {
            let (Ok(actual), Some(Ok(limit))) = (
                text.parse::<jiff::Timestamp>(),
                operand.as_str().map(str::parse::<jiff::Timestamp>),
            ) else {
                return false;
            };
            match name {
                "$after" => actual > limit,
                "$before" => actual < limit,
                _ => actual >= limit,
            }
        }
        _ => false,
    }
}

fn described(name: &str, operand: &Value) -> String {
    match name {
        "$present" => "present".to_owned(),
        "$exactly" => format!("exactly {}", short(operand)),
        "$type" => format!("a value of type {}", operand.as_str().unwrap_or_default()),
        "$matches" => format!("a match of /{}/", operand.as_str().unwrap_or_default()),
        "$contains" => format!("something that contains {}", short(operand)),
        "$each" => format!("a list whose every element is {}", short(operand)),
        "$length" => format!("length {operand}"),
        "$unique" => "a list without equal elements".to_owned(),
        "$after" => format!("a time after {}", short(operand)),
        "$before" => format!("a time before {}", short(operand)),
        "$not-before" => format!("a time not before {}", short(operand)),
        other => format!("{other} {}", short(operand)),
    }
}

fn difference(at: &str, expected: &str, actual: &str) -> Difference {
    Difference {
        at: at.to_owned(),
        expected: expected.to_owned(),
        actual: actual.to_owned(),
    }
}

/// The JSON type of a value, as in JSON Schema.
pub fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Whether two JSON values are equal, numbers by value (`1.0` is `1`), members in any order.
pub fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            if let (Some(left), Some(right)) = (left.as_i64(), right.as_i64()) {
                left == right
            } else if let (Some(left), Some(right)) = (left.as_u64(), right.as_u64()) {
                left == right
            } else {
                left.as_f64() == right.as_f64()
            }
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(l, r)| equal(l, r))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(name, value)| right.get(name).is_some_and(|other| equal(value, other)))
        }
        _ => left == right,
    }
}

/// A text that values have in common if they are [`equal`], and no others: lists of a registry can be too long to compare each element with
/// each.
fn canonical(value: &Value) -> String {
    match value {
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (None, None, Some(float)) => float.to_string(),
            _ => number.to_string(),
        },
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(members) => {
            let mut members: Vec<String> = members
                .iter()
                .map(|(name, member)| {
                    format!("{}:{}", Value::from(name.as_str()), canonical(member))
                })
                .collect();
            members.sort();
            format!("{{{}}}", members.join(","))
        }
        other => other.to_string(),
    }
}

/// A value as compact JSON, cut to a length that fits beside another on a terminal.
pub fn short(value: &Value) -> String {
    const LIMIT: usize = 200;
    let text = value.to_string();
    if text.chars().count() <= LIMIT {
        return text;
    }
    let kept: String = text.chars().take(LIMIT).collect();
    format!("{kept}… ({} characters)", text.chars().count())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{differences, equal, validate};

    #[test]
    fn matchers_hold_and_fail_as_they_say() {
        let document = json!({"a": {"b": [1, 2.0, "three"]}, "t": "2022-05-11T15:00:00Z", "n": null,
                "u": [{"a": 1, "b": 2}, {"a": 1}, "1", 1], "v": [{"a": 1.0, "b": [2]}, {"b": [2.0], "a": 1}]});
        let rows = [
            (json!({"a": {"b": [1, 2, "three"]}}), 0),
            (json!({"a": {"b": [1, 2]}}), 1),
            (json!({"a": {"b": [1, 3, "four"]}}), 2),
            (json!({"x": {"$absent": true}, "n": {"$present": true}}), 0),
            (json!({"x": {"$present": true}, "n": {"$absent": true}}), 2),
            (json!({"u": {"$unique": true}, "v": {"$unique": true}}), 1),
            (json!({"n": null}), 0),
            (json!({"x": null}), 1),
            (json!({"a": {"$exactly": {"b": [1, 2, "three"]}}}), 0),
            (json!({"$exactly": {"a": 1}}), 1),
            (json!({"a": {"b": {"$contains": "three", "$length": 3}}}), 0),
            (json!({"a": {"b": {"$contains": 4, "$length": 2}}}), 2),
            (json!({"a": {"b": {"$each": {"$type": "number"}}}}), 1),
            (json!({"t": {"$matches": "^2022-"}}), 0),
            (json!({"t": {"$after": "2022-05-11T15:00:00Z"}}), 1),
            (json!({"t": {"$not-before": "2022-05-11T15:00:00Z"}}), 0),
            (json!({"t": {"$not-before": "/t"}}), 0),
            (json!({"t": {"$after": "/t"}}), 1),
            (json!({"t": {"$after": "/nowhere"}}), 0),
            (json!({"t": {"$one-of": ["x", {"$type": "string"}]}}), 0),
            (json!({"t": {"$not": {"$type": "string"}}}), 1),
        ];
        for (matcher, expected) in rows {
            let found = differences(&matcher, Some(&document));
            assert_eq!(found.len(), expected, "{matcher}: {found:?}");
        }
    }

    #[test]
    fn numbers_are_equal_by_value() {
        assert!(equal(&json!(1.0), &json!(1)));
        assert!(!equal(
            &json!(9_007_199_254_740_993_u64),
            &json!(9_007_199_254_740_992_u64)
        ));
        assert!(!equal(&json!(1), &json!("1")));
    }

    #[test]
    fn a_malformed_matcher_is_named_with_its_place() {
        let (at, what) = validate(&json!({"a": [{"$matchs": "x"}]})).unwrap_err();
        assert_eq!(at, "/a/0/$matchs");
        assert!(
            what.contains("$matchs") && what.contains("$matches"),
            "{what}"
        );
    }
}
