//! Texts of one line, redacted and within bounds: a registry decides how long its header fields and URLs are.

use super::visible::visible_line;
use crate::wire::Redactor;

/// Octets of a line that are shown.
const LONGEST: usize = 2048;
/// Header fields that are shown, and octets of all of them.
const MOST_FIELDS: usize = 100;
const FIELDS: usize = 8 * 1024;

/// One line: redacted, then shortened.
pub(super) fn line(octets: &[u8], redactor: &Redactor) -> String {
    let redacted = redactor.bytes(octets);
    if redacted.len() <= LONGEST {
        return visible_line(&redacted);
    }
    let shown = visible_line(&redacted[..LONGEST]);
    format!("{shown}... and {} octets more", redacted.len() - LONGEST)
}

/// Names and values of header fields, and how many there are beyond those.
pub(super) fn fields(
    headers: &[(String, Vec<u8>)],
    redactor: &Redactor,
) -> (Vec<(String, String)>, usize) {
    let mut room = FIELDS;
    let shown: Vec<_> = headers
        .iter()
        .take(MOST_FIELDS)
        .map(|(name, value)| (line(name.as_bytes(), redactor), line(value, redactor)))
        .take_while(|(name, value)| {
            let fits = name.len() + value.len() <= room;
            room = room.saturating_sub(name.len() + value.len());
            fits
        })
        .collect();
    let left_out = headers.len() - shown.len();
    (shown, left_out)
}
