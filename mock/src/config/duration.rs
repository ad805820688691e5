//! Durations as people write them.

use std::time::Duration;

/// Text that is no duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("failed to read {0:?} as a duration such as 300ms, 2s, 5m or 1h")]
pub struct DurationError(String);

/// Reads `300ms`, `2s`, `1.5s`, `5m`, `1h`, `7d`, with or without a space before the unit; the unit is required, except for `0`.
pub fn parse_duration(text: &str) -> Result<Duration, DurationError> {
    let error = || DurationError(text.to_owned());
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
    // A century keeps every later sum of times in range.
    if seconds > 100.0 * 366.0 * 86400.0 {
        return Err(error());
    }
    Duration::try_from_secs_f64(seconds).map_err(|_| error())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, expected) in [
            ("0", Some(Duration::ZERO)),
            ("300ms", Some(Duration::from_millis(300))),
            ("1.5 s", Some(Duration::from_millis(1500))),
            ("5m", Some(Duration::from_mins(5))),
            ("1h", Some(Duration::from_hours(1))),
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
