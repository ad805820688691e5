use std::fmt::Write as _;

use super::visible::visible;
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
pub(super) enum Shown {
    Empty,
    /// Text, redacted and shortened.
    Text {
        text: String,
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
        !text
            .chars()
            .any(|character| character.is_control() && !"\n\r\t".contains(character))
    })
}

/// A body as it is shown: redacted first and shortened then, so that no cut leaves half a secret behind.
pub(super) fn shown(octets: &[u8], redactor: &Redactor, limit: BodyLimit) -> Shown {
    if octets.is_empty() {
        return Shown::Empty;
    }
    let redacted = redactor.bytes(octets);
    let mostly_text = std::str::from_utf8(&redacted).is_ok_and(|text| {
        let controls = text
            .chars()
            .filter(|character| character.is_control() && !"\n\r\t".contains(*character));
        controls.count() * 10 <= redacted.len()
    });
    if !mostly_text {
        let head = redacted[..redacted.len().min(SHOWN_BINARY)].to_vec();
        return Shown::Binary {
            head,
            length: octets.len(),
        };
    }
    let text = String::from_utf8_lossy(&redacted);
    let mut end = text.len().min(limit.0);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    Shown::Text {
        text: visible(&text[..end]),
        left_out: text.len() - end,
    }
}

/// The text of a shown body, lines without the last line feed.
pub(super) fn lines(shown: &Shown) -> String {
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
