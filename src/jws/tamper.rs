use std::borrow::Cow;

use openssl::bn::BigNum;
use openssl::ecdsa::EcdsaSig;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{KeyAlgorithm, KeyError, base64url};

/// How one signature entry is spoiled after (or by) signing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tamper {
    /// Not at all.
    #[default]
    None,
    /// One bit of the signature is changed.
    AlterSignature,
    /// One byte short.
    Shorten,
    /// One byte long.
    Lengthen,
    /// A character that is in no base64 alphabet.
    NotBase64Url,
    /// The right signature in the standard alphabet (`+` and `/` for `-` and `_`).
    StandardBase64,
    /// The right signature with `=` behind it.
    Padded,
    /// The right signature with a line feed in it.
    WhiteSpace,
    /// The right signature with stray bits in its last character.
    StrayBits,
    /// The empty string.
    EmptySignature,
    /// All zeros, of the right length (for ECDSA: r = s = 0).
    ZeroSignature,
    /// For ECDSA the DER form instead of `r || s`; for Ed25519 the raw signature in an OCTET STRING.
    DerInsteadOfRaw,
    /// A number where the signature should be.
    SignatureNotAString,
    /// No `signature` member.
    MissingSignature,
    /// The protected header is another than the signed one (a member is added).
    AlterProtected,
    /// `protected` is not base64url.
    ProtectedNotBase64Url,
    /// `protected` is base64url of something that is not JSON.
    ProtectedNotJson,
    /// `protected` is base64url of a JSON array.
    ProtectedNotAnObject,
    /// No `protected` member; signed over an empty one.
    MissingProtected,
    /// A right signature over other bytes than the document's payload.
    OtherPayload,
}

impl Tamper {
    /// The text of `protected` that is signed, or nothing.
    pub(super) fn protected_text(self, header: &Map<String, Value>) -> Option<String> {
        let right = || base64url::encode(Value::Object(header.clone()).to_string().as_bytes());
        match self {
            Self::MissingProtected => None,
            Self::ProtectedNotBase64Url => Some(format!("!{}", right())),
            Self::ProtectedNotJson => Some(base64url::encode(b"alg=ES256")),
            Self::ProtectedNotAnObject => Some(base64url::encode(
                Value::from(vec![header.clone()]).to_string().as_bytes(),
            )),
            _ => Some(right()),
        }
    }

    /// The bytes that are signed.
    pub(super) fn signed_payload(self, payload: &[u8]) -> Cow<'_, [u8]> {
        if self == Self::OtherPayload {
            [payload, b" "].concat().into()
        } else {
            payload.into()
        }
    }

    /// The `signature` member for the right `signature`, or nothing.
    pub(super) fn signature_value(
        self,
        mut signature: Vec<u8>,
        key: KeyAlgorithm,
    ) -> Result<Option<Value>, KeyError> {
        match self {
            Self::AlterSignature => {
                if let Some(byte) = signature.get_mut(10) {
                    *byte ^= 1;
                }
            }
            Self::Shorten => {
                signature.pop();
            }
            Self::Lengthen => signature.push(0),
            Self::EmptySignature => signature.clear(),
            Self::ZeroSignature => signature.fill(0),
            Self::DerInsteadOfRaw => signature = der(&signature, key)?,
            _ => {}
        }
        let mut text = base64url::encode(&signature);
        match self {
            Self::NotBase64Url => text.replace_range(..text.len().min(1), "!"),
            Self::StandardBase64 => {
                // A signature without `-` and `_` would be the same in both alphabets.
                text = text.replace('-', "+").replace('_', "/");
                if !text.contains(['+', '/']) {
                    text.replace_range(..text.len().min(1), "+");
                }
            }
            Self::Padded => pad(&mut text),
            Self::WhiteSpace => text.insert(text.len() / 2, '\n'),
            Self::StrayBits => stray_bits(&mut text),
            Self::SignatureNotAString => return Ok(Some(1.into())),
            Self::MissingSignature => return Ok(None),
            _ => {}
        }
        Ok(Some(text.into()))
    }
}

impl PayloadTamper {
    /// Puts the `payload` member (or none) into a document.
    pub(super) fn put_payload(self, document: &mut Map<String, Value>, payload: &[u8]) {
        let mut text = base64url::encode(payload);
        match self {
            Self::None => {}
            Self::Alter => text = base64url::encode(&[payload, b" "].concat()),
            Self::NotBase64Url => text.insert(0, '!'),
            Self::Padded => pad(&mut text),
            Self::Missing => return,
            Self::NotAString => {
                let json = serde_json::from_slice(payload).unwrap_or(Value::Null);
                document.insert("payload".to_owned(), json);
                return;
            }
        }
        document.insert("payload".to_owned(), text.into());
    }
}

/// Pads as standard base64 does; four signs where no padding is due, so that there is one.
fn pad(text: &mut String) {
    text.push_str(["====", "===", "==", "="][text.len() % 4]);
}

/// Sets a bit that the last character of unpadded base64 leaves unused; where none is, appends a character of such bits.
fn stray_bits(text: &mut String) {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    if text.len().is_multiple_of(4) {
        text.push('B');
    } else if let Some(last) = text.pop() {
        let place = ALPHABET
            .iter()
            .position(|&letter| char::from(letter) == last)
            .unwrap_or_default();
        text.push(char::from(ALPHABET[place | 1]));
    }
}

fn der(raw: &[u8], key: KeyAlgorithm) -> Result<Vec<u8>, KeyError> {
    Ok(match key {
        KeyAlgorithm::Es256 => {
            let (r, s) = raw.split_at(raw.len() / 2);
            EcdsaSig::from_private_components(BigNum::from_slice(r)?, BigNum::from_slice(s)?)?
                .to_der()?
        }
        KeyAlgorithm::Ed25519 => {
            let length = u8::try_from(raw.len()).unwrap_or(u8::MAX);
            [&[0x04, length], raw].concat()
        }
    })
}

/// How the payload is spoiled after signing; this spoils every signature of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PayloadTamper {
    /// Not at all.
    #[default]
    None,
    /// One byte more at the end (a space: still JSON).
    Alter,
    /// A character that is in no base64 alphabet.
    NotBase64Url,
    /// With `=` behind it (and with `====` where no padding is due).
    Padded,
    /// No `payload` member (detached content, RFC 7515 appendix F).
    Missing,
    /// The payload as JSON instead of as base64url text.
    NotAString,
}

/// The public key as text, for verifiers that take it for an HMAC secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PublicKeyText {
    /// `SubjectPublicKeyInfo` as PEM.
    #[default]
    Pem,
    /// `SubjectPublicKeyInfo` as DER.
    Der,
    /// The public JWK as compact JSON.
    Jwk,
    /// The raw public key: the octets of `x` (and `y`).
    Raw,
}
