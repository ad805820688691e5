use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Entry;

/// The digest algorithms of the profile.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum DigestAlgorithm {
    /// SHA-256, which every registry knows.
    Sha256,
    /// SHA-512 (capability `digest.sha512`).
    Sha512,
}

/// What the digest is taken of (capability `digest.form`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DigestForm {
    /// The content index: sorted entries, each its own digest and path.
    #[default]
    Index,
    /// The blob itself.
    Raw,
}

/// Algorithms that a registry must not take as the only ones (CRE-8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WeakAlgorithm {
    /// MD5, 16 bytes.
    Md5,
    /// SHA-1, 20 bytes.
    Sha1,
}

/// A digest could not be computed.
#[derive(Debug, thiserror::Error)]
pub enum DigestError {
    /// OpenSSL has this algorithm switched off (FIPS builds do that).
    #[error("failed to compute a {algorithm} digest: this build of OpenSSL does not offer it")]
    Unavailable {
        /// The algorithm's name, as in a manifest.
        algorithm: &'static str,
        /// What OpenSSL says.
        source: openssl::error::ErrorStack,
    },
}

impl DigestAlgorithm {
    /// Both algorithms.
    pub const ALL: [Self; 2] = [Self::Sha256, Self::Sha512];

    /// The name in a manifest's `contentDigest`: `sha256` or `sha512`.
    pub fn name(self) -> &'static str {
        todo!()
    }

    /// Length of the digest in bytes; a hex digest has twice as many characters.
    pub fn len(self) -> usize {
        todo!()
    }

    /// The digest of `bytes`.
    pub fn digest(self, bytes: &[u8]) -> Vec<u8> {
        todo!()
    }
}

/// The digest of the content index (section 2 of the profile), lower-case hex.
///
/// The order of `entries` does not matter. Nothing is validated: hostile entries have the digest that a careless registry
/// would compute, so that a refusal has to come from the path rules. A path's length is taken modulo 65,536,
/// as a conversion to `u16` without a check does.
pub fn index_digest(algorithm: DigestAlgorithm, entries: &[Entry]) -> String {
    todo!()
}

/// The digest of one blob, lower-case hex (`digest.form: raw`).
pub fn raw_digest(algorithm: DigestAlgorithm, body: &[u8]) -> String {
    todo!()
}

/// The index digest with a weak algorithm, lower-case hex: right in every way, except that nobody should take it.
pub fn weak_digest(algorithm: WeakAlgorithm, entries: &[Entry]) -> Result<String, DigestError> {
    todo!()
}
