//! Signatures over manifests: JWS (RFC 7515) in the general JSON serialization, with ES256 and Ed25519.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use josekit::JoseError;
use josekit::jwk::Jwk;
use josekit::jws::{ES256, EdDSA, JwsSigner, JwsVerifier};
use serde_json::{Map, Value, json};

use crate::failure::Failure;

/// The kinds of keys that are known here.
#[derive(Clone, Copy)]
enum Kind {
    P256,
    Ed25519,
}

impl Kind {
    fn of(key: &Value) -> Option<Self> {
        match (key["kty"].as_str()?, key["crv"].as_str()?) {
            ("EC", "P-256") => Some(Self::P256),
            ("OKP", "Ed25519") => Some(Self::Ed25519),
            _ => None,
        }
    }

    /// The names of its one algorithm.
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::P256 => &["ES256"],
            Self::Ed25519 => &["EdDSA", "Ed25519"],
        }
    }

    fn signer(self, key: &Jwk) -> Result<Box<dyn JwsSigner>, JoseError> {
        Ok(match self {
            Self::P256 => Box::new(ES256.signer_from_jwk(key)?),
            Self::Ed25519 => Box::new(EdDSA.signer_from_jwk(key)?),
        })
    }

    fn verifier(self, key: &Jwk) -> Result<Box<dyn JwsVerifier>, JoseError> {
        Ok(match self {
            Self::P256 => Box::new(ES256.verifier_from_jwk(key)?),
            Self::Ed25519 => Box::new(EdDSA.verifier_from_jwk(key)?),
        })
    }
}

/// JWS document over exactly these octets.
pub(crate) fn sign(payload: &[u8], key: &Value) -> Result<Value, Failure> {
    let kind = fitting(key, &key["alg"])
        .ok_or_else(|| Failure::Unsupported(format!("keys for {}", key["alg"])))?;
    // Both in the protected header: what decides how to verify has to be signed itself.
    let header = BASE64.encode(json!({"alg": key["alg"], "kid": key["kid"]}).to_string());
    let payload = BASE64.encode(payload);
    let signature = numbers(key)
        .and_then(|key| kind.signer(&key))
        .and_then(|signer| signer.sign(format!("{header}.{payload}").as_bytes()))
        .map_err(|error| Failure::because(format!("the key does not sign: {error}")))?;
    let entry = json!({"protected": header, "signature": BASE64.encode(signature)});
    Ok(json!({"payload": payload, "signatures": [entry]}))
}

/// The signed octets, if a key of the JWKS `trusted` vouches for them.
pub(crate) fn verify(document: &Value, trusted: &Value) -> Result<Vec<u8>, Failure> {
    let (Some(payload), Some(signatures), None) = (
        document["payload"].as_str(),
        document["signatures"].as_array(),
        document.get("signature"),
    ) else {
        return Err(Failure::because(
            "the signature is not a JWS in the general form",
        ));
    };
    // One good signature is needed, and none may be bad: a bad one by a trusted key is an attack or a defect.
    let mut vouched = false;
    for entry in signatures {
        vouched |= verify_entry(entry, payload, trusted)?;
    }
    if !vouched {
        return Err(Failure::because("no signature is by a trusted key"));
    }
    decode(payload)
}

/// Whether a trusted key signed; false for keys that are not known.
fn verify_entry(entry: &Value, payload: &str, trusted: &Value) -> Result<bool, Failure> {
    let protected = entry["protected"].as_str().unwrap_or_default();
    let header: Value = serde_json::from_slice(&decode(protected)?)?;
    let kid = check_header(&header, &entry["header"])?;
    let keys = trusted["keys"].as_array().map_or(&[][..], Vec::as_slice);
    // Keys in the document itself (jwk, x5c, jku) prove nothing.
    let Some(key) = keys.iter().find(|key| key["kid"] == kid) else {
        return Ok(false);
    };
    let kind = fitting(key, &header["alg"])
        .ok_or_else(|| Failure::because(format!("key {kid} is not one for {}", header["alg"])))?;
    let signature = decode(entry["signature"].as_str().unwrap_or_default())?;
    numbers(key)
        .and_then(|key| kind.verifier(&key))
        .and_then(|verifier| {
            verifier.verify(format!("{protected}.{payload}").as_bytes(), &signature)
        })
        .map_err(|_| Failure::because(format!("the signature by {kid} is not valid")))?;
    Ok(true)
}

/// The kid of a protected header that can be relied on.
fn check_header<'a>(header: &'a Value, unprotected: &Value) -> Result<&'a str, Failure> {
    let refuse = |reason: String| Err(Failure::because(reason));
    let (Some(alg), Some(kid)) = (header["alg"].as_str(), header["kid"].as_str()) else {
        return refuse("alg or kid is not in the protected header".to_owned());
    };
    if alg.eq_ignore_ascii_case("none") || alg.starts_with("HS") {
        return refuse(format!("algorithm {alg} proves nothing"));
    }
    if header.get("crit").is_some() || unprotected.get("crit").is_some() {
        return refuse(
            "the signature demands an extension (crit), and none is known here".to_owned(),
        );
    }
    let both =
        |members: &Map<String, Value>| members.keys().any(|name| unprotected.get(name).is_some());
    if header.as_object().is_some_and(both) {
        return refuse("a header parameter is both protected and not".to_owned());
    }
    Ok(kid)
}

/// The key decides about the algorithm, not the document: whoever may choose can choose badly.
fn fitting(key: &Value, alg: &Value) -> Option<Kind> {
    let kind = Kind::of(key)?;
    let fits = |name: &Value| kind.names().iter().any(|known| name == known);
    (fits(alg) && key.get("alg").is_none_or(fits)).then_some(kind)
}

/// The numbers of a key without what is said about it, which is judged above, as josekit has no `Ed25519`.
fn numbers(key: &Value) -> Result<Jwk, JoseError> {
    let members = ["kty", "crv", "x", "y", "d"];
    let given = members.map(|name| Some((name.to_owned(), key.get(name)?.clone())));
    Jwk::from_map(given.into_iter().flatten().collect::<Map<_, _>>())
}

fn decode(text: &str) -> Result<Vec<u8>, Failure> {
    BASE64
        .decode(text)
        .map_err(|_| Failure::because("not base64url"))
}
