use std::borrow::Cow;

use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::{Key, KeyError, KeyRef, KeySet, SignAs, SignError, SignatureSpec, Tamper, base64url};

/// Makes one entry of `signatures`, as its plan says.
pub(super) fn sign(
    spec: &SignatureSpec,
    payload: &[u8],
    keys: &KeySet,
) -> Result<Map<String, Value>, SignError> {
    let (key, kid) = resolve(&spec.key, payload, keys)?;
    let failed = |source| SignError::Key {
        kid: kid.clone(),
        source,
    };
    let mut header = Map::new();
    let alg = match spec.sign_as {
        SignAs::Key => key.alg(),
        SignAs::HmacWithPublicKey(_) | SignAs::HmacWithEmptyKey => "HS256",
        SignAs::None => "none",
    };
    header.insert("alg".to_owned(), alg.into());
    header.insert("kid".to_owned(), kid.clone().into());
    if spec.embed_jwk {
        header.insert("jwk".to_owned(), key.public_jwk());
    }
    spec.protected.apply(&mut header);

    let protected = spec.tamper.protected_text(&header);
    let signed_payload = spec.tamper.signed_payload(payload);
    let message = format!(
        "{}.{}",
        protected.as_deref().unwrap_or_default(),
        base64url::encode(&signed_payload)
    );
    let signature = match spec.sign_as {
        SignAs::Key => key.sign(message.as_bytes()),
        SignAs::HmacWithPublicKey(text) => key
            .public_key_text(text)
            .and_then(|secret| hmac(&secret, message.as_bytes())),
        SignAs::HmacWithEmptyKey => hmac(b"", message.as_bytes()),
        SignAs::None => Ok(Vec::new()),
    }
    .map_err(failed)?;

    let mut entry = Map::new();
    let protected = if spec.tamper == Tamper::AlterProtected {
        header.insert("altered".to_owned(), true.into());
        Some(base64url::encode(
            Value::Object(header).to_string().as_bytes(),
        ))
    } else {
        protected
    };
    if let Some(protected) = protected {
        entry.insert("protected".to_owned(), protected.into());
    }
    if !spec.unprotected.is_empty() {
        entry.insert("header".to_owned(), Value::Object(spec.unprotected.clone()));
    }
    if let Some(signature) = spec
        .tamper
        .signature_value(signature, key.algorithm())
        .map_err(failed)?
    {
        entry.insert("signature".to_owned(), signature);
    }
    Ok(entry)
}

/// The key that signs and the kid that it claims.
fn resolve<'a>(
    key: &KeyRef,
    payload: &[u8],
    keys: &'a KeySet,
) -> Result<(Cow<'a, Key>, String), SignError> {
    match key {
        KeyRef::Kid(kid) => {
            let found = keys.get(kid).ok_or_else(|| SignError::UnknownKid {
                kid: kid.clone(),
                known: keys.iter().map(Key::kid).collect::<Vec<_>>().join(", "),
            })?;
            Ok((Cow::Borrowed(found), kid.clone()))
        }
        KeyRef::Unknown { algorithm, kid } => {
            let claimed = kid.clone().unwrap_or_else(|| {
                format!("unknown-{}", hex::encode(&Sha256::digest(payload)[..8]))
            });
            let key = keys
                .unknown(&claimed, *algorithm, payload)
                .map_err(|source| SignError::Key {
                    kid: claimed.clone(),
                    source,
                })?;
            Ok((Cow::Owned(key), claimed))
        }
    }
}

fn hmac(secret: &[u8], message: &[u8]) -> Result<Vec<u8>, KeyError> {
    // OpenSSL 3 refuses an empty key. HMAC pads keys with zeros, so that one zero is the same key.
    let key = PKey::hmac(if secret.is_empty() { &[0] } else { secret })?;
    Ok(Signer::new(MessageDigest::sha256(), &key)?.sign_oneshot_to_vec(message)?)
}
