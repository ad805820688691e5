//! Files of keys.

use registry_conformance::jws::{KeyAlgorithm, KeySet, KeySetError};
use serde_json::{Value, json};

use super::support::{KIDS, keys};

#[test]
fn public_keys_have_names_and_no_secret() {
    let jwks = keys().public_jwks();
    let public = jwks["keys"].as_array().expect("an array");
    let named: Vec<_> = public
        .iter()
        .map(|key| [&key["kid"], &key["alg"], &key["identity"]].map(Value::as_str))
        .collect();
    assert_eq!(
        named,
        [
            ["owner-es256", "ES256", "owner"].map(Some),
            ["owner-ed25519", "EdDSA", "owner"].map(Some),
            ["other-es256", "ES256", "other"].map(Some),
            ["other-ed25519", "EdDSA", "other"].map(Some),
        ]
    );
    assert!(public.iter().all(|key| key.get("d").is_none()));
    for key in &keys() {
        let secret = key.private_jwk()["d"]
            .as_str()
            .expect("a private member")
            .to_owned();
        assert!(!format!("{key:?} {:?} {jwks}", keys()).contains(&secret));
        KeySet::from_jwks(&json!({"keys": [key.private_jwk()]})).expect("it comes back");
    }
    assert_eq!(keys().only_identity("other").iter().count(), 2);
    assert_eq!(
        keys()
            .of_identity("owner", KeyAlgorithm::Ed25519)
            .map(|key| key.kid().to_owned())
            .as_deref(),
        Some(KIDS[1])
    );
}

#[test]
fn bad_key_files_say_what_is_wrong() {
    let good = |kid: &str| keys().get(kid).expect("a key").private_jwk();
    let edited = |kid: &str, name: &str, value: Value| {
        let mut jwk = good(kid);
        match value {
            Value::Null => _ = jwk.as_object_mut().expect("an object").remove(name),
            value => jwk[name] = value,
        }
        json!({"keys": [jwk]})
    };
    let explained = |document: Value| {
        let error = KeySet::from_jwks(&document).expect_err("a bad key set");
        let source = std::error::Error::source(&error)
            .map(|source| format!(": {source}"))
            .unwrap_or_default();
        format!("{error}{source}")
    };
    let messages = [
        explained(json!([])),
        explained(json!({"keys": []})),
        explained(json!({"keys": [7]})),
        explained(json!({"keys": [good(KIDS[0]), good(KIDS[0])]})),
        explained(edited(KIDS[0], "kid", Value::Null)),
        explained(edited(KIDS[0], "d", Value::Null)),
        explained(edited(KIDS[0], "d", 7.into())),
        explained(edited(KIDS[0], "alg", "EdDSA".into())),
        explained(edited(KIDS[0], "crv", "P-384".into())),
        explained(edited(KIDS[0], "kty", "RSA".into())),
        explained(edited(KIDS[0], "d", good(KIDS[2])["d"].clone())),
        explained(edited(KIDS[1], "x", good(KIDS[3])["x"].clone())),
        explained(edited(KIDS[1], "x", "!".into())),
        explained(edited(KIDS[1], "d", "AAAA".into())),
    ]
    .join("\n");
    insta::assert_snapshot!(messages);
    for key in &keys() {
        assert!(!messages.contains(key.private_jwk()["d"].as_str().expect("a private member")));
    }
}

/// As `keys: /dev/zero` in a target file would have it.
#[cfg(unix)]
#[test]
fn a_file_without_end_is_an_error() {
    let read = KeySet::load(std::path::Path::new("/dev/zero"));
    assert!(matches!(read, Err(KeySetError::Read { .. })), "{read:?}");
}

#[test]
fn key_files_load_from_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("keys.jwks");
    assert!(matches!(KeySet::load(&path), Err(KeySetError::Read { .. })));
    std::fs::write(&path, "{\n  nonsense").expect("written");
    assert!(matches!(
        KeySet::load(&path),
        Err(KeySetError::NotJson { line: 2, .. })
    ));
    let mut jwk = keys().get("owner-ed25519").expect("a key").private_jwk();
    jwk.as_object_mut()
        .expect("an object")
        .retain(|name, _| !["alg", "use", "identity"].contains(&name.as_str()));
    std::fs::write(&path, json!({"keys": [jwk]}).to_string()).expect("written");
    let loaded = KeySet::load(&path).expect("a key set");
    let key = loaded.get("owner-ed25519").expect("a key");
    assert_eq!((key.alg(), key.identity()), ("EdDSA", "owner"), "defaults");
}
