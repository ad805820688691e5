//! What the operator sees of the state: everything but secrets.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Attempt, Registry, Source, Status};

impl Registry {
    /// All attempts that are kept, oldest first, without tokens and credentials.
    pub(crate) fn snapshot(&mut self, now: Timestamp) -> Value {
        self.sweep(now);
        let mut attempts: Vec<&Attempt> = self.attempts().collect();
        attempts.sort_by_key(|attempt| attempt.id);
        let releases: Vec<Value> = attempts
            .into_iter()
            .map(|attempt| self.describe(attempt))
            .collect();
        json!({"releases": releases, "storedBytes": self.stored_bytes})
    }

    /// The status of every attempt that is kept, and the bytes of them all.
    pub(crate) fn census(&mut self, now: Timestamp) -> (Vec<Status>, u64) {
        self.sweep(now);
        let statuses = self.attempts().map(|attempt| attempt.stage.status());
        (statuses.collect(), self.stored_bytes)
    }

    fn describe(&self, attempt: &Attempt) -> Value {
        let view = self.view(attempt);
        let sources: Vec<Value> = attempt
            .sources
            .iter()
            .map(|source| match source {
                Source::Own => json!({"url": self.links.content(attempt.key())}),
                Source::Remote(remote) => Value::Object(remote.shown.clone()),
            })
            .collect();
        let mut document = json!({
            "name": attempt.key().name,
            "version": attempt.key().version,
            "status": view.status.name(),
            "creator": &*attempt.creator,
            "release": attempt.manifest.value(),
            "contentSources": sources,
            "uploadedBytes": attempt.upload.as_ref().map(|upload| upload.bytes.len()),
            "createdAt": attempt.created_at.to_string(),
            "expiresAt": view.expires_at.map(|at| at.to_string()),
            "processedAt": view.processed_at.map(|at| at.to_string()),
            "signedAtCreate": attempt.signed_at_create,
        });
        if let Some(signature) = &attempt.signature {
            document["releaseSignature"] = signature.to_general_json();
        }
        if let Some(error) = &view.error {
            document["error"] = error.document(crate::problem::TYPE_PREFIX, None);
        }
        document
    }
}
