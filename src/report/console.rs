//! Text that is safe to print where a terminal or the log reader of a CI runner reads along.

use crate::wire::render::visible;

/// `text` with every character written out that steers a terminal, and every beginning of a command defused that a CI
/// runner would take from a log: `::name::` where a line begins or could (GitHub), `##[name]` and `##vso[name]` anywhere
/// in it (GitHub and Azure), `##teamcity[`.
///
/// A registry decides what much of the output says. It shall not set variables of the job that tests it.
pub fn safe(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for line in visible(text).split_inclusive('\n') {
        defuse(line, &mut shown);
    }
    shown
}

/// As [`safe`], on one line.
pub fn safe_line(text: &str) -> String {
    safe(&text.replace('\n', "\\n").replace('\t', "\\t"))
}

/// As [`safe_line`], of no more than `limit` characters.
pub fn shortened(text: &str, limit: usize) -> String {
    // Long before it is read through: a body may be many megabytes.
    let head: String = text.chars().take(limit + 1).collect();
    let line = safe_line(&head);
    if line.chars().count() <= limit {
        return line;
    }
    let kept: String = line.chars().take(limit.saturating_sub(3)).collect();
    format!("{}...", kept.trim_end())
}

/// `::` is defused behind any white space, since wrapping makes a start of a line of it.
fn defuse(line: &str, shown: &mut String) {
    let mut before = ' ';
    let mut rest = line;
    while let Some(character) = rest.chars().next() {
        let (length, written) = if before.is_whitespace() && rest.starts_with("::") {
            (2, "\\x3a:")
        } else if is_bracketed_command(rest) {
            (2, "\\x23#")
        } else {
            (character.len_utf8(), &rest[..character.len_utf8()])
        };
        shown.push_str(written);
        before = rest[..length].chars().next_back().unwrap_or(character);
        rest = &rest[length..];
    }
}

/// `##`, a name or none, `[`.
fn is_bracketed_command(text: &str) -> bool {
    text.strip_prefix("##").is_some_and(|after| {
        after
            .trim_start_matches(|character: char| character.is_ascii_alphanumeric())
            .starts_with('[')
    })
}

#[cfg(test)]
mod tests {
    use super::{safe, safe_line, shortened};

    #[test]
    fn what_steers_a_terminal_or_a_runner_is_written_out() {
        let rows = [
            ("plain:: a::text", "plain:: a::text"),
            ("wrapped ::error::x", "wrapped \\x3a:error::x"),
            ("::set-output name=a::b", "\\x3a:set-output name=a::b"),
            ("a\n \t::error::x", "a\n \t\\x3a:error::x"),
            ("\u{a0}::error::x", "\u{a0}\\x3a:error::x"),
            (
                "x ##[set-env name=PATH]/evil",
                "x \\x23#[set-env name=PATH]/evil",
            ),
            (
                "##vso[task.setvariable variable=a]b",
                "\\x23#vso[task.setvariable variable=a]b",
            ),
            ("###[group]", "#\\x23#[group]"),
            ("####[group]", "##\\x23#[group]"),
            ("## Heading ##", "## Heading ##"),
            ("a\x1b[31mred\x07\r", "a\\x1b[31mred\\x07\\r"),
            ("a\u{9b}31m\u{202e}b", "a\\u{9b}31m\\u{202e}b"),
        ];
        for (text, expected) in rows {
            assert_eq!(safe(text), expected);
            assert_eq!(safe(&safe(text)), expected, "twice is once");
        }
        assert_eq!(safe_line("a\n::error::b"), "a\\n::error::b");
    }

    #[test]
    fn a_long_text_is_cut_and_says_so() {
        assert_eq!(shortened("abcdef", 6), "abcdef");
        assert_eq!(shortened("abcdefg", 6), "abc...");
        assert_eq!(shortened(&"x".repeat(10_000_000), 6), "xxx...");
    }
}
