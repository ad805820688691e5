//! Durations and sizes as people write them.

use std::{fmt, str::FromStr, time::Duration};

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::Number;

/// The longest duration that is taken: more is a slip, and keeps clear of overflow in the clock's arithmetic.
const MAX_DURATION: Duration = Duration::from_hours(24 * 366);

/// A text that is no duration or no size.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// Not a duration.
    #[error(
        "`{0}` is no duration; write a number and a unit, such as 300ms, 10s, 2m or 1h30m (at most 366 days)"
    )]
    Duration(String),
    /// Not a size.
    #[error(
        "`{0}` is no size; write octets or a number and a unit, such as 1048576, 64KiB or 1 MiB"
    )]
    Size(String),
}

/// A duration such as `300ms`, `10s`, `2m` or `1h30m`; never negative, at most 366 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DurationText(pub Duration);

impl FromStr for DurationText {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        text.parse::<SignedDuration>()
            .ok()
            .and_then(|duration| Duration::try_from(duration).ok())
            .filter(|duration| *duration <= MAX_DURATION)
            .map(Self)
            .ok_or_else(|| QuantityError::Duration(text.to_owned()))
    }
}

impl fmt::Display for DurationText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0.as_millis();
        let rest = self.0.subsec_nanos() % 1_000_000;
        match () {
            () if rest != 0 => write!(f, "{}ns", self.0.as_nanos()),
            () if !millis.is_multiple_of(1000) => write!(f, "{millis}ms"),
            () => write!(f, "{}s", millis / 1000),
        }
    }
}

/// A number of octets, such as `1048576`, `64KiB` or `1 MiB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Size(pub u64);

/// Units and their octets, the largest first.
const UNITS: [(&str, u64); 8] = [
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("kB", 1000),
    ("KB", 1000),
    ("B", 1),
];

impl FromStr for Size {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let wrong = || QuantityError::Size(text.to_owned());
        let trimmed = text.trim();
        let unit_start = trimmed
            .find(|character: char| !character.is_ascii_digit())
            .unwrap_or(trimmed.len());
        let (digits, unit) = trimmed.split_at(unit_start);
        let unit = unit.trim_start();
        let factor = match unit {
            "" => 1,
            unit => UNITS
                .iter()
                .find(|(name, _)| *name == unit)
                .map(|(_, factor)| *factor)
                .ok_or_else(wrong)?,
        };
        digits
            .parse::<u64>()
            .ok()
            .and_then(|number| number.checked_mul(factor))
            .map(Self)
            .ok_or_else(wrong)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let binary = UNITS.iter().filter(|(name, _)| name.ends_with("iB"));
        match binary
            .into_iter()
            .find(|(_, factor)| self.0 > 0 && self.0.is_multiple_of(*factor))
        {
            Some((name, factor)) => write!(f, "{} {name}", self.0 / factor),
            None => write!(f, "{}", self.0),
        }
    }
}

impl Serialize for DurationText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DurationText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

impl Serialize for Size {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum NumberOrText {
    Number(Number),
    Text(String),
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match NumberOrText::deserialize(deserializer)? {
            NumberOrText::Number(number) => number
                .as_u64()
                .map(Self)
                .ok_or_else(|| D::Error::custom(QuantityError::Size(number.to_string()))),
            NumberOrText::Text(text) => text.parse().map_err(D::Error::custom),
        }
    }
}
