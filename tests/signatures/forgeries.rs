//! Signatures that a confused verifier would take.

use josekit::jwk::Jwk;
use josekit::jws::{ES256, EdDSA};
use registry_conformance::jws::{
    Invalid, KeyAlgorithm, KeyRef, PublicKeyText, SignAs, SignatureSpec, decode, encode, verify,
};
use serde_json::Value;

use super::support::{keys, signed, verdict};

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
