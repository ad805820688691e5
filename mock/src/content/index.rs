//! The content index digest.

use super::EntrySummary;
use crate::digest::{Digest, DigestAlgorithm};

/// The digest of the content index: of every entry, sorted bytewise by path, the digest of its bytes, the length of its path
/// (uint16, little-endian) and its path. `None` when an entry was not hashed with this algorithm.
pub fn index_digest(algorithm: DigestAlgorithm, entries: &[EntrySummary]) -> Option<Digest> {
    let mut sorted: Vec<_> = entries.iter().collect();
    sorted.sort_by(|a, b| a.path.cmp(&b.path));
    index_digest_in_order(algorithm, sorted)
}

/// The same with the sha256 of every entry inside, whatever the algorithm: what implementers overlook (DIG-9).
pub(super) fn index_digest_over_sha256(
    algorithm: DigestAlgorithm,
    entries: &[EntrySummary],
) -> Option<Digest> {
    let mut sorted: Vec<_> = entries.iter().collect();
    sorted.sort_by(|a, b| a.path.cmp(&b.path));
    index_digest_over(algorithm, DigestAlgorithm::Sha256, sorted)
}

/// The same of entries in the order given: what implementers forget to sort (IDX-1).
pub(super) fn index_digest_in_order<'a>(
    algorithm: DigestAlgorithm,
    entries: impl IntoIterator<Item = &'a EntrySummary>,
) -> Option<Digest> {
    index_digest_over(algorithm, algorithm, entries)
}

fn index_digest_over<'a>(
    algorithm: DigestAlgorithm,
    inside: DigestAlgorithm,
    entries: impl IntoIterator<Item = &'a EntrySummary>,
) -> Option<Digest> {
    let mut index = algorithm.hasher();
    for entry in entries {
        index.update(entry.digest(inside)?.as_bytes());
        let path = entry.path.as_bytes();
        // No path is longer than that, but in a registry that takes paths of any length by mistake.
        let length = u16::try_from(path.len() % (1 << 16)).ok()?;
        index.update(&length.to_le_bytes());
        index.update(path);
    }
    Some(index.finish())
}
