//! When a fault says to come back.

use std::time::Duration;

use http::HeaderValue;
use jiff::{
    SignedDuration, Timestamp,
    fmt::rfc2822::{DateTimeParser, DateTimePrinter},
};
use serde_json::{Value, json};

use crate::config::parse_duration;

/// How far ahead a date is that is not said.
const DATE_AHEAD: Duration = Duration::from_secs(1);

/// `Retry-After` of an answer (RFC 9110, section 10.2.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RetryAfter {
    /// Seconds.
    Seconds(u64),
    /// A date this far ahead of the session's time when the answer is made.
    DateAhead(Duration),
    /// This date.
    Date(String),
}

impl RetryAfter {
    /// What is right.
    pub(super) const EXPECTED: &str = "seconds as a number, \"date\", \"date:DURATION\" for a date so far ahead, or an HTTP date such as \"Sun, 06 Nov 1994 08:49:37 GMT\" (anything else goes into headers)";

    /// From a member of that name.
    pub(super) fn from_json(value: &Value) -> Option<Self> {
        if let Some(seconds) = value.as_u64() {
            return Some(Self::Seconds(seconds));
        }
        let text = value.as_str()?;
        if text == "date" {
            return Some(Self::DateAhead(DATE_AHEAD));
        }
        if let Some(ahead) = text.strip_prefix("date:") {
            return parse_duration(ahead).ok().map(Self::DateAhead);
        }
        let is_date = text.ends_with(" GMT")
            && HeaderValue::from_str(text).is_ok()
            && DateTimeParser::new().parse_timestamp(text).is_ok();
        is_date.then(|| Self::Date(text.to_owned()))
    }

    /// As it is written.
    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Seconds(seconds) => json!(seconds),
            Self::DateAhead(ahead) => json!(format!("date:{}ms", ahead.as_millis())),
            Self::Date(date) => json!(date),
        }
    }

    /// The value of the header field. Dates are rounded up to the second, so that it is never earlier than was said.
    pub(super) fn value(&self, now: Timestamp) -> String {
        match self {
            Self::Seconds(seconds) => seconds.to_string(),
            Self::Date(date) => date.clone(),
            Self::DateAhead(ahead) => SignedDuration::try_from(*ahead)
                .ok()
                .and_then(|ahead| now.checked_add(ahead).ok())
                .and_then(|due| {
                    let up = i64::from(due.subsec_nanosecond() > 0);
                    Timestamp::from_second(due.as_second().checked_add(up)?).ok()
                })
                .and_then(|due| {
                    DateTimePrinter::new()
                        .timestamp_to_rfc9110_string(&due)
                        .ok()
                })
                .unwrap_or_else(|| ahead.as_secs().to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_seconds_and_dates_and_nothing_else() {
        let now: Timestamp = "2022-05-11T17:00:00.25Z".parse().unwrap();
        for (document, expected) in [
            (json!(0), Some("0")),
            (json!(2), Some("2")),
            (json!(99_999_999_999_u64), Some("99999999999")),
            (json!("date"), Some("Wed, 11 May 2022 17:00:02 GMT")),
            (json!("date:30s"), Some("Wed, 11 May 2022 17:00:31 GMT")),
            (
                json!("Sun, 06 Nov 1994 08:49:37 GMT"),
                Some("Sun, 06 Nov 1994 08:49:37 GMT"),
            ),
            (json!(-1), None),
            (json!(1.5), None),
            (json!("2"), None),
            (json!("soon"), None),
            (json!("date:"), None),
            (json!("1994-11-06T08:49:37Z"), None),
            (json!(null), None),
        ] {
            let value = RetryAfter::from_json(&document);
            assert_eq!(
                value.as_ref().map(|value| value.value(now)).as_deref(),
                expected,
                "{document}"
            );
            if let Some(value) = value {
                assert_eq!(RetryAfter::from_json(&value.to_json()), Some(value));
            }
        }
    }
}
