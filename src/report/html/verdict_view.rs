//! Verdicts in words, from the one that needs most attention to the one that needs none.

use crate::outcome::Verdict;

/// In the order of attention.
pub(super) const ORDER: [Verdict; 7] = [
    Verdict::Fail,
    Verdict::UnexpectedPass,
    Verdict::Error,
    Verdict::Warn,
    Verdict::KnownFailure,
    Verdict::Pass,
    Verdict::Skip,
];

/// Where a verdict stands in that order.
pub(super) fn rank(verdict: Verdict) -> usize {
    ORDER
        .iter()
        .position(|one| *one == verdict)
        .unwrap_or(ORDER.len())
}

/// The verdict on cases, in the plural.
pub(super) fn title(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fail => "Failed",
        Verdict::UnexpectedPass => "Unexpected passes",
        Verdict::Error => "Errors",
        Verdict::Warn => "Warnings",
        Verdict::KnownFailure => "Known failures",
        Verdict::Skip => "Skipped",
        Verdict::Pass => "Passed",
    }
}

/// What it means, in a line.
pub(super) fn meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fail => "A rule that has to be kept is broken.",
        Verdict::UnexpectedPass => {
            "Listed as known failures, and yet they pass: remove them from the list."
        }
        Verdict::Error => "The suite or the set-up failed: nothing is said about what was tested.",
        Verdict::Warn => "A rule that should be kept is broken.",
        Verdict::KnownFailure => "They fail, as the list of known failures says.",
        Verdict::Skip => "Not run: a capability is missing.",
        Verdict::Pass => "Every expectation held.",
    }
}
