//! What a case knows of a release, and of everything else that it did so far.

use std::sync::Arc;

use bytes::Bytes;
use indexmap::IndexMap;
use serde_json::Value;
use url::Url;

use crate::wire::Exchange;

/// A release of the case.
#[derive(Debug, Clone)]
pub(super) struct Release {
    pub name: String,
    pub version: String,
    /// The manifest as a value, where the create sent one.
    pub manifest: Value,
    /// The manifest's bytes as they were sent.
    pub manifest_bytes: Bytes,
    /// The bytes that the publisher signed last.
    pub signed: Option<Bytes>,
    /// The create was signed.
    pub signed_create: bool,
    pub media_type: String,
    /// The content that the manifest's digest commits to.
    pub content: Option<String>,
    /// Whose it is.
    pub identity: String,
    /// `Location` of the create, resolved.
    pub location: Option<Url>,
    /// `uploadUrl`, resolved.
    pub upload_url: Option<Url>,
    pub published: bool,
}

/// What the case did so far.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    pub releases: IndexMap<String, Release>,
    pub steps: IndexMap<String, Arc<Exchange>>,
    pub saved: IndexMap<String, Value>,
}

/// A change of the state, made after the step that brought it.
#[derive(Debug, Clone)]
pub(super) enum Update {
    Created(String, Box<Release>),
    Signed(String, Bytes),
    Located {
        label: String,
        location: Option<Url>,
        upload_url: Option<Url>,
    },
    Published(String),
    Cancelled(String),
}

impl State {
    pub(super) fn apply(&mut self, update: Update) {
        match update {
            Update::Created(label, release) => {
                self.releases.insert(label, *release);
            }
            Update::Signed(label, bytes) => {
                if let Some(release) = self.releases.get_mut(&label) {
                    release.signed = Some(bytes);
                }
            }
            Update::Located {
                label,
                location,
                upload_url,
            } => {
                if let Some(release) = self.releases.get_mut(&label) {
                    release.location = location.or(release.location.take());
                    release.upload_url = upload_url.or(release.upload_url.take());
                }
            }
            Update::Published(label) | Update::Cancelled(label) => {
                if let Some(release) = self.releases.get_mut(&label) {
                    release.published = true;
                }
            }
        }
    }
}
