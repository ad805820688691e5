//! Text in a page: of a bounded length, and without characters that mislead a reader.

use std::fmt::Write as _;

use crate::wire::render::visible;

/// Characters of a line: an id, a reason.
pub(super) const LINE: usize = 600;
/// Characters of a block: what was expected, what came.
pub(super) const BLOCK: usize = 2_000;

/// A text shortened to so many characters, with control characters and those that steer the direction of text written out.
pub(super) fn shown(text: &str, limit: usize) -> String {
    // As nearly all texts are; a long report has many.
    if text.len() <= limit && text.bytes().all(|octet| (b' '..0x7f).contains(&octet)) {
        return text.to_owned();
    }
    let mut rest = text.chars();
    let head: String = rest.by_ref().take(limit).collect();
    let left_out = rest.count();
    let mut shown = visible(&head);
    if left_out > 0 {
        let _ = write!(shown, " … and {left_out} characters more");
    }
    shown
}

/// As [`shown`], and in a page no more than twice as many octets, into whatever the characters have to be written out.
pub(super) fn within(text: &str, limit: usize) -> String {
    let shown = shown(text, limit);
    // Most of all is what it is.
    if octets(&shown) <= 2 * limit + 60 {
        return shown;
    }
    let mut left = 2 * limit;
    let mut kept: String = shown
        .chars()
        .take_while(|character| {
            let enough = octets_of(*character) <= left;
            left = left.saturating_sub(octets_of(*character));
            enough
        })
        .collect();
    kept.push_str(" …");
    kept
}

/// Octets that a text takes in a page, escaped.
pub(super) fn octets(text: &str) -> usize {
    text.chars().map(octets_of).sum()
}

fn octets_of(character: char) -> usize {
    match character {
        '<' | '>' | '&' | '"' | '\'' => "&#60;".len(),
        other => other.len_utf8(),
    }
}

/// A piece of a sentence of ours, in which code stands in backticks.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub is_code: bool,
    pub text: String,
}

/// A sentence by its pieces.
pub(crate) fn sentence(text: &str) -> Vec<Piece> {
    shown(text, LINE)
        .split('`')
        .enumerate()
        .filter(|(_, text)| !text.is_empty())
        .map(|(index, text)| Piece {
            is_code: index % 2 == 1,
            text: text.to_owned(),
        })
        .collect()
}

/// Thousands apart, for people.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

/// So many of something.
pub(super) fn counted(number: usize, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        grouped(number),
        if number == 1 { one } else { many }
    )
}

/// A duration for people.
pub(super) fn duration(milliseconds: u64) -> String {
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        1_000..60_000 => format!("{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100),
        _ => format!(
            "{} min {} s",
            milliseconds / 60_000,
            milliseconds % 60_000 / 1_000
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_misleads_a_reader_is_written_out() {
        let rows = [
            ("plain", "plain"),
            ("a\u{202e}b", "a\\u{202e}b"),
            ("a\u{2028}b", "a\\u{2028}b"),
            ("\u{1b}[31m", "\\x1b[31m"),
            ("a\nb", "a\nb"),
        ];
        for (text, expected) in rows {
            assert_eq!(shown(text, 100), expected);
        }
    }

    #[test]
    fn a_long_text_says_how_much_is_left_out() {
        assert_eq!(shown("abcdef", 4), "abcd … and 2 characters more");
        assert_eq!(shown("äöüß", 4), "äöüß");
    }

    #[test]
    fn what_has_to_be_written_out_is_bounded_all_the_same() {
        assert_eq!(within("a < b", 100), "a < b");
        assert_eq!(octets("a < b"), 9);
        for text in [
            "<".repeat(1_000),
            "\u{202e}".repeat(1_000),
            "x".repeat(1_000),
        ] {
            let text = within(&text, 100);
            assert!(octets(&text) <= 260, "{text}");
            assert!(text.contains('…'), "{text}");
        }
    }

    #[test]
    fn numbers_and_durations_are_for_people() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(2_664), "2\u{202f}664");
        assert_eq!(grouped(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(duration(999), "999 ms");
        assert_eq!(duration(42_355), "42.3 s");
        assert_eq!(duration(196_970), "3 min 16 s");
    }
}
