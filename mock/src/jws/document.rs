//! A JWS in JSON serialization, general or flattened.

use std::{borrow::Cow, sync::Arc};

use serde_json::{Map, Value, json};

use super::{JwsError, KeyAlgorithm, KeyStore, SignaturePolicy, base64url, headers::JoseHeader};
use crate::{
    cause::Cause,
    json::{self, JsonError},
};

/// A parsed JWS with its payload attached.
#[derive(Debug, Clone, PartialEq)]
pub struct JwsDocument {
    payload: Arc<[u8]>,
    /// As it was sent, which is what signatures are over, where that is another text than the encoding of the payload.
    odd_encoding: Option<Box<str>>,
    entries: Vec<SignatureEntry>,
    /// Written as it was sent, flattened. Set by a defect alone.
    flattened: bool,
}

/// One signature of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct SignatureEntry {
    /// The protected header as it was sent (base64url), absent when there was none.
    pub protected: Option<String>,
    /// The unprotected header.
    pub header: Option<Box<Map<String, Value>>>,
    /// The signature as it was sent (base64url).
    pub signature: String,
}

impl JwsDocument {
    /// Parses the general or the flattened form (RFC 7515, section 7.2). Both `signature` and `signatures`: malformed (SIG-2);
    /// no signature: missing (SIG-10). Members that the RFC does not name are ignored, as it asks.
    pub fn parse(value: &Value, policy: &SignaturePolicy) -> Result<Self, JwsError> {
        let Value::Object(members) = value else {
            return Err(malformed("it is not an object"));
        };
        let encoded_payload =
            string_member(members, "payload")?.ok_or_else(|| malformed("it has no payload"))?;
        let payload = base64url::decode(&encoded_payload, policy)
            .ok_or_else(|| malformed("the payload is not base64url"))?;
        let entries = match parse_entries(members, policy) {
            Err(_) if policy.unreadable_entries_are_none => Vec::new(),
            entries => entries?,
        };
        let none_will_do = policy.accepts_no_signatures
            || policy.unreadable_entries_are_none && members.contains_key("signatures");
        if entries.is_empty() && !none_will_do {
            return Err(JwsError::MissingSignature);
        }
        let is_odd = base64url::encode(&payload) != encoded_payload;
        Ok(Self {
            payload: payload.into(),
            odd_encoding: is_odd.then(|| encoded_payload.into()),
            entries,
            flattened: policy.keeps_flattened_form && !members.contains_key("signatures"),
        })
    }

    /// A document that nobody has signed: what no registry may publish.
    #[must_use]
    pub fn unsigned(payload: &[u8]) -> Self {
        Self {
            payload: payload.into(),
            odd_encoding: None,
            entries: Vec::new(),
            flattened: false,
        }
    }

    /// Whether an entry names a key by more octets than most columns hold.
    pub fn has_long_kid(&self, policy: &SignaturePolicy) -> bool {
        self.entries.iter().any(|entry| {
            JoseHeader::read(entry, policy)
                .is_ok_and(|header| header.kid.is_some_and(|kid| kid.len() > 255))
        })
    }

    /// Bytes of memory, about.
    pub(crate) fn weight(&self) -> usize {
        /// An entry itself.
        const ENTRY: usize = 128;
        let entries = self.entries.iter().map(|entry| {
            // As values it takes many times its text.
            let header = entry.header.as_ref().map_or(0, |header| {
                32 * serde_json::to_string(header).map_or(0, |text| text.len())
            });
            ENTRY + entry.protected.as_deref().map_or(0, str::len) + entry.signature.len() + header
        });
        self.payload.len() + entries.sum::<usize>()
    }

    /// The payload as it was sent: what signatures are over.
    pub(super) fn encoded_payload(&self) -> Cow<'_, str> {
        match &self.odd_encoding {
            Some(text) => Cow::Borrowed(text),
            None => base64url::encode(&self.payload).into(),
        }
    }

    /// Has its payload in memory only once, where it is these bytes.
    #[must_use]
    pub(crate) fn sharing(mut self, bytes: &Arc<[u8]>) -> Self {
        if self.payload == *bytes {
            self.payload = bytes.clone();
        }
        self.entries.shrink_to_fit();
        self
    }

    /// The signed bytes.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The signatures, in order.
    pub fn entries(&self) -> &[SignatureEntry] {
        &self.entries
    }

    /// The protected headers that can be read.
    pub(crate) fn protected_headers(&self, policy: &SignaturePolicy) -> Vec<Value> {
        self.headers(policy).filter_map(Result::ok).collect()
    }

    /// What about the document it is, where implementations break at it.
    pub(crate) fn cause(&self, policy: &SignaturePolicy) -> Option<Cause> {
        self.headers(policy)
            .find_map(|header| match header {
                Err(error) => error.cause(),
                Ok(header) => has_broken_reference(&header).then_some(Cause::BrokenKeyReference),
            })
            .or_else(|| {
                self.entries
                    .iter()
                    .any(|entry| {
                        base64url::decode(&entry.signature, policy).is_none_or(|signature| {
                            signature.len() != KeyAlgorithm::SIGNATURE_LENGTH
                        })
                    })
                    .then_some(Cause::OddSignature)
            })
    }

    fn headers(&self, policy: &SignaturePolicy) -> impl Iterator<Item = Result<Value, JsonError>> {
        self.entries
            .iter()
            .filter_map(|entry| base64url::decode(entry.protected.as_deref()?, policy))
            .map(|octets| json::parse_strict(&octets))
    }

    /// The document as a registry records it: unchanged, unless the policy says otherwise.
    #[must_use]
    pub fn recorded(mut self, keys: &KeyStore, policy: &SignaturePolicy) -> Self {
        if policy.keeps_first_signature_only {
            self.entries.truncate(1);
        }
        if policy.reverses_signatures {
            self.entries.reverse();
        }
        if policy.drops_unknown_signatures {
            self.entries.retain(|entry| {
                JoseHeader::read(entry, policy)
                    .is_ok_and(|header| header.kid.is_some_and(|kid| keys.get(&kid).is_some()))
            });
        }
        if policy.reserialises_payload {
            return self.reserialised();
        }
        self
    }

    /// The document with its payload written anew, its members sorted: what no registry may do (SIG-3).
    #[must_use]
    pub fn reserialised(mut self) -> Self {
        if let Ok(mut value) = serde_json::from_slice::<Value>(&self.payload) {
            value.sort_all_objects();
            self.payload = value.to_string().into_bytes().into();
            self.odd_encoding = None;
        }
        self
    }

    /// The general JSON serialization, entries in order and headers as they were sent (SIG-3, SIG-4).
    pub fn to_general_json(&self) -> Value {
        let signatures: Vec<_> = self.entries.iter().map(SignatureEntry::to_json).collect();
        if let (true, [Value::Object(entry)]) = (self.flattened, signatures.as_slice()) {
            let mut document = entry.clone();
            document.insert("payload".to_owned(), self.encoded_payload().into());
            return document.into();
        }
        json!({"payload": self.encoded_payload(), "signatures": signatures})
    }

    /// Adds the signatures of a document over the same bytes, after those that are there; an entry that is there already is not repeated.
    pub fn merge(&mut self, other: &Self) -> Result<(), JwsError> {
        if self.payload != other.payload {
            return Err(JwsError::PayloadMismatch);
        }
        for entry in &other.entries {
            if !self.entries.contains(entry) {
                self.entries.push(entry.clone());
            }
        }
        Ok(())
    }
}

impl SignatureEntry {
    fn parse(members: &Map<String, Value>) -> Result<Option<Self>, JwsError> {
        let protected = string_member(members, "protected")?;
        let header = match members.get("header") {
            None => None,
            Some(Value::Object(header)) => Some(Box::new(header.clone())),
            Some(_) => return Err(malformed("a header is not an object")),
        };
        Ok(string_member(members, "signature")?.map(|signature| Self {
            protected,
            header,
            signature,
        }))
    }

    fn to_json(&self) -> Value {
        let mut members = Map::new();
        if let Some(protected) = &self.protected {
            members.insert("protected".to_owned(), protected.clone().into());
        }
        if let Some(header) = &self.header {
            members.insert("header".to_owned(), Value::Object((**header).clone()));
        }
        members.insert("signature".to_owned(), self.signature.clone().into());
        members.into()
    }
}

/// Whether a header has a key, or a reference to one, that is none (RFC 7515, sections 4.1.2 to 4.1.6).
fn has_broken_reference(header: &Value) -> bool {
    let is_url = |value: &Value| {
        value
            .as_str()
            .is_some_and(|text| url::Url::parse(text).is_ok_and(|url| url.has_host()))
    };
    let is_key = |value: &Value| {
        let coordinate = value.get("x").and_then(Value::as_str).map(str::len);
        value.get("kty").is_some_and(Value::is_string) && coordinate == Some(43)
    };
    let is_chain = |value: &Value| {
        value.as_array().is_some_and(|certificates| {
            !certificates.is_empty() && certificates.iter().all(Value::is_string)
        })
    };
    [
        ("jwk", &is_key as &dyn Fn(&Value) -> bool),
        ("jku", &is_url),
        ("x5u", &is_url),
        ("x5c", &is_chain),
    ]
    .into_iter()
    .any(|(name, is_good)| header.get(name).is_some_and(|value| !is_good(value)))
}

fn parse_entries(
    members: &Map<String, Value>,
    policy: &SignaturePolicy,
) -> Result<Vec<SignatureEntry>, JwsError> {
    let of_flattened = ["signature", "protected", "header"];
    match members.get("signatures") {
        Some(Value::Array(entries)) => {
            if of_flattened.iter().any(|name| members.contains_key(*name))
                && !policy.accepts_both_forms
            {
                return Err(malformed("it is general and flattened at once"));
            }
            let parse = |entry: &Value| match entry {
                Value::Object(members) => SignatureEntry::parse(members)?
                    .ok_or_else(|| malformed("an entry has no signature")),
                _ => Err(malformed("an entry is not an object")),
            };
            entries.iter().map(parse).collect()
        }
        Some(_) => Err(malformed("signatures is not an array")),
        None if policy.lacks_flattened => Err(malformed("it has no signatures")),
        None => Ok(SignatureEntry::parse(members)?.into_iter().collect()),
    }
}

fn string_member(members: &Map<String, Value>, name: &str) -> Result<Option<String>, JwsError> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(malformed(&format!("{name} is not a string"))),
    }
}

fn malformed(reason: &str) -> JwsError {
    JwsError::Malformed(reason.to_owned())
}
