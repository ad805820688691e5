//! The `contentDigest` member of a manifest.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{Digest, DigestAlgorithm, DigestComparison, DigestPolicy};

/// The parsed `contentDigest` of a manifest: those members that the registry verifies, in the order given.
///
/// The members that it does not know stay in the manifest itself, which is kept whole (DIG-4, DIG-5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentDigest {
    expected: Expected,
}

/// What content must hash to. Of a hundred thousand manifests nearly all have one SHA-256, whose text takes more than twice its octets.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Expected {
    /// One SHA-256.
    Sha256([u8; 32]),
    /// Whatever else, in the manifest's order.
    Texts(Vec<(DigestAlgorithm, Box<str>)>),
}

impl ContentDigest {
    /// Parses and checks the member's value (CRE-8, CRE-9). Algorithms that are not in `supported`
    /// may stand beside a supported one (DIG-5); only that their values are strings is looked at.
    pub fn parse(
        value: &Map<String, Value>,
        supported: &[DigestAlgorithm],
        policy: &DigestPolicy,
    ) -> Result<Self, ContentDigestError> {
        let mut expected: Vec<(DigestAlgorithm, Box<str>)> = Vec::new();
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
            expected.push((algorithm, hex.as_str().into()));
        }
        if expected.is_empty() && !policy.accepts_unsupported_only {
            return Err(ContentDigestError::NoSupportedAlgorithm);
        }
        expected.shrink_to_fit();
        Ok(Self {
            expected: Expected::of(expected),
        })
    }

    /// Algorithms and what the manifest says of them, in its order.
    fn texts(&self) -> Vec<(DigestAlgorithm, Cow<'_, str>)> {
        match &self.expected {
            Expected::Sha256(octets) => {
                vec![(DigestAlgorithm::Sha256, hex::encode(octets).into())]
            }
            Expected::Texts(texts) => texts
                .iter()
                .map(|(algorithm, hex)| (*algorithm, Cow::from(&**hex)))
                .collect(),
        }
    }

    /// The supported algorithms, in the manifest's order: what content has to be hashed with.
    pub fn algorithms(&self) -> Vec<DigestAlgorithm> {
        match &self.expected {
            Expected::Sha256(_) => vec![DigestAlgorithm::Sha256],
            Expected::Texts(texts) => texts.iter().map(|(algorithm, _)| *algorithm).collect(),
        }
    }

    /// The hex that the manifest has for an algorithm.
    pub fn get(&self, algorithm: DigestAlgorithm) -> Option<Cow<'_, str>> {
        self.texts()
            .into_iter()
            .find(|(given, _)| *given == algorithm)
            .map(|(_, hex)| hex)
    }

    /// Compares with what was computed: every supported digest must match (DIG-2, DIG-3).
    pub fn verify(&self, computed: &[Digest], policy: &DigestPolicy) -> Result<(), DigestMismatch> {
        let texts = self.texts();
        let compare = |(algorithm, expected): &(DigestAlgorithm, Cow<'_, str>)| {
            compare_one(*algorithm, expected, computed, policy.comparison)
        };
        match policy.comparison {
            DigestComparison::Nothing => Ok(()),
            DigestComparison::Every | DigestComparison::Prefix => {
                texts.iter().try_for_each(compare)
            }
            DigestComparison::FirstOnly => texts.first().map_or(Ok(()), compare),
            DigestComparison::LastOnly => texts.last().map_or(Ok(()), compare),
            DigestComparison::AnySuffices => {
                let mut outcomes = texts.iter().map(compare);
                let first = outcomes.next().unwrap_or(Ok(()));
                outcomes.fold(first, Result::or)
            }
            DigestComparison::Sha256Only => texts
                .iter()
                .filter(|(algorithm, _)| *algorithm == DigestAlgorithm::Sha256)
                .try_for_each(compare),
        }
    }
}

impl Expected {
    fn of(texts: Vec<(DigestAlgorithm, Box<str>)>) -> Self {
        let mut octets = [0; 32];
        match &*texts {
            [(DigestAlgorithm::Sha256, hex)]
                if DigestAlgorithm::Sha256.is_well_formed(hex)
                    && hex::decode_to_slice(&**hex, &mut octets).is_ok() =>
            {
                Self::Sha256(octets)
            }
            _ => Self::Texts(texts),
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parsed(value: &Value, policy: &DigestPolicy) -> Result<ContentDigest, ContentDigestError> {
        ContentDigest::parse(value.as_object().unwrap(), &DigestAlgorithm::ALL, policy)
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
        assert_eq!(
            kept.get(DigestAlgorithm::Sha256).as_deref(),
            Some(good.as_str())
        );
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
