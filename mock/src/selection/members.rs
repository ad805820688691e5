//! Reading JSON that people write by hand: what is wrong is named by where it stands, with what would be right.

use std::{num::NonZeroU32, time::Duration};

use serde_json::{Map, Value};

use crate::{
    config::parse_duration,
    problem::{Problem, ProblemKind},
    refusal::Refusal,
};

/// A member that can not be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("failed to read {at}: expected {expected}, found {found}")]
pub(crate) struct BadMember {
    /// Where it stands, e.g. `[1].when.nth`.
    pub at: String,
    /// What would be right.
    pub expected: String,
    /// What is there.
    pub found: String,
}

impl From<BadMember> for Refusal {
    fn from(error: BadMember) -> Self {
        Problem::new(ProblemKind::MalformedRequest, format!("{error}."))
            .with("member", error.at)
            .with("expected", error.expected)
            .into()
    }
}

/// That a value is not what was expected at a place.
pub(crate) fn bad(at: &str, expected: impl Into<String>, found: &Value) -> BadMember {
    const SHOWN: usize = 100;
    let mut shown = found.to_string();
    if shown.chars().count() > SHOWN {
        shown = shown.chars().take(SHOWN).chain(['…']).collect();
    }
    BadMember {
        at: at.to_owned(),
        expected: expected.into(),
        found: shown,
    }
}

/// The elements of an array with the place of each, or the one value that stands in the place of an array.
pub(crate) fn elements<'a>(value: &'a Value, at: &str) -> Vec<(&'a Value, String)> {
    match value {
        Value::Array(elements) => elements
            .iter()
            .enumerate()
            .map(|(index, element)| (element, format!("{at}[{index}]")))
            .collect(),
        value => vec![(value, at.to_owned())],
    }
}

/// An object whose members are all known.
pub(crate) struct Members<'a> {
    at: String,
    members: &'a Map<String, Value>,
}

impl<'a> Members<'a> {
    /// The object at a place, which is empty for the document itself.
    pub(crate) fn of(value: &'a Value, at: &str, known: &[&str]) -> Result<Self, BadMember> {
        let shown_place = if at.is_empty() { "the document" } else { at };
        let Value::Object(members) = value else {
            let expected = format!("an object with {}", known.join(", "));
            return Err(bad(shown_place, expected, value));
        };
        let this = Self {
            at: at.to_owned(),
            members,
        };
        match members
            .iter()
            .find(|(name, _)| !known.contains(&name.as_str()))
        {
            None => Ok(this),
            Some((name, value)) => Err(bad(
                &this.place(name),
                format!("one of the members {}", known.join(", ")),
                value,
            )),
        }
    }

    /// Where a member stands.
    pub(crate) fn place(&self, name: &str) -> String {
        if self.at.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.at)
        }
    }

    /// A member.
    pub(crate) fn get(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name)
    }

    /// That a member which has to be there is not.
    pub(crate) fn missing(&self, name: &str, expected: impl Into<String>) -> BadMember {
        BadMember {
            at: self.place(name),
            expected: expected.into(),
            found: "nothing".to_owned(),
        }
    }

    fn read<T>(
        &self,
        name: &str,
        expected: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, BadMember> {
        self.get(name)
            .map(|value| read(value).ok_or_else(|| bad(&self.place(name), expected, value)))
            .transpose()
    }

    /// Text that is not empty.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&'a str>, BadMember> {
        self.read(name, "text that is not empty", |value| {
            value.as_str().filter(|text| !text.is_empty())
        })
    }

    /// A whole number from 1.
    pub(crate) fn count(&self, name: &str) -> Result<Option<NonZeroU32>, BadMember> {
        self.read(name, "a whole number from 1", |value| {
            NonZeroU32::new(u32::try_from(value.as_u64()?).ok()?)
        })
    }

    /// A number from 0 to 1.
    pub(crate) fn probability(&self, name: &str) -> Result<Option<f64>, BadMember> {
        self.read(name, "a number from 0 to 1", |value| {
            value.as_f64().filter(|number| (0.0..=1.0).contains(number))
        })
    }

    /// A duration such as `300ms`.
    pub(crate) fn duration(&self, name: &str) -> Result<Option<Duration>, BadMember> {
        self.read(
            name,
            "a duration in text, such as \"300ms\", \"2s\" or \"1m\"",
            |value| parse_duration(value.as_str()?).ok(),
        )
    }

    /// A status that an answer can have.
    pub(crate) fn status(&self, name: &str) -> Result<Option<http::StatusCode>, BadMember> {
        self.read(name, "a status from 200 to 599", |value| {
            let status = u16::try_from(value.as_u64()?).ok()?;
            (200..600)
                .contains(&status)
                .then(|| http::StatusCode::from_u16(status).ok())?
        })
    }
}
