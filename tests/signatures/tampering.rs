//! Whatever is changed is found, and for what it is.

use registry_conformance::jws::{
    DocumentError, Form, Invalid, PayloadTamper, SignatureSpec, Signing, Tamper, decode, verify,
};
use serde_json::{Value, json};

use super::support::{KIDS, PAYLOAD, keys, signed, verdict};

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
