//! What is signed, by whom, and what is said of it.

use registry_conformance::jws::{Invalid, KeySet, SignatureSpec, Signing, verify};
use serde_json::Value;

pub(crate) const PAYLOAD: &[u8] = br#"{"name": "conformance-owner.test:x", "version":"1.0.0"}"#;

pub(crate) const KIDS: [&str; 4] = [
    "owner-es256",
    "owner-ed25519",
    "other-es256",
    "other-ed25519",
];

pub(crate) fn keys() -> KeySet {
    KeySet::built_in()
}

pub(crate) fn signed(spec: SignatureSpec) -> Value {
    Signing {
        payload: PAYLOAD.to_vec(),
        signatures: vec![spec],
        ..Signing::default()
    }
    .sign(&keys())
    .expect("a plan")
}

pub(crate) fn verdict(document: &Value) -> Result<(), Invalid> {
    let mut entries = verify(document, &keys()).expect("a document").entries;
    assert_eq!(entries.len(), 1);
    entries.remove(0).verdict
}
