//! Durations as people write them.

use std::time::Duration;

/// Text that is no duration, or none that can be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// It is none.
    #[error("failed to read {0:?} as a duration such as 300ms, 2s, 5m or 1h")]
    Unreadable(String),
    /// It is longer than all that make sense.
    #[error("failed to take {0:?}: a duration is {LONGEST_DAYS}d (a hundred years) at most")]
    TooLong(String),
}

/// Days of the longest duration: it keeps every later sum of times in range.
const LONGEST_DAYS: u32 = 36_600;

/// Reads `300ms`, `2s`, `1.5s`, `5m`, `1h`, `7d`, with or without a space before the unit; the unit is required, except for `0`.
pub fn parse_duration(text: &str) -> Result<Duration, DurationError> {
    let error = || DurationError::Unreadable(text.to_owned());
    let trimmed = text.trim();
    if trimmed == "0" {
        return Ok(Duration::ZERO);
    }
    let unit_at = trimmed
        .find(|c: char| c.is_ascii_alphabetic())
        .ok_or_else(error)?;
    let (number, unit) = trimmed.split_at(unit_at);
    let number = number.trim_end();
    if number.is_empty() || !number.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return Err(error());
    }
    let seconds_per_unit = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        "d" => 86400.0,
        _ => return Err(error()),
    };
    let count: f64 = number.parse().map_err(|_| error())?;
    let seconds = count * seconds_per_unit;
    if seconds > f64::from(LONGEST_DAYS) * 86400.0 {
        return Err(DurationError::TooLong(text.to_owned()));
    }
    Duration::try_from_secs_f64(seconds).map_err(|_| error())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_how_long_a_duration_may_be() {
        let error = parse_duration("36601d").unwrap_err();
        assert_eq!(
            error.to_string(),
            "failed to take \"36601d\": a duration is 36600d (a hundred years) at most"
        );
    }

    #[test]
    fn reads_what_people_write() {
        for (text, expected) in [
            ("0", Some(Duration::ZERO)),
            ("300ms", Some(Duration::from_millis(300))),
            ("1.5 s", Some(Duration::from_millis(1500))),
            ("5m", Some(Duration::from_mins(5))),
            ("1h", Some(Duration::from_hours(1))),
            ("36600d", Some(Duration::from_hours(36_600 * 24))),
            ("7d", Some(Duration::from_hours(7 * 24))),
            ("90", None),
            ("", None),
            ("-1s", None),
            ("1.2.3s", None),
            ("1 fortnight", None),
            ("99999999999999h", None),
        ] {
            assert_eq!(parse_duration(text).ok(), expected, "{text:?}");
        }
    }
}
