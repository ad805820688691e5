use std::time::{Duration, SystemTime};

use super::Answer;

/// What `Retry-After` asks for (RFC 9110, section 10.2.3): seconds, or a date seen from `now`, a past one as zero.
/// `None`: there is none, or it does not parse.
pub fn retry_after(answer: &Answer, now: SystemTime) -> Option<Duration> {
    let value = answer.header("retry-after")?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // What does not fit is a wait that no budget allows.
        return Some(Duration::from_secs(
            value.parse().unwrap_or(u64::from(u32::MAX)),
        ));
    }
    httpdate::parse_http_date(value)
        .ok()
        .map(|date| date.duration_since(now).unwrap_or_default())
}
