//! What a case knows of a release, and of everything else that it did so far.

use std::sync::Arc;

use bytes::Bytes;
use indexmap::IndexMap;
use serde_json::Value;
use url::Url;

use crate::content::WASM_MEDIA_TYPE;
use crate::outcome::{Level, Mismatch};
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
    /// Whose it is.
    pub identity: String,
    /// `Location` of the create, resolved.
    pub location: Option<Url>,
    /// `uploadUrl`, resolved.
    pub upload_url: Option<Url>,
    pub published: bool,
    /// The furthest status that was seen in this attempt.
    pub furthest: Option<String>,
}

impl Release {
    /// One of which nothing is known but its manifest, which was sent as these bytes.
    pub(super) fn of_manifest(manifest: Value, manifest_bytes: Bytes, identity: &str) -> Self {
        let text = |member: &str| manifest.get(member).and_then(Value::as_str);
        let named = |member: &str| text(member).unwrap_or_default().to_owned();
        Self {
            name: named("name"),
            version: named("version"),
            media_type: text("mediaType").unwrap_or(WASM_MEDIA_TYPE).to_owned(),
            manifest,
            manifest_bytes,
            signed: None,
            signed_create: false,
            identity: identity.to_owned(),
            location: None,
            upload_url: None,
            published: false,
            furthest: None,
        }
    }
}

/// What the case did so far.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    pub releases: IndexMap<String, Release>,
    pub steps: IndexMap<String, Arc<Exchange>>,
    pub saved: IndexMap<String, Value>,
    /// What the client did when it ran last.
    pub client: Option<ClientRun>,
}

/// A run of the client.
#[derive(Debug, Clone)]
pub(super) struct ClientRun {
    /// The rule that it breaks if nothing more can be said.
    pub rule: &'static str,
    /// Its requests, as the mock's journal has them.
    pub watched: Vec<Value>,
    /// Of the manifest that it created, the SHA-256 in hex; not of a signed create, whose body is the JWS.
    pub created_sha256: Option<String>,
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
    /// The owner's publish was taken: a new attempt begins (ASY-6).
    Attempted(String),
    /// A status was seen.
    Seen(String, String),
    /// The client has run.
    ClientRan(ClientRun),
}

impl State {
    /// Makes the change; a status that went backward within one attempt is a mismatch (ASY-6).
    pub(super) fn apply(&mut self, update: Update) -> Option<Mismatch> {
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
            Update::ClientRan(run) => self.client = Some(run),
            Update::Attempted(label) => {
                if let Some(release) = self.releases.get_mut(&label) {
                    release.furthest = None;
                }
            }
            Update::Seen(label, status) => {
                let release = self.releases.get_mut(&label)?;
                let reached = rank(&status)?;
                let furthest = release.furthest.clone();
                let goes_on = furthest.as_deref().is_none_or(|known| {
                    known == status || rank(known).is_none_or(|known| known < reached)
                });
                if goes_on {
                    release.furthest = Some(status);
                    return None;
                }
                return Some(
                    Mismatch::new(
                        Some("ASY-6"),
                        Level::Must,
                        "the status went backward within one attempt",
                    )
                    .beside(format!("{} or later", furthest.unwrap_or_default()), status),
                );
            }
        }
        None
    }
}

/// How far a status is; unknown ones are nowhere.
fn rank(status: &str) -> Option<u8> {
    match status {
        "pending" => Some(0),
        "processing" => Some(1),
        "published" | "failed" | "expired" => Some(2),
        _ => None,
    }
}
