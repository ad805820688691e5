//! How errors are told.

use crate::refusal::Refusal;

/// How errors are told.
#[derive(Clone, Copy, Debug, Default)]
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

    /// The refusal of a path that can not be decoded.
    pub(crate) fn bad_path(&self, refusal: Refusal) -> Refusal {
        if self.bad_path_is_internal_error {
            refusal.with_status(500)
        } else {
            refusal
        }
    }
}
