//! Byte ranges (RFC 9110, section 14).

use std::ops::Range;

/// What a `Range` header asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Requested {
    /// Nothing that is understood: the whole.
    Whole,
    /// One range.
    Part(Range<usize>),
    /// A range that lies outside.
    Unsatisfiable,
}

/// Reads `Range`. Several ranges, other units and bad syntax are answered with the whole, as a server may.
pub(super) fn requested(value: &str, length: usize) -> Requested {
    let Some(range) = value.trim().strip_prefix("bytes=") else {
        return Requested::Whole;
    };
    let Some((first, last)) = range.trim_start_matches([' ', '\t']).split_once('-') else {
        return Requested::Whole;
    };
    match (position(first), position(last)) {
        (Position::At(first), Position::At(last)) if last < first => Requested::Whole,
        (Position::At(first), Position::At(_) | Position::Absent) if first >= length => {
            Requested::Unsatisfiable
        }
        (Position::At(first), Position::At(last)) => {
            Requested::Part(first..last.saturating_add(1).min(length))
        }
        (Position::At(first), Position::Absent) => Requested::Part(first..length),
        (Position::Absent, Position::At(suffix)) if suffix == 0 || length == 0 => {
            Requested::Unsatisfiable
        }
        (Position::Absent, Position::At(suffix)) => {
            Requested::Part(length.saturating_sub(suffix)..length)
        }
        _ => Requested::Whole,
    }
}

/// One side of a range.
enum Position {
    Absent,
    At(usize),
    Unreadable,
}

fn position(text: &str) -> Position {
    match text {
        "" => Position::Absent,
        digits if digits.bytes().all(|c| c.is_ascii_digit()) => {
            Position::At(digits.parse().unwrap_or(usize::MAX))
        }
        _ => Position::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_ranges_of_ten_bytes() {
        for (value, expected) in [
            ("bytes=0-3", Requested::Part(0..4)),
            ("bytes=4-", Requested::Part(4..10)),
            ("bytes=-3", Requested::Part(7..10)),
            ("bytes=-30", Requested::Part(0..10)),
            ("bytes=8-100", Requested::Part(8..10)),
            ("bytes=9-99999999999999999999999", Requested::Part(9..10)),
            ("bytes=10-", Requested::Unsatisfiable),
            ("bytes=-0", Requested::Unsatisfiable),
            ("bytes=3-2", Requested::Whole),
            ("bytes=0-1,3-4", Requested::Whole),
            ("bytes=-", Requested::Whole),
            ("bytes= 0-3 ", Requested::Part(0..4)),
            // White space stands around a range, and never within one.
            ("bytes=0 -3", Requested::Whole),
            ("bytes=0- 3", Requested::Whole),
            ("bytes=- 3", Requested::Whole),
            ("bytes=4 -", Requested::Whole),
            ("lines=0-3", Requested::Whole),
            ("bytes=a-b", Requested::Whole),
        ] {
            assert_eq!(requested(value, 10), expected, "{value}");
        }
    }
}
