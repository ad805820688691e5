//! Which requests of a journal are meant.

use std::{
    fmt,
    ops::{RangeFrom, RangeInclusive, RangeToInclusive},
};

use serde_json::{Map, Value, json};

use crate::operation::Operation;

use super::{
    Expectation, ReceivedBy, ReceivedRequest,
    condition::{Answer, Condition, HeaderPattern, PathPattern, StatusPattern},
    facts::Facts,
};

/// Which requests are meant: those that meet every condition. Without any, all.
///
/// ```
/// use mock_registry::{Matcher, Operation};
///
/// let refused_publishes = Matcher::new()
///     .operation(Operation::Publish)
///     .problem("bad-signature")
///     .header_present("user-agent");
/// assert_eq!(
///     refused_publishes.to_string(),
///     r#"{"operation":"publish","problem":"bad-signature","headers":{"user-agent":true}}"#
/// );
/// ```
#[derive(Clone, Debug, Default)]
pub struct Matcher {
    pub(super) conditions: Vec<Condition>,
}

impl Matcher {
    /// Every request.
    pub fn new() -> Self {
        Self::default()
    }

    /// Those that reached this operation.
    #[must_use]
    pub fn operation(self, operation: Operation) -> Self {
        self.and(Condition::Operation(Some(operation)))
    }

    /// Those that reached no operation: wrong paths, wrong methods.
    #[must_use]
    pub fn unmatched(self) -> Self {
        self.and(Condition::Operation(None))
    }

    /// Those to this origin.
    #[must_use]
    pub fn origin(self, origin: ReceivedBy) -> Self {
        self.and(Condition::Origin(origin))
    }

    /// Those with this method.
    #[must_use]
    pub fn method(self, method: &str) -> Self {
        self.and(Condition::Method(method.to_owned()))
    }

    /// Those with this path, as it was sent, relative to the base URL; `*` stands for any characters but `/`, `**` for any.
    #[must_use]
    pub fn path(self, path: &str) -> Self {
        self.and(Condition::Path(PathPattern::new(path)))
    }

    /// Those with the token of this identity; `unknown` for credentials that are nobody's.
    #[must_use]
    pub fn identity(self, name: &str) -> Self {
        self.and(Condition::Identity(Some(name.to_owned())))
    }

    /// Those without credentials.
    #[must_use]
    pub fn anonymous(self) -> Self {
        self.and(Condition::Identity(None))
    }

    /// Those that were answered with this status.
    #[must_use]
    pub fn status(self, status: u16) -> Self {
        self.and(Condition::Status(StatusPattern::Exactly(Some(status))))
    }

    /// Those that have no answer.
    #[must_use]
    pub fn unanswered(self) -> Self {
        self.and(Condition::Status(StatusPattern::Exactly(None)))
    }

    /// Those that were answered with this problem, by its name without prefix.
    #[must_use]
    pub fn problem(self, name: &str) -> Self {
        self.and(Condition::Problem(Some(name.to_owned())))
    }

    /// Those about this release.
    #[must_use]
    pub fn release(self, name: &str, version: &str) -> Self {
        self.and(Condition::ReleaseName(name.to_owned()))
            .and(Condition::ReleaseVersion(version.to_owned()))
    }

    /// Those with this header field.
    #[must_use]
    pub fn header_present(self, name: &str) -> Self {
        self.and(Condition::Header(
            name.to_owned(),
            HeaderPattern::Present(true),
        ))
    }

    /// Those without this header field.
    #[must_use]
    pub fn header_absent(self, name: &str) -> Self {
        self.and(Condition::Header(
            name.to_owned(),
            HeaderPattern::Present(false),
        ))
    }

    /// Those with this value of a header field. Values that carry secrets are not kept, and match nothing.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        self.and(Condition::Header(
            name.to_owned(),
            HeaderPattern::Value(value.to_owned()),
        ))
    }

    /// Those whose body is a JSON document with at least these members; lists have to have as many items.
    #[must_use]
    pub fn body(self, subset: Value) -> Self {
        self.and(Condition::Body(subset))
    }

    /// Those whose body arrived whole, or those whose body did not.
    #[must_use]
    pub fn complete(self, complete: bool) -> Self {
        self.and(Condition::Complete(complete))
    }

    pub(super) fn and(mut self, condition: Condition) -> Self {
        self.conditions.push(condition);
        self
    }

    /// Whether the request meets every condition; `false` also where the journal keeps too little of it to say.
    pub fn matches(&self, request: &ReceivedRequest) -> bool {
        self.judge(request) == Answer::Yes
    }

    pub(super) fn judge(&self, request: &impl Facts) -> Answer {
        let mut answer = Answer::Yes;
        // What is cheap to know rules out most requests before a look into the others is taken.
        let cheap = self
            .conditions
            .iter()
            .filter(|condition| !condition.is_dear());
        let dear = self
            .conditions
            .iter()
            .filter(|condition| condition.is_dear());
        for condition in cheap.chain(dear) {
            match condition.judge(request) {
                Answer::No => return Answer::No,
                Answer::Unknown => answer = Answer::Unknown,
                Answer::Yes => {}
            }
        }
        answer
    }

    fn to_json(&self) -> Value {
        let mut shown = Map::new();
        for condition in &self.conditions {
            let (member, value) = match condition {
                Condition::Origin(origin) => ("origin", json!(origin)),
                Condition::Operation(operation) => ("operation", json!(operation)),
                Condition::Method(method) => ("method", json!(method)),
                Condition::Path(path) => ("path", json!(path.text)),
                Condition::Identity(identity) => ("identity", json!(identity)),
                Condition::Status(StatusPattern::Exactly(status)) => ("status", json!(status)),
                Condition::Status(StatusPattern::Class(class)) => {
                    ("status", json!(format!("{class}xx")))
                }
                Condition::Problem(problem) => ("problem", json!(problem)),
                Condition::NoRelease => ("release", Value::Null),
                Condition::ReleaseName(name) => {
                    insert(&mut shown, "release", "name", json!(name));
                    continue;
                }
                Condition::ReleaseVersion(version) => {
                    insert(&mut shown, "release", "version", json!(version));
                    continue;
                }
                Condition::Header(name, pattern) => {
                    let value = match pattern {
                        HeaderPattern::Present(present) => json!(present),
                        HeaderPattern::Value(value) => json!(value),
                    };
                    insert(&mut shown, "headers", name, value);
                    continue;
                }
                Condition::Body(body) => ("body", body.clone()),
                Condition::Complete(complete) => ("complete", json!(complete)),
                Condition::Fault(disturbed) => ("fault", json!(disturbed)),
            };
            shown.insert(member.to_owned(), value);
        }
        Value::Object(shown)
    }
}

fn insert(shown: &mut Map<String, Value>, group: &str, member: &str, value: Value) {
    let group = shown
        .entry(group)
        .or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(members) = group {
        members.insert(member.to_owned(), value);
    }
}

impl fmt::Display for Matcher {
    /// As the body of `POST __admin/requests/find`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_json().fmt(f)
    }
}

/// How many requests are expected: a number, or `1..`, `..=3`, `2..=4`.
#[derive(Clone, Copy, Debug)]
pub struct Expected(pub Expectation);

impl From<u64> for Expected {
    fn from(count: u64) -> Self {
        Self(Expectation::exactly(count))
    }
}

impl From<RangeFrom<u64>> for Expected {
    fn from(range: RangeFrom<u64>) -> Self {
        Self(Expectation {
            at_least: range.start,
            at_most: None,
        })
    }
}

impl From<RangeToInclusive<u64>> for Expected {
    fn from(range: RangeToInclusive<u64>) -> Self {
        Self(Expectation {
            at_least: 0,
            at_most: Some(range.end),
        })
    }
}

impl From<RangeInclusive<u64>> for Expected {
    fn from(range: RangeInclusive<u64>) -> Self {
        Self(Expectation {
            at_least: *range.start(),
            at_most: Some(*range.end()),
        })
    }
}
