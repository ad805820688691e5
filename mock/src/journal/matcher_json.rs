//! Matchers and expectations as JSON documents.

use serde_json::{Map, Value};

use crate::operation::Operation;

use super::{
    Expectation, Matcher, ReceivedBy,
    condition::{Condition, HeaderPattern, PathPattern, StatusPattern},
};

/// A document that is no matcher.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MatcherError {
    /// A member that no matcher has.
    #[error(
        "failed to read the matcher: {0:?} is no member of it; these are: origin, operation, method, path, identity, status, problem, \
         release, headers, body, complete, fault, and with count: expected, at-least, at-most"
    )]
    Unknown(String),
    /// A member with a value that it can not have.
    #[error("failed to read the matcher: {member:?} has to be {expected}")]
    Value {
        /// The member.
        member: String,
        /// What it may be.
        expected: &'static str,
    },
    /// Nothing can be as expected.
    #[error(
        "failed to read the matcher: no number of requests is at-least {at_least} and at-most {at_most}"
    )]
    Impossible {
        /// The fewest.
        at_least: u64,
        /// The most.
        at_most: u64,
    },
}

fn bad(member: &str, expected: &'static str) -> MatcherError {
    MatcherError::Value {
        member: member.to_owned(),
        expected,
    }
}

impl Matcher {
    /// Reads a matcher, with what it is expected to match.
    pub(crate) fn from_json(
        document: &Map<String, Value>,
    ) -> Result<(Self, Option<Expectation>), MatcherError> {
        let mut matcher = Self::new();
        let mut expectation: Option<Expectation> = None;
        for (member, value) in document {
            matcher = match member.as_str() {
                "origin" => matcher.and(Condition::Origin(match value.as_str() {
                    Some("api") => ReceivedBy::Api,
                    Some("uploads") => ReceivedBy::Uploads,
                    _ => return Err(bad(member, "\"api\" or \"uploads\"")),
                })),
                "operation" => matcher.and(Condition::Operation(operation(member, value)?)),
                "method" => matcher.and(Condition::Method(text(member, value)?)),
                "path" => matcher.and(Condition::Path(PathPattern::new(&text(member, value)?))),
                "identity" => matcher.and(Condition::Identity(text_or_null(member, value)?)),
                "status" => matcher.and(Condition::Status(status(member, value)?)),
                "problem" => matcher.and(Condition::Problem(text_or_null(member, value)?)),
                "release" => release(matcher, value)?,
                "headers" | "header" => headers(matcher, member, value)?,
                "body" => matcher.and(Condition::Body(value.clone())),
                "complete" => matcher.and(Condition::Complete(flag(member, value)?)),
                "fault" => matcher.and(Condition::Fault(flag(member, value)?)),
                "expected" => {
                    expectation = Some(Expectation::exactly(number(member, value)?));
                    matcher
                }
                "at-least" => {
                    expectation.get_or_insert(ANY).at_least = number(member, value)?;
                    matcher
                }
                "at-most" => {
                    expectation.get_or_insert(ANY).at_most = Some(number(member, value)?);
                    matcher
                }
                _ => return Err(MatcherError::Unknown(member.clone())),
            };
        }
        if document.contains_key("expected")
            && (document.contains_key("at-least") || document.contains_key("at-most"))
        {
            return Err(bad("expected", "alone, without at-least and at-most"));
        }
        if let Some(Expectation {
            at_least,
            at_most: Some(at_most),
        }) = expectation
            && at_least > at_most
        {
            return Err(MatcherError::Impossible { at_least, at_most });
        }
        Ok((matcher, expectation))
    }
}

const ANY: Expectation = Expectation {
    at_least: 0,
    at_most: None,
};

fn text_or_null(member: &str, value: &Value) -> Result<Option<String>, MatcherError> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        _ => Err(bad(member, "text or null")),
    }
}

fn operation(member: &str, value: &Value) -> Result<Option<Operation>, MatcherError> {
    let expected = "create, status, upload, add-sources, replace-sources, publish, get, cancel, content, or null";
    text_or_null(member, value)
        .ok()
        .and_then(|name| name.map(|name| name.parse()).transpose().ok())
        .ok_or_else(|| bad(member, expected))
}

fn text(member: &str, value: &Value) -> Result<String, MatcherError> {
    value
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| bad(member, "text"))
}

fn flag(member: &str, value: &Value) -> Result<bool, MatcherError> {
    value.as_bool().ok_or_else(|| bad(member, "true or false"))
}

fn number(member: &str, value: &Value) -> Result<u64, MatcherError> {
    value
        .as_u64()
        .ok_or_else(|| bad(member, "a number of requests"))
}

fn status(member: &str, value: &Value) -> Result<StatusPattern, MatcherError> {
    let expected = "a status such as 503, a class such as \"5xx\", or null";
    match value {
        Value::Null => Ok(StatusPattern::Exactly(None)),
        Value::Number(number) => number
            .as_u64()
            .and_then(|number| u16::try_from(number).ok())
            .map(|number| StatusPattern::Exactly(Some(number)))
            .ok_or_else(|| bad(member, expected)),
        Value::String(text) => text
            .strip_suffix("xx")
            .and_then(|class| class.parse().ok())
            .filter(|class| (1..=5).contains(class))
            .map(StatusPattern::Class)
            .ok_or_else(|| bad(member, expected)),
        _ => Err(bad(member, expected)),
    }
}

fn release(mut matcher: Matcher, value: &Value) -> Result<Matcher, MatcherError> {
    let expected = "an object with name, version or both, or null";
    let members = match value {
        Value::Null => return Ok(matcher.and(Condition::NoRelease)),
        Value::Object(members) => members,
        _ => return Err(bad("release", expected)),
    };
    for (member, value) in members {
        let text = text(member, value)?;
        matcher = match member.as_str() {
            "name" => matcher.and(Condition::ReleaseName(text)),
            "version" => matcher.and(Condition::ReleaseVersion(text)),
            _ => return Err(bad("release", expected)),
        };
    }
    Ok(matcher)
}

fn headers(mut matcher: Matcher, member: &str, value: &Value) -> Result<Matcher, MatcherError> {
    let expected = "an object from names to values, or to true (it is there) or false (it is not)";
    let Value::Object(members) = value else {
        return Err(bad(member, expected));
    };
    for (name, value) in members {
        let pattern = match value {
            Value::Bool(present) => HeaderPattern::Present(*present),
            Value::String(value) => HeaderPattern::Value(value.clone()),
            _ => return Err(bad(member, expected)),
        };
        matcher = matcher.and(Condition::Header(name.clone(), pattern));
    }
    Ok(matcher)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(document: &Value) -> Result<(Matcher, Option<Expectation>), MatcherError> {
        Matcher::from_json(document.as_object().unwrap())
    }

    #[test]
    fn reads_what_it_writes() {
        for document in [
            json!({}),
            json!({"operation": "publish", "status": "5xx", "path": "components/*/v1.0.0"}),
            json!({"operation": null, "status": null, "identity": null, "problem": null, "release": null}),
            json!({"origin": "uploads", "method": "POST", "identity": "owner", "status": 503, "problem": "expired"}),
            json!({"release": {"name": "a:b", "version": "1.0.0"}, "headers": {"a": true, "b": false, "c": "d"}}),
            json!({"body": {"a": [1]}, "complete": false, "fault": true}),
        ] {
            let (matcher, expectation) = read(&document).unwrap();
            assert_eq!(matcher.to_string(), document.to_string());
            assert_eq!(expectation, None);
        }
    }

    #[test]
    fn says_which_member_is_wrong() {
        for (document, hint) in [
            (json!({"operations": "publish"}), "\"operations\""),
            (json!({"operation": "read"}), "\"operation\""),
            (json!({"status": "6xx"}), "\"status\""),
            (json!({"status": 99_999}), "\"status\""),
            (json!({"path": 1}), "\"path\""),
            (json!({"release": "a:b"}), "\"release\""),
            (json!({"release": {"nam": "a:b"}}), "\"release\""),
            (json!({"headers": ["a"]}), "\"headers\""),
            (json!({"complete": 1}), "\"complete\""),
            (json!({"expected": -1}), "\"expected\""),
            (json!({"expected": 1, "at-least": 1}), "\"expected\""),
            (
                json!({"at-most": 1, "at-least": 2}),
                "at-least 2 and at-most 1",
            ),
        ] {
            let error = read(&document).unwrap_err().to_string();
            assert!(error.contains(hint), "{document}: {error}");
        }
    }

    #[test]
    fn expectations_stand_beside_conditions() {
        for (document, expected) in [
            (json!({"expected": 2}), Expectation::exactly(2)),
            (
                json!({"at-least": 1}),
                Expectation {
                    at_least: 1,
                    at_most: None,
                },
            ),
            (
                json!({"at-most": 1, "at-least": 0}),
                Expectation {
                    at_least: 0,
                    at_most: Some(1),
                },
            ),
        ] {
            assert_eq!(read(&document).unwrap().1, Some(expected));
        }
    }
}
