//! Digest algorithms, and digests that were computed.

use std::fmt;

use sha2::{Digest as _, Sha256, Sha512};

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
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    /// The algorithm of that exact name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
    }

    /// Hex digits of a digest: 64, 128.
    pub fn hex_length(self) -> usize {
        match self {
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }

    /// Hashes everything at once.
    pub fn digest(self, bytes: &[u8]) -> Digest {
        let mut hasher = self.hasher();
        hasher.update(bytes);
        hasher.finish()
    }

    /// Starts an incremental hash.
    pub fn hasher(self) -> Hasher {
        Hasher(match self {
            Self::Sha256 => HashState::Sha256(Sha256::new()),
            Self::Sha512 => HashState::Sha512(Sha512::new()),
        })
    }

    /// Whether the text is lower-case hex of this algorithm's length (CRE-9).
    pub fn is_well_formed(self, hex: &str) -> bool {
        hex.len() == self.hex_length()
            && hex
                .bytes()
                .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
    }
}

/// Whether the name is a known but weak algorithm (`md5`, `sha1` and their spellings).
pub fn is_known_weak(name: &str) -> bool {
    ["md4", "md5", "sha", "sha1", "sha-1"]
        .iter()
        .any(|weak| name.eq_ignore_ascii_case(weak))
}

/// A hash in progress.
#[derive(Debug, Clone)]
pub struct Hasher(HashState);

#[derive(Debug, Clone)]
enum HashState {
    Sha256(Sha256),
    Sha512(Sha512),
}

impl Hasher {
    /// Hashes further bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            HashState::Sha256(state) => state.update(bytes),
            HashState::Sha512(state) => state.update(bytes),
        }
    }

    /// The digest of all bytes given.
    pub fn finish(self) -> Digest {
        match self.0 {
            HashState::Sha256(state) => Digest {
                algorithm: DigestAlgorithm::Sha256,
                octets: state.finalize().as_slice().into(),
            },
            HashState::Sha512(state) => Digest {
                algorithm: DigestAlgorithm::Sha512,
                octets: state.finalize().as_slice().into(),
            },
        }
    }
}

impl Digest {
    /// A SHA-256 that was computed elsewhere.
    pub(crate) fn of_sha256(octets: [u8; 32]) -> Self {
        Self {
            algorithm: DigestAlgorithm::Sha256,
            octets: octets.into(),
        }
    }
}

/// A computed digest; displays as lower-case hex.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Digest {
    algorithm: DigestAlgorithm,
    octets: Box<[u8]>,
}

impl Digest {
    /// The algorithm it was made with.
    pub fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// The raw octets (32 or 64).
    pub fn as_bytes(&self) -> &[u8] {
        &self.octets
    }

    /// Lower-case hex.
    pub fn to_hex(&self) -> String {
        hex::encode(&self.octets)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn algorithms_give_the_standard_values() {
        let known = [
            (
                DigestAlgorithm::Sha256,
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            ),
            (
                DigestAlgorithm::Sha512,
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
                 2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            ),
        ];
        for (algorithm, hex) in known {
            assert_eq!(algorithm.digest(b"abc").to_hex(), hex);
            assert!(algorithm.is_well_formed(hex));
            assert_eq!(
                DigestAlgorithm::from_name(algorithm.name()),
                Some(algorithm)
            );
            let mut hasher = algorithm.hasher();
            hasher.update(b"a");
            hasher.update(b"bc");
            assert_eq!(hasher.finish().to_string(), hex);
        }
    }

    #[test]
    fn only_exact_names_are_known() {
        for name in ["SHA256", "sha-256", "md5", "sha1", ""] {
            assert_eq!(DigestAlgorithm::from_name(name), None, "{name}");
        }
        assert!(is_known_weak("md5") && is_known_weak("SHA-1"));
        assert!(!is_known_weak("sha256") && !is_known_weak("blake3"));
    }
}
