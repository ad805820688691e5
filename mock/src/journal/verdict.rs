//! Whether as many requests came as were expected, and whether that can be said.

use serde::{Serialize, Serializer};

/// How many requests are expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// No fewer.
    pub at_least: u64,
    /// No more; any number, when absent.
    pub at_most: Option<u64>,
}

impl Expectation {
    /// Exactly so many.
    pub fn exactly(count: u64) -> Self {
        Self {
            at_least: count,
            at_most: Some(count),
        }
    }
}

impl std::fmt::Display for Expectation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.at_least, self.at_most) {
            (least, Some(most)) if least == most => write!(f, "exactly {least}"),
            (0, Some(most)) => write!(f, "at most {most}"),
            (least, Some(most)) => write!(f, "{least} to {most}"),
            (least, None) => write!(f, "at least {least}"),
        }
    }
}

/// Whether an expectation holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Satisfied {
    /// It does.
    Yes,
    /// It does not, whatever the journal has lost.
    No,
    /// The journal has lost requests that may decide it.
    Inconclusive,
}

impl Serialize for Satisfied {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Yes => serializer.serialize_bool(true),
            Self::No => serializer.serialize_bool(false),
            Self::Inconclusive => serializer.serialize_str("inconclusive"),
        }
    }
}

/// How many requests match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Requests that match.
    pub count: u64,
    /// Requests whose body would decide, and is more than the journal keeps.
    pub undecided: u64,
    /// Requests that were dropped.
    pub dropped: u64,
    /// Whether that is what was expected, where something was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub satisfied: Option<Satisfied>,
}

impl Count {
    /// Judges a count. What is not known may match or not; while there is any of it nothing is confirmed.
    pub(super) fn new(
        count: u64,
        undecided: u64,
        dropped: u64,
        expected: Option<Expectation>,
    ) -> Self {
        let unknown = undecided.saturating_add(dropped);
        let satisfied = expected.map(|expected| {
            let most = expected.at_most.unwrap_or(u64::MAX);
            if count > most || count.saturating_add(unknown) < expected.at_least {
                Satisfied::No
            } else if unknown > 0 {
                Satisfied::Inconclusive
            } else {
                Satisfied::Yes
            }
        });
        Self {
            count,
            undecided,
            dropped,
            satisfied,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Satisfied::{Inconclusive, No, Yes};
    use super::*;

    #[test]
    fn nothing_is_confirmed_over_what_is_not_known() {
        let at_least = |count| Expectation {
            at_least: count,
            at_most: None,
        };
        let at_most = |count| Expectation {
            at_least: 0,
            at_most: Some(count),
        };
        for (count, undecided, dropped, expected, satisfied) in [
            (2, 0, 0, Expectation::exactly(2), Yes),
            (1, 0, 0, Expectation::exactly(2), No),
            (3, 0, 0, Expectation::exactly(2), No),
            (2, 0, 1, Expectation::exactly(2), Inconclusive),
            (1, 0, 1, Expectation::exactly(2), Inconclusive),
            (0, 0, 1, Expectation::exactly(2), No),
            (3, 0, 9, Expectation::exactly(2), No),
            (2, 1, 0, Expectation::exactly(2), Inconclusive),
            (5, 0, 0, at_least(2), Yes),
            (5, 0, 1, at_least(2), Inconclusive),
            (0, 1, 0, at_least(2), No),
            (2, 0, 0, at_most(2), Yes),
            (2, 0, 1, at_most(2), Inconclusive),
            (3, 0, 1, at_most(2), No),
        ] {
            let judged = Count::new(count, undecided, dropped, Some(expected));
            assert_eq!(judged.satisfied, Some(satisfied), "{judged:?} {expected}");
        }
        assert_eq!(Count::new(1, 0, 0, None).satisfied, None);
    }
}
