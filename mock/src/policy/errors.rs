//! How errors are told.

use http::HeaderMap;

use crate::{operation::Operation, problem::ProblemKind, refusal::Refusal};

/// How errors are told.
#[derive(Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a mistake of its own"
)]
pub(crate) struct ErrorPolicy {
    /// Sends the problem documents of 401 as `application/json` (ERR-1).
    pub plain_json: bool,
    /// Answers unknown paths in HTML (ERR-1).
    pub html_not_found: bool,
    /// Has the status of the problem type in the document where the answer has another (ERR-2).
    pub wrong_status_member: bool,
    /// Errors of operations that are told where they come up, and not by the error handler (ERR-1, ERR-2).
    pub by_hand: Vec<(Operation, ProblemKind)>,
    /// Answers reads of names that nobody has used in another way than all else.
    pub unused_names_by_hand: bool,
    /// Errors of operations that are told with status 200 (ERR-5).
    pub told_with_200: Vec<(Operation, ProblemKind)>,
    /// Answers 403 to unknown paths (ERR-3).
    pub unknown_path_is_forbidden: bool,
    /// Takes versions in paths without their `v` (ERR-3).
    pub version_without_v: bool,
    /// Lets an upload be deleted at its URL (ERR-3).
    pub uploads_can_be_deleted: bool,
    /// Counts the envelope of a signed manifest as part of it (ERR-6).
    pub counts_envelope: bool,
    /// Refuses a manifest of exactly the limit (ERR-6).
    pub limit_is_exclusive: bool,
    /// Shows the header fields of requests for unknown paths (ERR-7).
    pub debug_page: bool,
    /// Shows the header fields of requests that are denied (ERR-7).
    pub denial_shows_fields: bool,
    /// Answers 405 without `Allow` (ERR-3).
    pub no_allow: bool,
    /// Answers 404 where the method is not supported (ERR-3).
    pub method_is_not_found: bool,
    /// Answers 500 to a body that it can not read, anywhere but at create (ERR-4).
    pub malformed_is_internal_error: bool,
    /// Answers 500 to a path with bad percent-encoding (ERR-4).
    pub bad_path_is_internal_error: bool,
    /// Answers a refused cancel with 200 and the problem document (ERR-5).
    pub refuses_with_200: bool,
    /// Takes manifests of any size (ERR-6).
    pub no_manifest_limit: bool,
    /// Repeats `Authorization` in the detail (ERR-7).
    pub echoes_token: bool,
    /// Adds a stack trace to what reading a manifest fails with (ERR-7).
    pub shows_stack_trace: bool,
}

impl ErrorPolicy {
    /// The refusal of a cancel.
    pub(crate) fn cancel(&self, refusal: Refusal) -> Refusal {
        if self.refuses_with_200 {
            refusal.with_status(200)
        } else {
            refusal
        }
    }

    /// How the refusal of an operation is told; of none, where the path leads nowhere.
    pub(crate) fn told(
        &self,
        operation: Option<Operation>,
        headers: &HeaderMap,
        mut refusal: Refusal,
    ) -> Refusal {
        let kind = refusal.kind();
        let is_in = |list: &[(Operation, ProblemKind)]| {
            operation.is_some_and(|operation| list.contains(&(operation, kind)))
        };
        refusal.by_hand |= is_in(&self.by_hand);
        let lost = operation.is_none() && kind == ProblemKind::NotFound;
        if (lost && self.debug_page)
            || (kind == ProblemKind::Forbidden && self.denial_shows_fields)
            || (kind == ProblemKind::MalformedManifest && self.shows_stack_trace)
        {
            refusal = refusal.with("request", format!("{:?}", Shown(headers)));
        }
        if lost && self.unknown_path_is_forbidden {
            return Refusal::new(ProblemKind::Forbidden, "Missing authentication token.");
        }
        if is_in(&self.told_with_200) {
            return refusal.with_status(200);
        }
        refusal
    }

    /// The refusal of a path that can not be decoded.
    pub(crate) fn bad_path(&self, refusal: Refusal) -> Refusal {
        if self.bad_path_is_internal_error {
            refusal.with_status(500)
        } else {
            refusal
        }
    }
}

/// Header fields as text, one a line.
struct Shown<'a>(&'a HeaderMap);

impl std::fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (name, value) in self.0 {
            writeln!(f, "{name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
        }
        Ok(())
    }
}
