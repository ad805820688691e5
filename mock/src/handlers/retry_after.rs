//! When to ask again (rule ASY-1).

use jiff::{SignedDuration, fmt::rfc2822::DateTimePrinter};

use crate::{config::ProcessingMode, registry::UnpublishedView, session::Session};

/// The value of `Retry-After`: now seconds, now a date (RFC 9110, section 10.2.3).
pub(super) fn retry_after(session: &Session, view: &UnpublishedView) -> String {
    if session.policy.processing.odd_retry_after {
        return "soon".to_owned();
    }
    let seconds = match session.config.processing {
        // Rounded down: asking a little early costs one more poll, asking late costs up to a second.
        ProcessingMode::Delay(delay) => delay.as_secs().min(5),
        ProcessingMode::Manual => 1,
        ProcessingMode::Immediate | ProcessingMode::Polls(_) => 0,
    };
    let about = format!("{} {}", view.manifest.key, view.polls);
    let as_date = session.oddities.flip("retry-after", &about);
    let due = SignedDuration::try_from(std::time::Duration::from_secs(seconds))
        .ok()
        .and_then(|seconds| session.now().checked_add(seconds).ok());
    due.filter(|_| as_date)
        .and_then(|due| {
            DateTimePrinter::new()
                .timestamp_to_rfc9110_string(&due)
                .ok()
        })
        .unwrap_or_else(|| seconds.to_string())
}
