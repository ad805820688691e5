//! What the registry tells of its releases: everything that the caller may know, and nothing about HTTP.

use std::sync::Arc;

use jiff::Timestamp;

use crate::{jws::JwsDocument, problem::Problem};

use super::{Manifest, Source, Status};

/// An unpublished release, for its owner.
#[derive(Clone, Debug)]
pub(crate) struct UnpublishedView {
    /// What is to be released.
    pub manifest: Arc<Manifest>,
    /// Who created it.
    pub creator: String,
    /// Where it stands.
    pub status: Status,
    /// How often the status was read while it was processed.
    pub polls: u32,
    /// Where its content is.
    pub sources: Vec<Source>,
    /// Names it in a URL that nobody can guess; none in a plain registry.
    pub status_token: Option<String>,
    /// Names the place to upload to, while it takes uploads.
    pub upload_token: Option<String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it expires, while it can.
    pub expires_at: Option<Timestamp>,
    /// When it came to its end.
    pub processed_at: Option<Timestamp>,
    /// Why it failed.
    pub error: Option<Problem>,
}

/// A release.
#[derive(Clone, Debug)]
pub(crate) struct ReleaseView {
    /// What was released.
    pub manifest: Arc<Manifest>,
    /// The signatures over it.
    pub signature: Arc<JwsDocument>,
    /// Who created it.
    pub creator: String,
    /// Where its content is.
    pub sources: Vec<Source>,
    /// When it became a release.
    pub published_at: Timestamp,
    /// Names all of this within its registry, where everybody sees the same of it.
    pub revision: Option<u64>,
}
