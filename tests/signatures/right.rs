//! Right signatures, by our own reading and that of others.

use josekit::jwk::Jwk;
use josekit::jws::{ES256, EdDSA, JwsContext, JwsHeader, JwsVerifier};
use registry_conformance::jws::{
    Form, Key, KeyAlgorithm, KeyRef, KeySet, SignatureSpec, Signing, decode, encode, verify,
};
use serde_json::json;

use super::support::{KIDS, PAYLOAD, keys, signed, verdict};

#[test]
fn right_signatures_verify_in_both_forms() {
    for kid in KIDS {
        for form in [Form::General, Form::Flattened] {
            let plan = Signing {
                form,
                ..Signing::right(PAYLOAD, &[kid])
            };
            let verification =
                verify(&plan.sign(&keys()).expect("a plan"), &keys()).expect("a document");
            assert_eq!(verification.payload, PAYLOAD);
            assert_eq!(verification.form, form);
            assert_eq!(verification.valid_kids(), [kid]);
        }
    }
    let verification = verify(
        &Signing::right(PAYLOAD, &KIDS)
            .sign(&keys())
            .expect("a plan"),
        &keys(),
    );
    assert_eq!(verification.expect("a document").valid_kids(), KIDS);
}

/// josekit's own deserializer is good enough to confirm a right document.
#[test]
fn another_implementation_takes_right_signatures() {
    for key in &keys() {
        let document = Signing::right(PAYLOAD, &[key.kid()])
            .sign(&keys())
            .expect("a plan");
        let jwk =
            Jwk::from_map(key.public_jwk().as_object().expect("an object").clone()).expect("a key");
        let verifier: Box<dyn JwsVerifier> = match key.algorithm() {
            KeyAlgorithm::Es256 => Box::new(ES256.verifier_from_jwk(&jwk).expect("a verifier")),
            KeyAlgorithm::Ed25519 => Box::new(EdDSA.verifier_from_jwk(&jwk).expect("a verifier")),
        };
        let select = |_: &JwsHeader| -> Result<Option<&dyn JwsVerifier>, josekit::JoseError> {
            Ok(Some(&*verifier))
        };
        let (payload, _) = JwsContext::new()
            .deserialize_json_with_selector(document.to_string(), select)
            .expect("a good document");
        assert_eq!(payload, PAYLOAD);
    }
}

#[test]
fn both_names_of_ed25519_are_taken() {
    for name in ["EdDSA", "Ed25519"] {
        let mut spec = SignatureSpec::by("owner-ed25519");
        spec.protected = spec.protected.set("alg", name);
        assert_eq!(verdict(&signed(spec)), Ok(()), "{name}");
    }
}

/// RFC 8037 appendix A.4: a signature that somebody else made.
#[test]
fn the_example_of_rfc_8037_verifies() {
    let keys = KeySet::from_jwks(&json!({"keys": [{
        "kid": "rfc", "kty": "OKP", "crv": "Ed25519",
        "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    }]}))
    .expect("the key of RFC 8037");
    let key = keys.get("rfc").expect("it is there");
    let signature = decode(
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
    );
    let message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    assert_eq!(
        key.sign(message).expect("it signs"),
        signature.expect("base64url")
    );
}

/// RFC 6979 appendix A.2.5: P-256 with SHA-256.
#[test]
fn es256_takes_its_nonce_from_key_and_message() {
    let number = |hex: &str| encode(&hex::decode(hex).expect("hexadecimal"));
    let key = Key::from_jwk(&json!({
        "kid": "rfc6979",
        "kty": "EC",
        "crv": "P-256",
        "d": number("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721"),
        "x": number("60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"),
        "y": number("7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"),
    }))
    .expect("a key");
    for (message, r, s) in [
        (
            "sample",
            "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
            "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
        ),
        (
            "test",
            "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367",
            "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083",
        ),
    ] {
        let signature = key.sign(message.as_bytes()).expect("a signature");
        assert_eq!(hex::encode_upper(signature), format!("{r}{s}"), "{message}");
    }
}

#[test]
fn the_same_plan_gives_the_same_document() {
    for algorithm in [KeyAlgorithm::Es256, KeyAlgorithm::Ed25519] {
        let unknown = || {
            signed(SignatureSpec {
                embed_jwk: true,
                ..SignatureSpec::with_key(KeyRef::Unknown {
                    algorithm,
                    kid: None,
                })
            })
        };
        assert_eq!(unknown(), unknown());
    }
    let known = || signed(SignatureSpec::by("owner-es256"));
    assert_eq!(known(), known());
}
