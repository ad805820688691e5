use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256, Sha512};

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

impl WeakAlgorithm {
    /// Both algorithms.
    pub const ALL: [Self; 2] = [Self::Md5, Self::Sha1];

    /// The name that a manifest would use: `md5` or `sha1`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
        }
    }

    fn message_digest(self) -> openssl::hash::MessageDigest {
        match self {
            Self::Md5 => openssl::hash::MessageDigest::md5(),
            Self::Sha1 => openssl::hash::MessageDigest::sha1(),
        }
    }
}

impl DigestAlgorithm {
    /// Both algorithms.
    pub const ALL: [Self; 2] = [Self::Sha256, Self::Sha512];

    /// The name in a manifest's `contentDigest`: `sha256` or `sha512`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    /// Length of the digest in bytes; a hex digest has twice as many characters.
    pub fn digest_len(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    /// The digest of `bytes`.
    pub fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }
}

/// The digest of the content index (section 2 of the profile), lower-case hex.
///
/// The order of `entries` does not matter. Nothing is validated: hostile entries have the digest that a careless registry
/// would compute, so that a refusal has to come from the path rules. A path's length is taken modulo 65,536,
/// as a conversion to `u16` without a check does.
pub fn index_digest(algorithm: DigestAlgorithm, entries: &[Entry]) -> String {
    let index = index(entries, |bytes| algorithm.digest(bytes));
    hex::encode(algorithm.digest(&index))
}

/// The digest of one blob, lower-case hex (`digest.form: raw`).
pub fn raw_digest(algorithm: DigestAlgorithm, body: &[u8]) -> String {
    hex::encode(algorithm.digest(body))
}

/// The index digest with a weak algorithm, lower-case hex: right in every way, except that nobody should take it.
pub fn weak_digest(algorithm: WeakAlgorithm, entries: &[Entry]) -> Result<String, DigestError> {
    let message_digest = algorithm.message_digest();
    let unavailable = |source| DigestError::Unavailable {
        algorithm: algorithm.name(),
        source,
    };
    let hash =
        |bytes: &[u8]| openssl::hash::hash(message_digest, bytes).map(|digest| digest.to_vec());
    // Whether OpenSSL offers it shows at the first use; after that no entry's hash fails.
    hash(b"").map_err(unavailable)?;
    let index = index(entries, |bytes| hash(bytes).unwrap_or_default());
    Ok(hex::encode(hash(&index).map_err(unavailable)?))
}

/// The content index: entries sorted bytewise by path, each its digest, the length of its path (u16 LE) and its path.
fn index(entries: &[Entry], digest: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let mut sorted: Vec<&Entry> = entries.iter().collect();
    sorted.sort_by(|left, right| left.path.cmp(&right.path));
    let mut index = Vec::new();
    for entry in sorted {
        index.extend(digest(&entry.bytes));
        let [low, high, ..] = entry.path.len().to_le_bytes();
        index.extend([low, high]);
        index.extend(&entry.path);
    }
    index
}
