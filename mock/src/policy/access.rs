//! Who may do what.

/// Who may do what.
#[derive(Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a mistake of its own"
)]
pub(crate) struct AccessPolicy {
    /// Lets callers without credentials write wherever they like (ACC-1).
    pub anonymous_writes: bool,
    /// Takes whatever token for the first identity's (ACC-1).
    pub unknown_token_is_owner: bool,
    /// Answers 401 without `WWW-Authenticate` (ACC-1).
    pub no_challenge: bool,
    /// Lets every publisher write in every namespace (ACC-2, ACC-3).
    pub any_publisher_writes: bool,
    /// Lets readers write (ACC-3).
    pub readers_write: bool,
    /// Checks permission after it has changed the sources (ACC-3).
    pub denied_sources_are_kept: bool,
    /// Shows the unpublished release to everybody (ACC-4).
    pub status_is_public: bool,
    /// Shows the unpublished release to every identity (ASY-8).
    pub any_identity_reads_status: bool,
    /// Lets everybody change the sources of what is published (ACC-5).
    pub published_sources_are_open: bool,
    /// Has another document for what it hides than for nothing (ACC-6).
    pub denial_differs: bool,
    /// Denies with 404 what does not exist and with 403 what does (ACC-6).
    pub denial_tells_existence: bool,
    /// Shows private releases to everybody, and serves their content (ACC-7).
    pub private_manifests_are_public: bool,
    /// Answers 403 for private releases, and 404 for what does not exist (ACC-7).
    pub private_is_forbidden: bool,
    /// Serves content to everybody (ACC-8).
    pub content_is_public: bool,
    /// Serves content to manifest readers (ACC-8).
    pub manifest_readers_read_content: bool,
    /// Shows sources that others guard to manifest readers (ACC-8).
    pub shows_signed_urls: bool,
    /// Tells a conflict before it looks who asks (ACC-10).
    pub conflict_before_permission: bool,
    /// Answers 403 to reads of releases with an unknown token (ACC-1).
    pub unknown_token_is_forbidden: bool,
    /// Keeps uploads before it asks who sent them (ACC-3).
    pub denied_uploads_are_kept: bool,
    /// Denies with 400 `malformed-request` (ACC-3).
    pub denial_is_bad_request: bool,
    /// Cancels before it asks who wants it (ACC-3).
    pub cancels_before_permission: bool,
    /// Makes a failed release pending before it asks who publishes (ACC-3).
    pub resets_before_permission: bool,
    /// Puts the unpublished release into problem documents about it (ACC-4).
    pub problems_show_release: bool,
    /// Answers 403 where nothing is, to whoever would be its owner (ACC-6).
    pub missing_is_forbidden: bool,
    /// Shows private releases to their owner only (ACC-8).
    pub manifest_readers_are_strangers: bool,
}

impl AccessPolicy {
    /// Whether permission to change sources is asked for only when the release is looked at.
    pub(crate) fn checks_sources_late(&self) -> bool {
        self.denied_sources_are_kept || self.published_sources_are_open
    }
}
