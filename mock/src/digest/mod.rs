//! Digest algorithms and the `contentDigest` member of a manifest (section 2 of the profile).

mod algorithm;
mod content_digest;
mod offloaded;
mod policy;

pub use algorithm::{Digest, DigestAlgorithm, Hasher, is_known_weak};
pub use content_digest::{ContentDigest, ContentDigestError, DigestMismatch};
pub(crate) use offloaded::OffloadedSha256;
pub use policy::{DigestComparison, DigestPolicy};
