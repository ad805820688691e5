//! What an attempt remembers in a registry with a defect, and in no other.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

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

/// The slips of one attempt, which take no memory where there are none.
#[derive(Clone, Debug, Default)]
pub(super) struct SlipsOf(Option<Box<Slips>>);

static NONE: Slips = Slips {
    uploads_closed: false,
    without_content: false,
    never_expires: false,
    shown_early: false,
    work_lost: false,
    failed_upload: None,
    reads: 0,
    last_failure: None,
};

impl From<Slips> for SlipsOf {
    fn from(slips: Slips) -> Self {
        Self(Some(Box::new(slips)))
    }
}

impl Deref for SlipsOf {
    type Target = Slips;

    fn deref(&self) -> &Slips {
        self.0.as_deref().unwrap_or(&NONE)
    }
}

impl DerefMut for SlipsOf {
    fn deref_mut(&mut self) -> &mut Slips {
        self.0.get_or_insert_default()
    }
}
