//! The JWS of a release: who signed, over which bytes.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::case::expectation::{SignatureExpectation, SignedPayload};
use crate::jws::{self, KeySet};
use crate::outcome::{Level, Mismatch};

/// What a payload is compared with, as far as it is known.
#[derive(Debug, Clone, Copy, Default)]
pub struct Signed<'a> {
    /// The bytes that the publisher signed.
    pub bytes: Option<&'a [u8]>,
    /// Of the manifest that a client created, the SHA-256 in hex.
    pub created_sha256: Option<&'a str>,
}

/// Judges `releaseSignature` of a release document.
pub fn check(
    document: Option<&Value>,
    expected: &SignatureExpectation,
    signed: Signed<'_>,
    keys: &KeySet,
    rule: Option<&str>,
    level: Level,
) -> Vec<Mismatch> {
    let wrong = |what: String| Mismatch::new(rule, level, what);
    let Some(signature) = document.and_then(|document| document.get("releaseSignature")) else {
        return vec![wrong("the body has no releaseSignature".to_owned())];
    };
    let verification = match jws::verify(signature, keys) {
        Ok(verification) => verification,
        Err(error) => return vec![wrong(error.to_string())],
    };
    let mut found = Vec::new();
    let valid = verification.valid_kids();
    for kid in &expected.by {
        if !valid.contains(&kid.as_str()) {
            let why: Vec<String> = verification
                .entries
                .iter()
                .map(|entry| match &entry.verdict {
                    Ok(()) => format!("{} verifies", entry.kid.as_deref().unwrap_or("(no kid)")),
                    Err(why) => format!("{}: {why}", entry.kid.as_deref().unwrap_or("(no kid)")),
                })
                .collect();
            found.push(
                wrong("no signature verifies with the key".to_owned())
                    .beside(kid.clone(), why.join("; ")),
            );
        }
    }
    if expected.payload == Some(SignedPayload::Signed)
        && let Some(signed) = signed.bytes
        && verification.payload != signed
    {
        found.push(
            wrong("the payload is not the signed bytes".to_owned()).beside(
                String::from_utf8_lossy(signed).into_owned(),
                String::from_utf8_lossy(&verification.payload).into_owned(),
            ),
        );
    }
    if expected.payload == Some(SignedPayload::Created)
        && let Some(created) = signed.created_sha256
        && hex::encode(Sha256::digest(&verification.payload)) != created
    {
        found.push(
            wrong("the payload is not the bytes that were created".to_owned()).beside(
                format!("octets with the sha256 {created}"),
                String::from_utf8_lossy(&verification.payload).into_owned(),
            ),
        );
    }
    if let Some(kids) = &expected.kids {
        let there: Vec<&str> = verification
            .entries
            .iter()
            .map(|entry| entry.kid.as_deref().unwrap_or("(no kid)"))
            .collect();
        if there != kids.iter().map(String::as_str).collect::<Vec<_>>() {
            found.push(
                wrong("the entries' kids".to_owned()).beside(kids.join(", "), there.join(", ")),
            );
        }
    }
    found
}
