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
    let Some((first, last)) = range.trim().split_once('-') else {
        return Requested::Whole;
    };
    match (number(first), number(last)) {
        (Some(Some(first)), Some(last)) => {
            let last = last.unwrap_or(usize::MAX);
            if last < first {
                Requested::Whole
            } else if first >= length {
                Requested::Unsatisfiable
            } else {
                Requested::Part(first..last.saturating_add(1).min(length))
            }
        }
        (Some(None), Some(Some(suffix))) => {
            if suffix == 0 || length == 0 {
                Requested::Unsatisfiable
            } else {
                Requested::Part(length.saturating_sub(suffix)..length)
            }
        }
        _ => Requested::Whole,
    }
}

/// `None` where the text is no number, `Some(None)` where there is none.
fn number(text: &str) -> Option<Option<usize>> {
    match text.trim() {
        "" => Some(None),
        digits if digits.bytes().all(|c| c.is_ascii_digit()) => {
            Some(Some(digits.parse().unwrap_or(usize::MAX)))
        }
        _ => None,
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
            ("lines=0-3", Requested::Whole),
            ("bytes=a-b", Requested::Whole),
        ] {
            assert_eq!(requested(value, 10), expected, "{value}");
        }
    }
}
