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
    /// Answers with the release written anew (PUB-1).
    pub answer_is_rewritten: bool,
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
    /// Keeps the content of what is cancelled for whatever is created under its name (PUB-10).
    pub cancelled_content_returns: bool,
    /// Cancels what is pending of every version of the name (PUB-10).
    pub cancels_every_version: bool,
    /// Answers to cancel and does nothing (PUB-10).
    pub cancel_does_nothing: bool,
    /// Answers 500 to what was never created (PUB-6).
    pub unknown_is_internal_error: bool,
    /// Takes a request that it can not read for one without a signature, and publishes (SIG-9).
    pub unreadable_is_unsigned: bool,
    /// Publishes without a signature (SIG-10).
    pub unsigned_will_do: bool,
    /// Does not look at signatures that come after a signed create (SIG-14).
    pub ignores_added_signatures: bool,
    /// Compares signed and created manifest octet by octet (SIG-13).
    pub compares_bytes: bool,
    /// Computes the release digest over the manifest written anew (SIG-15).
    pub digests_rewritten_manifest: bool,
    /// Tells a wrong release digest as one of the content (SIG-15).
    pub misnames_release_digest: bool,
    /// Passes over a `releaseDigest` of another type (SIG-15).
    pub ignores_odd_release_digest: bool,
    /// Shows a release that has no content yet (PUB-2).
    pub shown_without_content: bool,
    /// Shows the owner what is pending as if it were a release (PUB-2).
    pub shown_to_owner: bool,
    /// Shows every version of a name of which one is published (PUB-2).
    pub shown_by_name: bool,
    /// Shows a release whose publishing was refused for want of a signature (PUB-2).
    pub shown_after_unsigned_publish: bool,
    /// Answers 500 to publishing what is published (PUB-4).
    pub again_is_internal_error: bool,
    /// Takes a release back when a second publish of it is refused (PUB-5).
    pub refused_again_unpublishes: bool,
    /// Publishes what was never created (PUB-6).
    pub publishes_unknown: bool,
    /// Removes the release that another publish is making (PUB-7).
    pub race_removes: bool,
    /// Answers 500 to a publish beside another one (PUB-7).
    pub race_is_internal_error: bool,
    /// Expires nothing (PUB-9).
    pub never_expires: bool,
    /// Looks whether it may cancel, and cancels later (PUB-10).
    pub cancel_races: bool,
}
