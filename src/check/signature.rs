//! The JWS of a release: who signed, over which bytes.

use serde_json::Value;

use crate::case::expectation::SignatureExpectation;
use crate::jws::{self, KeySet};
use crate::outcome::{Level, Mismatch};

/// Judges `releaseSignature` of a release document.
pub fn check(
    document: Option<&Value>,
    expected: &SignatureExpectation,
    signed: Option<&[u8]>,
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
    if expected.payload.is_some()
        && let Some(signed) = signed
        && verification.payload != signed
    {
        found.push(
            wrong("the payload is not the signed bytes".to_owned()).beside(
                String::from_utf8_lossy(signed).into_owned(),
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
