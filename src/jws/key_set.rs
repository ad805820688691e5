use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{Key, KeyAlgorithm};
use crate::bounded_file;

/// The largest file of keys that is read, in octets.
const MAX_FILE: u64 = 1024 * 1024;

const TEST_KEYS: &str = include_str!("test-keys.jwks");

/// What is wrong with one key. Never shows a private member.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The JWK is not a JSON object.
    #[error("failed to read the key: it is not a JSON object")]
    NotAnObject,
    /// A member is missing or not a string.
    #[error("failed to read the key: it has no {0:?} (a string)")]
    Missing(&'static str),
    /// Public keys can not sign.
    #[error(
        "failed to read the key: it has no private member \"d\"; the suite has to sign with it"
    )]
    NotPrivate,
    /// Neither P-256 nor Ed25519.
    #[error(
        "failed to read the key: kty {kty:?} with crv {crv:?} is not supported; EC with P-256 and OKP with Ed25519 are"
    )]
    Unsupported {
        /// The `kty` member.
        kty: String,
        /// The `crv` member.
        crv: String,
    },
    /// `alg` is not the key's.
    #[error("failed to read the key: alg {alg:?} does not fit the key; {expected} does")]
    WrongAlgorithm {
        /// The `alg` member.
        alg: String,
        /// The names that fit.
        expected: String,
    },
    /// The private and the public half belong to different keys, or are no key.
    #[error("failed to read the key: its private and public members do not belong together")]
    Inconsistent,
    /// The cryptographic library refuses.
    #[error("failed to use the key")]
    Crypto(#[from] josekit::JoseError),
    /// OpenSSL refuses.
    #[error("failed to use the key")]
    OpenSsl(#[from] openssl::error::ErrorStack),
}

/// A key set could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum KeySetError {
    /// The file can not be read.
    #[error("failed to read the keys from {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not JSON.
    #[error("failed to read the keys from {path}: it is not JSON (line {line}, column {column})")]
    NotJson {
        /// The file.
        path: PathBuf,
        /// Line of the error, from 1.
        line: usize,
        /// Column of the error, from 1.
        column: usize,
    },
    /// The document is not a JWK Set (RFC 7517 section 5).
    #[error("failed to read the keys: there is no array \"keys\" with at least one key")]
    NotASet,
    /// One key is wrong.
    #[error("failed to read key {index}{}", kid.as_ref().map(|kid| format!(" ({kid:?})")).unwrap_or_default())]
    Key {
        /// Its place in the array, from 0.
        index: usize,
        /// Its kid, if it has one.
        kid: Option<String>,
        /// What is wrong.
        source: KeyError,
    },
    /// Two keys go by one name.
    #[error("failed to read the keys: the kid {kid:?} is there twice")]
    DuplicateKid {
        /// The name.
        kid: String,
    },
}

/// The private keys that the suite signs with, in their order.
#[derive(Debug, Clone, Default)]
pub struct KeySet {
    keys: Vec<Key>,
    /// What the algorithm of Ed25519 keys is called, where no key says so.
    ed25519_name: Option<String>,
}

impl KeySet {
    /// The test keys that are part of the suite, public on purpose: `owner-es256`, `owner-ed25519`, `other-es256`,
    /// `other-ed25519`.
    ///
    /// # Panics
    ///
    /// When the file inside of the program is broken, which a test finds.
    pub fn built_in() -> Self {
        let document = serde_json::from_str(TEST_KEYS).expect("the built-in keys are JSON");
        Self::from_jwks(&document).expect("the built-in keys are keys")
    }

    /// Private keys from a JWK Set file.
    pub fn load(path: &Path) -> Result<Self, KeySetError> {
        let text = bounded_file::read(path, MAX_FILE).map_err(|source| KeySetError::Read {
            path: path.to_owned(),
            source,
        })?;
        let document = serde_json::from_slice(&text).map_err(|error| KeySetError::NotJson {
            path: path.to_owned(),
            line: error.line(),
            column: error.column(),
        })?;
        Self::from_jwks(&document)
    }

    /// Private keys from a JWK Set document.
    pub fn from_jwks(document: &Value) -> Result<Self, KeySetError> {
        let jwks = document
            .get("keys")
            .and_then(Value::as_array)
            .filter(|keys| !keys.is_empty());
        let mut keys: Vec<Key> = Vec::new();
        for (index, jwk) in jwks.ok_or(KeySetError::NotASet)?.iter().enumerate() {
            let kid = jwk.get("kid").and_then(Value::as_str).map(str::to_owned);
            let key =
                Key::from_jwk(jwk).map_err(|source| KeySetError::Key { index, kid, source })?;
            if keys.iter().any(|known| known.kid() == key.kid()) {
                return Err(KeySetError::DuplicateKid {
                    kid: key.kid().to_owned(),
                });
            }
            keys.push(key);
        }
        Ok(Self {
            keys,
            ed25519_name: None,
        })
    }

    /// The same keys for a registry that knows the algorithm of Ed25519 keys by these names (`jws.ed25519`): a key whose
    /// own name is none of them goes by the first.
    #[must_use]
    pub fn with_ed25519_names(mut self, names: &[String]) -> Self {
        let Some(first) = names.first() else {
            return self;
        };
        for key in &mut self.keys {
            if key.algorithm == KeyAlgorithm::Ed25519 && !names.contains(&key.alg) {
                key.alg.clone_from(first);
            }
        }
        self.ed25519_name = Some(first.clone());
        self
    }

    /// A key that no registry trusts, made from `material`; its algorithm goes by a name that the registry knows.
    pub(super) fn unknown(
        &self,
        kid: &str,
        algorithm: KeyAlgorithm,
        material: &[u8],
    ) -> Result<Key, KeyError> {
        let mut key = Key::derived(kid, algorithm, material)?;
        if let (KeyAlgorithm::Ed25519, Some(name)) = (algorithm, &self.ed25519_name) {
            key.alg.clone_from(name);
        }
        Ok(key)
    }

    /// The key with this kid.
    pub fn get(&self, kid: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.kid() == kid)
    }

    /// The first key of an identity with this algorithm.
    pub fn of_identity(&self, identity: &str, algorithm: KeyAlgorithm) -> Option<&Key> {
        self.keys
            .iter()
            .find(|key| key.identity() == identity && key.algorithm() == algorithm)
    }

    /// All keys, in their order.
    pub fn iter(&self) -> std::slice::Iter<'_, Key> {
        self.keys.iter()
    }

    /// Only the keys of one identity.
    #[must_use]
    pub fn only_identity(&self, identity: &str) -> Self {
        Self {
            keys: self
                .keys
                .iter()
                .filter(|key| key.identity() == identity)
                .cloned()
                .collect(),
            ed25519_name: self.ed25519_name.clone(),
        }
    }

    /// The JWK Set to install in a registry: `{"keys": [...]}` with `kid`, `alg` and `identity`, and no private member.
    pub fn public_jwks(&self) -> Value {
        json!({ "keys": self.keys.iter().map(Key::public_jwk).collect::<Vec<_>>() })
    }
}

impl<'a> IntoIterator for &'a KeySet {
    type Item = &'a Key;
    type IntoIter = std::slice::Iter<'a, Key>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
