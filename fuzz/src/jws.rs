//! Signatures: what the mock's judge accepts against the rule of SIG restated, and against the harness's own verification.
//! The first octet says what the rest is.

use std::{collections::BTreeSet, sync::LazyLock};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use mock_registry::jws::{JwsDocument, KeyStore, SignaturePolicy, judge};
use registry_conformance::jws::{KeySet, verify};
use serde_json::{Map, Value, json};

use super::json::has_repeated_members;

/// The public keys that the mock trusts, and the private ones beside them.
static TRUSTED: LazyLock<KeyStore> = LazyLock::new(|| {
    let public = KEYS.public_jwks().to_string();
    KeyStore::from_jwks(public.as_bytes()).expect("the test keys")
});
static KEYS: LazyLock<KeySet> = LazyLock::new(KeySet::built_in);

/// Judges a document as it stands (`d`), or one that is made and signed as the octets say (`s`).
///
/// # Panics
///
/// When the mock accepts a document that the rule of SIG refuses, or refuses one that it accepts; when the harness finds other valid
/// signatures in it; or when what is recorded of an accepted document is not judged alike.
pub fn run(data: &[u8]) {
    let Some((&kind, octets)) = data.split_first() else {
        return;
    };
    match kind {
        b'd' => {
            if let Ok(document) = serde_json::from_slice(octets) {
                judged(&document);
            }
        }
        b's' => judged(&signed(octets)),
        _ => {}
    }
}

fn judged(document: &Value) {
    let policy = SignaturePolicy::default();
    let by_mock = JwsDocument::parse(document, &policy).and_then(|parsed| {
        judge(&parsed, &TRUSTED, |key| key.identity == "owner", &policy)
            .map(|accepted| (parsed, accepted.signers))
    });
    let by_rule = accepted_signers(document);
    match (&by_mock, &by_rule) {
        (Ok((parsed, signers)), Ok(expected)) => {
            assert_eq!(signers, expected, "other signers");
            let recorded = parsed.to_general_json();
            assert_eq!(
                accepted_signers(&recorded).as_ref(),
                Ok(expected),
                "recorded"
            );
            let again = JwsDocument::parse(&recorded, &policy).expect("what was recorded");
            assert_eq!(again.payload(), parsed.payload());
            assert_eq!(again.entries(), parsed.entries());
        }
        (Err(error), Err(_)) => {
            let names = [
                "missing-signature",
                "bad-signature",
                "untrusted-key",
                "unsupported-algorithm",
                "malformed-request",
            ];
            assert!(names.contains(&error.problem()), "{}", error.problem());
        }
        _ => panic!("mock: {by_mock:?}, rule: {by_rule:?}"),
    }
    if let (Ok(verified), Ok(signers)) = (verify(document, &KEYS), &by_rule) {
        let by_harness: BTreeSet<&str> = verified.valid_kids().into_iter().collect();
        for signer in signers {
            assert!(by_harness.contains(signer.as_str()), "not for the harness");
        }
    }
}

/// The rule of SIG: the kids of the valid signatures by the owner's keys, of a document that is accepted.
pub(crate) fn accepted_signers(document: &Value) -> Result<Vec<String>, &'static str> {
    let members = document.as_object().ok_or("no object")?;
    let payload = text(members, "payload")?.ok_or("no payload")?;
    URL_SAFE_NO_PAD.decode(payload).map_err(|_| "the payload")?;
    let entries: Vec<&Map<String, Value>> = match members.get("signatures") {
        Some(signatures) => {
            if ["signature", "protected", "header"]
                .iter()
                .any(|name| members.contains_key(*name))
            {
                return Err("both forms");
            }
            let entries = signatures.as_array().ok_or("no list")?;
            entries
                .iter()
                .map(|entry| entry.as_object().ok_or("an entry is no object"))
                .collect::<Result<_, _>>()?
        }
        None => vec![members],
    };
    let mut signers = Vec::new();
    for entry in entries {
        if let Some(kid) = counts(entry, payload)? {
            signers.push(kid);
        }
    }
    if signers.is_empty() {
        return Err("none by a key that is trusted here");
    }
    Ok(signers)
}

/// The kid of a valid signature by one of the owner's keys; none for what is kept and does not count.
fn counts(entry: &Map<String, Value>, payload: &str) -> Result<Option<String>, &'static str> {
    let signature = text(entry, "signature")?.ok_or("no signature")?;
    let encoded = text(entry, "protected")?.unwrap_or_default();
    let empty = json!({});
    let unprotected = entry.get("header").unwrap_or(&empty);
    let unprotected = unprotected.as_object().ok_or("an unprotected header")?;
    let protected = if encoded.is_empty() {
        Map::new()
    } else {
        let octets = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| "a header")?;
        let value: Value = serde_json::from_slice(&octets).map_err(|_| "a header")?;
        if has_repeated_members(&octets, &value) {
            return Err("a parameter twice");
        }
        value.as_object().ok_or("a header")?.clone()
    };
    if protected.keys().any(|name| unprotected.contains_key(name)) {
        return Err("a parameter in both headers");
    }
    if protected.contains_key("crit") || unprotected.contains_key("crit") {
        return Err("no extension is known");
    }
    let alg = text(&protected, "alg")?.ok_or("no alg")?;
    let kid = text(&protected, "kid")?.ok_or("no kid")?;
    let folded = alg.to_ascii_lowercase();
    if folded == "none" || folded.starts_with("hs") {
        return Err("no signature at all");
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| "base64url")?;
    let Some(key) = KEYS.get(kid) else {
        return Ok(None);
    };
    let is_named = match key.public_jwk()["kty"].as_str() {
        Some("EC") => alg == "ES256",
        _ => matches!(alg, "EdDSA" | "Ed25519"),
    };
    if !is_named || !key.verifies(format!("{encoded}.{payload}").as_bytes(), &signature) {
        return Err("a trusted key's signature that fails");
    }
    Ok((key.identity() == "owner").then(|| kid.to_owned()))
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, &'static str> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err("a member that is no text"),
    }
}

/// The octets, taken piece by piece; zeros when they are used up.
struct Plan<'a>(&'a [u8]);

impl<'a> Plan<'a> {
    fn next(&mut self) -> usize {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                usize::from(*first)
            }
            None => 0,
        }
    }

    fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.next() % choices.len()]
    }

    fn octets(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        taken
    }
}

/// A document with signatures that are right but for what the octets spoil.
fn signed(octets: &[u8]) -> Value {
    let mut plan = Plan(octets);
    let length = plan.next() % 64;
    let payload = URL_SAFE_NO_PAD.encode(plan.octets(length));
    let is_flattened = plan.next() % 4 == 0;
    let count = if is_flattened { 1 } else { plan.next() % 4 };
    let mut entries: Vec<Value> = (0..count).map(|_| entry(&mut plan, &payload)).collect();
    let mut document = json!({ "payload": payload });
    if is_flattened {
        document = entries.swap_remove(0);
        document["payload"] = payload.into();
    } else {
        document["signatures"] = entries.into();
    }
    match plan.next() {
        200 => document["signature"] = "AAAA".into(),
        201 => document["payload"] = "AAAA=".into(),
        202 => document["header"] = json!({}),
        203 => document["signatures"] = json!([]),
        204 => document["payload"] = json!(null),
        205 => document["more"] = json!([1]),
        _ => {}
    }
    document
}

fn entry(plan: &mut Plan<'_>, payload: &str) -> Value {
    let kids = [
        "owner-es256",
        "owner-ed25519",
        "other-es256",
        "other-ed25519",
    ];
    let signer = KEYS.get(plan.pick(&kids)).expect("a test key");
    let mut protected = Map::new();
    let mut unprotected = Map::new();
    protected.insert("alg".to_owned(), signer.alg().into());
    protected.insert("kid".to_owned(), signer.kid().into());
    // Whether this is spoiled at all: most are not, or nothing would ever be accepted.
    let mut repeated = false;
    for _ in 0..plan.next() % 3 {
        let names = ["alg", "kid", "crit", "typ", "jwk", "b64", "x"];
        let name = plan.pick(&names).to_owned();
        let value = match plan.next() % 12 {
            0 => json!("none"),
            1 => json!("HS256"),
            2 => json!("Ed25519"),
            3 => json!("EdDSA"),
            4 => json!("ES256"),
            5 => json!("stranger"),
            6 => json!([]),
            7 => json!(["b64"]),
            8 => json!(plan.pick(&kids)),
            9 => json!(null),
            10 => json!("nOnE"),
            _ => signer.public_jwk(),
        };
        match plan.next() % 5 {
            0 => drop(protected.remove(&name)),
            1 => drop(unprotected.insert(name, value)),
            2 => {
                if let Some(moved) = protected.remove(&name) {
                    unprotected.insert(name, moved);
                }
            }
            3 => repeated = true,
            _ => drop(protected.insert(name, value)),
        }
    }
    let mut written = Value::Object(protected).to_string();
    if repeated {
        written.insert_str(1, r#""kid":"owner-es256","#);
    }
    let mut encoded = URL_SAFE_NO_PAD.encode(written);
    if plan.next() == 77 {
        encoded.clear();
    }
    let message = format!("{encoded}.{payload}");
    let mut signature = signer.sign(message.as_bytes()).expect("a test key signs");
    match plan.next() {
        210 => drop(signature.pop()),
        211 => signature.push(0),
        212 => signature[plan.next() % 64] ^= 1 << (plan.next() % 8),
        213 => signature.clear(),
        214 => signature = vec![0; 64],
        215 => signature.reverse(),
        _ => {}
    }
    let mut entry = json!({
        "protected": encoded,
        "signature": URL_SAFE_NO_PAD.encode(signature),
    });
    match plan.next() {
        220 => {
            entry["signature"] = format!("{}=", entry["signature"].as_str().unwrap_or("")).into();
        }
        221 => entry["protected"] = json!(1),
        222 => entry["header"] = json!("text"),
        _ if !unprotected.is_empty() => entry["header"] = unprotected.into(),
        _ => {}
    }
    entry
}
