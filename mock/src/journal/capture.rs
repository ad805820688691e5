//! What is kept of a body while it passes.

use bytes::{Bytes, BytesMut};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::digest::OffloadedSha256;

use super::{RecordedBody, Redactor};

/// Bytes of a document that the journal still keeps.
const LIMIT: usize = 256 << 10;

/// What is kept of a body while it passes: length and digest of all of it, the bytes only while they may be a document.
#[derive(Debug, Default)]
pub(crate) struct Capture {
    length: u64,
    /// All bytes so far, until they can not be a document that is kept.
    kept: BytesMut,
    /// Hashes them from then on.
    hasher: Option<OffloadedSha256>,
    truncated: bool,
}

impl Capture {
    /// Takes the next bytes.
    pub(crate) async fn write(&mut self, chunk: &Bytes) {
        self.length += chunk.len() as u64;
        if self.hasher.is_none() {
            let may_be_document = begins_like_document(&self.kept)
                .or_else(|| begins_like_document(chunk))
                .unwrap_or(true);
            if may_be_document && self.kept.len() + chunk.len() <= LIMIT {
                self.kept.extend_from_slice(chunk);
                return;
            }
            // A component or an archive need not be collected to be told from a document.
            self.truncated = may_be_document;
            self.hasher = Some(OffloadedSha256::of(&std::mem::take(&mut self.kept)));
        }
        if let Some(hasher) = &mut self.hasher {
            hasher.write(chunk.clone()).await;
        }
    }

    /// Waits for a hash that is being computed beside it.
    pub(crate) async fn settle(&self) {
        if let Some(hasher) = &self.hasher {
            hasher.settle().await;
        }
    }

    /// Bytes so far.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// SHA-256 of the bytes so far.
    pub(crate) fn sha256(&self) -> [u8; 32] {
        match &self.hasher {
            Some(hasher) => hasher.digest(),
            None => Sha256::digest(&self.kept).into(),
        }
    }

    /// What the journal keeps of the bytes so far.
    pub(super) fn body(&self) -> CapturedBody {
        let bytes = match &self.hasher {
            None => Bytes::copy_from_slice(&self.kept),
            Some(_) => Bytes::copy_from_slice(&self.sha256()),
        };
        CapturedBody {
            length: self.length,
            bytes,
            is_digest: self.hasher.is_some(),
            truncated: self.truncated,
        }
    }
}

/// Whether bytes begin as a document does; nobody can say while there is white space alone.
fn begins_like_document(bytes: &[u8]) -> Option<bool> {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace())?;
    Some(b"{[\"-tfn0123456789".contains(first))
}

/// A body, of which only what may be a document is kept.
#[derive(Clone, Debug)]
pub(super) struct CapturedBody {
    length: u64,
    /// All bytes of it, or their SHA-256.
    pub(super) bytes: Bytes,
    is_digest: bool,
    truncated: bool,
}

impl CapturedBody {
    /// Whether nothing but the digest is kept of such a body, and it takes a while to compute.
    pub(super) fn is_long(body: &Bytes) -> bool {
        body.len() > LIMIT
    }

    /// An answer's body, whose SHA-256 may be known; nothing of an empty one.
    pub(super) fn of_answer(body: &Bytes, sha256: Option<[u8; 32]>) -> Option<Self> {
        if body.is_empty() {
            return None;
        }
        let may_be_document = begins_like_document(body).unwrap_or(true);
        let is_digest = !may_be_document || body.len() > LIMIT;
        let bytes = if is_digest {
            let digest = sha256.unwrap_or_else(|| Sha256::digest(body).into());
            Bytes::copy_from_slice(&digest)
        } else {
            body.clone()
        };
        Some(Self {
            length: body.len() as u64,
            truncated: may_be_document && body.len() > LIMIT,
            bytes,
            is_digest,
        })
    }

    /// Whether there were more bytes of what may be a document than are kept.
    pub(super) fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// The document, as it arrived.
    pub(super) fn document(&self) -> Option<Value> {
        if self.is_digest {
            return None;
        }
        serde_json::from_slice(&self.bytes).ok()
    }

    /// What is shown of it.
    pub(super) fn show(&self, document: Option<Value>, redactor: &Redactor) -> RecordedBody {
        RecordedBody {
            length: self.length,
            sha256: if self.is_digest {
                hex::encode(&self.bytes)
            } else {
                hex::encode(Sha256::digest(&self.bytes))
            },
            json: document.map(|document| redactor.document(document)),
            truncated: self.truncated,
        }
    }
}
