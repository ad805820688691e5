use std::borrow::Cow;
use std::fmt::Write as _;

/// `text` with every character that could disturb a terminal or mislead a reader written out (`\x1b`, `\u{202e}`):
/// control characters other than line feed and tab, those that steer the direction of text or are invisible, and those that XML can not hold.
pub fn visible(text: &str) -> String {
    visible_text(text).into_owned()
}

/// As [`visible`], and no copy where nothing has to be written out.
pub(super) fn visible_text(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => shown.push(character),
            '\r' => shown.push_str("\\r"),
            '\0'..='\x1f' | '\x7f' => {
                let _ = write!(shown, "\\x{:02x}", u32::from(character));
            }
            '\u{80}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{fffe}'..='\u{ffff}'
            | '\u{e0000}'..='\u{e007f}' => {
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
            }
            _ => shown.push(character),
        }
    }
    Cow::Owned(shown)
}

/// Whether nothing of it has to be written out, as of nearly all that is shown: printable ASCII, line feeds and tabs.
pub(super) fn is_plain(text: &str) -> bool {
    are_all(text.as_bytes(), |octet| {
        matches!(octet, b' '..=b'~' | b'\n' | b'\t')
    })
}

/// Looked at many at a time: nearly always all of them are.
fn are_all(octets: &[u8], is: impl Fn(u8) -> bool) -> bool {
    octets
        .chunks(64)
        .all(|octets| octets.iter().fold(true, |all, octet| all & is(*octet)))
}

/// As [`visible`], on one line.
pub(super) fn visible_line(octets: &[u8]) -> Cow<'_, str> {
    let text = text(octets);
    if are_all(octets, |octet| matches!(octet, b' '..=b'~')) {
        return text;
    }
    Cow::Owned(visible(&text).replace('\n', "\\n").replace('\t', "\\t"))
}

/// Octets as text, with the character that stands for it in the place of what is none. Nearly always it is text, and that is seen many
/// octets at a time.
pub(super) fn text(octets: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(octets).map_or_else(|_| String::from_utf8_lossy(octets), Cow::Borrowed)
}
