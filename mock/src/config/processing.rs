//! When the outcome of publishing shows.

use std::{fmt, str::FromStr, time::Duration};

use super::{DurationError, parse_duration};

/// When the outcome of publishing shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProcessingMode {
    /// In the answer to publish: 201, or the refusal.
    #[default]
    Immediate,
    /// After 202, once the status was read that many times.
    Polls(u32),
    /// After 202, once this time has passed.
    Delay(Duration),
    /// After 202, when the operator says so.
    Manual,
}

/// Text that is no processing mode.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProcessingModeError {
    /// None of the modes.
    #[error("failed to read {0:?} as immediate, polls:N, delay:DURATION or manual")]
    Unknown(String),
    /// `polls:` without a number.
    #[error("failed to read {0:?} as a number of polls")]
    Polls(String),
    /// `delay:` without a duration.
    #[error(transparent)]
    Delay(#[from] DurationError),
}

impl FromStr for ProcessingMode {
    type Err = ProcessingModeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            None if text == "immediate" => Ok(Self::Immediate),
            None if text == "manual" => Ok(Self::Manual),
            Some(("polls", count)) => count
                .parse()
                .map(Self::Polls)
                .map_err(|_| ProcessingModeError::Polls(count.to_owned())),
            Some(("delay", duration)) => Ok(Self::Delay(parse_duration(duration)?)),
            _ => Err(ProcessingModeError::Unknown(text.to_owned())),
        }
    }
}

impl fmt::Display for ProcessingMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Immediate => f.write_str("immediate"),
            Self::Polls(count) => write!(f, "polls:{count}"),
            Self::Delay(duration) => write!(f, "delay:{}ms", duration.as_millis()),
            Self::Manual => f.write_str("manual"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_mode_and_nothing_else() {
        for (text, expected) in [
            ("immediate", Some(ProcessingMode::Immediate)),
            ("manual", Some(ProcessingMode::Manual)),
            ("polls:3", Some(ProcessingMode::Polls(3))),
            (
                "delay:200ms",
                Some(ProcessingMode::Delay(Duration::from_millis(200))),
            ),
            ("polls", None),
            ("polls:-1", None),
            ("delay:", None),
            ("", None),
            ("Immediate", None),
        ] {
            assert_eq!(text.parse().ok(), expected, "{text:?}");
            if let Some(mode) = expected {
                assert_eq!(mode.to_string().parse(), Ok(mode));
            }
        }
    }
}
