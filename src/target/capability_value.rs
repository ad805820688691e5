//! What one capability is set to.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;

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
