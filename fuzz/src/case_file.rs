//! Case files: YAML with the place of everything, and what is said about mistakes.

use std::path::Path;

use registry_conformance::{
    case,
    yaml::{Located, Spans},
};
use serde_json::Value;

use super::text::{assert_is_in, assert_shows_safely, at};

/// Reads a case file.
///
/// # Panics
///
/// When a place does not lie in the text, or the name of a member does not stand where it is said to; when a mistake is told without a
/// message, or with one that steers the terminal; or when a case that was accepted can not be used.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match Located::parse(&text) {
        Ok(located) => places(&text, &located.value, "", &located.spans),
        Err(error) => assert_is_in(&text, error.position.line, error.position.column),
    }
    match case::parse(Path::new("case.yaml"), "area/case", &text) {
        Err(mistakes) => {
            assert!(!mistakes.is_empty(), "refused without a reason");
            for mistake in mistakes {
                assert_is_in(&text, mistake.line, mistake.column);
                assert!(!mistake.message.trim().is_empty(), "{mistake:?}");
            }
        }
        Ok(cases) => {
            for case in cases {
                assert!(case.id.starts_with("area/case"), "{}", case.id);
                assert_is_in(&text, case.line_of("/steps/0"), 1);
                let _ = (case.is_slow(), case.file.largest_content(), case.level);
                for step in &case.raw_steps {
                    let _ = case::template::names(step);
                }
                assert_eq!(case.raw_steps.len(), case.steps().len());
            }
        }
    }
    // What is printed of any text.
    assert_shows_safely(&registry_conformance::report::safe(&text));
}

fn places(text: &str, value: &Value, pointer: &str, spans: &Spans) {
    let position = spans.value(pointer);
    assert_is_in(text, position.line, position.column);
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                places(text, item, &format!("{pointer}/{index}"), spans);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                let inner = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
                let key = spans.key(&inner);
                assert_is_in(text, key.line, key.column);
                // Inside of an alias it is the place of the alias.
                let found = at(text, key.line, key.column);
                let stands_there = name
                    .chars()
                    .next()
                    .is_none_or(|first| found.starts_with(first))
                    || found
                        .starts_with(['"', '\'', '&', '*', '!', '?', '|', '>', '{', '[', '-', ':']);
                assert!(
                    stands_there || found.trim().is_empty(),
                    "{name:?} is not at {}:{}: {found:?}",
                    key.line,
                    key.column
                );
                places(text, value, &inner, spans);
            }
        }
        _ => {}
    }
}
