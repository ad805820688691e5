//! Choices that the profile leaves open, made differently from one release to the next so that clients take no habit for a rule.
//! They depend on the seed and on what they are about, never on the order of requests, so that a run repeats under concurrency.

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

/// Makes the arbitrary choices of one registry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Oddities {
    seed: u64,
    plain: bool,
}

impl Oddities {
    /// Choices that follow from the seed; with `plain`, none.
    pub(crate) fn new(seed: u64, plain: bool) -> Self {
        Self { seed, plain }
    }

    /// The seed, to repeat a run.
    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// 32 hex digits that nobody can guess without the seed.
    pub(crate) fn token(&self, purpose: &str, about: &str) -> String {
        hex::encode(&self.hash(purpose, about)[..16])
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
