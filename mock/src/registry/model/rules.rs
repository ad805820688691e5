//! The rules that hold whatever was done.

use std::collections::HashSet;

use proptest::prelude::*;
use serde_json::json;

use super::expected::KEYS;
use super::inputs::{places_of, release_key};
use super::machine::{Machine, TIGHT};
use super::operation::Who;

impl Machine<'_> {
    /// Fails where one is broken.
    pub(super) fn check_rules(&mut self) -> Result<(), TestCaseError> {
        let now = self.now;
        let owners = [Who::Owner, Who::Other].map(|who| self.caller(who));
        for key in 0..KEYS.len() {
            let owner = &owners[usize::from(KEYS[key].2 == Who::Other)];
            let got = self.registry.release(now, owner, &release_key(key)).ok();
            let expected = self.model.read(KEYS[key].2, key).ok();
            prop_assert_eq!(
                got.is_some(),
                expected.is_some(),
                "whether {:?} is a release (PUB-2, PUB-3)",
                KEYS[key]
            );
            let (Some(view), Some(index)) = (got, expected) else {
                continue;
            };
            prop_assert!(
                self.verified.contains(&index),
                "a release of which nobody has verified the content"
            );
            let attempt = &self.model.attempts[index];
            prop_assert_eq!(places_of(&view.sources), attempt.sources.clone());
            let fixed = json!({
                "bytes": view.manifest.bytes.to_vec(),
                "value": view.manifest.value(),
                "signature": view.signature.to_general_json(),
                "creator": view.creator,
                "at": view.published_at.to_string(),
            });
            prop_assert_eq!(
                &view.manifest.bytes,
                &self.manifest(key, attempt.variant).bytes
            );
            let first = self.released.entry(index).or_insert_with(|| fixed.clone());
            prop_assert_eq!(&*first, &fixed, "a release has changed (PUB-5)");
        }
        self.check_attempts()
    }

    fn check_attempts(&mut self) -> Result<(), TestCaseError> {
        let mut living = HashSet::new();
        let mut stored = 0;
        for attempt in self.registry.attempts() {
            stored += attempt.stored_bytes();
            let (rank, lives) = match attempt.stage.status().name() {
                "pending" => (0, true),
                "processing" => (1, true),
                "published" => (2, true),
                "failed" => (3, false),
                _ => (4, false),
            };
            // Several at one name and version would each be the release.
            prop_assert!(
                !lives || living.insert(attempt.key().clone()),
                "two attempts hold {}",
                attempt.key()
            );
            let last = self.progress.insert(attempt.id, rank).unwrap_or_default();
            let goes_on = match last {
                0 => true,
                1 => (1..=3).contains(&rank),
                terminal => rank == terminal,
            };
            prop_assert!(goes_on, "a status went from {} to {} (ASY-6)", last, rank);
        }
        prop_assert_eq!(stored, self.registry.stored_bytes);
        prop_assert!(!self.model.settings.tight_storage || stored <= TIGHT);
        Ok(())
    }
}
