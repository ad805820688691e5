//! Chance that repeats: it depends on the seed, on what draws, and on the request itself, never on the order in which requests come.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use super::Subject;

/// How many requests are remembered before the older half is forgotten.
const REMEMBERED: usize = 1 << 16;

/// Counts how often the very same request came. What is remembered is bounded: when [`REMEMBERED`] different requests have come since
/// the last that was forgotten, those that did not come again among the later half are forgotten, and count as new.
#[derive(Debug, Default)]
pub(super) struct Occurrences {
    recent: HashMap<u64, u32>,
    older: HashMap<u64, u32>,
}

impl Occurrences {
    /// How often the request came before.
    pub(super) fn count(&mut self, request: u64) -> u32 {
        let before = self
            .recent
            .get(&request)
            .or_else(|| self.older.get(&request))
            .copied()
            .unwrap_or(0);
        if self.recent.len() >= REMEMBERED / 2 && !self.recent.contains_key(&request) {
            self.older = std::mem::take(&mut self.recent);
        }
        self.recent.insert(request, before.saturating_add(1));
        before
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// What chance has to go by for one request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draw {
    seed: u64,
    /// Which request.
    request: u64,
    /// How often it came before.
    occurrence: u32,
}

impl Draw {
    /// For a request that came this often before.
    pub(super) fn new(seed: u64, request: u64, occurrence: u32) -> Self {
        Self {
            seed,
            request,
            occurrence,
        }
    }

    /// Whether a chance of this probability comes true for the one who draws.
    pub(super) fn comes_true(&self, probability: f64, drawer: u64) -> bool {
        let hash = self.hash("probability", drawer);
        // 53 bits are what a double holds exactly.
        #[expect(
            clippy::cast_precision_loss,
            reason = "both fit into the 53 bits of a double"
        )]
        let fraction = (hash >> 11) as f64 / (1_u64 << 53) as f64;
        fraction < probability
    }

    fn hash(&self, purpose: &str, drawer: u64) -> u64 {
        let mut hasher = Sha256::new();
        hasher.update(self.seed.to_le_bytes());
        hasher.update(purpose);
        hasher.update(drawer.to_le_bytes());
        hasher.update(self.request.to_le_bytes());
        hasher.update(self.occurrence.to_le_bytes());
        leading(&hasher.finalize())
    }
}

/// Bytes that follow from the seed and what they are for.
pub(crate) fn seeded_bytes(seed: u64, purpose: &str, length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length + 32);
    let mut block = 0_u64;
    while bytes.len() < length {
        let mut hasher = Sha256::new();
        hasher.update(seed.to_le_bytes());
        hasher.update(block.to_le_bytes());
        hasher.update(purpose);
        bytes.extend_from_slice(&hasher.finalize());
        block += 1;
    }
    bytes.truncate(length);
    bytes
}

impl Subject {
    /// Tells this request from others, and not from the same one sent again. Where a release is named the path is left out: it may
    /// hold a token that depends on the order of requests.
    pub(super) fn identity(&self) -> u64 {
        let mut hasher = Sha256::new();
        let mut part = |bytes: &[u8]| {
            hasher.update((bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        };
        part(self.method.as_str().as_bytes());
        part(
            self.operation
                .map_or("", |operation| operation.name())
                .as_bytes(),
        );
        match &self.release {
            Some(release) => {
                part(release.name.as_bytes());
                part(release.version.as_bytes());
            }
            None => part(self.path.as_deref().unwrap_or_default().as_bytes()),
        }
        part(&self.body_digest);
        leading(&hasher.finalize())
    }
}

fn leading(hash: &[u8]) -> u64 {
    hash.iter()
        .take(8)
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn occurrences_are_counted_and_bounded() {
        let mut occurrences = Occurrences::default();
        assert_eq!((occurrences.count(7), occurrences.count(7)), (0, 1));
        for request in 0..200_000 {
            occurrences.count(1000 + request);
        }
        assert!(occurrences.recent.len() + occurrences.older.len() <= REMEMBERED);
        // Forgotten by now; one that keeps coming is not.
        assert_eq!(occurrences.count(7), 0);
        for request in 0..100_000 {
            occurrences.count(2_000_000 + request);
            if request % 1000 == 0 {
                occurrences.count(7);
            }
        }
        assert_eq!(occurrences.count(7), 101);
    }

    #[test]
    fn chance_comes_true_about_as_often_as_it_says() {
        for (probability, expected) in [(0.0, 0..=0), (0.2, 1800..=2200), (1.0, 10_000..=10_000)] {
            let hits = (0..10_000)
                .filter(|request| Draw::new(1, *request, 0).comes_true(probability, 3))
                .count();
            assert!(expected.contains(&hits), "{probability}: {hits}");
        }
    }

    #[test]
    fn seed_drawer_request_and_occurrence_all_matter() {
        let pattern = |seed, drawer, occurrence| -> Vec<bool> {
            (0..64)
                .map(|request| Draw::new(seed, request, occurrence).comes_true(0.5, drawer))
                .collect()
        };
        let first = pattern(1, 1, 0);
        assert_eq!(first, pattern(1, 1, 0));
        assert_ne!(first, pattern(2, 1, 0));
        assert_ne!(first, pattern(1, 2, 0));
        assert_ne!(first, pattern(1, 1, 1));
    }
}
