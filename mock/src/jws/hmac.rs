//! The confusion of a public key with an HMAC's secret (SIG-5): only a mistaken policy comes here.

use openssl::{
    bn::BigNum,
    ec::{EcGroup, EcKey},
    error::ErrorStack,
    hash::MessageDigest,
    memcmp,
    nid::Nid,
    pkey::{Id, PKey, Public},
    sign::Signer,
};
use serde_json::Value;

use super::{Key, KeyAlgorithm, SignaturePolicy, base64url};

/// Whether the signature is an HMAC keyed with any of the usual writings of the public key: PEM, DER, raw, JWK.
pub(super) fn verifies_with_public_key(
    key: &Key,
    alg: &str,
    message: &[u8],
    signature: &[u8],
) -> bool {
    let digest = match alg {
        "HS256" => MessageDigest::sha256(),
        "HS384" => MessageDigest::sha384(),
        "HS512" => MessageDigest::sha512(),
        _ => return false,
    };
    writings(key).unwrap_or_default().iter().any(|secret| {
        hmac(digest, secret, message)
            .is_ok_and(|mac| mac.len() == signature.len() && memcmp::eq(&mac, signature))
    })
}

fn hmac(digest: MessageDigest, secret: &[u8], message: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    Signer::new(digest, &*PKey::hmac(secret)?)?.sign_oneshot_to_vec(message)
}

fn writings(key: &Key) -> Result<Vec<Vec<u8>>, ErrorStack> {
    let coordinate = |name: &str| {
        let text = key.public_jwk().get(name).and_then(Value::as_str);
        text.and_then(|text| base64url::decode(text, &SignaturePolicy::default()))
            .unwrap_or_default()
    };
    let (x, y) = (coordinate("x"), coordinate("y"));
    let public: PKey<Public> = match key.algorithm {
        KeyAlgorithm::Ed25519 => PKey::public_key_from_raw_bytes(&x, Id::ED25519)?,
        KeyAlgorithm::Es256 => {
            let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
            let (x, y) = (BigNum::from_slice(&x)?, BigNum::from_slice(&y)?);
            PKey::from_ec_key(EcKey::from_public_key_affine_coordinates(&group, &x, &y)?)?
        }
    };
    let pem = public.public_key_to_pem()?;
    let jwk = Value::Object(key.public_jwk().clone()).to_string();
    Ok(vec![
        pem.trim_ascii_end().to_vec(),
        pem,
        public.public_key_to_der()?,
        [&[4], &*x, &*y].concat(),
        [&*x, &*y].concat(),
        x,
        jwk.into_bytes(),
    ])
}
