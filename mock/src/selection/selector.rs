//! What a fault or a canned answer says about the requests that it is for.

use std::num::NonZeroU32;

use serde_json::{Map, Value, json};

use crate::operation::Operation;

use super::Subject;

/// Whether the registry has done its work when it is disturbed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// The registry does nothing.
    #[default]
    Before,
    /// The registry does its work, and commits it; then its answer is disturbed.
    After,
}

impl Phase {
    /// `before` or `after`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }
}

/// Which requests something is for; the default is for all of them, always.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Selector {
    /// Any of these; all requests when empty, those that name no operation included.
    pub operations: Vec<Operation>,
    /// Name of the release.
    pub name: Option<String>,
    /// Version of the release.
    pub version: Option<String>,
    /// Path relative to the base URL, decoded, without a leading slash.
    pub path: Option<String>,
    /// Which of those requests it meets.
    pub when: When,
}

/// Which of the requests that it is for something meets; the default is each.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct When {
    /// None before this one, counted from 1 since it was set up.
    pub nth: Option<NonZeroU32>,
    /// At most so many.
    pub times: Option<NonZeroU32>,
    /// Each with this probability.
    pub probability: Option<f64>,
}

impl When {
    /// How many requests it meets in all; any number, when absent.
    pub(crate) fn limit(&self) -> Option<u64> {
        match (self.times, self.nth) {
            (Some(times), _) => Some(times.get().into()),
            (None, Some(_)) => Some(1),
            (None, None) => None,
        }
    }

    /// As it is written.
    pub(crate) fn to_json(self) -> Option<Value> {
        let mut members = Map::new();
        if let Some(nth) = self.nth {
            members.insert("nth".to_owned(), json!(nth));
        }
        if let Some(times) = self.times {
            members.insert("times".to_owned(), json!(times));
        }
        if let Some(probability) = self.probability {
            members.insert("probability".to_owned(), json!(probability));
        }
        (!members.is_empty()).then_some(Value::Object(members))
    }
}

impl Selector {
    /// Whether it can be for requests of this operation.
    pub(crate) fn covers(&self, operation: Option<Operation>) -> bool {
        self.operations.is_empty()
            || operation.is_some_and(|operation| self.operations.contains(&operation))
    }

    /// Whether it is for this request.
    pub(crate) fn is_for(&self, subject: &Subject) -> bool {
        let same = |wanted: &Option<String>, found: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| found == Some(wanted))
        };
        let release = subject.release.as_ref();
        self.covers(subject.operation)
            && same(&self.name, release.map(|release| release.name.as_str()))
            && same(
                &self.version,
                release.map(|release| release.version.as_str()),
            )
            && same(&self.path, subject.path.as_deref())
    }

    /// Whether the body of a request of this operation has to be known: it names the release of a create, and tells requests apart
    /// where chance decides.
    pub(crate) fn wants_body(&self, operation: Operation) -> bool {
        let names_release = self.name.is_some() || self.version.is_some();
        self.covers(Some(operation))
            && match operation {
                Operation::Create => names_release || self.when.probability.is_some(),
                Operation::AddSources | Operation::ReplaceSources => {
                    self.when.probability.is_some()
                }
                _ => false,
            }
    }

    /// `operation` as it is written.
    pub(crate) fn operations_json(&self) -> Value {
        match self.operations.as_slice() {
            [] => json!("*"),
            [operation] => json!(operation.name()),
            operations => operations
                .iter()
                .map(|operation| operation.name())
                .collect(),
        }
    }

    /// The release that it is for, as it is written.
    pub(crate) fn release_json(&self) -> Map<String, Value> {
        let mut members = Map::new();
        if let Some(name) = &self.name {
            members.insert("name".to_owned(), json!(name));
        }
        if let Some(version) = &self.version {
            members.insert("version".to_owned(), json!(version));
        }
        members
    }
}
