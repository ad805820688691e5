//! Signatures judged by the rule of SIG, each mistake of a policy beside the refusal that it forgets.

mod jws_support;

use jws_support::{Forged, Signer, base64url, entry, general};
use mock_registry::jws::{JwsDocument, JwsError, Key, KeyStore, SignaturePolicy, judge};
use serde_json::{Value, json};

const PAYLOAD: &[u8] = b"{\"name\":\"owner.test:a\",  \"version\":\"1.0.0\"}";

fn keys() -> KeyStore {
    KeyStore::from_jwks(include_bytes!("../src/test-keys.jwks")).unwrap()
}

fn of_owner(key: &Key) -> bool {
    key.identity == "owner"
}

fn judged_with(document: &Value, policy: &SignaturePolicy) -> Result<Vec<String>, JwsError> {
    let document = JwsDocument::parse(document, policy)?;
    judge(&document, &keys(), of_owner, policy).map(|accepted| accepted.signers)
}

fn judged(document: &Value) -> Result<Vec<String>, JwsError> {
    judged_with(document, &SignaturePolicy::default())
}

/// The problem name of a refusal, or `accepted`.
fn verdict(document: &Value, policy: &SignaturePolicy) -> &'static str {
    judged_with(document, policy).map_or_else(|error| error.problem(), |_| "accepted")
}

fn owner() -> Signer {
    Signer::named("owner-es256")
}

fn by_stranger() -> Value {
    owner().entry(&json!({"alg": "ES256", "kid": "stranger"}), PAYLOAD)
}

fn one(entry: &Value) -> Value {
    general(PAYLOAD, &[entry.clone()])
}

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

/// Each forgery, the problems that fit, and the one mistake that takes it.
fn forgeries() -> Vec<(&'static str, Value, &'static str, SignaturePolicy)> {
    let default = SignaturePolicy::default;
    let protected = json!({"alg": "ES256", "kid": "owner-es256"});
    let sign = |header: Value| owner().entry(&header, PAYLOAD);
    let unprotected = |header: Value, rest: Value| {
        let mut entry = sign(header);
        entry["header"] = rest;
        one(&entry)
    };
    let good = owner().good(PAYLOAD);
    let forged = Forged::new();
    let mut embedded = forged.entry(
        &json!({"alg": "ES256", "kid": "stranger", "jwk": forged.public_jwk()}),
        PAYLOAD,
    );
    let embedded_protected = one(&embedded);
    embedded["protected"] = base64url(br#"{"alg":"ES256","kid":"stranger"}"#).into();
    embedded["header"] = json!({"jwk": forged.public_jwk()});
    embedded["signature"] = forged.signature_of(&embedded, PAYLOAD).into();
    let ed = Signer::named("owner-ed25519");
    vec![
        (
            "none",
            one(&entry(&json!({"alg": "none", "kid": "owner-es256"}), "")),
            "unsupported-algorithm",
            SignaturePolicy {
                accepts_alg_none: true,
                ..default()
            },
        ),
        (
            "None with octets",
            one(&entry(
                &json!({"alg": "NoNe", "kid": "owner-es256"}),
                "AAAA",
            )),
            "unsupported-algorithm",
            SignaturePolicy {
                accepts_alg_none: true,
                ..default()
            },
        ),
        (
            "HMAC with PEM",
            one(&owner().hmac(PAYLOAD)),
            "unsupported-algorithm",
            SignaturePolicy {
                hmac_with_public_key: true,
                ..default()
            },
        ),
        (
            "HMAC with raw Ed25519 key",
            one(&ed.hmac(PAYLOAD)),
            "unsupported-algorithm",
            SignaturePolicy {
                hmac_with_public_key: true,
                ..default()
            },
        ),
        (
            "unprotected alg",
            unprotected(json!({"kid": "owner-es256"}), json!({"alg": "ES256"})),
            "bad-signature",
            SignaturePolicy {
                alg_from_unprotected_header: true,
                ..default()
            },
        ),
        (
            "no alg",
            one(&sign(json!({"kid": "owner-es256"}))),
            "bad-signature",
            SignaturePolicy {
                alg_optional: true,
                ..default()
            },
        ),
        (
            "unprotected kid",
            unprotected(json!({"alg": "ES256"}), json!({"kid": "owner-es256"})),
            "bad-signature",
            SignaturePolicy {
                kid_from_unprotected_header: true,
                ..default()
            },
        ),
        (
            "no kid",
            one(&sign(json!({"alg": "ES256"}))),
            "bad-signature",
            SignaturePolicy {
                kid_optional: true,
                ..default()
            },
        ),
        (
            "kid in both",
            unprotected(protected.clone(), json!({"kid": "owner-es256"})),
            "bad-signature",
            SignaturePolicy {
                accepts_parameter_in_both_headers: true,
                ..default()
            },
        ),
        (
            "typ in both",
            unprotected(
                json!({"alg": "ES256", "kid": "owner-es256", "typ": "a"}),
                json!({"typ": "b"}),
            ),
            "bad-signature",
            SignaturePolicy {
                accepts_parameter_in_both_headers: true,
                ..default()
            },
        ),
        (
            "another key's alg",
            one(&sign(json!({"alg": "EdDSA", "kid": "owner-es256"}))),
            "unsupported-algorithm",
            SignaturePolicy {
                alg_not_bound_to_key: true,
                ..default()
            },
        ),
        (
            "an unknown alg",
            one(&sign(json!({"alg": "RS256", "kid": "owner-es256"}))),
            "unsupported-algorithm",
            SignaturePolicy {
                alg_not_bound_to_key: true,
                ..default()
            },
        ),
        (
            "unknown crit",
            one(&sign(
                json!({"alg": "ES256", "kid": "owner-es256", "crit": ["x"], "x": 1}),
            )),
            "bad-signature",
            SignaturePolicy {
                ignores_crit: true,
                ..default()
            },
        ),
        (
            "empty crit",
            one(&sign(
                json!({"alg": "ES256", "kid": "owner-es256", "crit": []}),
            )),
            "bad-signature",
            SignaturePolicy {
                accepts_empty_crit: true,
                ..default()
            },
        ),
        (
            "unprotected crit",
            unprotected(protected.clone(), json!({"crit": ["x"], "x": 1})),
            "bad-signature",
            SignaturePolicy {
                ignores_unprotected_crit: true,
                ..default()
            },
        ),
        (
            "altered payload",
            general(b"{}", &[good.clone()]),
            "bad-signature",
            SignaturePolicy {
                skips_verification: true,
                ..default()
            },
        ),
        (
            "long signature",
            one(&owner().with_signature(PAYLOAD, |octets| octets.push(0))),
            "bad-signature",
            SignaturePolicy {
                accepts_long_signature: true,
                ..default()
            },
        ),
        (
            "padded signature",
            one(
                &json!({"protected": good["protected"], "signature": format!("{}==", good["signature"].as_str().unwrap())}),
            ),
            "bad-signature",
            SignaturePolicy {
                accepts_padded_base64: true,
                ..default()
            },
        ),
        (
            "unknown kid",
            one(&by_stranger()),
            "untrusted-key",
            SignaturePolicy {
                trusts_unknown_kid: true,
                ..default()
            },
        ),
        (
            "embedded jwk",
            embedded_protected,
            "untrusted-key",
            SignaturePolicy {
                trusts_embedded_jwk: true,
                ..default()
            },
        ),
        (
            "unprotected embedded jwk",
            one(&embedded),
            "untrusted-key",
            SignaturePolicy {
                trusts_embedded_jwk: true,
                ..default()
            },
        ),
        (
            "another publisher",
            one(&Signer::named("other-es256").good(PAYLOAD)),
            "untrusted-key",
            SignaturePolicy {
                trusts_every_publisher: true,
                ..default()
            },
        ),
        (
            "bad second",
            general(
                PAYLOAD,
                &[
                    good.clone(),
                    ed.with_signature(PAYLOAD, |octets| octets[9] ^= 1),
                ],
            ),
            "bad-signature",
            SignaturePolicy {
                only_first_signature: true,
                ..default()
            },
        ),
        (
            "bad first",
            general(
                PAYLOAD,
                &[
                    ed.with_signature(PAYLOAD, |octets| octets[9] ^= 1),
                    good.clone(),
                ],
            ),
            "bad-signature",
            SignaturePolicy {
                any_valid_signature_suffices: true,
                ..default()
            },
        ),
        (
            "bad one of another publisher",
            general(
                PAYLOAD,
                &[
                    good,
                    Signer::named("other-ed25519").with_signature(PAYLOAD, |octets| octets[9] ^= 1),
                ],
            ),
            "bad-signature",
            SignaturePolicy {
                any_valid_signature_suffices: true,
                ..default()
            },
        ),
    ]
}

#[test]
fn forgeries_are_refused_and_each_mistake_takes_its_own() {
    for (what, document, problem, mistake) in forgeries() {
        assert_eq!(
            verdict(&document, &SignaturePolicy::default()),
            problem,
            "{what}"
        );
        assert_eq!(verdict(&document, &mistake), "accepted", "{what}");
    }
}

#[test]
fn a_mistake_still_refuses_the_forgeries_of_others() {
    let altered = general(
        PAYLOAD,
        &[owner().with_signature(PAYLOAD, |octets| octets[40] ^= 0x10)],
    );
    for (what, _, _, mistake) in forgeries() {
        assert_eq!(
            verdict(&one(&owner().good(PAYLOAD)), &mistake),
            "accepted",
            "{what}"
        );
        if !mistake.skips_verification {
            assert_eq!(verdict(&altered, &mistake), "bad-signature", "{what}");
        }
    }
}

#[test]
fn forbidden_headers_of_unknown_signers_are_refused_too() {
    let table = [
        (
            entry(&json!({"alg": "none", "kid": "stranger"}), ""),
            "unsupported-algorithm",
        ),
        (
            entry(&json!({"alg": "HS512", "kid": "stranger"}), "AAAA"),
            "unsupported-algorithm",
        ),
        (
            entry(
                &json!({"alg": "ES256", "kid": "stranger", "crit": ["b64"], "b64": true}),
                "AAAA",
            ),
            "bad-signature",
        ),
        (
            entry(
                &json!({"alg": "ES256", "kid": "stranger", "crit": null}),
                "AAAA",
            ),
            "bad-signature",
        ),
        (entry(&json!({"alg": "ES256"}), "AAAA"), "bad-signature"),
        (
            entry(&json!({"alg": 1, "kid": "stranger"}), "AAAA"),
            "bad-signature",
        ),
        (
            entry(&json!({"alg": "ES256", "kid": ["stranger"]}), "AAAA"),
            "bad-signature",
        ),
        (entry(&json!(["alg"]), "AAAA"), "bad-signature"),
        (json!({"signature": "AAAA"}), "bad-signature"),
        (
            json!({"signature": "AAAA", "protected": ""}),
            "bad-signature",
        ),
        (
            json!({"signature": "AAAA", "header": {"alg": "ES256", "kid": "stranger"}}),
            "bad-signature",
        ),
        (
            json!({"signature": "AAAA", "protected": base64url(br#"{"alg":"ES256","alg":"none","kid":"s"}"#)}),
            "bad-signature",
        ),
        (
            json!({"signature": "AAAA", "protected": base64url(b"\xff")}),
            "bad-signature",
        ),
        (
            json!({"signature": "AAAA", "protected": base64url("[".repeat(100_000).as_bytes())}),
            "bad-signature",
        ),
    ];
    for (forbidden, problem) in table {
        for entries in [
            [forbidden.clone(), owner().good(PAYLOAD)],
            [owner().good(PAYLOAD), forbidden.clone()],
        ] {
            assert_eq!(
                verdict(&general(PAYLOAD, &entries), &SignaturePolicy::default()),
                problem,
                "{forbidden}"
            );
        }
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
fn signatures_of_any_wrong_shape_are_bad() {
    for kid in ["owner-es256", "owner-ed25519"] {
        let signer = Signer::named(kid);
        let wrong: [fn(&mut Vec<u8>); 10] = [
            |octets| octets.clear(),
            |octets| octets.truncate(1),
            |octets| octets.truncate(63),
            |octets| octets.push(0),
            |octets| octets.insert(0, 0),
            |octets| octets.fill(0),
            |octets| octets[..32].fill(0),
            |octets| octets[32..].fill(0),
            |octets| octets.fill(0xff),
            |octets| octets.reverse(),
        ];
        for change in wrong {
            let document = one(&signer.with_signature(PAYLOAD, change));
            assert_eq!(
                judged(&document).unwrap_err().problem(),
                "bad-signature",
                "{document}"
            );
        }
    }
    // ECDSA as OpenSSL writes it (DER) is not what RFC 7518 asks for.
    let der = one(&owner().with_signature(PAYLOAD, |octets| *octets = jws_support::der_of(octets)));
    assert_eq!(judged(&der).unwrap_err().problem(), "bad-signature");
}

#[test]
fn base64url_is_strict() {
    let good = owner().good(PAYLOAD);
    let text = good["signature"].as_str().unwrap().to_owned();
    // 64 octets leave four bits behind the last one, which must be zero.
    let mut dirty = text.clone().into_bytes();
    let last = dirty.last_mut().unwrap();
    *last += 1;
    let dirty = String::from_utf8(dirty).unwrap();
    for wrong in [
        dirty,
        format!("{text}="),
        format!("{text}=="),
        format!(" {text}"),
        format!("{text}\n"),
        text.replace(['-', '_'], "+"),
        "A".to_owned(),
        "é".to_owned(),
    ] {
        if wrong == text {
            continue;
        }
        let document = one(&json!({"protected": good["protected"], "signature": wrong}));
        assert_eq!(
            judged(&document).unwrap_err().problem(),
            "bad-signature",
            "{wrong:?}"
        );
    }
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

    let good: Value = serde_json::from_slice(include_bytes!("../src/test-keys.jwks")).unwrap();
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
