//! How releases are published and cancelled.

/// How releases are published and cancelled.
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a mistake of its own"
)]
pub(crate) struct PublishPolicy {
    /// Wants a signature although the create was signed (CRE-2).
    pub wants_signature_again: bool,
    /// Refuses signatures beside those of the create (CRE-2).
    pub refuses_added: bool,
    /// Drops signatures beside those of the create (CRE-2).
    pub drops_added: bool,
    /// Answers 200 to the publishing of a signed create (PUB-1).
    pub answers_200: bool,
    /// Loses and fills in members of the manifest when sources change (PUB-5).
    pub sources_change_rewrites: bool,
    /// Knows nothing of a release while it is published (ASY-7).
    pub processing_is_not_found: bool,
    /// Publishes without any content (UPL-4).
    pub publishes_without_content: bool,
    /// Takes a signature over another manifest (SIG-13).
    pub skips_payload: bool,
    /// Does not look at `releaseDigest` (SIG-15).
    pub skips_release_digest: bool,
    /// Wants a `releaseDigest` (SIG-16).
    pub wants_release_digest: bool,
    /// Makes a refused release a failed one (DIG-6, SIG).
    pub refusal_is_final: bool,
    /// Shows a release while it is processed (PUB-2).
    pub shown_before_published: bool,
    /// Shows a release that failed (ASY-11).
    pub failed_is_readable: bool,
    /// Publishes what is published anew (PUB-4, PUB-5).
    pub publishes_again: bool,
    /// Looks whether it is pending, and publishes later (PUB-7).
    pub checks_then_acts: bool,
    /// Publishes what has expired (PUB-9).
    pub publishes_expired: bool,
    /// Cancels what is processed (PUB-10).
    pub cancels_processing: bool,
    /// Cancels what is published (PUB-10).
    pub cancels_published: bool,
    /// Answers to cancel and does nothing (PUB-10).
    pub cancel_does_nothing: bool,
    /// Answers 500 to what was never created (PUB-6).
    pub unknown_is_internal_error: bool,
}
