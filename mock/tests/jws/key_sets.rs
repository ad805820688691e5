//! Key sets.

use mock_registry::jws::KeyStore;
use serde_json::{Value, json};

use crate::support::keys;

#[test]
fn key_sets_are_checked() {
    let keys = keys();
    let kids: Vec<_> = keys.keys().map(|key| key.kid.as_str()).collect();
    assert_eq!(
        kids,
        [
            "owner-es256",
            "owner-ed25519",
            "other-es256",
            "other-ed25519"
        ]
    );
    assert_eq!(keys.get("other-es256").unwrap().identity, "other");
    assert!(keys.get("stranger").is_none());

    let good: Value = serde_json::from_slice(include_bytes!("../../src/test-keys.jwks")).unwrap();
    let changed = |name: &str, value: Value| {
        let mut set = good.clone();
        set["keys"][0][name] = value;
        set
    };
    let table = [
        json!([]),
        json!({"keys": {}}),
        json!({"keys": [1]}),
        changed("kid", Value::Null),
        changed("kid", json!("")),
        changed("kid", json!("other-es256")),
        changed("alg", json!("HS256")),
        changed("alg", json!("EdDSA")),
        changed("identity", Value::Null),
        changed("use", json!("enc")),
        changed("kty", json!("OKP")),
        changed("crv", json!("P-384")),
        changed("x", json!("AAAA")),
        changed("y", Value::Null),
    ];
    for set in table {
        let error = KeyStore::from_jwks(set.to_string().as_bytes()).unwrap_err();
        assert!(error.to_string().starts_with("failed to read"), "{error}");
    }
    assert!(KeyStore::from_jwks(b"{").is_err());
    let new_name = good.to_string().replace("\"EdDSA\"", "\"Ed25519\"");
    assert!(KeyStore::from_jwks(new_name.as_bytes()).is_ok());
}
