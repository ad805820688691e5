//! What the operator sees of the state: everything but secrets. Some attempts at a time, for there may be many, and while they are
//! looked at nobody else has the registry.

use std::{ops::Range, sync::Arc};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{jws::JwsDocument, links::Links};

use super::{AttemptId, Registry, Source, UnpublishedView, walk::LOOKED_AT};

/// Attempts that are described at a time.
const DESCRIBED: usize = 16;
/// Their sources, which are copied.
const SOURCES: usize = 256;
/// Bytes of their manifests, which are rendered then.
const MANIFESTS: usize = 64 << 10;

/// An attempt as the operator sees it.
pub(crate) struct Described {
    view: UnpublishedView,
    uploaded: Option<usize>,
    signature: Option<Arc<JwsDocument>>,
    signed_at_create: bool,
}

impl Registry {
    /// The numbers of all attempts since the last reset, oldest first; of some there is nothing any more.
    pub(crate) fn ids(&self) -> Range<u64> {
        self.first_id..self.next_id
    }

    /// Bytes that all attempts take beside their uploads, about.
    pub(crate) fn overhead(&self) -> u64 {
        self.overhead
    }

    /// Bytes of all manifests and uploads that are kept.
    pub(crate) fn stored_bytes(&self) -> u64 {
        self.stored_bytes
    }

    /// Describes the first few of these attempts, without tokens and credentials, and leaves the others.
    pub(crate) fn describe_some(&mut self, ids: &mut Range<u64>, now: Timestamp) -> Vec<Described> {
        let mut described = Vec::new();
        let (mut sources, mut manifests) = (0, 0);
        for _ in 0..LOOKED_AT {
            if described.len() >= DESCRIBED || sources >= SOURCES || manifests >= MANIFESTS {
                break;
            }
            let Some(id) = ids.next() else { break };
            let id = AttemptId(id);
            self.settle(id, now);
            if let Some(attempt) = self.known(id) {
                sources += attempt.sources.len();
                manifests += attempt.manifest.bytes.len();
                let described_one = Described {
                    uploaded: attempt.upload.as_ref().map(|upload| upload.bytes.len()),
                    signature: attempt.signature.clone(),
                    signed_at_create: attempt.signed_at_create,
                    view: self.view(attempt),
                };
                described.push(described_one);
            }
        }
        described
    }
}

impl Described {
    /// As JSON.
    pub(crate) fn to_json(&self, links: &Links) -> Value {
        let view = &self.view;
        let key = &view.manifest.key;
        let sources: Vec<Value> = view
            .sources
            .iter()
            .map(|source| match source {
                Source::Own => json!({"url": links.content(key)}),
                Source::Remote(remote) => Value::Object(remote.shown.clone()),
            })
            .collect();
        let mut document = json!({
            "name": key.name,
            "version": key.version,
            "status": view.status.name(),
            "creator": view.creator,
            "release": view.manifest.value(),
            "contentSources": sources,
            "uploadedBytes": self.uploaded,
            "createdAt": view.created_at.to_string(),
            "expiresAt": view.expires_at.map(|at| at.to_string()),
            "processedAt": view.processed_at.map(|at| at.to_string()),
            "signedAtCreate": self.signed_at_create,
        });
        if let Some(signature) = &self.signature {
            document["releaseSignature"] = signature.to_general_json();
        }
        if let Some(error) = &view.error {
            document["error"] = error.document(crate::problem::TYPE_PREFIX, None);
        }
        document
    }
}
