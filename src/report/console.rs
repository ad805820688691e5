//! Text that is safe to print where a terminal or the log reader of a CI runner reads along.

use crate::wire::render::visible;

/// `text` with every character written out that steers a terminal, and every beginning of a command defused that a CI
/// runner would take from a log: `::name::` at the start of a line (GitHub), `##[name]` and `##vso[name]` anywhere
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

fn defuse(line: &str, shown: &mut String) {
    let start = line.trim_start();
    let (space, mut rest) = line.split_at(line.len() - start.len());
    shown.push_str(space);
    if let Some(after) = rest.strip_prefix("::") {
        shown.push_str("\\x3a:");
        rest = after;
    }
    while let Some(at) = rest.find("##") {
        let (before, from) = rest.split_at(at);
        shown.push_str(before);
        let name_end = from[2..]
            .find(|character: char| !character.is_ascii_alphanumeric())
            .map_or(from.len(), |end| end + 2);
        let is_command = from[name_end..].starts_with('[');
        shown.push_str(if is_command { "\\x23#" } else { "#" });
        rest = &from[if is_command { 2 } else { 1 }..];
    }
    shown.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::{safe, safe_line, shortened};

    #[test]
    fn what_steers_a_terminal_or_a_runner_is_written_out() {
        let rows = [
            ("plain :: text", "plain :: text"),
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
