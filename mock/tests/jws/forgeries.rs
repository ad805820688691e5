//! Forgeries, each refused, and each taken by the mistake that forgets its rule.

use mock_registry::jws::SignaturePolicy;
use serde_json::{Value, json};

use crate::{
    signer::{Forged, Signer, base64url, entry, general},
    support::{PAYLOAD, by_stranger, one, owner, verdict},
};

/// A document, the problem that it is refused with, and the mistake that takes it.
struct Forgery {
    what: &'static str,
    document: Value,
    problem: &'static str,
    mistake: SignaturePolicy,
}

fn forgery(
    what: &'static str,
    document: Value,
    problem: &'static str,
    mistake: impl FnOnce(&mut SignaturePolicy),
) -> Forgery {
    let mut policy = SignaturePolicy::default();
    mistake(&mut policy);
    Forgery {
        what,
        document,
        problem,
        mistake: policy,
    }
}

/// A good signature under this protected header.
fn signed(protected: &Value) -> Value {
    one(&owner().entry(protected, PAYLOAD))
}

/// A good signature with this unprotected header beside.
fn signed_beside(protected: &Value, unprotected: Value) -> Value {
    let mut entry = owner().entry(protected, PAYLOAD);
    entry["header"] = unprotected;
    one(&entry)
}

/// A signature of the right length that does not hold.
fn altered(kid: &str) -> Value {
    Signer::named(kid).with_signature(PAYLOAD, |octets| octets[9] ^= 1)
}

fn of_algorithms() -> Vec<Forgery> {
    let none = |alg: &str, signature: &str| {
        one(&entry(
            &json!({"alg": alg, "kid": "owner-es256"}),
            signature,
        ))
    };
    let hmac = |kid: &str| one(&Signer::named(kid).hmac(PAYLOAD));
    let other_alg = |alg: &str| signed(&json!({"alg": alg, "kid": "owner-es256"}));
    let problem = "unsupported-algorithm";
    vec![
        forgery("none", none("none", ""), problem, |policy| {
            policy.accepts_alg_none = true;
        }),
        forgery("NoNe", none("NoNe", "AAAA"), problem, |policy| {
            policy.accepts_alg_none = true;
        }),
        forgery("HMAC with PEM", hmac("owner-es256"), problem, |policy| {
            policy.hmac_with_public_key = true;
        }),
        forgery(
            "HMAC with raw key",
            hmac("owner-ed25519"),
            problem,
            |policy| policy.hmac_with_public_key = true,
        ),
        forgery("another key's alg", other_alg("EdDSA"), problem, |policy| {
            policy.alg_not_bound_to_key = true;
        }),
        forgery("an unknown alg", other_alg("RS256"), problem, |policy| {
            policy.alg_not_bound_to_key = true;
        }),
    ]
}

fn of_headers() -> Vec<Forgery> {
    let whole = json!({"alg": "ES256", "kid": "owner-es256"});
    let typed = json!({"alg": "ES256", "kid": "owner-es256", "typ": "a"});
    let (no_alg, no_kid) = (json!({"kid": "owner-es256"}), json!({"alg": "ES256"}));
    let crit = json!({"alg": "ES256", "kid": "owner-es256", "crit": ["x"], "x": 1});
    let empty_crit = json!({"alg": "ES256", "kid": "owner-es256", "crit": []});
    let problem = "bad-signature";
    vec![
        forgery(
            "unprotected alg",
            signed_beside(&no_alg, json!({"alg": "ES256"})),
            problem,
            |policy| {
                policy.alg_from_unprotected_header = true;
            },
        ),
        forgery("no alg", signed(&no_alg), problem, |policy| {
            policy.alg_optional = true;
        }),
        forgery(
            "unprotected kid",
            signed_beside(&no_kid, json!({"kid": "owner-es256"})),
            problem,
            |policy| {
                policy.kid_from_unprotected_header = true;
            },
        ),
        forgery("no kid", signed(&no_kid), problem, |policy| {
            policy.kid_optional = true;
        }),
        forgery(
            "kid in both",
            signed_beside(&whole, json!({"kid": "owner-es256"})),
            problem,
            |policy| {
                policy.accepts_parameter_in_both_headers = true;
            },
        ),
        forgery(
            "typ in both",
            signed_beside(&typed, json!({"typ": "b"})),
            problem,
            |policy| {
                policy.accepts_parameter_in_both_headers = true;
            },
        ),
        forgery("unknown crit", signed(&crit), problem, |policy| {
            policy.ignores_crit = true;
        }),
        forgery("empty crit", signed(&empty_crit), problem, |policy| {
            policy.accepts_empty_crit = true;
        }),
        forgery(
            "unprotected crit",
            signed_beside(&whole, json!({"crit": ["x"], "x": 1})),
            problem,
            |policy| {
                policy.ignores_unprotected_crit = true;
            },
        ),
    ]
}

fn of_signatures() -> Vec<Forgery> {
    let good = owner().good(PAYLOAD);
    let ed25519 = altered("owner-ed25519");
    let other_payload = general(b"{}", std::slice::from_ref(&good));
    let long = one(&owner().with_signature(PAYLOAD, |octets| octets.push(0)));
    let mut padded = good.clone();
    padded["signature"] = format!("{}==", good["signature"].as_str().unwrap()).into();
    let bad_second = general(PAYLOAD, &[good.clone(), ed25519.clone()]);
    let bad_first = general(PAYLOAD, &[ed25519, good.clone()]);
    let bad_other = general(PAYLOAD, &[good, altered("other-ed25519")]);
    let problem = "bad-signature";
    vec![
        forgery("altered payload", other_payload, problem, |policy| {
            policy.skips_verification = true;
        }),
        forgery("long signature", long, problem, |policy| {
            policy.accepts_long_signature = true;
        }),
        forgery("padded signature", one(&padded), problem, |policy| {
            policy.accepts_padded_base64 = true;
        }),
        forgery("bad second", bad_second, problem, |policy| {
            policy.only_first_signature = true;
        }),
        forgery("bad first", bad_first, problem, |policy| {
            policy.any_valid_signature_suffices = true;
        }),
        forgery("bad one of another", bad_other, problem, |policy| {
            policy.any_valid_signature_suffices = true;
        }),
    ]
}

fn of_signers() -> Vec<Forgery> {
    let forged = Forged::new();
    let header = json!({"alg": "ES256", "kid": "stranger", "jwk": forged.public_jwk()});
    let embedded = forged.entry(&header, PAYLOAD);
    let mut unprotected = forged.entry(&json!({"alg": "ES256", "kid": "stranger"}), PAYLOAD);
    unprotected["header"] = json!({"jwk": forged.public_jwk()});
    let other = one(&Signer::named("other-es256").good(PAYLOAD));
    let problem = "untrusted-key";
    vec![
        forgery("unknown kid", one(&by_stranger()), problem, |policy| {
            policy.trusts_unknown_kid = true;
        }),
        forgery("jwk", one(&embedded), problem, |policy| {
            policy.trusts_embedded_jwk = true;
        }),
        forgery("unprotected jwk", one(&unprotected), problem, |policy| {
            policy.trusts_embedded_jwk = true;
        }),
        forgery("another publisher", other, problem, |policy| {
            policy.trusts_every_publisher = true;
        }),
    ]
}

fn forgeries() -> Vec<Forgery> {
    [of_algorithms(), of_headers(), of_signatures(), of_signers()]
        .into_iter()
        .flatten()
        .collect()
}

#[test]
fn forgeries_are_refused_and_each_mistake_takes_its_own() {
    for Forgery {
        what,
        document,
        problem,
        mistake,
    } in forgeries()
    {
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
    let altered = one(&altered("owner-es256"));
    for Forgery { what, mistake, .. } in forgeries() {
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
