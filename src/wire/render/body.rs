use std::borrow::Cow;
use std::fmt::Write as _;

use bytes::Bytes;

use super::visible::{is_plain, visible_text};
use crate::wire::Redactor;

/// How much of a body is shown, in octets of text; the rest is told by its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyLimit(pub usize);

impl Default for BodyLimit {
    fn default() -> Self {
        Self(2048)
    }
}

/// Octets of a binary body that are shown.
const SHOWN_BINARY: usize = 64;

/// A body as it is shown.
pub(super) enum Shown<'a> {
    Empty,
    /// Text, redacted and shortened.
    Text {
        text: Cow<'a, str>,
        left_out: usize,
    },
    /// The first octets, and how many there are.
    Binary {
        head: Vec<u8>,
        length: usize,
    },
}

/// Whether a body can stand in a text: UTF-8 without control characters but white space.
pub(super) fn is_text(octets: &[u8]) -> bool {
    std::str::from_utf8(octets).is_ok_and(|text| {
        is_plain(text)
            || !text
                .chars()
                .any(|character| character.is_control() && !"\n\r\t".contains(character))
    })
}

/// How many octets the pieces have.
pub(super) fn length(pieces: &[Bytes]) -> usize {
    pieces.iter().map(Bytes::len).sum()
}

/// The octets of the pieces of a body, so many at most.
pub(super) fn head(pieces: &[Bytes], most: usize) -> Cow<'_, [u8]> {
    match pieces {
        [] => Cow::Borrowed(&[]),
        [one, ..] if pieces.len() == 1 || one.len() >= most => {
            Cow::Borrowed(&one[..one.len().min(most)])
        }
        many => Cow::Owned(many.iter().flatten().copied().take(most).collect()),
    }
}

/// A body of `length`, of which the pieces are at least the beginning, as it is shown: redacted first and shortened then, so that no cut
/// leaves half a secret behind. However long it is, no more of it is looked at than can be shown.
pub(super) fn shown<'a>(
    pieces: &'a [Bytes],
    length: usize,
    redactor: &Redactor,
    limit: BodyLimit,
) -> Shown<'a> {
    if length == 0 {
        return Shown::Empty;
    }
    match head(pieces, limit.0.saturating_add(2 * redactor.longest())) {
        Cow::Borrowed(octets) => match redactor.head(octets, length) {
            (Cow::Borrowed(octets), beyond) => part(octets, beyond, length, limit),
            (Cow::Owned(redacted), beyond) => part(&redacted, beyond, length, limit).owned(),
        },
        Cow::Owned(octets) => {
            let (redacted, beyond) = redactor.head(&octets, length);
            part(&redacted, beyond, length, limit).owned()
        }
    }
}

impl Shown<'_> {
    fn owned<'a>(self) -> Shown<'a> {
        match self {
            Self::Empty => Shown::Empty,
            Self::Text { text, left_out } => Shown::Text {
                text: Cow::Owned(text.into_owned()),
                left_out,
            },
            Self::Binary { head, length } => Shown::Binary { head, length },
        }
    }
}

/// The part of a body of `length` that is looked at, redacted, as it is shown; `beyond` octets are not among it.
fn part(redacted: &[u8], beyond: usize, length: usize, limit: BodyLimit) -> Shown<'_> {
    let text = match std::str::from_utf8(redacted) {
        Ok(text) => Some(text),
        // The end of what is looked at may lie within a character.
        Err(error) if error.error_len().is_none() && beyond > 0 => {
            std::str::from_utf8(&redacted[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    };
    let is_mostly_text = |text: &&str| {
        if is_plain(text) {
            return true;
        }
        let controls = text
            .chars()
            .filter(|character| character.is_control() && !"\n\r\t".contains(*character));
        controls.count() * 10 <= text.len()
    };
    let Some(text) = text.filter(is_mostly_text) else {
        let head = redacted[..redacted.len().min(SHOWN_BINARY)].to_vec();
        return Shown::Binary { head, length };
    };
    let mut end = text.len().min(limit.0);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    Shown::Text {
        text: visible_text(&text[..end]),
        left_out: redacted.len() - end + beyond,
    }
}

/// The text of a shown body, lines without the last line feed.
pub(super) fn lines(shown: &Shown<'_>) -> String {
    match shown {
        Shown::Empty => String::new(),
        Shown::Text { text, left_out: 0 } => text.trim_end_matches('\n').to_owned(),
        Shown::Text { text, left_out } => format!("{text}\n... and {left_out} octets more"),
        Shown::Binary { head, length } => format!("{}... {length} octets in all", hexdump(head)),
    }
}

/// Sixteen octets a line, with their characters.
fn hexdump(octets: &[u8]) -> String {
    let mut dump = String::new();
    for (line, row) in octets.chunks(16).enumerate() {
        let hex: Vec<String> = row.iter().map(|octet| format!("{octet:02x}")).collect();
        let characters: String = row
            .iter()
            .map(|octet| {
                if (b' '..0x7f).contains(octet) {
                    char::from(*octet)
                } else {
                    '.'
                }
            })
            .collect();
        let _ = writeln!(
            dump,
            "{:08x}  {:<47}  {characters}",
            line * 16,
            hex.join(" ")
        );
    }
    dump
}
