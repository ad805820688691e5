use std::time::{Duration, SystemTime};

use super::Answer;

/// What `Retry-After` asks for (RFC 9110, section 10.2.3): seconds, or a date seen from `now`, a past one as zero.
/// `None`: there is none, or it does not parse.
pub fn retry_after(answer: &Answer, now: SystemTime) -> Option<Duration> {
    let value = answer.header("retry-after")?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number of any length: no budget allows a wait of more than a century, and no clock has to count further.
        let seconds = value.parse().unwrap_or(u32::MAX);
        return Some(Duration::from_secs(seconds.into()));
    }
    httpdate::parse_http_date(value)
        .ok()
        .map(|date| date.duration_since(now).unwrap_or_default())
}
