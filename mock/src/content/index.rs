//! The content index digest.

use super::EntrySummary;
use crate::digest::{Digest, DigestAlgorithm};

/// The digest of the content index: of every entry, sorted bytewise by path, the digest of its bytes, the length of its path
/// (uint16, little-endian) and its path. `None` when an entry was not hashed with this algorithm.
pub fn index_digest(algorithm: DigestAlgorithm, entries: &[EntrySummary]) -> Option<Digest> { todo!() }
