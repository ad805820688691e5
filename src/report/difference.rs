//! Two values beside each other, cut to what can be read at a glance: the part in which they differ.

use super::console::safe_line;
use super::style::{Ink, Style};

/// Characters of what is the same that stay before the first difference.
const CONTEXT: usize = 24;
const CUT: &str = "...";

/// Both values on one line each, of `width` columns, with what differs made visible.
pub(super) fn beside(
    expected: &str,
    actual: &str,
    width: usize,
    style: &Style,
) -> (String, String) {
    let (expected, actual) = (Value::of(expected), Value::of(actual));
    let start = expected
        .0
        .iter()
        .zip(&actual.0)
        .take_while(|(left, right)| left == right)
        .count();
    let rest = expected.0.len().min(actual.0.len()) - start;
    let end = expected
        .0
        .iter()
        .rev()
        .zip(actual.0.iter().rev())
        .take(rest)
        .take_while(|(left, right)| left == right)
        .count();
    let is_long = expected.0.len().max(actual.0.len()) > width;
    let from = if is_long && start > CONTEXT {
        start - CONTEXT
    } else {
        0
    };
    // Where they have little in common, everything differs, and marking it all says nothing.
    let marked = (start + end) * 4 >= expected.0.len().min(actual.0.len()).max(1);
    (
        expected.window(from, (start, end), width, style, Ink::Good, marked),
        actual.window(from, (start, end), width, style, Ink::Bad, marked),
    )
}

/// Characters, of which the last may stand for many.
struct Value(Vec<char>);

impl Value {
    /// What can be shown of a text, whatever its length.
    fn of(text: &str) -> Self {
        const LOOKED_AT: usize = 16 * 1024;
        let head: String = text.chars().take(LOOKED_AT).collect();
        Self(safe_line(&head).chars().collect())
    }

    fn window(
        &self,
        from: usize,
        (start, end): (usize, usize),
        width: usize,
        style: &Style,
        ink: Ink,
        marked: bool,
    ) -> String {
        let before = if from > 0 { CUT } else { "" };
        let space = width.saturating_sub(before.len());
        let is_cut = self.0.len() - from > space;
        let to = if is_cut {
            from + space.saturating_sub(CUT.len())
        } else {
            self.0.len()
        };
        let text = |from: usize, to: usize| -> String { self.0[from.min(to)..to].iter().collect() };
        let differs_to = (self.0.len() - end).clamp(start, self.0.len()).min(to);
        let differs_from = start.min(differs_to);
        let after = if is_cut { CUT } else { "" };
        if !marked || !style.color {
            return style.paint(ink, &format!("{before}{}{after}", text(from, to)));
        }
        [
            style.paint(ink, &format!("{before}{}", text(from, differs_from))),
            style.paint(
                Ink::Differs,
                &style.paint(ink, &text(differs_from, differs_to)),
            ),
            style.paint(ink, &format!("{}{after}", text(differs_to, to))),
        ]
        .concat()
    }
}

#[cfg(test)]
mod tests {
    use super::beside;
    use crate::report::Style;

    #[test]
    fn long_values_are_shown_from_shortly_before_they_differ() {
        let style = Style::plain(80);
        let same = "a".repeat(500);
        let rows = [
            ("201", "200", "201", "200"),
            ("", "x", "", "x"),
            ("line\none", "line\ttwo", "line\\none", "line\\ttwo"),
            ("\x1b[31m", "::error::", "\\x1b[31m", "\\x3a:error::"),
        ];
        for (expected, actual, left, right) in rows {
            assert_eq!(
                beside(expected, actual, 40, &style),
                (left.to_owned(), right.to_owned())
            );
        }
        let (left, right) = beside(
            &format!("{same}X"),
            &format!("{same}Y and more"),
            40,
            &style,
        );
        assert_eq!(left, format!("...{}X", "a".repeat(24)));
        assert_eq!(right, format!("...{}Y and more", "a".repeat(24)));
        let (_, right) = beside("short", &"y".repeat(10_000_000), 40, &style);
        assert_eq!(right.chars().count(), 40);
        assert!(right.ends_with("..."));
    }
}
