//! What a text that is shown to people must be.

/// Holds that a text steers no terminal.
///
/// # Panics
///
/// When it holds a control character other than line feed and tab, or one that turns the direction of what is read.
pub(crate) fn assert_shows_safely(text: &str) {
    let steering = text.chars().find(|character| {
        character.is_control() && !matches!(character, '\n' | '\t')
            || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
    });
    assert_eq!(steering, None, "in {text:?}");
}

/// Holds that a place lies in a text, or just behind one of its lines.
///
/// # Panics
///
/// When it does not.
pub(crate) fn assert_is_in(text: &str, line: usize, column: usize) {
    let lines = lines(text);
    assert!(
        (1..=lines.len()).contains(&line),
        "line {line} of {}",
        lines.len()
    );
    let columns = lines[line - 1].chars().count();
    assert!(
        (1..=columns + 1).contains(&column),
        "column {column} of {columns} in line {line}"
    );
}

/// The rest of a text from a place on.
pub(crate) fn at(text: &str, line: usize, column: usize) -> &str {
    let of_line = lines(text)[line - 1];
    let before: usize = of_line.chars().take(column - 1).map(char::len_utf8).sum();
    &of_line[before..]
}

/// The lines of a text as YAML counts them: they end with LF, CR LF, or CR alone.
fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(end) = rest.find(['\n', '\r']) {
        lines.push(&rest[..end]);
        let length = if rest[end..].starts_with("\r\n") {
            2
        } else {
            1
        };
        rest = &rest[end + length..];
    }
    lines.push(rest);
    lines
}
