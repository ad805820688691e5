//! The JOSE header of one signature: the protected and the unprotected one, kept apart.

use serde_json::{Map, Value};

use super::{SignatureEntry, SignaturePolicy, base64url};
use crate::json;

/// What of a signature's headers matters, after the rules that need no key.
#[derive(Debug)]
pub(super) struct JoseHeader {
    /// `alg`; absent only where the policy does without.
    pub(super) alg: Option<String>,
    /// `kid`; absent only where the policy does without.
    pub(super) kid: Option<String>,
    /// `jwk` of either header, which earns no trust (SIG-11).
    pub(super) jwk: Option<Value>,
}

impl JoseHeader {
    /// Reads and checks the headers; the error says which rule is broken.
    pub(super) fn read(entry: &SignatureEntry, policy: &SignaturePolicy) -> Result<Self, String> {
        let protected = read_protected(entry, policy)?;
        let empty = Map::new();
        let unprotected = entry.header.as_deref().unwrap_or(&empty);
        if let Some(name) = protected
            .keys()
            .find(|name| unprotected.contains_key(*name))
            && !policy.accepts_parameter_in_both_headers
        {
            return Err(format!("{name:?} is in both headers"));
        }
        check_crit(&protected, unprotected, policy)?;
        if policy.refuses_unknown_parameters {
            refuse_unknown(protected.keys().chain(unprotected.keys()))?;
        }
        let jwk = protected.get("jwk").or_else(|| unprotected.get("jwk"));
        Ok(Self {
            alg: read_name(
                "alg",
                &protected,
                policy.alg_from_unprotected_header.then_some(unprotected),
                policy.alg_optional,
                policy,
            )?,
            kid: read_name(
                "kid",
                &protected,
                policy.kid_from_unprotected_header.then_some(unprotected),
                policy.kid_optional || policy.trusts_embedded_jwk && jwk.is_some(),
                policy,
            )?,
            jwk: jwk.cloned(),
        })
    }
}

/// Whether the protected header is no JSON object at all.
pub(super) fn is_unreadable(entry: &SignatureEntry, policy: &SignaturePolicy) -> bool {
    read_protected(entry, policy).is_err()
}

/// Whether the protected header has a `crit`.
pub(super) fn is_critical(entry: &SignatureEntry, policy: &SignaturePolicy) -> bool {
    read_protected(entry, policy).is_ok_and(|header| header.contains_key("crit"))
}

/// Knows what this registry needs and nothing else: what no implementation may do (RFC 7515, section 4).
fn refuse_unknown<'a>(names: impl Iterator<Item = &'a String>) -> Result<(), String> {
    let mut unknown = names.filter(|name| !matches!(name.as_str(), "alg" | "kid" | "crit"));
    unknown
        .next()
        .map_or(Ok(()), |name| Err(format!("{name:?} is not known")))
}

fn read_protected(
    entry: &SignatureEntry,
    policy: &SignaturePolicy,
) -> Result<Map<String, Value>, String> {
    let Some(encoded) = entry.protected.as_deref().filter(|text| !text.is_empty()) else {
        return Ok(Map::new());
    };
    let octets = base64url::decode(encoded, policy)
        .ok_or_else(|| "the protected header is not base64url".to_owned())?;
    match json::parse_strict(&octets) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err("the protected header is not an object".to_owned()),
        Err(error) => Err(format!("the protected header is malformed: {error}")),
    }
}

/// No extension is understood here, so every `crit` is refused: as unknown, as empty, as malformed or as unprotected
/// (RFC 7515, section 4.1.11).
fn check_crit(
    protected: &Map<String, Value>,
    unprotected: &Map<String, Value>,
    policy: &SignaturePolicy,
) -> Result<(), String> {
    if unprotected.contains_key("crit") && !policy.ignores_unprotected_crit {
        return Err("crit is not protected".to_owned());
    }
    match protected.get("crit") {
        None => Ok(()),
        Some(Value::Array(names)) if names.is_empty() && policy.accepts_empty_crit => Ok(()),
        Some(Value::Array(names)) if !names.is_empty() && policy.ignores_crit => Ok(()),
        Some(Value::Array(names)) if names.is_empty() => Err("crit is empty".to_owned()),
        Some(crit) => Err(format!("crit names what is not understood: {crit}")),
    }
}

fn read_name(
    name: &str,
    protected: &Map<String, Value>,
    unprotected: Option<&Map<String, Value>>,
    optional: bool,
    policy: &SignaturePolicy,
) -> Result<Option<String>, String> {
    let found = protected
        .get(name)
        .or_else(|| unprotected.and_then(|header| header.get(name)));
    match found {
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(Value::Array(texts)) if policy.parameters_as_text => {
            Ok(texts.first().and_then(Value::as_str).map(str::to_owned))
        }
        Some(_) => Err(format!("{name} is not a string")),
        None if optional => Ok(None),
        None => Err(format!("{name} is not in the protected header")),
    }
}
