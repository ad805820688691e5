//! A parser that notices what `serde_json` overlooks: duplicate member names.

use std::{cell::RefCell, fmt};

use serde::{
    Deserializer,
    de::{DeserializeSeed, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};

use crate::cause::Cause;

/// A parsed document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The value; of duplicate members the last one stands.
    pub value: Value,
    /// The first member name that an object has twice, at any depth (CRE-5).
    pub duplicate_member: Option<String>,
}

/// Why bytes are not an acceptable JSON document.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// Not UTF-8.
    #[error("failed to read JSON: not UTF-8 after {valid_up_to} bytes")]
    NotUtf8 {
        /// Bytes that were valid.
        valid_up_to: usize,
    },
    /// Not JSON, nested deeper than 128, or a number out of the range of a double.
    #[error("failed to read JSON: {0}")]
    Syntax(#[source] serde_json::Error),
    /// An object has a member name twice.
    #[error("failed to read JSON: duplicate member {0:?}")]
    DuplicateMember(String),
}

impl JsonError {
    /// What about the bytes it is, where implementations break at it.
    pub(crate) fn cause(&self) -> Option<Cause> {
        match self {
            Self::NotUtf8 { .. } => Some(Cause::NotUtf8),
            Self::Syntax(error) => {
                let text = error.to_string();
                if text.contains("recursion limit") {
                    Some(Cause::NestedDeeply)
                } else if text.contains("number out of range") {
                    Some(Cause::NumberOutOfRange)
                } else {
                    None
                }
            }
            Self::DuplicateMember(_) => None,
        }
    }
}

/// Parses, and reports a duplicate member beside the value.
///
/// Deep nesting can not exhaust the stack: `serde_json` stops at 128 levels. Integers outside of 64 bits are read as doubles.
pub fn parse(bytes: &[u8]) -> Result<Document, JsonError> {
    let text = std::str::from_utf8(bytes).map_err(|error| JsonError::NotUtf8 {
        valid_up_to: error.valid_up_to(),
    })?;
    let duplicate_member = RefCell::new(None);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = ValueSeed {
        duplicate_member: &duplicate_member,
    }
    .deserialize(&mut deserializer)
    .map_err(JsonError::Syntax)?;
    deserializer.end().map_err(JsonError::Syntax)?;
    Ok(Document {
        value,
        duplicate_member: duplicate_member.into_inner(),
    })
}

/// Parses, and refuses duplicate members.
pub fn parse_strict(bytes: &[u8]) -> Result<Value, JsonError> {
    let document = parse(bytes)?;
    match document.duplicate_member {
        None => Ok(document.value),
        Some(name) => Err(JsonError::DuplicateMember(name)),
    }
}

#[derive(Clone, Copy)]
struct ValueSeed<'a> {
    duplicate_member: &'a RefCell<Option<String>>,
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            let value = access.next_value_seed(self)?;
            if members.insert(name.clone(), value).is_some() {
                self.duplicate_member.borrow_mut().get_or_insert(name);
            }
        }
        Ok(Value::Object(members))
    }
}
