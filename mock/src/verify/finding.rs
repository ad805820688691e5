//! What fetching one source came to.

use std::sync::Arc;

use crate::{
    cause::Cause,
    content::{ContentError, ContentSummary},
    fetch::{FetchError, FetchFailure, FetchTrouble},
    problem::{Problem, ProblemKind},
};

use super::content::refuse_content;

/// What fetching one source came to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Finding {
    /// It serves content that reads well; of the whole content, the one that the manifest commits to.
    Good(Arc<ContentSummary>),
    /// It serves something else.
    OtherBytes(Problem),
    /// It serves nothing, now.
    Unreachable(Problem),
    /// Its address is not allowed.
    Forbidden(Problem),
}

impl Finding {
    /// Of a fetch that did not come to its end.
    pub(crate) fn of_failure(failure: FetchFailure<ContentError>) -> Self {
        match failure {
            FetchFailure::Fetch(error) => Self::of_fetch_error(&error),
            FetchFailure::Receiver(error) => Self::of_content_error(&error),
        }
    }

    /// Of content that does not read well. What is no archive at all is just other bytes (SRC-7).
    pub(crate) fn of_content_error(error: &ContentError) -> Self {
        let problem = refuse_content(error);
        Self::OtherBytes(match error {
            // That says nothing about the bytes.
            ContentError::NoRoomForEntries => return Self::Unreachable(problem),
            ContentError::NotAnArchive => Problem {
                kind: ProblemKind::DigestMismatch,
                ..problem
            },
            _ => problem,
        })
    }

    fn of_fetch_error(error: &FetchError) -> Self {
        let kind =
            ProblemKind::from_name(error.problem()).unwrap_or(ProblemKind::SourceUnreachable);
        let is_unknown = error.trouble == FetchTrouble::NotResolved;
        let problem =
            Problem::new(kind, error.to_string()).because(is_unknown.then_some(Cause::UnknownHost));
        match kind {
            ProblemKind::SourceForbidden => Self::Forbidden(problem),
            ProblemKind::ContentTooLarge => Self::OtherBytes(problem),
            _ => Self::Unreachable(problem),
        }
    }
}
