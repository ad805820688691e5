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
    /// Waits for the work, and answers 200 where that takes long (ASY-1).
    pub slow_is_200: bool,
    /// Sends the `Location` of the release with 202 when several sources are to be fetched (ASY-1).
    pub location_is_release: bool,
    /// Has an `error` while it works (ASY-2).
    pub error_while_processing: bool,
    /// Waits for one source more than there are when there are several (ASY-3).
    pub miscounts_sources: bool,
    /// Loses the work when somebody looks while content is fetched (ASY-3).
    pub looking_loses_work: bool,
    /// Keeps `error` and `processedAt` of a failure for the next attempt (ASY-6).
    pub keeps_last_error: bool,
    /// Shows `pending` at every other look while content is fetched (ASY-6).
    pub flickers: bool,
    /// Misses a release of several sources at every other read (ASY-6).
    pub release_flickers: bool,
    /// Has nothing but 410 for what has failed (ASY-10).
    pub failure_is_for_good: bool,
}

impl ProcessingPolicy {
    /// What is kept of a verdict; `None` loses it.
    pub(crate) fn record(&self, verdict: Verdict) -> Option<Verdict> {
        match verdict {
            Verdict::Bad(_) if self.never_fails => None,
            Verdict::Bad(_) if self.one_error_for_all => Some(Verdict::bad(Problem::new(
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
        let goes_on = matches!(view.status, Status::Pending | Status::Processing);
        if self.processed_at_while_pending && goes_on {
            view.processed_at = Some(view.created_at);
        }
        if self.error_while_processing && view.status == Status::Processing {
            view.error = Some(Problem::new(ProblemKind::Processing, "There is no error."));
        }
        if self.failed_shows_pending && view.status == Status::Failed {
            view.status = Status::Pending;
        }
        view
    }
}
