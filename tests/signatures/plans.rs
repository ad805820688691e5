//! Plans of signatures, as cases say them.

use registry_conformance::jws::{
    Form, PublicKeyText, SignAs, SignError, SignatureSpec, Signing, Tamper,
};
use serde_json::json;

use super::support::{PAYLOAD, keys};

#[test]
fn plans_that_can_not_be_carried_out_say_why() {
    let error = Signing::right(PAYLOAD, &["nobody"])
        .sign(&keys())
        .expect_err("no such key");
    insta::assert_snapshot!(error, @r#"failed to sign: there is no key "nobody"; there are owner-es256, owner-ed25519, other-es256, other-ed25519"#);
    let two = Signing {
        form: Form::Flattened,
        ..Signing::right(PAYLOAD, &["owner-es256", "other-es256"])
    };
    assert!(matches!(
        two.sign(&keys()),
        Err(SignError::NotOneSignature { count: 2 })
    ));
}

#[test]
fn specs_read_as_data() {
    let spec: SignatureSpec = serde_json::from_value(json!({
        "key": {"unknown": {"type": "ed25519", "kid": "owner-ed25519"}},
        "protected": {"crit": ["exp"], "kid": null},
        "unprotected": {"kid": "owner-ed25519"},
        "sign-as": {"hmac-with-public-key": "der"},
        "tamper": "not-base64-url",
    }))
    .expect("a spec");
    assert_eq!(spec.tamper, Tamper::NotBase64Url);
    assert_eq!(spec.sign_as, SignAs::HmacWithPublicKey(PublicKeyText::Der));
    assert!(
        serde_json::from_value::<SignatureSpec>(json!({"key": {"kid": "x"}, "tampr": "none"}))
            .is_err()
    );
}
