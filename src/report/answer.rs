//! What a run came to in two or three words.

use super::interruption::Interruption;
use super::model::Summary;

/// The answer that a run gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Nothing is violated.
    Conforms,
    /// A should is.
    ConformsWithWarnings,
    /// As far as the known-failures file goes.
    ConformsButForKnownFailures,
    /// A must is.
    DoesNotConform,
    /// A case could not be judged.
    Errors,
    /// No case ran.
    NothingRan,
    /// Nothing is violated so far, and not all of it was judged.
    Interrupted,
}

impl Answer {
    /// The answer of these numbers; `strict`: warnings are failures.
    pub fn of(summary: &Summary, strict: bool) -> Self {
        if summary.fail + summary.unexpected_pass > 0 || (strict && summary.warn > 0) {
            Self::DoesNotConform
        } else if summary.error > 0 {
            Self::Errors
        } else if summary.ran() == 0 {
            Self::NothingRan
        } else if summary.known_failure > 0 {
            Self::ConformsButForKnownFailures
        } else if summary.warn > 0 {
            Self::ConformsWithWarnings
        } else {
            Self::Conforms
        }
    }

    /// The answer when the run was interrupted, if it was: what is violated stays so, and nothing else is known.
    #[must_use]
    pub fn after(self, interrupted: Option<&Interruption>) -> Self {
        match interrupted {
            Some(_) if self != Self::DoesNotConform => Self::Interrupted,
            _ => self,
        }
    }

    /// As a sentence begins.
    pub fn title(self) -> &'static str {
        match self {
            Self::Conforms => "Conforms",
            Self::ConformsWithWarnings => "Conforms, with warnings",
            Self::ConformsButForKnownFailures => "Conforms, but for known failures",
            Self::DoesNotConform => "Does not conform",
            Self::Errors => "Not judged to the end",
            Self::NothingRan => "Nothing was judged",
            Self::Interrupted => "Interrupted",
        }
    }
}
