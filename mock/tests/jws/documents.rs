//! Documents: their forms, what is kept of them, and what is added.

use mock_registry::jws::{JwsDocument, JwsError, KeyStore, SignaturePolicy, judge};
use serde_json::{Value, json};

use crate::{
    signer::{Signer, base64url, entry, general},
    support::{PAYLOAD, by_stranger, judged, judged_with, keys, one, owner, verdict},
};

#[test]
fn both_algorithms_and_both_forms_are_accepted() {
    for (kid, algs) in [
        ("owner-es256", vec!["ES256"]),
        ("owner-ed25519", vec!["EdDSA", "Ed25519"]),
    ] {
        for alg in algs {
            let entry = Signer::named(kid).entry(&json!({"alg": alg, "kid": kid}), PAYLOAD);
            assert_eq!(judged(&one(&entry)), Ok(vec![kid.to_owned()]));
            let mut flattened = entry.clone();
            flattened["payload"] = base64url(PAYLOAD).into();
            assert_eq!(judged(&flattened), Ok(vec![kid.to_owned()]));
            assert_eq!(
                JwsDocument::parse(&flattened, &SignaturePolicy::default()),
                JwsDocument::parse(&one(&entry), &SignaturePolicy::default())
            );
            let lacks_flattened = SignaturePolicy {
                lacks_flattened: true,
                ..SignaturePolicy::default()
            };
            assert_eq!(verdict(&flattened, &lacks_flattened), "malformed-request");
            let lacks_ed25519 = SignaturePolicy {
                lacks_ed25519: true,
                ..SignaturePolicy::default()
            };
            assert_eq!(
                verdict(&one(&entry), &lacks_ed25519) == "accepted",
                alg == "ES256"
            );
            let only_old_name = SignaturePolicy {
                ed25519_names: vec!["EdDSA".to_owned()],
                ..SignaturePolicy::default()
            };
            assert_eq!(
                verdict(&one(&entry), &only_old_name) == "accepted",
                alg != "Ed25519"
            );
        }
    }
}

#[test]
fn a_vector_of_rfc_7515_verifies() {
    // Appendix A.6: the ES256 entry of the general serialization.
    let jwks = json!({"keys": [{
        "kty": "EC", "crv": "P-256", "kid": "e9bc097a-ce51-4036-9562-d2ade882db0d", "alg": "ES256", "identity": "rfc",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    }]});
    let document = json!({
        "payload": "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
        "protected": "eyJhbGciOiJFUzI1NiJ9",
        "header": {"kid": "e9bc097a-ce51-4036-9562-d2ade882db0d"},
        "signature": "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
    });
    let keys = KeyStore::from_jwks(jwks.to_string().as_bytes()).unwrap();
    // The example has its kid unprotected, which the profile refuses.
    let lax = SignaturePolicy {
        kid_from_unprotected_header: true,
        ..SignaturePolicy::default()
    };
    let parsed = JwsDocument::parse(&document, &lax).unwrap();
    assert!(judge(&parsed, &keys, |_| true, &lax).is_ok());
    assert!(judge(&parsed, &keys, |_| true, &SignaturePolicy::default()).is_err());
}

#[test]
fn what_is_no_jws_is_malformed() {
    let good = owner().good(PAYLOAD);
    let (payload, signature) = (base64url(PAYLOAD), good["signature"].clone());
    let table = [
        json!(null),
        json!([]),
        json!("a.b.c"),
        json!({}),
        json!({"signatures": [good]}),
        json!({"payload": 1, "signatures": [good]}),
        json!({"payload": "*", "signatures": [good]}),
        json!({"payload": format!("{payload}="), "signatures": [good]}),
        json!({"payload": payload, "signatures": {}}),
        json!({"payload": payload, "signatures": [1]}),
        json!({"payload": payload, "signatures": [{"protected": "e30"}]}),
        json!({"payload": payload, "signatures": [{"signature": 1}]}),
        json!({"payload": payload, "signatures": [{"signature": signature, "protected": {}}]}),
        json!({"payload": payload, "signatures": [{"signature": signature, "header": "x"}]}),
        json!({"payload": payload, "signatures": [good], "signature": signature}),
        json!({"payload": payload, "signatures": [good], "protected": good["protected"]}),
        json!({"payload": payload, "signatures": [good], "header": {}}),
    ];
    for document in table {
        assert_eq!(
            verdict(&document, &SignaturePolicy::default()),
            "malformed-request",
            "{document}"
        );
    }
    let both = json!({"payload": payload, "signatures": [good], "signature": signature});
    let lax = SignaturePolicy {
        accepts_both_forms: true,
        ..SignaturePolicy::default()
    };
    assert_eq!(verdict(&both, &lax), "accepted");
}

#[test]
fn no_signature_is_missing() {
    let lax = SignaturePolicy {
        accepts_no_signatures: true,
        ..SignaturePolicy::default()
    };
    for document in [
        general(PAYLOAD, &[]),
        json!({"payload": base64url(PAYLOAD)}),
    ] {
        assert_eq!(judged(&document), Err(JwsError::MissingSignature));
        assert_eq!(judged_with(&document, &lax), Ok(Vec::new()));
    }
}

#[test]
fn unknown_signers_and_other_publishers_are_kept_and_not_counted() {
    let other = Signer::named("other-ed25519").good(PAYLOAD);
    let foreign = entry(
        &json!({"alg": "RS256", "kid": "stranger", "x5c": ["AAAA"], "jku": "https://a.test/"}),
        "AAAA",
    );
    let entries = [
        by_stranger(),
        other,
        owner().good(PAYLOAD),
        foreign,
        Signer::named("owner-ed25519").good(PAYLOAD),
    ];
    let document = general(PAYLOAD, &entries);
    assert_eq!(
        judged(&document),
        Ok(vec!["owner-es256".to_owned(), "owner-ed25519".to_owned()])
    );

    let parsed = JwsDocument::parse(&document, &SignaturePolicy::default()).unwrap();
    assert_eq!(parsed.payload(), PAYLOAD);
    assert_eq!(parsed.to_general_json(), document);
    assert_eq!(
        parsed
            .clone()
            .recorded(&keys(), &SignaturePolicy::default()),
        parsed
    );

    let refuses = SignaturePolicy {
        refuses_unknown_signers: true,
        ..SignaturePolicy::default()
    };
    assert_eq!(verdict(&document, &refuses), "untrusted-key");
    for uncounted in [&entries[..2], &entries[3..4]] {
        assert_eq!(
            judged(&general(PAYLOAD, uncounted)),
            Err(JwsError::UntrustedKey)
        );
    }
}

#[test]
fn mistakes_of_recording_are_seen_in_the_document() {
    let entries = [
        by_stranger(),
        owner().good(PAYLOAD),
        Signer::named("owner-ed25519").good(PAYLOAD),
    ];
    let parsed =
        JwsDocument::parse(&general(PAYLOAD, &entries), &SignaturePolicy::default()).unwrap();
    let recorded = |policy: SignaturePolicy| parsed.clone().recorded(&keys(), &policy);
    let default = SignaturePolicy::default;
    let kept = recorded(SignaturePolicy {
        keeps_first_signature_only: true,
        ..default()
    });
    assert_eq!(kept.entries().len(), 1);
    let reversed = recorded(SignaturePolicy {
        reverses_signatures: true,
        ..default()
    });
    assert_eq!(reversed.entries()[2], parsed.entries()[0]);
    let dropped = recorded(SignaturePolicy {
        drops_unknown_signatures: true,
        ..default()
    });
    assert_eq!(dropped.entries(), &parsed.entries()[1..]);
    let rewritten = recorded(SignaturePolicy {
        reserialises_payload: true,
        ..default()
    });
    assert_eq!(
        rewritten.payload(),
        b"{\"name\":\"owner.test:a\",\"version\":\"1.0.0\"}"
    );
    assert_eq!(
        judged(&rewritten.to_general_json()).unwrap_err().problem(),
        "bad-signature"
    );
}

#[test]
fn signatures_are_added_over_the_same_bytes_only() {
    let parse = |entries: &[Value], payload: &[u8]| {
        JwsDocument::parse(&general(payload, entries), &SignaturePolicy::default()).unwrap()
    };
    let (first, second) = (
        owner().good(PAYLOAD),
        Signer::named("owner-ed25519").good(PAYLOAD),
    );
    let mut document = parse(std::slice::from_ref(&first), PAYLOAD);
    document
        .merge(&parse(&[second.clone(), first.clone()], PAYLOAD))
        .unwrap();
    assert_eq!(
        document.to_general_json(),
        general(PAYLOAD, &[first.clone(), second])
    );
    assert!(judged(&document.to_general_json()).is_ok());
    // The same JSON value in other bytes is not the same payload.
    let other = b"{\"name\":\"owner.test:a\",\"version\":\"1.0.0\"}";
    let before = document.clone();
    let error = document
        .merge(&parse(&[owner().good(other)], other))
        .unwrap_err();
    assert_eq!(error.problem(), "signature-payload-mismatch");
    assert_eq!(document, before);
}

#[test]
fn changed_documents_never_panic_and_are_never_accepted_wrongly() {
    let document = general(PAYLOAD, &[owner().good(PAYLOAD)])
        .to_string()
        .into_bytes();
    // Every octet in turn, so that a failure repeats.
    for at in 0..document.len() {
        for change in [0x01, 0x20, 0x80] {
            let mut changed = document.clone();
            changed[at] ^= change;
            let Ok(value) = mock_registry::json::parse_strict(&changed) else {
                continue;
            };
            if judged(&value).is_ok() {
                let parsed = JwsDocument::parse(&value, &SignaturePolicy::default()).unwrap();
                assert_eq!(parsed.payload(), PAYLOAD);
            }
        }
    }
}
