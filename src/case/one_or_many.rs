//! A value of a case file that may stand alone or in a list.

use std::fmt;
use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

/// One thing, or a list of them.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany<T> {
    /// Several.
    Many(Vec<T>),
    /// One.
    One(Box<T>),
}

impl<T> OneOrMany<T> {
    /// As a list.
    pub fn as_slice(&self) -> &[T] {
        match self {
            Self::Many(many) => many,
            Self::One(one) => std::slice::from_ref(one),
        }
    }
}

/// Of its own, since that of an untagged enum copies what it reads before it looks at it, and has no words for what is wrong within.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Either(PhantomData))
    }
}

struct Either<T>(PhantomData<T>);

/// One, of what a visitor is given.
fn one<'de, T: Deserialize<'de>, E: Error>(
    value: impl IntoDeserializer<'de, E>,
) -> Result<OneOrMany<T>, E> {
    T::deserialize(value.into_deserializer()).map(|one| OneOrMany::One(Box::new(one)))
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
    type Value = OneOrMany<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one, or a list of them")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, many: A) -> Result<Self::Value, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(many)).map(OneOrMany::Many)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members)).map(|one| OneOrMany::One(Box::new(one)))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        one(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        one(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        one(value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        one(value)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        one(value)
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Self::Value, E> {
        one(value)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        one(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::OneOrMany;

    #[test]
    fn one_and_many_are_read_and_mistakes_are_told() {
        let rows = [
            (json!("a"), Ok(vec!["a"])),
            (json!(["a", "b"]), Ok(vec!["a", "b"])),
            (json!([]), Ok(vec![])),
            (
                json!(7),
                Err("invalid type: integer `7`, expected a string"),
            ),
            (json!([null]), Err("invalid type: null, expected a string")),
            (json!(null), Err("invalid type: null, expected a string")),
        ];
        for (value, expected) in rows {
            let read = serde_json::from_value::<OneOrMany<String>>(value.clone());
            match (&read, expected) {
                (Ok(read), Ok(expected)) => assert_eq!(read.as_slice(), expected, "{value}"),
                (Err(error), Err(expected)) => assert_eq!(error.to_string(), expected, "{value}"),
                _ => panic!("{value} was read as {read:?}"),
            }
        }
        let numbers: OneOrMany<u16> = serde_json::from_value(json!(404)).expect("a number");
        assert_eq!(numbers.as_slice(), [404]);
        serde_json::from_value::<OneOrMany<u16>>(json!(-1)).expect_err("no such number");
    }
}
