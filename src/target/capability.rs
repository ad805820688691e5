//! What a registry declares about itself: section 5 of the profile as one table.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use CapabilityKind::{Bool, Choice, Limit, List, Seen};

use crate::yaml::nearest;

/// What values a capability takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapabilityKind {
    /// `true`, `false` or `seen`: found out from what the registry does.
    Seen,
    /// `true` or `false`.
    Bool,
    /// One of these names. `true` and `false` among them are written as booleans.
    Choice(&'static [&'static str]),
    /// A list of at least one of these names; of any names when this is empty.
    List(&'static [&'static str]),
    /// `none`, or a number from 1.
    Limit,
}

impl fmt::Display for CapabilityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seen => f.write_str("seen, true or false"),
            Self::Bool => f.write_str("true or false"),
            Self::Choice(names) => write!(f, "one of {}", names.join(", ")),
            Self::List([]) => f.write_str("a list of names"),
            Self::List(names) => write!(f, "a list of one or more of {}", names.join(", ")),
            Self::Limit => f.write_str("none, or a number from 1"),
        }
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct CapabilityDefinition {
    /// The name, as in the target file.
    pub name: &'static str,
    /// The values it takes.
    pub kind: CapabilityKind,
    /// The default, written as in the target file; the items of a list separated by spaces.
    pub default: &'static str,
    /// The capability without which this one means nothing.
    pub within: Option<&'static str>,
    /// What it says about the registry, in one line.
    pub summary: &'static str,
}

const fn row(
    name: &'static str,
    kind: CapabilityKind,
    default: &'static str,
    within: Option<&'static str>,
    summary: &'static str,
) -> CapabilityDefinition {
    CapabilityDefinition {
        name,
        kind,
        default,
        within,
        summary,
    }
}

/// All capabilities, in the order of the profile.
pub const CAPABILITIES: &[CapabilityDefinition] = &[
    row(
        "upload",
        Seen,
        "seen",
        None,
        "offers an uploadUrl and takes content there",
    ),
    row(
        "upload.chunked",
        Bool,
        "true",
        Some("upload"),
        "takes uploads without Content-Length",
    ),
    row("sources", Bool, "true", None, "takes content by URL"),
    row(
        "sources.schemes",
        List(&[]),
        "http https",
        Some("sources"),
        "the URL schemes of content sources",
    ),
    row(
        "sources.bad-mirror",
        Choice(&["any", "fail", "drop"]),
        "any",
        Some("sources"),
        "what a mirror with other bytes does to the release",
    ),
    row(
        "sources.replace",
        Bool,
        "false",
        Some("sources"),
        "PUT replaces the list of sources",
    ),
    row(
        "sources.credentials",
        Bool,
        "false",
        Some("sources"),
        "fetches with the credentials of a source",
    ),
    row(
        "sources.recheck",
        Bool,
        "false",
        Some("sources"),
        "verifies sources that are added after publishing",
    ),
    row(
        "sources.max",
        Limit,
        "none",
        Some("sources"),
        "the most sources that a release can have",
    ),
    row(
        "sources.private",
        Choice(&["allowed", "refused"]),
        "allowed",
        Some("sources"),
        "whether loopback, link-local and private addresses are fetched from",
    ),
    row(
        "verification",
        Choice(&["all", "uploads", "none"]),
        "all",
        None,
        "which content the registry checks itself",
    ),
    row(
        "digest.form",
        Choice(&["index", "raw"]),
        "index",
        None,
        "what the content digest is computed over",
    ),
    row(
        "digest.sha512",
        Bool,
        "false",
        None,
        "supports sha512 beside sha256",
    ),
    row(
        "create.signed",
        Bool,
        "false",
        None,
        "takes a signed manifest at create",
    ),
    row(
        "jws.ed25519",
        List(&["EdDSA", "Ed25519"]),
        "EdDSA",
        None,
        "the alg names it takes for Ed25519 keys",
    ),
    row(
        "version.build",
        Bool,
        "false",
        None,
        "takes versions with build metadata",
    ),
    row(
        "async",
        Seen,
        "seen",
        None,
        "answers publish with 202 and works on",
    ),
    row("expiry", Bool, "false", None, "unpublished releases expire"),
    row(
        "cancel",
        Bool,
        "false",
        None,
        "unpublished releases can be cancelled",
    ),
    row(
        "access.hides",
        Choice(&["any", "true", "false"]),
        "any",
        None,
        "answers 404 to a denied caller, as if nothing were there",
    ),
    row(
        "access.private",
        Bool,
        "false",
        None,
        "has private releases",
    ),
    row(
        "access.separate",
        Bool,
        "false",
        None,
        "lets some read manifests and not content",
    ),
    row(
        "assets.tar",
        Bool,
        "false",
        None,
        "takes content of several entries as a tar archive",
    ),
    row(
        "assets.per-entry",
        Bool,
        "false",
        Some("assets.tar"),
        "takes sources that each serve one entry",
    ),
    row(
        "validates.component",
        Bool,
        "false",
        None,
        "refuses bytes that are no component",
    ),
];

/// What one capability is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CapabilityValue {
    /// Not declared: to be found out from what the registry does.
    Seen,
    /// Declared.
    Bool(bool),
    /// One of the names of a choice, also when that name is `true` or `false`.
    Choice(String),
    /// Names, in the order declared.
    List(Vec<String>),
    /// A limit.
    Number(u64),
    /// No limit.
    None,
}

impl CapabilityValue {
    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Seen => Value::from("seen"),
            Self::Bool(value) => Value::from(*value),
            Self::Choice(name) => match name.as_str() {
                "true" => Value::from(true),
                "false" => Value::from(false),
                name => Value::from(name),
            },
            Self::List(names) => Value::from(names.clone()),
            Self::Number(number) => Value::from(*number),
            Self::None => Value::from("none"),
        }
    }
}

impl fmt::Display for CapabilityValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seen => f.write_str("seen"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Choice(name) => f.write_str(name),
            Self::List(names) => write!(f, "[{}]", names.join(", ")),
            Self::Number(number) => write!(f, "{number}"),
            Self::None => f.write_str("none"),
        }
    }
}

impl Serialize for CapabilityValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

/// Why a capability can not be set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CapabilityError {
    /// No capability has this name.
    #[error("unknown capability `{name}`; {}", match suggestion {
        Some(near) => format!("did you mean `{near}`?"),
        None => "section 5 of the profile lists them".to_owned(),
    })]
    Unknown {
        /// The name as written.
        name: String,
        /// The nearest name there is.
        suggestion: Option<&'static str>,
    },
    /// The capability does not take this value.
    #[error("the capability `{name}` takes {expected}")]
    Value {
        /// The capability.
        name: &'static str,
        /// What it takes.
        expected: CapabilityKind,
    },
}

/// The row of a capability.
pub(super) fn definition(
    name: &str,
) -> Result<(usize, &'static CapabilityDefinition), CapabilityError> {
    CAPABILITIES
        .iter()
        .enumerate()
        .find(|(_, row)| row.name == name)
        .ok_or_else(|| CapabilityError::Unknown {
            name: name.to_owned(),
            suggestion: nearest(name, CAPABILITIES.iter().map(|row| row.name)),
        })
}

impl CapabilityDefinition {
    fn value_error(&self) -> CapabilityError {
        CapabilityError::Value {
            name: self.name,
            expected: self.kind,
        }
    }

    /// Reads a value as the target file writes it.
    pub(super) fn read(&self, value: &Value) -> Result<CapabilityValue, CapabilityError> {
        let read = match (self.kind, value) {
            (Seen | Bool, Value::Bool(value)) => Some(CapabilityValue::Bool(*value)),
            (Seen, Value::String(name)) if name == "seen" => Some(CapabilityValue::Seen),
            (Choice(names), Value::String(name)) if names.contains(&name.as_str()) => {
                Some(CapabilityValue::Choice(name.clone()))
            }
            (Choice(names), Value::Bool(value))
                if names.contains(&if *value { "true" } else { "false" }) =>
            {
                Some(CapabilityValue::Choice(value.to_string()))
            }
            (List(names), Value::Array(items)) if !items.is_empty() => items
                .iter()
                .map(|item| {
                    item.as_str()
                        .filter(|item| names.is_empty() || names.contains(item))
                })
                .map(|item| item.map(ToOwned::to_owned))
                .collect::<Option<Vec<_>>>()
                .map(CapabilityValue::List),
            (Limit, Value::Number(number)) => number
                .as_u64()
                .filter(|number| *number > 0)
                .map(CapabilityValue::Number),
            (Limit, Value::Null) => Some(CapabilityValue::None),
            (Limit, Value::String(name)) if name == "none" => Some(CapabilityValue::None),
            _ => None,
        };
        read.ok_or_else(|| self.value_error())
    }

    /// The value where nothing is declared.
    pub fn default_value(&self) -> CapabilityValue {
        match self.kind {
            Seen => CapabilityValue::Seen,
            Bool => CapabilityValue::Bool(self.default == "true"),
            Choice(_) => CapabilityValue::Choice(self.default.to_owned()),
            List(_) => {
                CapabilityValue::List(self.default.split(' ').map(ToOwned::to_owned).collect())
            }
            Limit => CapabilityValue::None,
        }
    }
}

/// What one registry declares: a value for every row of [`CAPABILITIES`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    values: Vec<CapabilityValue>,
}

impl Default for Capabilities {
    fn default() -> Self {
        Self {
            values: CAPABILITIES
                .iter()
                .map(CapabilityDefinition::default_value)
                .collect(),
        }
    }
}

impl Capabilities {
    /// What a capability is set to; `None` when there is no capability of this name.
    pub fn get(&self, name: &str) -> Option<&CapabilityValue> {
        definition(name)
            .ok()
            .and_then(|(index, _)| self.values.get(index))
    }

    /// Whether a capability is declared `true`.
    pub fn is(&self, name: &str) -> bool {
        match self.get(name) {
            Some(CapabilityValue::Bool(value)) => *value,
            Some(CapabilityValue::Choice(choice)) => choice == "true",
            _ => false,
        }
    }

    /// Sets a capability to a value written as in the target file.
    pub fn set(&mut self, name: &str, value: &Value) -> Result<(), CapabilityError> {
        let (index, row) = definition(name)?;
        let value = row.read(value)?;
        if let Some(slot) = self.values.get_mut(index) {
            *slot = value;
        }
        Ok(())
    }

    /// These capabilities with what was seen in place of `seen`; what is declared stays as it is.
    #[must_use]
    pub fn resolve_seen(&self, upload: bool, asynchronous: bool) -> Self {
        let mut resolved = self.clone();
        for (row, value) in CAPABILITIES.iter().zip(&mut resolved.values) {
            if *value == CapabilityValue::Seen {
                *value = CapabilityValue::Bool(if row.name == "upload" {
                    upload
                } else {
                    asynchronous
                });
            }
        }
        resolved
    }

    /// The names of those that have still to be seen.
    pub fn undetermined(&self) -> impl Iterator<Item = &'static str> {
        self.iter()
            .filter(|(_, value)| **value == CapabilityValue::Seen)
            .map(|(row, _)| row.name)
    }

    /// Every capability and its value, in the order of the table.
    pub fn iter(&self) -> impl Iterator<Item = (&'static CapabilityDefinition, &CapabilityValue)> {
        CAPABILITIES.iter().zip(&self.values)
    }

    /// A JSON object of all capabilities, values as in the target file.
    pub fn to_json(&self) -> Value {
        Value::Object(
            self.iter()
                .map(|(row, value)| (row.name.to_owned(), value.to_json()))
                .collect::<Map<_, _>>(),
        )
    }
}
