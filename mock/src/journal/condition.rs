//! One condition that a request of the journal may meet.

use regex::Regex;
use serde_json::Value;

use crate::{json, operation::Operation};

use super::{
    ReceivedBy, ReleaseName,
    facts::{BodyFacts, Facts},
};

/// Whether a request meets a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// What would decide is not kept.
    Unknown,
}

impl From<bool> for Answer {
    fn from(meets: bool) -> Self {
        if meets { Self::Yes } else { Self::No }
    }
}

/// One condition; what is optional is met by requests without it, when absent.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    Origin(ReceivedBy),
    Operation(Option<Operation>),
    Method(String),
    Path(PathPattern),
    Identity(Option<String>),
    Status(StatusPattern),
    Problem(Option<String>),
    ReleaseName(String),
    ReleaseVersion(String),
    NoRelease,
    Header(String, HeaderPattern),
    Body(Value),
    Complete(bool),
    Fault(bool),
}

/// A path, or a pattern of paths.
#[derive(Clone, Debug)]
pub(super) struct PathPattern {
    pub text: String,
    pattern: Option<Regex>,
}

/// Statuses of answers.
#[derive(Clone, Copy, Debug)]
pub(super) enum StatusPattern {
    /// This one; none for a request without an answer.
    Exactly(Option<u16>),
    /// All of a class, by its first digit.
    Class(u16),
}

/// What is wanted of a header field.
#[derive(Clone, Debug)]
pub(super) enum HeaderPattern {
    /// That it is there, or that it is not.
    Present(bool),
    /// That it has this value.
    Value(String),
}

impl PathPattern {
    /// `*` stands for any characters but `/`, `**` for any.
    pub(super) fn new(text: &str) -> Self {
        let pattern = text.contains('*').then(|| {
            let parts: Vec<String> = text
                .split("**")
                .map(|part| {
                    let literals: Vec<String> = part.split('*').map(regex::escape).collect();
                    literals.join("[^/]*")
                })
                .collect();
            Regex::new(&format!("^(?s:{})$", parts.join(".*")))
        });
        Self {
            text: text.to_owned(),
            // Escaped literals and these two classes always make a pattern, unless it is enormous; that one matches only itself.
            pattern: pattern.and_then(Result::ok),
        }
    }

    fn matches(&self, path: &str) -> bool {
        match &self.pattern {
            Some(pattern) => pattern.is_match(path),
            None => path == self.text,
        }
    }
}

impl Condition {
    /// Whether to judge it takes a look into documents or header fields, which is a thousand times the work of the others.
    pub(super) fn is_dear(&self) -> bool {
        match self {
            Self::Origin(_)
            | Self::Operation(_)
            | Self::Method(_)
            | Self::Identity(_)
            | Self::Status(_)
            | Self::Complete(_)
            | Self::Fault(_) => false,
            Self::Path(_)
            | Self::Problem(_)
            | Self::ReleaseName(_)
            | Self::ReleaseVersion(_)
            | Self::NoRelease
            | Self::Header(..)
            | Self::Body(_) => true,
        }
    }

    /// Whether the request meets it.
    pub(super) fn judge(&self, request: &impl Facts) -> Answer {
        let release = |meets: &dyn Fn(&ReleaseName) -> bool| -> Answer {
            request.release().is_some_and(|own| meets(&own)).into()
        };
        match self {
            Self::Origin(origin) => (request.origin() == *origin).into(),
            Self::Operation(operation) => (request.operation() == *operation).into(),
            Self::Method(method) => (request.method() == method).into(),
            Self::Path(pattern) => pattern.matches(&request.path()).into(),
            Self::Identity(identity) => (request.identity() == identity.as_deref()).into(),
            Self::Status(StatusPattern::Exactly(status)) => (request.status() == *status).into(),
            Self::Status(StatusPattern::Class(class)) => request
                .status()
                .is_some_and(|status| status / 100 == *class)
                .into(),
            Self::Problem(problem) => (request.problem().as_deref() == problem.as_deref()).into(),
            Self::ReleaseName(name) => release(&|own| own.name == *name),
            Self::ReleaseVersion(version) => release(&|own| own.version == *version),
            Self::NoRelease => request.release().is_none().into(),
            Self::Header(name, HeaderPattern::Present(present)) => {
                (request.values(name).is_empty() != *present).into()
            }
            Self::Header(name, HeaderPattern::Value(value)) => request
                .values(name)
                .iter()
                .any(|shown| shown == value)
                .into(),
            Self::Body(expected) => judge_body(request.body(), expected),
            Self::Complete(complete) => (request.is_complete() == *complete).into(),
            Self::Fault(disturbed) => (request.is_disturbed() == *disturbed).into(),
        }
    }
}

fn judge_body(body: Option<BodyFacts<'_>>, expected: &Value) -> Answer {
    match body {
        None => Answer::No,
        Some(body) => match &body.document {
            Some(document) => contains(document, expected).into(),
            None if body.is_truncated => Answer::Unknown,
            None => Answer::No,
        },
    }
}

/// Whether the document has at least the expected members; lists have to have as many items.
fn contains(document: &Value, expected: &Value) -> bool {
    match (document, expected) {
        (Value::Object(own), Value::Object(expected)) => expected
            .iter()
            .all(|(name, expected)| own.get(name).is_some_and(|value| contains(value, expected))),
        (Value::Array(own), Value::Array(expected)) => {
            own.len() == expected.len()
                && own
                    .iter()
                    .zip(expected)
                    .all(|(own, expected)| contains(own, expected))
        }
        _ => json::equal(document, expected),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_are_matched_whole() {
        for (pattern, path, expected) in [
            ("releases", "releases", true),
            ("releases", "releases/", false),
            ("components/*/v1.0.0", "components/a.b:c/v1.0.0", true),
            ("components/*/v1.0.0", "components/a/b/v1.0.0", false),
            ("components/*/v1.0.0", "components/a/v1x0.0", false),
            ("components/**", "components/a/v1/unpublished", true),
            ("**/unpublished*", "components/a/v1/unpublished", true),
            ("*", "a/b", false),
            ("**", "", true),
        ] {
            assert_eq!(
                PathPattern::new(pattern).matches(path),
                expected,
                "{pattern} {path}"
            );
        }
    }

    #[test]
    fn documents_may_have_more_members_and_no_more_items() {
        let document = json!({"a": {"b": 1.0, "c": [1, {"d": 2, "e": 3}]}, "f": null});
        for (expected, matches) in [
            (json!({}), true),
            (json!({"a": {"b": 1}}), true),
            (json!({"a": {"c": [1, {"d": 2}]}}), true),
            (json!({"a": {"c": [1]}}), false),
            (json!({"a": {"c": [{"d": 2}, 1]}}), false),
            (json!({"f": null}), true),
            (json!({"g": null}), false),
            (json!([]), false),
        ] {
            assert_eq!(contains(&document, &expected), matches, "{expected}");
        }
    }
}
