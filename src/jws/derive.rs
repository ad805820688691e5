//! Keys that nobody knows, the same in every run that signs the same with them.

use openssl::pkey::{Id, PKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::es256::Es256Key;
use super::{Key, KeyAlgorithm, KeyError, base64url};

impl Key {
    /// A key that no registry trusts, made from `material`: whoever repeats a run (`--seed`) gets the same one.
    pub fn derived(kid: &str, algorithm: KeyAlgorithm, material: &[u8]) -> Result<Self, KeyError> {
        let mut private = Sha256::new()
            .chain_update(b"registry-conformance: a key that nobody knows\0")
            .chain_update(algorithm.names()[0])
            .chain_update([0])
            .chain_update(kid)
            .chain_update([0])
            .chain_update(material)
            .finalize();
        let mut jwk = match algorithm {
            KeyAlgorithm::Ed25519 => {
                let public =
                    PKey::private_key_from_raw_bytes(&private, Id::ED25519)?.raw_public_key()?;
                json!({"kty": "OKP", "crv": "Ed25519", "x": base64url::encode(&public)})
            }
            KeyAlgorithm::Es256 => {
                // One number in 2^32 is beyond the order of P-256.
                let key = loop {
                    match Es256Key::new(&private)? {
                        Some(key) => break key,
                        None => private = Sha256::digest(private),
                    }
                };
                let (x, y) = key.public()?;
                json!({"kty": "EC", "crv": "P-256", "x": base64url::encode(&x), "y": base64url::encode(&y)})
            }
        };
        jwk["kid"] = Value::from(kid);
        jwk["d"] = Value::from(base64url::encode(&private));
        Self::from_jwk(&jwk)
    }
}
