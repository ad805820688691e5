//! Judging documents as the owner's registry would.

use mock_registry::jws::{JwsDocument, JwsError, Key, KeyStore, SignaturePolicy, judge};
use serde_json::{Value, json};

use crate::signer::{Signer, general};

pub(crate) const PAYLOAD: &[u8] = b"{\"name\":\"owner.test:a\",  \"version\":\"1.0.0\"}";

pub(crate) fn keys() -> KeyStore {
    KeyStore::from_jwks(include_bytes!("../../src/test-keys.jwks")).unwrap()
}

pub(crate) fn of_owner(key: &Key) -> bool {
    key.identity == "owner"
}

pub(crate) fn judged_with(
    document: &Value,
    policy: &SignaturePolicy,
) -> Result<Vec<String>, JwsError> {
    let document = JwsDocument::parse(document, policy)?;
    judge(&document, &keys(), of_owner, policy).map(|accepted| accepted.signers)
}

pub(crate) fn judged(document: &Value) -> Result<Vec<String>, JwsError> {
    judged_with(document, &SignaturePolicy::default())
}

/// The problem name of a refusal, or `accepted`.
pub(crate) fn verdict(document: &Value, policy: &SignaturePolicy) -> &'static str {
    judged_with(document, policy).map_or_else(|error| error.problem(), |_| "accepted")
}

pub(crate) fn owner() -> Signer {
    Signer::named("owner-es256")
}

pub(crate) fn by_stranger() -> Value {
    owner().entry(&json!({"alg": "ES256", "kid": "stranger"}), PAYLOAD)
}

pub(crate) fn one(entry: &Value) -> Value {
    general(PAYLOAD, std::slice::from_ref(entry))
}
