use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    /// SubjectPublicKeyInfo as PEM.
    #[default]
    Pem,
    /// SubjectPublicKeyInfo as DER.
    Der,
    /// The public JWK as compact JSON.
    Jwk,
    /// The raw public key: the octets of `x` (and `y`).
    Raw,
}
