//! Signatures are right where they should be, wrong in the one way that was asked for, and judged without mercy.

use josekit::jwk::Jwk;
use josekit::jws::{ES256, EdDSA, JwsContext, JwsHeader, JwsVerifier};
use registry_conformance::jws::{
    DocumentError, Form, Invalid, Key, KeyAlgorithm, KeyRef, KeySet, KeySetError, PayloadTamper,
    PublicKeyText, SignAs, SignError, SignatureSpec, Signing, Tamper, decode, encode, verify,
};
use serde_json::{Value, json};

const PAYLOAD: &[u8] = br#"{"name": "conformance-owner.test:x", "version":"1.0.0"}"#;
const KIDS: [&str; 4] = [
    "owner-es256",
    "owner-ed25519",
    "other-es256",
    "other-ed25519",
];

fn keys() -> KeySet {
    KeySet::built_in()
}

fn signed(spec: SignatureSpec) -> Value {
    Signing {
        payload: PAYLOAD.to_vec(),
        signatures: vec![spec],
        ..Signing::default()
    }
    .sign(&keys())
    .expect("a plan")
}

fn verdict(document: &Value) -> Result<(), Invalid> {
    let mut entries = verify(document, &keys()).expect("a document").entries;
    assert_eq!(entries.len(), 1);
    entries.remove(0).verdict
}

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

#[test]
fn every_tampering_is_found_for_what_it_is() {
    let cases = [
        (Tamper::None, Ok(())),
        (Tamper::AlterSignature, Err(Invalid::BadSignature)),
        (Tamper::Shorten, Err(Invalid::BadSignature)),
        (Tamper::Lengthen, Err(Invalid::BadSignature)),
        (Tamper::NotBase64Url, Err(Invalid::SignatureUnreadable)),
        (Tamper::StandardBase64, Err(Invalid::SignatureUnreadable)),
        (Tamper::Padded, Err(Invalid::SignatureUnreadable)),
        (Tamper::WhiteSpace, Err(Invalid::SignatureUnreadable)),
        (Tamper::StrayBits, Err(Invalid::SignatureUnreadable)),
        (Tamper::EmptySignature, Err(Invalid::BadSignature)),
        (Tamper::ZeroSignature, Err(Invalid::BadSignature)),
        (Tamper::DerInsteadOfRaw, Err(Invalid::BadSignature)),
        (
            Tamper::SignatureNotAString,
            Err(Invalid::SignatureUnreadable),
        ),
        (Tamper::MissingSignature, Err(Invalid::SignatureUnreadable)),
        (Tamper::AlterProtected, Err(Invalid::BadSignature)),
        (
            Tamper::ProtectedNotBase64Url,
            Err(Invalid::ProtectedHeaderUnreadable),
        ),
        (
            Tamper::ProtectedNotJson,
            Err(Invalid::ProtectedHeaderUnreadable),
        ),
        (
            Tamper::ProtectedNotAnObject,
            Err(Invalid::ProtectedHeaderUnreadable),
        ),
        (Tamper::MissingProtected, Err(Invalid::NoProtectedHeader)),
        (Tamper::OtherPayload, Err(Invalid::BadSignature)),
    ];
    for kid in ["owner-es256", "owner-ed25519"] {
        for (tamper, expected) in &cases {
            let document = signed(SignatureSpec {
                tamper: *tamper,
                ..SignatureSpec::by(kid)
            });
            assert_eq!(&verdict(&document), expected, "{kid} {tamper:?}");
        }
    }
}

#[test]
fn a_tampered_signature_has_the_length_it_should() {
    for kid in ["owner-es256", "owner-ed25519"] {
        let length = |tamper| {
            let document = signed(SignatureSpec {
                tamper,
                ..SignatureSpec::by(kid)
            });
            let text = document["signatures"][0]["signature"]
                .as_str()
                .expect("a string");
            decode(text).expect("base64url").len()
        };
        assert_eq!(length(Tamper::Shorten), 63);
        assert_eq!(length(Tamper::Lengthen), 65);
        assert_eq!(length(Tamper::ZeroSignature), 64);
        assert!(length(Tamper::DerInsteadOfRaw) > 64);
    }
}

#[test]
fn payload_tampering_spoils_the_document() {
    let with = |payload_tamper| {
        let plan = Signing {
            payload_tamper,
            ..Signing::right(PAYLOAD, &KIDS)
        };
        verify(&plan.sign(&keys()).expect("a plan"), &keys())
    };
    let altered = with(PayloadTamper::Alter).expect("a document");
    assert!(
        altered
            .entries
            .iter()
            .all(|entry| entry.verdict == Err(Invalid::BadSignature))
    );
    assert!(matches!(
        with(PayloadTamper::NotBase64Url),
        Err(DocumentError::PayloadNotBase64Url(_))
    ));
    assert!(matches!(
        with(PayloadTamper::Padded),
        Err(DocumentError::PayloadNotBase64Url(_))
    ));
    assert_eq!(with(PayloadTamper::Missing), Err(DocumentError::NoPayload));
    assert_eq!(
        with(PayloadTamper::NotAString),
        Err(DocumentError::NoPayload)
    );
}

#[test]
fn headers_that_lie_are_refused() {
    let es256 = || SignatureSpec::by("owner-es256");
    let protected = |name: &str, value: Value| {
        let mut spec = es256();
        spec.protected = spec.protected.set(name, value);
        verdict(&signed(spec))
    };
    let unprotected = |name: &str, value: Value| {
        let mut spec = es256();
        spec.unprotected.insert(name.to_owned(), value);
        verdict(&signed(spec))
    };
    let wrong = |alg: &str| {
        Err(Invalid::WrongAlgorithm {
            alg: alg.to_owned(),
        })
    };
    assert_eq!(protected("alg", "EdDSA".into()), wrong("EdDSA"));
    assert_eq!(protected("alg", "es256".into()), wrong("es256"));
    assert_eq!(
        protected("alg", Value::Null),
        Err(Invalid::NoParameter("alg"))
    );
    assert_eq!(
        protected("kid", Value::Null),
        Err(Invalid::NoParameter("kid"))
    );
    assert_eq!(protected("kid", 7.into()), Err(Invalid::NoParameter("kid")));
    assert_eq!(protected("kid", "owner-ed25519".into()), wrong("ES256"));
    assert_eq!(
        protected("kid", "other-es256".into()),
        Err(Invalid::BadSignature)
    );
    assert_eq!(
        protected("kid", "nobody".into()),
        Err(Invalid::UnknownKey("nobody".to_owned()))
    );
    assert_eq!(protected("crit", json!([])), Err(Invalid::Critical));
    assert_eq!(protected("crit", json!(["b64"])), Err(Invalid::Critical));
    assert_eq!(unprotected("crit", json!(["exp"])), Err(Invalid::Critical));
    assert_eq!(
        unprotected("alg", "ES256".into()),
        Err(Invalid::InBothHeaders("alg".to_owned()))
    );
    assert_eq!(unprotected("note", "free".into()), Ok(()));
    assert_eq!(protected("typ", "JOSE+JSON".into()), Ok(()));
    let mut moved = es256();
    moved.protected = moved.protected.remove("alg");
    moved.unprotected.insert("alg".to_owned(), "ES256".into());
    assert_eq!(verdict(&signed(moved)), Err(Invalid::NoParameter("alg")));
}

#[test]
fn symmetric_and_unsecured_signatures_are_what_a_confused_verifier_would_take() {
    for kid in ["owner-es256", "owner-ed25519"] {
        for text in [
            PublicKeyText::Pem,
            PublicKeyText::Der,
            PublicKeyText::Jwk,
            PublicKeyText::Raw,
        ] {
            let sign_as = SignAs::HmacWithPublicKey(text);
            let document = signed(SignatureSpec {
                sign_as,
                ..SignatureSpec::by(kid)
            });
            assert_eq!(
                verdict(&document),
                Err(Invalid::WrongAlgorithm {
                    alg: "HS256".to_owned()
                })
            );
            let keys = keys();
            let secret = keys
                .get(kid)
                .expect("a key")
                .public_key_text(text)
                .expect("a text");
            assert_eq!(
                entry_text(&document, "signature"),
                encode(&hmac(&secret, &signing_input(&document)))
            );
        }
        let empty = signed(SignatureSpec {
            sign_as: SignAs::HmacWithEmptyKey,
            ..SignatureSpec::by(kid)
        });
        assert_eq!(
            entry_text(&empty, "signature"),
            encode(&hmac(b"", &signing_input(&empty)))
        );
        let none = signed(SignatureSpec {
            sign_as: SignAs::None,
            ..SignatureSpec::by(kid)
        });
        assert_eq!(
            verdict(&none),
            Err(Invalid::WrongAlgorithm {
                alg: "none".to_owned()
            })
        );
        assert_eq!(entry_text(&none, "signature"), "");
    }
    let keys = keys();
    let pem = keys
        .get("owner-es256")
        .expect("a key")
        .public_key_text(PublicKeyText::Pem)
        .expect("a text");
    assert!(pem.starts_with(b"-----BEGIN PUBLIC KEY-----"));
}

/// HMAC with SHA-256 from its definition (RFC 2104).
fn hmac(secret: &[u8], message: &[u8]) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    let mut block = if secret.len() > 64 {
        Sha256::digest(secret).to_vec()
    } else {
        secret.to_vec()
    };
    block.resize(64, 0);
    let pad = |mask: u8| block.iter().map(|byte| byte ^ mask).collect::<Vec<u8>>();
    let inner = Sha256::digest([pad(0x36).as_slice(), message].concat());
    Sha256::digest([pad(0x5c).as_slice(), &inner].concat()).to_vec()
}

fn entry_text<'a>(document: &'a Value, member: &str) -> &'a str {
    document["signatures"][0][member]
        .as_str()
        .expect("a string")
}

fn signing_input(document: &Value) -> Vec<u8> {
    let payload = document["payload"].as_str().expect("a string");
    format!("{}.{payload}", entry_text(document, "protected")).into_bytes()
}

#[test]
fn unknown_keys_sign_rightly_under_names_of_their_own_or_stolen_ones() {
    for algorithm in [KeyAlgorithm::Es256, KeyAlgorithm::Ed25519] {
        let document = signed(SignatureSpec {
            embed_jwk: true,
            ..SignatureSpec::with_key(KeyRef::Unknown {
                algorithm,
                kid: None,
            })
        });
        assert!(matches!(verdict(&document), Err(Invalid::UnknownKey(_))));
        // The key that rides along is the right one: only trust is missing.
        let header = verify(&document, &keys()).expect("a document").entries[0]
            .protected
            .clone();
        assert!(header["jwk"].get("d").is_none());
        let jwk =
            Jwk::from_map(header["jwk"].as_object().expect("an object").clone()).expect("a key");
        let signature = decode(entry_text(&document, "signature")).expect("base64url");
        let input = signing_input(&document);
        match algorithm {
            KeyAlgorithm::Es256 => ES256
                .verifier_from_jwk(&jwk)
                .and_then(|key| key.verify(&input, &signature)),
            KeyAlgorithm::Ed25519 => EdDSA
                .verifier_from_jwk(&jwk)
                .and_then(|key| key.verify(&input, &signature)),
        }
        .expect("a right signature");
    }
    let kid = Some("owner-es256".to_owned());
    let impostor = signed(SignatureSpec::with_key(KeyRef::Unknown {
        algorithm: KeyAlgorithm::Es256,
        kid,
    }));
    assert_eq!(verdict(&impostor), Err(Invalid::BadSignature));
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

#[test]
fn one_bad_entry_leaves_the_others_good() {
    let plan = Signing {
        payload: PAYLOAD.to_vec(),
        signatures: vec![
            SignatureSpec {
                tamper: Tamper::OtherPayload,
                ..SignatureSpec::by("owner-es256")
            },
            SignatureSpec::by("owner-ed25519"),
        ],
        ..Signing::default()
    };
    let verification = verify(&plan.sign(&keys()).expect("a plan"), &keys()).expect("a document");
    assert_eq!(verification.valid_kids(), ["owner-ed25519"]);
    assert_eq!(verification.entries[0].verdict, Err(Invalid::BadSignature));
}

#[test]
fn documents_that_are_none_are_refused() {
    let mut plan = Signing {
        form: Form::Flattened,
        ..Signing::right(PAYLOAD, &["owner-es256"])
    };
    plan.document = plan.document.set("signatures", json!([]));
    assert_eq!(
        verify(&plan.sign(&keys()).expect("a plan"), &keys()),
        Err(DocumentError::BothForms)
    );
    let refused = |document: Value| verify(&document, &keys()).expect_err("no JWS");
    assert_eq!(refused(json!([])), DocumentError::NotAnObject);
    assert_eq!(refused(json!({"payload": ""})), DocumentError::NoSignatures);
    assert_eq!(
        refused(json!({"payload": "", "signatures": {}})),
        DocumentError::SignaturesNotObjects
    );
    assert_eq!(
        refused(json!({"payload": "", "signatures": [7]})),
        DocumentError::SignaturesNotObjects
    );
    assert!(
        verify(&json!({"payload": "", "signatures": []}), &keys())
            .expect("a document")
            .entries
            .is_empty()
    );
}

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
