//! Header fields.

use indexmap::IndexMap;
use serde_json::Value;

use super::json;
use crate::outcome::{Level, Mismatch};
use crate::wire::Answer;

/// Judges header fields; repeated fields count as one with their values joined by `, ` (RFC 9110, section 5.3).
pub fn check(
    answer: &Answer,
    expected: &IndexMap<String, Value>,
    rule: Option<&str>,
    level: Level,
) -> Vec<Mismatch> {
    expected
        .iter()
        .flat_map(|(name, matcher)| {
            let values: Vec<String> = answer
                .headers_named(name)
                .map(|value| String::from_utf8_lossy(value).into_owned())
                .collect();
            let actual = (!values.is_empty()).then(|| Value::String(values.join(", ")));
            json::differences(matcher, actual.as_ref())
                .into_iter()
                .map(move |difference| {
                    Mismatch::new(rule, level, format!("header field {name}"))
                        .beside(difference.expected, difference.actual)
                })
        })
        .collect()
}
