//! Digest algorithms and the `contentDigest` member of a manifest (section 2 of the profile).

use std::fmt;

use serde_json::{Map, Value};

/// A digest algorithm of the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DigestAlgorithm {
    /// SHA-256, required of every registry.
    Sha256,
    /// SHA-512, the capability `digest.sha512`.
    Sha512,
}

impl DigestAlgorithm {
    /// Every algorithm of the profile.
    pub const ALL: [Self; 2] = [Self::Sha256, Self::Sha512];

    /// The name in `contentDigest`: `sha256`, `sha512`.
    pub fn name(self) -> &'static str { todo!() }
    /// The algorithm of that exact name.
    pub fn from_name(name: &str) -> Option<Self> { todo!() }
    /// Hex digits of a digest: 64, 128.
    pub fn hex_length(self) -> usize { todo!() }
    /// Hashes everything at once.
    pub fn digest(self, bytes: &[u8]) -> Digest { todo!() }
    /// Starts an incremental hash.
    pub fn hasher(self) -> Hasher { todo!() }
}

/// Whether the name is a known but weak algorithm (`md5`, `sha1` and their spellings).
pub fn is_known_weak(name: &str) -> bool { todo!() }

/// A hash in progress.
#[derive(Debug, Clone)]
pub struct Hasher(());

impl Hasher {
    /// Hashes further bytes.
    pub fn update(&mut self, bytes: &[u8]) { todo!() }
    /// The digest of all bytes given.
    pub fn finish(self) -> Digest { todo!() }
}

/// A computed digest; displays as lower-case hex.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Digest(());

impl Digest {
    /// The algorithm it was made with.
    pub fn algorithm(&self) -> DigestAlgorithm { todo!() }
    /// The raw octets (32 or 64).
    pub fn as_bytes(&self) -> &[u8] { todo!() }
    /// Lower-case hex.
    pub fn to_hex(&self) -> String { todo!() }
}

impl fmt::Display for Digest {
    fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result { todo!() }
}

/// The parsed `contentDigest` of a manifest: every member, in the order given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentDigest(());

impl ContentDigest {
    /// Parses and checks the member's value (CRE-8, CRE-9). Algorithms that are not in `supported`
    /// are kept beside a supported one (DIG-5), their values unexamined.
    pub fn parse(value: &Map<String, Value>, supported: &[DigestAlgorithm], policy: &DigestPolicy) -> Result<Self, ContentDigestError> { todo!() }
    /// The supported algorithms, in the manifest's order: what content has to be hashed with.
    pub fn algorithms(&self) -> Vec<DigestAlgorithm> { todo!() }
    /// Compares with what was computed: every supported digest must match (DIG-2, DIG-3).
    pub fn verify(&self, computed: &[Digest], policy: &DigestPolicy) -> Result<(), DigestMismatch> { todo!() }
}

/// Why a `contentDigest` is refused at create.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContentDigestError {
    /// Empty, or only unknown or weak algorithms: `unsupported-digest-algorithm`.
    #[error("failed to find a supported digest algorithm in contentDigest")]
    NoSupportedAlgorithm,
    /// Not lower-case hex of the algorithm's length: `invalid-digest`.
    #[error("failed to read the {algorithm} digest: it is not {expected_length} lower-case hex digits")]
    InvalidDigest {
        /// Name of the algorithm.
        algorithm: String,
        /// Hex digits that were expected.
        expected_length: usize,
    },
    /// A value is no string: `malformed-manifest`.
    #[error("failed to read the {algorithm} digest: it is not a string")]
    NotAString {
        /// Name of the algorithm.
        algorithm: String,
    },
}

/// The content is not what the digest commits to: `digest-mismatch`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("failed to match the {algorithm} digest: expected {expected}, content has {actual}")]
pub struct DigestMismatch {
    /// Name of the algorithm.
    pub algorithm: String,
    /// Hex of the manifest.
    pub expected: String,
    /// Hex of the content, or `nothing` where it was not hashed.
    pub actual: String,
}

/// How digests are read and compared; the default conforms, any other value is a mistake.
#[derive(Debug, Clone, Default)]
pub struct DigestPolicy {
    /// Takes a `contentDigest` without any supported algorithm (CRE-8).
    pub accepts_unsupported_only: bool,
    /// Takes digests of any form (CRE-9).
    pub accepts_any_form: bool,
    /// Which of several digests are compared, and how.
    pub comparison: DigestComparison,
}

/// How a manifest's digests are compared with the content's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DigestComparison {
    /// Every supported one, whole.
    #[default]
    Every,
    /// Only the one that stands first (DIG-3).
    FirstOnly,
    /// Only the one that stands last (DIG-3).
    LastOnly,
    /// One match is enough (DIG-3).
    AnySuffices,
    /// Only sha256, whatever else is there (DIG-3, DIG-9).
    Sha256Only,
    /// Only the first eight digits of each (DIG-2).
    Prefix,
    /// Nothing (DIG-2).
    Nothing,
}
