//! Texts of one line, redacted and within bounds: a registry decides how long its header fields and URLs are.

use std::borrow::Cow;

use super::visible::visible_line;
use crate::wire::Redactor;

/// Octets of a line that are shown.
const LONGEST: usize = 2048;
/// Header fields that are shown, and octets of all of them.
const MOST_FIELDS: usize = 100;
const FIELDS: usize = 8 * 1024;

/// Name and value of a header field.
pub(super) type Shown<'a> = (Cow<'a, str>, Cow<'a, str>);

/// One line: redacted, then shortened.
pub(super) fn line<'a>(octets: &'a [u8], redactor: &Redactor) -> Cow<'a, str> {
    match redactor.bytes(octets) {
        Cow::Borrowed(octets) => shortened(octets),
        Cow::Owned(redacted) => Cow::Owned(shortened(&redacted).into_owned()),
    }
}

fn shortened(octets: &[u8]) -> Cow<'_, str> {
    if octets.len() <= LONGEST {
        return visible_line(octets);
    }
    let shown = visible_line(&octets[..LONGEST]);
    Cow::Owned(format!(
        "{shown}... and {} octets more",
        octets.len() - LONGEST
    ))
}

/// Names and values of header fields, and how many there are beyond those.
pub(super) fn fields<'a>(
    headers: &'a [(String, Vec<u8>)],
    redactor: &Redactor,
) -> (Vec<Shown<'a>>, usize) {
    let mut room = FIELDS;
    // Looked through at once: nearly always there is no secret in any.
    let mut all = Vec::with_capacity(256);
    for (name, value) in headers.iter().take(MOST_FIELDS) {
        all.extend_from_slice(name.as_bytes());
        all.push(b'\n');
        all.extend_from_slice(value);
        all.push(b'\n');
    }
    let is_clean = matches!(redactor.bytes(&all), Cow::Borrowed(_));
    let text = |octets: &'a [u8]| {
        if is_clean {
            shortened(octets)
        } else {
            line(octets, redactor)
        }
    };
    let shown: Vec<_> = headers
        .iter()
        .take(MOST_FIELDS)
        .map(|(name, value)| (text(name.as_bytes()), text(value)))
        .take_while(|(name, value)| {
            let fits = name.len() + value.len() <= room;
            room = room.saturating_sub(name.len() + value.len());
            fits
        })
        .collect();
    let left_out = headers.len() - shown.len();
    (shown, left_out)
}
