//! Digest algorithms and the `contentDigest` member of a manifest (section 2 of the profile).

use std::fmt;

use serde_json::{Map, Value};
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
                octets: state.finalize().to_vec(),
            },
            HashState::Sha512(state) => Digest {
                algorithm: DigestAlgorithm::Sha512,
                octets: state.finalize().to_vec(),
            },
        }
    }
}

/// A computed digest; displays as lower-case hex.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Digest {
    algorithm: DigestAlgorithm,
    octets: Vec<u8>,
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

/// The parsed `contentDigest` of a manifest: those members that the registry verifies, in the order given.
///
/// The members that it does not know stay in the manifest itself, which is kept whole (DIG-4, DIG-5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentDigest {
    expected: Vec<(DigestAlgorithm, String)>,
}

impl ContentDigest {
    /// Parses and checks the member's value (CRE-8, CRE-9). Algorithms that are not in `supported`
    /// may stand beside a supported one (DIG-5); only that their values are strings is looked at.
    pub fn parse(
        value: &Map<String, Value>,
        supported: &[DigestAlgorithm],
        policy: &DigestPolicy,
    ) -> Result<Self, ContentDigestError> {
        let mut expected = Vec::new();
        for (name, hex) in value {
            let Value::String(hex) = hex else {
                return Err(ContentDigestError::NotAString {
                    algorithm: name.clone(),
                });
            };
            let algorithm = DigestAlgorithm::from_name(name);
            let Some(algorithm) = algorithm.filter(|algorithm| supported.contains(algorithm))
            else {
                continue;
            };
            if !algorithm.is_well_formed(hex) && !policy.accepts_any_form {
                return Err(ContentDigestError::InvalidDigest {
                    algorithm: name.clone(),
                    expected_length: algorithm.hex_length(),
                });
            }
            expected.push((algorithm, hex.clone()));
        }
        if expected.is_empty() && !policy.accepts_unsupported_only {
            return Err(ContentDigestError::NoSupportedAlgorithm);
        }
        Ok(Self { expected })
    }

    /// The supported algorithms, in the manifest's order: what content has to be hashed with.
    pub fn algorithms(&self) -> Vec<DigestAlgorithm> {
        self.expected
            .iter()
            .map(|(algorithm, _)| *algorithm)
            .collect()
    }

    /// The hex that the manifest has for an algorithm.
    pub fn get(&self, algorithm: DigestAlgorithm) -> Option<&str> {
        self.expected
            .iter()
            .find(|(given, _)| *given == algorithm)
            .map(|(_, hex)| hex.as_str())
    }

    /// Compares with what was computed: every supported digest must match (DIG-2, DIG-3).
    pub fn verify(&self, computed: &[Digest], policy: &DigestPolicy) -> Result<(), DigestMismatch> {
        let compare = |(algorithm, expected): &(DigestAlgorithm, String)| {
            compare_one(*algorithm, expected, computed, policy.comparison)
        };
        match policy.comparison {
            DigestComparison::Nothing => Ok(()),
            DigestComparison::Every | DigestComparison::Prefix => {
                self.expected.iter().try_for_each(compare)
            }
            DigestComparison::FirstOnly => self.expected.first().map_or(Ok(()), compare),
            DigestComparison::LastOnly => self.expected.last().map_or(Ok(()), compare),
            DigestComparison::AnySuffices => {
                let mut outcomes = self.expected.iter().map(compare);
                let first = outcomes.next().unwrap_or(Ok(()));
                outcomes.fold(first, Result::or)
            }
            DigestComparison::Sha256Only => self
                .expected
                .iter()
                .filter(|(algorithm, _)| *algorithm == DigestAlgorithm::Sha256)
                .try_for_each(compare),
        }
    }
}

fn compare_one(
    algorithm: DigestAlgorithm,
    expected: &str,
    computed: &[Digest],
    comparison: DigestComparison,
) -> Result<(), DigestMismatch> {
    let actual = computed
        .iter()
        .find(|digest| digest.algorithm() == algorithm)
        .map(Digest::to_hex);
    let matches = actual.as_deref().is_some_and(|actual| match comparison {
        DigestComparison::Prefix => expected.get(..8) == actual.get(..8),
        _ => actual == expected,
    });
    if matches {
        return Ok(());
    }
    Err(DigestMismatch {
        algorithm: algorithm.name().to_owned(),
        expected: expected.to_owned(),
        actual: actual.unwrap_or_else(|| "nothing".to_owned()),
    })
}

/// Why a `contentDigest` is refused at create.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContentDigestError {
    /// Empty, or only unknown or weak algorithms: `unsupported-digest-algorithm`.
    #[error("failed to find a supported digest algorithm in contentDigest")]
    NoSupportedAlgorithm,
    /// Not lower-case hex of the algorithm's length: `invalid-digest`.
    #[error(
        "failed to read the {algorithm} digest: it is not {expected_length} lower-case hex digits"
    )]
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

impl ContentDigestError {
    /// The problem name (section 3, ERR).
    pub fn problem(&self) -> &'static str {
        match self {
            Self::NoSupportedAlgorithm => "unsupported-digest-algorithm",
            Self::InvalidDigest { .. } => "invalid-digest",
            Self::NotAString { .. } => "malformed-manifest",
        }
    }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parsed(value: &Value, policy: &DigestPolicy) -> Result<ContentDigest, ContentDigestError> {
        ContentDigest::parse(value.as_object().unwrap(), &DigestAlgorithm::ALL, policy)
    }

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

    #[test]
    fn content_digests_are_checked() {
        let good = DigestAlgorithm::Sha256.digest(b"x").to_hex();
        let table = [
            (json!({}), "unsupported-digest-algorithm"),
            (
                json!({"md5": "0".repeat(32)}),
                "unsupported-digest-algorithm",
            ),
            (json!({"blake3": good}), "unsupported-digest-algorithm"),
            (json!({"sha256": good[1..]}), "invalid-digest"),
            (json!({"sha256": format!("{good}0")}), "invalid-digest"),
            (json!({"sha256": good.to_uppercase()}), "invalid-digest"),
            (json!({"sha256": "g".repeat(64)}), "invalid-digest"),
            (json!({"sha256": good, "sha512": good}), "invalid-digest"),
            (json!({"sha256": 1}), "malformed-manifest"),
            (
                json!({"sha256": good, "blake3": null}),
                "malformed-manifest",
            ),
        ];
        for (value, problem) in table {
            let error = parsed(&value, &DigestPolicy::default()).unwrap_err();
            assert_eq!(error.problem(), problem, "{value}");
        }
        let kept = parsed(
            &json!({"blake3": "00", "sha256": good}),
            &DigestPolicy::default(),
        );
        let kept = kept.unwrap();
        assert_eq!(kept.algorithms(), [DigestAlgorithm::Sha256]);
        assert_eq!(kept.get(DigestAlgorithm::Sha256), Some(good.as_str()));
    }

    #[test]
    fn an_unsupported_sha512_is_only_kept() {
        let value = json!({"sha512": "x", "sha256": "0".repeat(64)});
        let parsed = ContentDigest::parse(
            value.as_object().unwrap(),
            &[DigestAlgorithm::Sha256],
            &DigestPolicy::default(),
        );
        assert_eq!(parsed.unwrap().algorithms(), [DigestAlgorithm::Sha256]);
    }

    #[test]
    fn comparisons_differ_in_what_they_overlook() {
        use DigestComparison::{
            AnySuffices, Every, FirstOnly, LastOnly, Nothing, Prefix, Sha256Only,
        };
        let computed = DigestAlgorithm::ALL.map(|algorithm| algorithm.digest(b"right"));
        let [right256, right512] = computed.clone().map(|digest| digest.to_hex());
        let [wrong256, wrong512] =
            DigestAlgorithm::ALL.map(|algorithm| algorithm.digest(b"wrong").to_hex());
        let near256 = format!("{}{}", &right256[..8], &wrong256[8..]);

        let table = [
            (
                json!({"sha256": right256, "sha512": right512}),
                vec![
                    Every,
                    FirstOnly,
                    LastOnly,
                    AnySuffices,
                    Sha256Only,
                    Prefix,
                    Nothing,
                ],
            ),
            (
                json!({"sha256": right256, "sha512": wrong512}),
                vec![FirstOnly, AnySuffices, Sha256Only, Nothing],
            ),
            (
                json!({"sha256": wrong256, "sha512": right512}),
                vec![LastOnly, AnySuffices, Nothing],
            ),
            (
                json!({"sha512": wrong512, "sha256": right256}),
                vec![LastOnly, AnySuffices, Sha256Only, Nothing],
            ),
            (json!({"sha256": wrong256}), vec![Nothing]),
            (json!({"sha512": wrong512}), vec![Sha256Only, Nothing]),
            (json!({"sha256": near256}), vec![Prefix, Nothing]),
        ];
        for (value, accepting) in table {
            for comparison in [
                Every,
                FirstOnly,
                LastOnly,
                AnySuffices,
                Sha256Only,
                Prefix,
                Nothing,
            ] {
                let policy = DigestPolicy {
                    comparison,
                    ..DigestPolicy::default()
                };
                let outcome = parsed(&value, &policy).unwrap().verify(&computed, &policy);
                assert_eq!(
                    outcome.is_ok(),
                    accepting.contains(&comparison),
                    "{value} {comparison:?}"
                );
            }
        }
    }

    #[test]
    fn content_that_was_not_hashed_never_matches() {
        let digest = parsed(
            &json!({"sha512": "0".repeat(128)}),
            &DigestPolicy::default(),
        )
        .unwrap();
        let mismatch = digest
            .verify(
                &[DigestAlgorithm::Sha256.digest(b"")],
                &DigestPolicy::default(),
            )
            .unwrap_err();
        assert_eq!(mismatch.actual, "nothing");
    }
}
