use std::fmt;
use std::sync::{Arc, OnceLock};

use josekit::jwk::Jwk;
use josekit::jws::{ES256, EdDSA, JwsSigner as _, JwsVerifier};
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Public};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::es256::Es256Key;
use super::{KeyError, PublicKeyText, base64url};

/// Length of a raw signature of either algorithm in bytes.
const SIGNATURE_LENGTH: usize = 64;

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
    /// The private number of an ES256 key, ready to sign.
    es256: OnceLock<Arc<Es256Key>>,
    verifier: OnceLock<Arc<dyn JwsVerifier>>,
}

impl Key {
    /// A key from a private JWK. `alg` defaults to the kind's first name; `identity` to `owner` or
    /// `other` when the kid begins so.
    pub fn from_jwk(jwk: &Value) -> Result<Self, KeyError> {
        let members = jwk.as_object().ok_or(KeyError::NotAnObject)?;
        let text = |name: &'static str| {
            members
                .get(name)
                .and_then(Value::as_str)
                .ok_or(KeyError::Missing(name))
        };
        let kid = text("kid")?.to_owned();
        let (kty, crv) = (text("kty")?, text("crv")?);
        let (algorithm, coordinates): (_, &[&'static str]) = match (kty, crv) {
            ("EC", "P-256") => (KeyAlgorithm::Es256, &["x", "y"]),
            ("OKP", "Ed25519") => (KeyAlgorithm::Ed25519, &["x"]),
            _ => {
                return Err(KeyError::Unsupported {
                    kty: kty.to_owned(),
                    crv: crv.to_owned(),
                });
            }
        };
        let alg = match members.get("alg") {
            None => algorithm.names()[0],
            Some(alg) => algorithm
                .names()
                .iter()
                .find(|name| alg == **name)
                .ok_or_else(|| KeyError::WrongAlgorithm {
                    alg: alg.as_str().map_or_else(|| alg.to_string(), str::to_owned),
                    expected: algorithm.names().join(" or "),
                })?,
        };
        let identity = members
            .get("identity")
            .and_then(Value::as_str)
            .unwrap_or_else(|| {
                ["owner", "other"]
                    .into_iter()
                    .find(|identity| kid.starts_with(&format!("{identity}-")))
                    .unwrap_or("")
            });
        if !members.contains_key("d") {
            return Err(KeyError::NotPrivate);
        }
        // Only the members that make the key: `use`, `key_ops` and names that josekit does not know must not get in the way.
        let mut essential = Map::new();
        for name in ["kty", "crv"].iter().chain(coordinates).chain(&["d"]) {
            essential.insert((*name).to_owned(), text(name)?.into());
        }
        let identity = identity.to_owned();
        let key = Self {
            kid,
            alg: alg.to_owned(),
            algorithm,
            identity,
            jwk: Jwk::from_map(essential).map_err(|_| KeyError::Inconsistent)?,
            es256: OnceLock::new(),
            verifier: OnceLock::new(),
        };
        let proof = key.sign(b"").map_err(|_| KeyError::Inconsistent)?;
        if key.verifies(b"", &proof) {
            Ok(key)
        } else {
            Err(KeyError::Inconsistent)
        }
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
        let mut members = self.with_names();
        members.shift_remove("d");
        Value::Object(members)
    }

    /// The whole key as a JWK, for clients that have to sign.
    pub fn private_jwk(&self) -> Value {
        Value::Object(self.with_names())
    }

    /// The public key as the octets that a confused verifier takes for an HMAC secret.
    pub fn public_key_text(&self, text: PublicKeyText) -> Result<Vec<u8>, KeyError> {
        Ok(match text {
            PublicKeyText::Pem => self.public_key()?.public_key_to_pem()?,
            PublicKeyText::Der => self.public_key()?.public_key_to_der()?,
            PublicKeyText::Jwk => self.public_jwk().to_string().into_bytes(),
            PublicKeyText::Raw => {
                let mut raw = self.coordinate("x")?;
                if self.algorithm == KeyAlgorithm::Es256 {
                    raw.extend(self.coordinate("y")?);
                }
                raw
            }
        })
    }

    /// The raw signature (RFC 7518 section 3.4, RFC 8037 section 3.1) over `message`; 64 bytes. The same for the same
    /// message: ECDSA takes its nonce from key and message (RFC 6979).
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        Ok(match self.algorithm {
            KeyAlgorithm::Es256 => self.es256()?.sign(message)?,
            KeyAlgorithm::Ed25519 => EdDSA.signer_from_jwk(&self.jwk)?.sign(message)?,
        })
    }

    /// The private key of ES256, made once.
    fn es256(&self) -> Result<&Es256Key, KeyError> {
        if let Some(made) = self.es256.get() {
            return Ok(made);
        }
        let made = Es256Key::new(&self.coordinate("d")?)?.ok_or(KeyError::Inconsistent)?;
        Ok(self.es256.get_or_init(|| Arc::new(made)))
    }

    /// Whether `signature` is this key's over `message`.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        if signature.len() != SIGNATURE_LENGTH {
            return false;
        }
        self.verifier()
            .is_some_and(|verifier| verifier.verify(message, signature).is_ok())
    }

    /// The public key, made once.
    fn verifier(&self) -> Option<&dyn JwsVerifier> {
        if let Some(made) = self.verifier.get() {
            return Some(made.as_ref());
        }
        let made: Arc<dyn JwsVerifier> = match self.algorithm {
            KeyAlgorithm::Es256 => Arc::new(ES256.verifier_from_jwk(&self.jwk).ok()?),
            KeyAlgorithm::Ed25519 => Arc::new(EdDSA.verifier_from_jwk(&self.jwk).ok()?),
        };
        Some(self.verifier.get_or_init(|| made).as_ref())
    }

    /// All members, with `kid`, `alg`, `use` and `identity` first.
    fn with_names(&self) -> Map<String, Value> {
        let mut members = Map::new();
        members.insert("kid".to_owned(), self.kid.clone().into());
        members.insert("alg".to_owned(), self.alg.clone().into());
        members.insert("use".to_owned(), "sig".into());
        if !self.identity.is_empty() {
            members.insert("identity".to_owned(), self.identity.clone().into());
        }
        members.extend(self.jwk.as_ref().clone());
        members
    }

    fn public_key(&self) -> Result<PKey<Public>, KeyError> {
        let x = self.coordinate("x")?;
        Ok(match self.algorithm {
            KeyAlgorithm::Es256 => {
                let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
                let (x, y) = (
                    BigNum::from_slice(&x)?,
                    BigNum::from_slice(&self.coordinate("y")?)?,
                );
                PKey::from_ec_key(EcKey::from_public_key_affine_coordinates(&group, &x, &y)?)?
            }
            KeyAlgorithm::Ed25519 => PKey::public_key_from_raw_bytes(&x, Id::ED25519)?,
        })
    }

    /// Octets of a coordinate, or of the private number.
    fn coordinate(&self, name: &'static str) -> Result<Vec<u8>, KeyError> {
        let text = self
            .jwk
            .parameter(name)
            .and_then(Value::as_str)
            .ok_or(KeyError::Missing(name))?;
        base64url::decode(text).map_err(|_| KeyError::Inconsistent)
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
