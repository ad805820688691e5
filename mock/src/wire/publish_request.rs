//! The body of publish.

use indexmap::IndexMap;
use serde_json::Value;

use crate::{json, policy::PublishPolicy, problem::ProblemKind, refusal::Refusal};

/// The body of publish; both members are optional.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct PublishRequest {
    /// `releaseSignature`, a JWS in JSON serialization.
    pub signature: Option<Value>,
    /// `releaseDigest`, algorithm to hex.
    pub release_digest: Option<IndexMap<String, String>>,
}

impl PublishRequest {
    /// Reads the body.
    pub(crate) fn parse(body: &[u8], policy: &PublishPolicy) -> Result<Self, Refusal> {
        match Self::read(body, policy) {
            Err(_) if policy.unreadable_is_unsigned => Ok(Self::default()),
            request => request,
        }
    }

    fn read(body: &[u8], policy: &PublishPolicy) -> Result<Self, Refusal> {
        let value = json::parse_strict(body).map_err(|error| {
            malformed(format!("The body is not JSON: {error}.")).because(error.cause())
        })?;
        let Value::Object(mut members) = value else {
            return Err(malformed("The body is not a JSON object."));
        };
        let signature = match members.remove("releaseSignature") {
            None => None,
            Some(signature @ Value::Object(_)) => Some(signature),
            Some(_) => return Err(malformed("The member releaseSignature is not an object.")),
        };
        let release_digest = members
            .remove("releaseDigest")
            .map(parse_digest)
            .transpose();
        let release_digest = match release_digest {
            Err(_) if policy.ignores_odd_release_digest => None,
            release_digest => release_digest?,
        };
        Ok(Self {
            signature,
            release_digest,
        })
    }
}

fn parse_digest(value: Value) -> Result<IndexMap<String, String>, Refusal> {
    let Value::Object(members) = value else {
        return Err(malformed("The member releaseDigest is not an object."));
    };
    if members.is_empty() {
        return Err(malformed("The member releaseDigest is empty."));
    }
    members
        .into_iter()
        .map(|(name, value)| match value {
            Value::String(digest) => Ok((name, digest)),
            _ => Err(malformed("A digest of releaseDigest is not a string.")),
        })
        .collect()
}

fn malformed(detail: impl Into<String>) -> Refusal {
    Refusal::new(ProblemKind::MalformedRequest, detail)
}
