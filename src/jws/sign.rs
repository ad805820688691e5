use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    HeaderEdit, KeyAlgorithm, KeyError, KeySet, PayloadTamper, PublicKeyText, Tamper, entry,
};

/// The two JSON serializations of RFC 7515 section 7.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// `payload` and an array `signatures`.
    #[default]
    General,
    /// `payload`, `protected`, `header` and `signature` side by side; exactly one signature.
    Flattened,
}

/// The key that signs, and the name it goes by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KeyRef {
    /// A key of the key set, by its kid.
    Kid(String),
    /// A key that nobody knows, made for this payload.
    Unknown {
        /// Its kind.
        #[serde(rename = "type")]
        algorithm: KeyAlgorithm,
        /// The kid it claims: none for a name that nobody knows; a trusted key's for an impostor.
        #[serde(default)]
        kid: Option<String>,
    },
}

/// What makes the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SignAs {
    /// The key itself.
    #[default]
    Key,
    /// HMAC with SHA-256, keyed with the public key's text; `alg` becomes `HS256`.
    HmacWithPublicKey(PublicKeyText),
    /// HMAC with SHA-256 and an empty key; `alg` becomes `HS256`.
    HmacWithEmptyKey,
    /// An unsecured JWS: `alg` becomes `none`, the signature is empty.
    None,
}

/// The plan of one signature entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SignatureSpec {
    /// The key that signs.
    pub key: KeyRef,
    /// Changes to the protected header, which is `{"alg": ..., "kid": ...}` before them. They are signed.
    #[serde(default)]
    pub protected: HeaderEdit,
    /// The unprotected header (member `header`); left out when empty.
    #[serde(default)]
    pub unprotected: Map<String, Value>,
    /// Puts the key's own public JWK into the protected header as `jwk`.
    #[serde(default)]
    pub embed_jwk: bool,
    /// What makes the signature.
    #[serde(default)]
    pub sign_as: SignAs,
    /// What is spoiled.
    #[serde(default)]
    pub tamper: Tamper,
}

impl SignatureSpec {
    /// A right signature by a key of the key set.
    pub fn by(kid: &str) -> Self {
        Self::with_key(KeyRef::Kid(kid.to_owned()))
    }

    /// A right signature by any key.
    pub fn with_key(key: KeyRef) -> Self {
        Self {
            key,
            protected: HeaderEdit::none(),
            unprotected: Map::new(),
            embed_jwk: false,
            sign_as: SignAs::Key,
            tamper: Tamper::None,
        }
    }
}

/// The plan of a JWS JSON document.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Signing {
    /// Which serialization.
    pub form: Form,
    /// The bytes to sign.
    pub payload: Vec<u8>,
    /// The entries, in their order. With [`Form::Flattened`] exactly one.
    pub signatures: Vec<SignatureSpec>,
    /// What is spoiled for all of them.
    pub payload_tamper: PayloadTamper,
    /// Changes to the finished document.
    pub document: HeaderEdit,
}

/// A plan can not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The key set has no such key.
    #[error("failed to sign: there is no key {kid:?}; there are {known}")]
    UnknownKid {
        /// What was asked for.
        kid: String,
        /// The kids of the key set.
        known: String,
    },
    /// The flattened form holds exactly one signature.
    #[error("failed to sign: the flattened form holds one signature, not {count}")]
    NotOneSignature {
        /// How many there are.
        count: usize,
    },
    /// The key failed.
    #[error("failed to sign with the key {kid:?}")]
    Key {
        /// The key.
        kid: String,
        /// Why.
        source: KeyError,
    },
}

impl Signing {
    /// A right document: general form, one signature by each kid.
    pub fn right(payload: impl Into<Vec<u8>>, kids: &[&str]) -> Self {
        Self {
            payload: payload.into(),
            signatures: kids.iter().map(|kid| SignatureSpec::by(kid)).collect(),
            ..Self::default()
        }
    }

    /// Carries out the plan. Header changes are carried out to the letter: `b64: false` (RFC 7797), for one, does not change what is
    /// signed.
    /// The same plan gives the same document.
    pub fn sign(&self, keys: &KeySet) -> Result<Value, SignError> {
        if self.form == Form::Flattened && self.signatures.len() != 1 {
            return Err(SignError::NotOneSignature {
                count: self.signatures.len(),
            });
        }
        let entries: Vec<Map<String, Value>> = self
            .signatures
            .iter()
            .map(|spec| entry::sign(spec, &self.payload, keys))
            .collect::<Result<_, _>>()?;
        let mut document = Map::new();
        self.payload_tamper
            .put_payload(&mut document, &self.payload);
        match self.form {
            Form::Flattened => document.extend(entries.into_iter().flatten()),
            Form::General => {
                document.insert(
                    "signatures".to_owned(),
                    entries.into_iter().map(Value::Object).collect(),
                );
            }
        }
        self.document.apply(&mut document);
        Ok(Value::Object(document))
    }
}
