//! The mock's strict JSON against `serde_json`, and the two programs' ideas of equality against each other.

use mock_registry::json;
use registry_conformance::{check, wire::Answer};
use serde_json::Value;

/// Stands in no UTF-8, and so between two documents.
const SEPARATOR: u8 = 0xff;

/// Reads one document, or two that are compared.
///
/// # Panics
///
/// When the mock does not read exactly what `serde_json` reads, with the same value; when it overlooks a member that stands twice or
/// sees one that does not; when a value that is written and read again is another; or when mock and harness disagree on what is equal, but for
/// numbers that doubles do not hold.
pub fn run(data: &[u8]) {
    let (first, second) = match data.iter().position(|octet| *octet == SEPARATOR) {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, data),
    };
    if let (Some(first), Some(second)) = (read(first), read(second)) {
        let by_mock = json::equal(&first, &second);
        assert_eq!(by_mock, json::equal(&second, &first), "not symmetric");
        let by_harness = check::json::equal(&first, &second);
        // The harness forgives a registry that keeps numbers as doubles what doubles lose: beyond 2^53 (CRE-12).
        let is_forgiven = by_harness && (has_large_numbers(&first) || has_large_numbers(&second));
        assert!(
            by_mock == by_harness || is_forgiven,
            "equal: {first} and {second}"
        );
    }
}

fn read(text: &[u8]) -> Option<Value> {
    let by_others: Result<Value, _> = serde_json::from_slice(text);
    let answer = Answer {
        body: text.to_vec().into(),
        ..Answer::default()
    };
    let by_harness = answer.json();
    let document = match (json::parse(text), by_others) {
        (Ok(document), Ok(value)) => {
            assert_eq!(document.value, value, "another value");
            document
        }
        (Err(_), Err(_)) => {
            assert!(by_harness.is_err(), "the harness reads what is no JSON");
            return None;
        }
        (ours, theirs) => panic!("read by one alone: {ours:?}, {theirs:?}"),
    };
    assert_eq!(by_harness, Ok(&document.value));
    let is_repeated = document.duplicate_member.is_some();
    assert_eq!(
        is_repeated,
        has_repeated_members(text, &document.value),
        "{:?}",
        document.duplicate_member
    );
    assert_eq!(json::parse_strict(text).is_err(), is_repeated);
    let written = document.value.to_string();
    let again = json::parse(written.as_bytes()).map(|again| again.value);
    assert!(
        again.is_ok_and(|again| again == document.value && json::equal(&again, &document.value)),
        "not the same when written and read again: {written}"
    );
    Some(document.value)
}

/// Whether a text of JSON names a member twice in an object: then it has more colons outside of strings than its value has members.
pub(crate) fn has_repeated_members(text: &[u8], value: &Value) -> bool {
    let (mut colons, mut in_string, mut escaped) = (0, false, false);
    for octet in text {
        match octet {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b':' if !in_string => colons += 1,
            _ => {}
        }
    }
    colons > members_of(value)
}

fn has_large_numbers(value: &Value) -> bool {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Number(number) => number.as_f64().is_some_and(|number| number.abs() >= EXACT),
        Value::Array(items) => items.iter().any(has_large_numbers),
        Value::Object(members) => members.values().any(has_large_numbers),
        _ => false,
    }
}

fn members_of(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(members_of).sum(),
        Value::Object(members) => members.len() + members.values().map(members_of).sum::<usize>(),
        _ => 0,
    }
}
