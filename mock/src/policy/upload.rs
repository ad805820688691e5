//! How uploads are treated.

/// What the upload of a failed attempt does to the attempt that follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailedUpload {
    /// It is kept in the place of the new one.
    Stays,
    /// A new one is refused.
    IsInTheWay,
    /// It is served, though the new one was verified.
    IsServed,
}

/// How uploads are treated.
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a mistake of its own"
)]
pub(crate) struct UploadPolicy {
    /// Does not compare uploads with the digest (DIG-2).
    pub skips_digest: bool,
    /// Takes what arrived of an upload that was cut off as all of it (DIG-7).
    pub takes_truncated: bool,
    /// Takes no upload after one that it refused (DIG-6).
    pub refusal_is_final: bool,
    /// Takes no chunks (UPL-2).
    pub refuses_chunks: bool,
    /// Adds a second upload to the bytes of the first (UPL-6).
    pub appends_second: bool,
    /// Lists the place of an upload as often as it was uploaded (UPL-6).
    pub listed_each_time: bool,
    /// Wants `Authorization` on the upload origin too (UPL-3).
    pub wants_authorization_elsewhere: bool,
    /// Lets everybody upload who is authenticated and knows the URL, on the API's origin (ACC-3).
    pub taken_of_any_identity: bool,
    /// Takes uploads after publishing, and does not look at what they are (UPL-5).
    pub taken_after_publishing: bool,
    /// Takes any amount (UPL-7).
    pub ignores_limit: bool,
    /// Counts only declared lengths against the limit (UPL-7).
    pub trusts_declared_length: bool,
    /// Serves the bytes with the last one cut off (UPL-8).
    pub serves_fewer_bytes: bool,
    /// Takes every content type (UPL-9).
    pub takes_any_content_type: bool,
    /// Has a place to upload to in the answer to create only (UPL-1).
    pub url_shown_once: bool,
    /// Shows another place to upload to in the status, where nothing is (UPL-1).
    pub status_url_is_dead: bool,
    /// Takes chunks, whatever it declares (UPL-2).
    pub takes_undeclared_chunks: bool,
    /// Compares media types octet by octet (UPL-2).
    pub compares_types_as_text: bool,
    /// An upload makes a published release pending again (UPL-5).
    pub late_upload_reopens: bool,
    /// A second upload makes the release a failed one (UPL-6).
    pub second_upload_fails: bool,
    /// Refuses what is exactly as long as the limit (UPL-7).
    pub limit_is_exclusive: bool,
    /// Lists no source for large uploads (UPL-8).
    pub lists_no_large_uploads: bool,
    /// Keeps what arrived of an upload that was cut off, without a look at it (DIG-7).
    pub keeps_broken_off: bool,
    /// Breaks when the same content is uploaded twice at a time (UPL-6).
    pub collide: bool,
    /// Keeps content by name and version, beyond a failure (ASY-10).
    pub after_failure: Option<FailedUpload>,
    /// Calls other content than the digest's invalid (DIG-2).
    pub mismatch_is_invalid_content: bool,
}
