use std::fmt;

use josekit::jwk::Jwk;
use josekit::jws::{JwsSigner, JwsVerifier};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{KeyError, PublicKeyText};

/// The kinds of keys that the profile knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KeyAlgorithm {
    /// ECDSA on P-256 with SHA-256 (RFC 7518 section 3.4).
    Es256,
    /// Ed25519 (RFC 8037 as `EdDSA`, RFC 9864 as `Ed25519`).
    Ed25519,
}

impl KeyAlgorithm {
    /// Names in an `alg` member that this kind of key goes by.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Self::Es256 => &["ES256"],
            Self::Ed25519 => &["EdDSA", "Ed25519"],
        }
    }
}

/// A private key with what a registry has to know of it. `Debug` shows no private member.
#[derive(Clone)]
pub struct Key {
    pub(super) kid: String,
    pub(super) alg: String,
    pub(super) algorithm: KeyAlgorithm,
    pub(super) identity: String,
    pub(super) jwk: Jwk,
}

impl Key {
    /// A key that nobody knows.
    pub fn generate(kid: &str, algorithm: KeyAlgorithm) -> Result<Self, KeyError> {
        todo!()
    }

    /// A key from a private JWK. `alg` defaults to the kind's first name; `identity` to `owner` or
    /// `other` when the kid begins so.
    pub fn from_jwk(jwk: &Value) -> Result<Self, KeyError> {
        todo!()
    }

    /// Key ID, as in a protected header.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The name of its algorithm in a protected header: what the JWK's `alg` says.
    pub fn alg(&self) -> &str {
        &self.alg
    }

    /// Its kind.
    pub fn algorithm(&self) -> KeyAlgorithm {
        self.algorithm
    }

    /// Whose key it is: `owner`, `other`, or empty for nobody's.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// The public JWK, with `kid`, `alg`, `use` and (if any) `identity`, and with no private member.
    pub fn public_jwk(&self) -> Value {
        todo!()
    }

    /// The whole key as a JWK, for clients that have to sign.
    pub fn private_jwk(&self) -> Value {
        todo!()
    }

    /// The public key as the octets that a confused verifier takes for an HMAC secret.
    pub fn public_key_text(&self, text: PublicKeyText) -> Result<Vec<u8>, KeyError> {
        todo!()
    }

    /// The raw signature (RFC 7518 section 3.4, RFC 8037 section 3.1) over `message`; 64 bytes.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        todo!()
    }

    /// Whether `signature` is this key's over `message`.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        todo!()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Key")
            .field("kid", &self.kid)
            .field("alg", &self.alg)
            .field("identity", &self.identity)
            .finish_non_exhaustive()
    }
}
