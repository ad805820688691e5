//! Public keys of publishers.

use std::sync::{Arc, OnceLock};

use josekit::{
    jwk::Jwk,
    jws::{ES256, EdDSA, JwsVerifier},
};
use serde_json::{Map, Value};

use super::{KeyStoreError, SignaturePolicy};
use crate::json;

/// Algorithm of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyAlgorithm {
    /// ECDSA with P-256 and SHA-256 (RFC 7518); a signature is 64 octets, R and S.
    Es256,
    /// Ed25519 (RFC 8037); a signature is 64 octets.
    Ed25519,
}

impl KeyAlgorithm {
    /// Octets of a signature.
    pub(super) const SIGNATURE_LENGTH: usize = 64;

    fn from_name(name: &str) -> Option<Self> {
        match name {
            "ES256" => Some(Self::Es256),
            "EdDSA" | "Ed25519" => Some(Self::Ed25519),
            _ => None,
        }
    }

    /// Whether the `alg` of a header is this algorithm.
    pub(super) fn is_named(self, alg: &str, policy: &SignaturePolicy) -> bool {
        match self {
            Self::Es256 => alg == "ES256",
            Self::Ed25519 => {
                !policy.lacks_ed25519 && policy.ed25519_names.iter().any(|name| name == alg)
            }
        }
    }
}

/// A publisher's public key.
#[derive(Debug, Clone)]
pub struct Key {
    /// Key id, unique in a store.
    pub kid: String,
    /// The one algorithm it is used with.
    pub algorithm: KeyAlgorithm,
    /// The identity whose key it is (`owner`, `other`).
    pub identity: String,
    /// Made when it is first needed, where the key is known to be good: that loads OpenSSL.
    verifier: Arc<OnceLock<Arc<dyn JwsVerifier>>>,
    jwk: Map<String, Value>,
}

impl Key {
    fn from_jwk(jwk: &Map<String, Value>) -> Result<Self, KeyStoreError> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str).map(str::to_owned);
        let kid = text("kid").unwrap_or_default();
        let error = |reason: String| KeyStoreError::Key {
            kid: kid.clone(),
            reason,
        };
        let missing = |name: &str| error(format!("it has no {name}"));
        if kid.is_empty() {
            return Err(missing("kid"));
        }
        let alg = text("alg").ok_or_else(|| missing("alg"))?;
        let algorithm = KeyAlgorithm::from_name(&alg)
            .ok_or_else(|| error(format!("its algorithm {alg:?} is not supported")))?;
        let identity = text("identity").ok_or_else(|| missing("identity"))?;
        if text("use").is_some_and(|purpose| purpose != "sig") {
            return Err(error("it is not for signatures".to_owned()));
        }
        Ok(Self {
            kid: kid.clone(),
            algorithm,
            identity,
            verifier: Arc::default(),
            jwk: public_members(jwk),
        })
    }

    /// Whether it is a key at all.
    fn checked(self) -> Result<Self, KeyStoreError> {
        let verifier = verifier_of(&self.jwk, self.algorithm);
        let verifier = verifier.map_err(|reason| KeyStoreError::Key {
            kid: self.kid.clone(),
            reason,
        })?;
        Ok(Self {
            verifier: Arc::new(OnceLock::from(verifier)),
            ..self
        })
    }

    /// A key that came with the document that it is to verify.
    pub(super) fn embedded(jwk: &Value, alg: &str) -> Option<Self> {
        let mut members = jwk.as_object()?.clone();
        for (name, value) in [("kid", "embedded"), ("alg", alg), ("identity", "")] {
            members.insert(name.to_owned(), value.into());
        }
        Self::from_jwk(&members).ok()?.checked().ok()
    }

    /// Whether this is the key's signature of the message.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        if signature.len() != KeyAlgorithm::SIGNATURE_LENGTH {
            return false;
        }
        let verifier = match self.verifier.get() {
            Some(verifier) => verifier,
            None => match verifier_of(&self.jwk, self.algorithm) {
                Ok(verifier) => self.verifier.get_or_init(|| verifier),
                Err(_) => return false,
            },
        };
        verifier.verify(message, signature).is_ok()
    }

    /// `kty`, `crv`, `x`, `y`.
    pub(super) fn public_jwk(&self) -> &Map<String, Value> {
        &self.jwk
    }
}

/// josekit refuses the algorithm name `Ed25519`, so it is given the key's material only.
fn public_members(jwk: &Map<String, Value>) -> Map<String, Value> {
    ["kty", "crv", "x", "y"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), jwk.get(name)?.clone())))
        .collect()
}

fn verifier_of(
    jwk: &Map<String, Value>,
    algorithm: KeyAlgorithm,
) -> Result<Arc<dyn JwsVerifier>, String> {
    let material = Jwk::from_map(public_members(jwk)).map_err(|error| error.to_string())?;
    let verifier: Result<Arc<dyn JwsVerifier>, _> = match algorithm {
        KeyAlgorithm::Es256 => ES256
            .verifier_from_jwk(&material)
            .map(|verifier| Arc::new(verifier) as _),
        // EdDSA is Ed448's name too.
        KeyAlgorithm::Ed25519 if jwk.get("crv").and_then(Value::as_str) != Some("Ed25519") => {
            return Err("its curve is not Ed25519".to_owned());
        }
        KeyAlgorithm::Ed25519 => EdDSA
            .verifier_from_jwk(&material)
            .map(|verifier| Arc::new(verifier) as _),
    };
    verifier.map_err(|error| error.to_string())
}

/// Keys that are trusted for some publisher, by `kid`.
#[derive(Debug, Clone, Default)]
pub struct KeyStore {
    keys: Vec<Key>,
}

impl KeyStore {
    /// Reads a JWKS (RFC 7517) of public keys, each with `kid`, `alg` (`ES256`, `EdDSA` or `Ed25519`) and `identity`.
    pub fn from_jwks(bytes: &[u8]) -> Result<Self, KeyStoreError> {
        let keys = Self::unchecked(bytes)?.keys.into_iter().map(Key::checked);
        Ok(Self {
            keys: keys.collect::<Result<_, _>>()?,
        })
    }

    /// The same of keys that are known to be good, which are loaded when one is first needed.
    pub(crate) fn unchecked(bytes: &[u8]) -> Result<Self, KeyStoreError> {
        let value = json::parse_strict(bytes)
            .map_err(|error| KeyStoreError::Malformed(error.to_string()))?;
        let Some(Value::Array(jwks)) = value.get("keys") else {
            return Err(KeyStoreError::Malformed(
                "it has no array of keys".to_owned(),
            ));
        };
        let mut keys: Vec<Key> = Vec::new();
        for jwk in jwks {
            let Value::Object(jwk) = jwk else {
                return Err(KeyStoreError::Malformed(
                    "a key is not an object".to_owned(),
                ));
            };
            let key = Key::from_jwk(jwk)?;
            if keys.iter().any(|known| known.kid == key.kid) {
                return Err(KeyStoreError::Key {
                    kid: key.kid,
                    reason: "it stands twice".to_owned(),
                });
            }
            keys.push(key);
        }
        Ok(Self { keys })
    }

    /// The key of that id.
    pub fn get(&self, kid: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.kid == kid)
    }

    /// All keys, in the order given.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter()
    }
}
