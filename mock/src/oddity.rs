//! Choices that the profile leaves open, made differently from one release to the next so that clients take no habit for a rule.
//! They depend on the seed and on what they are about, never on the order of requests, so that a run repeats under concurrency.

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

/// Makes the arbitrary choices of one registry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Oddities {
    seed: u64,
    plain: bool,
    unknown_states: bool,
}

/// States of the registry's own that processing goes through; no client can know them. The profile's name is one among them.
const PROCESSING_STATES: [&str; 4] = ["queued", "scanning", "processing", "replicating"];

impl Oddities {
    /// Choices that follow from the seed; with `plain`, none.
    pub(crate) fn new(seed: u64, plain: bool) -> Self {
        Self {
            seed,
            plain,
            unknown_states: false,
        }
    }

    /// The same choices, and names of the registry's own for what is being processed (rule CLI-3); with `plain`, no such names.
    #[must_use]
    pub(crate) fn with_unknown_states(self, unknown_states: bool) -> Self {
        Self {
            unknown_states,
            ..self
        }
    }

    /// What `processing` is called after so many polls: of two polls in a row, one at least shows a state that no client knows.
    pub(crate) fn processing_state(&self, about: &str, polls: u32) -> &'static str {
        if self.plain || !self.unknown_states {
            return "processing";
        }
        let first = usize::from(self.hash("state", about)[0]);
        let polls = usize::try_from(polls).unwrap_or_default();
        PROCESSING_STATES[first.wrapping_add(polls) % PROCESSING_STATES.len()]
    }

    /// The seed, to repeat a run.
    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// Whether nothing is odd.
    pub(crate) fn is_plain(&self) -> bool {
        self.plain
    }

    /// 32 hex digits that nobody can guess without the seed.
    pub(crate) fn token(&self, purpose: &str, about: &str) -> String {
        hex::encode(self.secret(purpose, about))
    }

    /// 16 octets that nobody can guess without the seed.
    pub(crate) fn secret(&self, purpose: &str, about: &str) -> [u8; 16] {
        let mut secret = [0; 16];
        secret.copy_from_slice(&self.hash(purpose, about)[..16]);
        secret
    }

    /// Whether to take the odd one of two ways; never with `plain`.
    pub(crate) fn flip(&self, purpose: &str, about: &str) -> bool {
        !self.plain && self.hash(purpose, about)[0] & 1 == 1
    }

    /// Adds a member that no client knows and puts the members in another order.
    pub(crate) fn disturb(&self, document: Value, about: &str) -> Value {
        match document {
            Value::Object(members) if !self.plain => {
                let mut members = self.shuffle(members, about);
                members.insert(
                    "x-mock-registry".to_owned(),
                    json!({"trace": self.token("trace", about)}),
                );
                Value::Object(members)
            }
            document => document,
        }
    }

    fn shuffle(&self, members: Map<String, Value>, about: &str) -> Map<String, Value> {
        let mut keyed: Vec<_> = members
            .into_iter()
            .map(|(name, value)| (self.hash("order", &format!("{about} {name}")), name, value))
            .collect();
        keyed.sort_by_key(|entry| entry.0);
        keyed
            .into_iter()
            .map(|(_, name, value)| (name, value))
            .collect()
    }

    fn hash(&self, purpose: &str, about: &str) -> [u8; 32] {
        let mut hasher = Sha256::new();
        hasher.update(self.seed.to_le_bytes());
        hasher.update((purpose.len() as u64).to_le_bytes());
        hasher.update(purpose);
        hasher.update(about);
        hasher.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_makes_no_odd_choice() {
        let plain = Oddities::new(1, true).with_unknown_states(true);
        for number in 0..100 {
            let about = number.to_string();
            assert!(!plain.flip("any", &about));
            assert_eq!(plain.processing_state(&about, number), "processing");
        }
        let document = json!({"b": 1, "a": 2});
        assert_eq!(
            plain.disturb(document.clone(), "it").to_string(),
            document.to_string()
        );
    }

    #[test]
    fn unknown_states_are_never_far() {
        let odd = Oddities::new(1, false).with_unknown_states(true);
        let mut firsts = std::collections::BTreeSet::new();
        for number in 0..100 {
            let about = number.to_string();
            firsts.insert(odd.processing_state(&about, 0));
            for polls in 0..10 {
                let two = [polls, polls + 1].map(|polls| odd.processing_state(&about, polls));
                assert!(two.iter().any(|state| *state != "processing"), "{two:?}");
            }
        }
        assert_eq!(firsts.len(), PROCESSING_STATES.len());
        let known = Oddities::new(1, false);
        assert_eq!(known.processing_state("0", 0), "processing");
    }

    #[test]
    fn tokens_can_not_be_guessed_without_the_seed() {
        let token = |seed| Oddities::new(seed, false).token("upload", "a:b 1.0.0 1");
        assert_eq!(token(1), token(1));
        assert_ne!(token(1), token(2));
        assert_eq!(token(1).len(), 32);
    }
}
