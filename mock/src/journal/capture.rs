//! What is kept of a body while it passes.

use bytes::{Bytes, BytesMut};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{RecordedBody, Redactor};

/// Bytes of a document that the journal still keeps.
const LIMIT: usize = 256 << 10;

/// What is kept of a body while it passes: length and digest of all of it, the bytes only while they may be a document.
#[derive(Debug, Default)]
pub(crate) struct Capture {
    length: u64,
    hasher: Sha256,
    /// Dropped once it can not be a document that is kept.
    kept: BytesMut,
    truncated: bool,
    other_than_json: bool,
}

impl Capture {
    /// Takes the next bytes.
    pub(crate) fn write(&mut self, chunk: &[u8]) {
        self.length += chunk.len() as u64;
        self.hasher.update(chunk);
        if self.truncated || self.other_than_json {
            return;
        }
        if self.kept.len() + chunk.len() > LIMIT {
            self.truncated = true;
        } else {
            self.kept.extend_from_slice(chunk);
        }
        // A component or an archive need not be collected to be told from a document.
        let first = self.kept.iter().find(|byte| !byte.is_ascii_whitespace());
        self.other_than_json = first.is_some_and(|byte| !b"{[\"-tfn0123456789".contains(byte));
        if self.truncated || self.other_than_json {
            self.kept = BytesMut::new();
        }
    }

    /// Bytes so far.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// The document, as it arrived.
    pub(super) fn document(&self) -> Option<Value> {
        if self.truncated || self.other_than_json {
            return None;
        }
        serde_json::from_slice(&self.kept).ok()
    }

    /// What the journal keeps of the bytes so far.
    pub(super) fn record(&self, document: Option<Value>, redactor: &Redactor) -> RecordedBody {
        RecordedBody {
            length: self.length,
            sha256: hex::encode(self.hasher.clone().finalize()),
            json: document.map(|document| redactor.document(document)),
            truncated: self.truncated && !self.other_than_json,
        }
    }
}

/// What the journal keeps of an answer's body; nothing of an empty one.
pub(super) fn record_whole(body: &Bytes, redactor: &Redactor) -> Option<RecordedBody> {
    if body.is_empty() {
        return None;
    }
    let mut capture = Capture::default();
    capture.write(body);
    Some(capture.record(capture.document(), redactor))
}
