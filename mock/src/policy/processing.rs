//! How processing after 202 shows.

use crate::{
    problem::{Problem, ProblemKind},
    registry::{Status, UnpublishedView, Verdict},
};

/// How processing after 202 shows.
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a mistake of its own"
)]
pub(crate) struct ProcessingPolicy {
    /// Answers 202 without `Location` when several sources are to be fetched (ASY-1).
    pub no_location: bool,
    /// Sends a `Retry-After` that is neither seconds nor a date (ASY-1).
    pub odd_retry_after: bool,
    /// Has no status while the content is being verified (ASY-2).
    pub status_missing: bool,
    /// Forgets a failure once it was read (ASY-5).
    pub forgets_failure: bool,
    /// Stays in `processing` for ever after a failure (ASY-3).
    pub never_fails: bool,
    /// Fails without `error` (ASY-4).
    pub loses_error: bool,
    /// Fails with one error for everything (ASY-4).
    pub one_error_for_all: bool,
    /// Shows `pending` again after a failure (ASY-6).
    pub failed_shows_pending: bool,
    /// Leaves `processedAt` out (ASY-9).
    pub no_processed_at: bool,
    /// Shows `processedAt` from the start (ASY-9).
    pub processed_at_while_pending: bool,
    /// Forgets the unpublished release when it is published (PUB-8).
    pub forgets_published: bool,
}

impl ProcessingPolicy {
    /// What is kept of a verdict; `None` loses it.
    pub(crate) fn record(&self, verdict: Verdict) -> Option<Verdict> {
        match verdict {
            Verdict::Bad(_) if self.never_fails => None,
            Verdict::Bad(_) if self.one_error_for_all => Some(Verdict::Bad(Problem::new(
                ProblemKind::MalformedRequest,
                "Processing failed.",
            ))),
            verdict => Some(verdict),
        }
    }

    /// What is shown of an unpublished release.
    pub(crate) fn present(&self, mut view: UnpublishedView) -> UnpublishedView {
        if self.loses_error {
            view.error = None;
        }
        if self.no_processed_at {
            view.processed_at = None;
        }
        if self.processed_at_while_pending && view.status == Status::Pending {
            view.processed_at = Some(view.created_at);
        }
        if self.failed_shows_pending && view.status == Status::Failed {
            view.status = Status::Pending;
        }
        view
    }
}
