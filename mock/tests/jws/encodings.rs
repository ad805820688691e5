//! Signatures of the wrong shape or encoding.

use serde_json::json;

use crate::{
    signer::{Signer, der_of},
    support::{PAYLOAD, judged, one, owner},
};

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
    let der = one(&owner().with_signature(PAYLOAD, |octets| *octets = der_of(octets)));
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
