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
            None => CapturedBytes::Kept(Bytes::copy_from_slice(&self.kept)),
            Some(_) => CapturedBytes::Digest(Box::new(self.sha256())),
        };
        CapturedBody {
            length: self.length,
            bytes,
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
    bytes: CapturedBytes,
    truncated: bool,
}

#[derive(Clone, Debug)]
enum CapturedBytes {
    /// All of them.
    Kept(Bytes),
    /// Their SHA-256.
    Digest(Box<[u8; 32]>),
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
        let bytes = if may_be_document && body.len() <= LIMIT {
            CapturedBytes::Kept(body.clone())
        } else {
            let digest = sha256.unwrap_or_else(|| Sha256::digest(body).into());
            CapturedBytes::Digest(Box::new(digest))
        };
        Some(Self {
            length: body.len() as u64,
            truncated: may_be_document && body.len() > LIMIT,
            bytes,
        })
    }

    /// Bytes of memory.
    pub(super) fn weight(&self) -> usize {
        match &self.bytes {
            CapturedBytes::Kept(bytes) => bytes.len(),
            CapturedBytes::Digest(_) => 32,
        }
    }

    /// Whether there were more bytes of what may be a document than are kept.
    pub(super) fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// The document, as it arrived.
    pub(super) fn document(&self) -> Option<Value> {
        match &self.bytes {
            CapturedBytes::Kept(bytes) => serde_json::from_slice(bytes).ok(),
            CapturedBytes::Digest(_) => None,
        }
    }

    /// What is shown of it.
    pub(super) fn show(&self, document: Option<Value>, redactor: &Redactor) -> RecordedBody {
        let sha256 = match &self.bytes {
            CapturedBytes::Kept(bytes) => Sha256::digest(bytes).into(),
            CapturedBytes::Digest(digest) => **digest,
        };
        RecordedBody {
            length: self.length,
            sha256: hex::encode(sha256),
            json: document.map(|document| redactor.document(document)),
            truncated: self.truncated,
        }
    }
}
