//! What became of a case or a rule between two reports.

use crate::outcome::Verdict;

/// What became of a case or a rule from the first report to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// It held, and is violated now, or nobody can tell for an error.
    Broke,
    /// It held, and a should of it is violated now.
    Worse,
    /// It was violated, and holds now.
    Mended,
    /// A should of it was violated, and holds now.
    Better,
    /// It was judged, and is no longer: skipped, or not in the last report, or an error where it was violated.
    NoLongerJudged,
    /// It is judged now, and was not before.
    NewlyJudged,
    /// Nothing.
    Same,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Holds,
    Warns,
    Violated,
    Error,
    NotJudged,
}

fn state(verdict: Option<Verdict>) -> State {
    match verdict {
        Some(Verdict::Pass | Verdict::UnexpectedPass) => State::Holds,
        Some(Verdict::Warn) => State::Warns,
        Some(Verdict::Fail | Verdict::KnownFailure) => State::Violated,
        Some(Verdict::Error) => State::Error,
        Some(Verdict::Skip) | None => State::NotJudged,
    }
}

impl Change {
    /// All that is worth telling, what matters most first.
    pub const TOLD: [Self; 6] = [
        Self::Broke,
        Self::Worse,
        Self::Mended,
        Self::Better,
        Self::NoLongerJudged,
        Self::NewlyJudged,
    ];

    /// From one verdict to another; none where a report does not have the case or rule.
    pub fn between(first: Option<Verdict>, last: Option<Verdict>) -> Self {
        match (state(first), state(last)) {
            (State::Holds | State::Warns, State::Violated | State::Error) => Self::Broke,
            (State::Holds, State::Warns) => Self::Worse,
            (State::Violated, State::Holds | State::Warns) => Self::Mended,
            (State::Warns, State::Holds) => Self::Better,
            (State::Holds | State::Warns | State::Violated, State::NotJudged)
            | (State::Violated, State::Error) => Self::NoLongerJudged,
            (State::NotJudged | State::Error, State::Holds | State::Warns | State::Violated) => {
                Self::NewlyJudged
            }
            (State::Holds, State::Holds)
            | (State::Warns, State::Warns)
            | (State::Violated, State::Violated)
            | (State::Error | State::NotJudged, State::Error | State::NotJudged) => Self::Same,
        }
    }

    /// As a heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Broke => "Broke",
            Self::Worse => "Worse: a should is violated now",
            Self::Mended => "Mended",
            Self::Better => "Better: a should holds now",
            Self::NoLongerJudged => "No longer judged",
            Self::NewlyJudged => "Newly judged",
            Self::Same => "Unchanged",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Change;
    use crate::outcome::Verdict::{Error, Fail, KnownFailure, Pass, Skip, UnexpectedPass, Warn};

    #[test]
    fn from_verdict_to_verdict() {
        let rows = [
            (Some(Pass), Some(Fail), Change::Broke),
            (Some(Warn), Some(Fail), Change::Broke),
            (Some(Pass), Some(Error), Change::Broke),
            (Some(Pass), Some(KnownFailure), Change::Broke),
            (Some(Pass), Some(Warn), Change::Worse),
            (Some(Fail), Some(Pass), Change::Mended),
            (Some(KnownFailure), Some(UnexpectedPass), Change::Mended),
            (Some(Fail), Some(Warn), Change::Mended),
            (Some(Warn), Some(Pass), Change::Better),
            (Some(Pass), Some(Skip), Change::NoLongerJudged),
            (Some(Fail), None, Change::NoLongerJudged),
            (Some(Fail), Some(Error), Change::NoLongerJudged),
            (Some(Skip), Some(Fail), Change::NewlyJudged),
            (None, Some(Pass), Change::NewlyJudged),
            (Some(Error), Some(Pass), Change::NewlyJudged),
            (Some(Fail), Some(KnownFailure), Change::Same),
            (Some(Pass), Some(UnexpectedPass), Change::Same),
            (None, Some(Skip), Change::Same),
            (Some(Error), None, Change::Same),
        ];
        for (first, last, expected) in rows {
            assert_eq!(Change::between(first, last), expected, "{first:?} {last:?}");
        }
    }
}
