//! Signing without the help of a JWS library, but for the primitive.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use josekit::{
    jwk::{
        Jwk, KeyPair,
        alg::ec::{EcCurve, EcKeyPair},
    },
    jws::{ES256, EdDSA, JwsSigner},
};
use openssl::{bn::BigNum, ecdsa::EcdsaSig, hash::MessageDigest, pkey::PKey, sign};
use serde_json::{Value, json};

const PRIVATE_KEYS: &str = include_str!("../../../src/jws/test-keys.jwks");

pub(crate) fn base64url(octets: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}

/// A document in general serialization.
pub(crate) fn general(payload: &[u8], entries: &[Value]) -> Value {
    json!({"payload": base64url(payload), "signatures": entries})
}

/// An entry with a signature that is given as text.
pub(crate) fn entry(protected: &Value, signature: &str) -> Value {
    json!({"protected": base64url(protected.to_string().as_bytes()), "signature": signature})
}

/// A test key.
pub(crate) struct Signer {
    kid: String,
    alg: String,
    jwk: Value,
    primitive: Box<dyn JwsSigner>,
}

impl Signer {
    pub(crate) fn named(kid: &str) -> Self {
        let set: Value = serde_json::from_str(PRIVATE_KEYS).unwrap();
        let keys = set["keys"].as_array().unwrap();
        let jwk = keys.iter().find(|jwk| jwk["kid"] == kid).unwrap().clone();
        let alg = jwk["alg"].as_str().unwrap().to_owned();
        let key = Jwk::from_map(jwk.as_object().unwrap().clone()).unwrap();
        let primitive: Box<dyn JwsSigner> = match alg.as_str() {
            "ES256" => Box::new(ES256.signer_from_jwk(&key).unwrap()),
            _ => Box::new(EdDSA.signer_from_jwk(&key).unwrap()),
        };
        Self {
            kid: kid.to_owned(),
            alg,
            jwk,
            primitive,
        }
    }

    /// An entry as it should be.
    pub(crate) fn good(&self, payload: &[u8]) -> Value {
        self.entry(&json!({"alg": self.alg, "kid": self.kid}), payload)
    }

    /// An entry with this protected header.
    pub(crate) fn entry(&self, protected: &Value, payload: &[u8]) -> Value {
        let protected = base64url(protected.to_string().as_bytes());
        let signature = self
            .primitive
            .sign(&signing_input(&protected, payload))
            .unwrap();
        json!({"protected": protected, "signature": base64url(&signature)})
    }

    /// An entry whose signature is changed after it was made.
    pub(crate) fn with_signature(&self, payload: &[u8], change: impl Fn(&mut Vec<u8>)) -> Value {
        let mut entry = self.good(payload);
        let mut octets = URL_SAFE_NO_PAD
            .decode(entry["signature"].as_str().unwrap())
            .unwrap();
        change(&mut octets);
        entry["signature"] = base64url(&octets).into();
        entry
    }

    /// An HMAC keyed with the public key: ES256's as PEM, Ed25519's as raw octets.
    pub(crate) fn hmac(&self, payload: &[u8]) -> Value {
        let x = URL_SAFE_NO_PAD
            .decode(self.jwk["x"].as_str().unwrap())
            .unwrap();
        let secret = match self.alg.as_str() {
            "ES256" => {
                let key = Jwk::from_map(self.jwk.as_object().unwrap().clone()).unwrap();
                EcKeyPair::from_jwk(&key).unwrap().to_pem_public_key()
            }
            _ => x,
        };
        let protected = base64url(
            json!({"alg": "HS256", "kid": self.kid})
                .to_string()
                .as_bytes(),
        );
        let key = PKey::hmac(&secret).unwrap();
        let mut signer = sign::Signer::new(MessageDigest::sha256(), &key).unwrap();
        let mac = signer
            .sign_oneshot_to_vec(&signing_input(&protected, payload))
            .unwrap();
        json!({"protected": protected, "signature": base64url(&mac)})
    }
}

/// A key that nobody trusts.
pub(crate) struct Forged {
    jwk: Jwk,
    primitive: Box<dyn JwsSigner>,
}

impl Forged {
    pub(crate) fn new() -> Self {
        let jwk = Jwk::generate_ec_key(EcCurve::P256).unwrap();
        let primitive = Box::new(ES256.signer_from_jwk(&jwk).unwrap());
        Self { jwk, primitive }
    }

    pub(crate) fn public_jwk(&self) -> Value {
        Value::Object(self.jwk.to_public_key().unwrap().as_ref().clone())
    }

    pub(crate) fn entry(&self, protected: &Value, payload: &[u8]) -> Value {
        let mut entry = entry(protected, "");
        entry["signature"] = self.signature_of(&entry, payload).into();
        entry
    }

    /// The signature for an entry's protected header.
    pub(crate) fn signature_of(&self, entry: &Value, payload: &[u8]) -> String {
        let input = signing_input(entry["protected"].as_str().unwrap(), payload);
        base64url(&self.primitive.sign(&input).unwrap())
    }
}

/// The DER form of a raw ES256 signature.
pub(crate) fn der_of(raw: &[u8]) -> Vec<u8> {
    let number = |octets: &[u8]| BigNum::from_slice(octets).unwrap();
    let signature =
        EcdsaSig::from_private_components(number(&raw[..32]), number(&raw[32..])).unwrap();
    signature.to_der().unwrap()
}

fn signing_input(protected: &str, payload: &[u8]) -> Vec<u8> {
    format!("{protected}.{}", base64url(payload)).into_bytes()
}
