//! Where two texts differ.

/// Characters of a word that is no word but a digest or a token.
const LONG: usize = 12;

/// Two texts by what is the same at both ends, and what is not in between.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub start: String,
    pub expected: String,
    pub actual: String,
    pub end: String,
}

/// How two texts differ; where they have little in common, all of both.
pub(super) fn difference(expected: &str, actual: &str) -> Difference {
    let left: Vec<char> = expected.chars().collect();
    let right: Vec<char> = actual.chars().collect();
    let shorter = left.len().min(right.len());
    let start = (0..shorter)
        .take_while(|index| left[*index] == right[*index])
        .count();
    let end = (0..shorter - start)
        .take_while(|index| left[left.len() - 1 - index] == right[right.len() - 1 - index])
        .count();
    let start = if start == left.len() && start == right.len() {
        start
    } else {
        start - cut_off(left[..start].iter().rev())
    };
    let end = end - cut_off(left[left.len() - end..].iter());
    let text = |characters: &[char]| characters.iter().collect::<String>();
    Difference {
        start: text(&left[..start]),
        expected: text(&left[start..left.len() - end]),
        actual: text(&right[start..right.len() - end]),
        end: text(&left[left.len() - end..]),
    }
}

/// How much of a word the common part ends or begins in: words are told apart as wholes, unless they are long, as digests are.
fn cut_off<'a>(characters: impl Iterator<Item = &'a char>) -> usize {
    let length = characters
        .take_while(|character| character.is_alphanumeric())
        .count();
    if length > LONG { 0 } else { length }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_common_at_both_ends_is_told_apart() {
        let rows = [
            (
                "application/json",
                "application/problem+json",
                ["application/", "json", "problem+json", ""],
            ),
            ("422", "201", ["", "422", "201", ""]),
            ("same", "same", ["same", "", "", ""]),
            ("", "x", ["", "", "x", ""]),
            ("present", "absent", ["", "present", "absent", ""]),
            (
                "für alle Größen",
                "für alle Großen",
                ["für alle ", "Größen", "Großen", ""],
            ),
            (
                "sha256 0123456789abcdef0",
                "sha256 0123456789abcXef0",
                ["sha256 0123456789abc", "def0", "Xef0", ""],
            ),
        ];
        for (expected, actual, [start, left, right, end]) in rows {
            let difference = difference(expected, actual);
            let parts = [
                difference.start.as_str(),
                &difference.expected,
                &difference.actual,
                &difference.end,
            ];
            assert_eq!(parts, [start, left, right, end], "{expected} {actual}");
        }
    }
}
