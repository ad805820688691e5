//! What an attempt remembers in a registry with a defect, and in no other.

use std::sync::Arc;

use jiff::Timestamp;

use crate::problem::Problem;

use super::Upload;

/// What an attempt remembers in a registry with a defect; a conforming one leaves all of it as it begins.
#[derive(Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is of a mistake of its own"
)]
pub(super) struct Slips {
    /// Takes no other upload (DIG-6).
    pub uploads_closed: bool,
    /// Content is not asked for (PUB-6).
    pub without_content: bool,
    /// `expiresAt` is shown and not acted upon (PUB-9).
    pub never_expires: bool,
    /// Shown as a release before it is one (PUB-2).
    pub shown_early: bool,
    /// Nobody works on it any more (ASY-3).
    pub work_lost: bool,
    /// What was uploaded to the attempt before this one, which failed (ASY-10).
    pub failed_upload: Option<Arc<Upload>>,
    /// How often it was read as a release (ASY-6).
    pub reads: u32,
    /// How the attempt before this one failed (ASY-6).
    pub last_failure: Option<(Timestamp, Problem)>,
}
