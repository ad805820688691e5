//! What became of a case or a rule between two reports.

use crate::outcome::Verdict;

/// What a report says of a case or a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// It came to this.
    Judged(Verdict),
    /// It was to be judged, and the run was interrupted before.
    NotRun,
    /// Nothing.
    Absent,
}

impl Cell {
    /// The verdict, where there is one.
    pub fn judged(self) -> Option<Verdict> {
        match self {
            Self::Judged(verdict) => Some(verdict),
            Self::NotRun | Self::Absent => None,
        }
    }

    /// The verdict as a word, or what stands in its place.
    pub fn word(self) -> &'static str {
        match self {
            Self::Judged(verdict) => verdict.as_str(),
            Self::NotRun => "not run",
            Self::Absent => "absent",
        }
    }
}

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
    /// It was judged, and nobody can tell now: the last report is of a run that was interrupted.
    NotRun,
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
    NotRun,
}

fn state(cell: Cell) -> State {
    match cell {
        Cell::Judged(Verdict::Pass | Verdict::UnexpectedPass) => State::Holds,
        Cell::Judged(Verdict::Warn) => State::Warns,
        Cell::Judged(Verdict::Fail | Verdict::KnownFailure) => State::Violated,
        Cell::Judged(Verdict::Error) => State::Error,
        Cell::Judged(Verdict::Skip) | Cell::Absent => State::NotJudged,
        Cell::NotRun => State::NotRun,
    }
}

impl Change {
    /// All that is worth telling case by case, what matters most first.
    pub const TOLD: [Self; 6] = [
        Self::Broke,
        Self::Worse,
        Self::Mended,
        Self::Better,
        Self::NoLongerJudged,
        Self::NewlyJudged,
    ];

    /// From what one report says to what another does.
    pub fn between(first: Cell, last: Cell) -> Self {
        match (state(first), state(last)) {
            (State::Holds | State::Warns, State::Violated | State::Error) => Self::Broke,
            (State::Holds, State::Warns) => Self::Worse,
            (State::Violated, State::Holds | State::Warns) => Self::Mended,
            (State::Warns, State::Holds) => Self::Better,
            (State::Holds | State::Warns | State::Violated, State::NotJudged)
            | (State::Violated, State::Error) => Self::NoLongerJudged,
            (
                State::NotJudged | State::Error | State::NotRun,
                State::Holds | State::Warns | State::Violated,
            ) => Self::NewlyJudged,
            (State::Holds | State::Warns | State::Violated, State::NotRun) => Self::NotRun,
            (State::Holds, State::Holds)
            | (State::Warns, State::Warns)
            | (State::Violated, State::Violated)
            | (
                State::Error | State::NotJudged | State::NotRun,
                State::Error | State::NotJudged | State::NotRun,
            ) => Self::Same,
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
            Self::NotRun => "Not run, since the last run was interrupted",
            Self::Same => "Unchanged",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, Change};
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
        let cell = |verdict: Option<_>| verdict.map_or(Cell::Absent, Cell::Judged);
        for (first, last, expected) in rows {
            let change = Change::between(cell(first), cell(last));
            assert_eq!(change, expected, "{first:?} {last:?}");
        }
    }

    #[test]
    fn what_an_interrupted_run_did_not_come_to_is_neither_mended_nor_gone() {
        for judged in [Pass, Warn, Fail, KnownFailure] {
            let judged = Cell::Judged(judged);
            assert_eq!(Change::between(judged, Cell::NotRun), Change::NotRun);
            assert_eq!(Change::between(Cell::NotRun, judged), Change::NewlyJudged);
        }
        for unknown in [Cell::Judged(Skip), Cell::Judged(Error), Cell::Absent] {
            assert_eq!(Change::between(unknown, Cell::NotRun), Change::Same);
            assert_eq!(Change::between(Cell::NotRun, unknown), Change::Same);
        }
    }
}
