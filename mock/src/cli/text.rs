//! Values of a configuration file that read like those of options.

use std::{fmt::Display, str::FromStr, time::Duration};

use serde::{Deserialize, Deserializer, de::Error};

use crate::config::{parse_duration, parse_size};

/// What stands where an option would have text.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected text or a number")]
enum Scalar {
    Number(u64),
    Text(String),
}

impl Scalar {
    fn into_text(self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text,
        }
    }
}

/// Anything that reads from text.
pub(super) fn parsed<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    let text = Scalar::deserialize(deserializer)?.into_text();
    text.parse().map(Some).map_err(D::Error::custom)
}

/// A list of what reads from text.
pub(super) fn parsed_list<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    Vec::<String>::deserialize(deserializer)?
        .iter()
        .map(|text| text.parse().map_err(D::Error::custom))
        .collect::<Result<_, _>>()
        .map(Some)
}

/// A size such as `64 MiB`, or a number of bytes.
pub(super) fn size<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    parse_size(&Scalar::deserialize(deserializer)?.into_text())
        .map(Some)
        .map_err(D::Error::custom)
}

/// A duration such as `300ms`.
pub(super) fn duration<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Duration>, D::Error> {
    parse_duration(&Scalar::deserialize(deserializer)?.into_text())
        .map(Some)
        .map_err(D::Error::custom)
}
