use serde_json::{Map, Value};

use super::{Base64UrlError, Form, KeySet, base64url};

/// The document is no JWS in JSON serialization.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Not a JSON object.
    #[error("failed to read the JWS: it is not a JSON object")]
    NotAnObject,
    /// `payload` is missing, or not a string.
    #[error("failed to read the JWS: there is no string \"payload\"")]
    NoPayload,
    /// `payload` is not base64url.
    #[error("failed to read the JWS: the payload is not base64url")]
    PayloadNotBase64Url(#[source] Base64UrlError),
    /// Both `signature` and `signatures`.
    #[error("failed to read the JWS: it has both \"signature\" and \"signatures\"")]
    BothForms,
    /// Neither `signature` nor `signatures`.
    #[error("failed to read the JWS: it has neither \"signature\" nor \"signatures\"")]
    NoSignatures,
    /// `signatures` is not an array of objects.
    #[error("failed to read the JWS: \"signatures\" is not an array of objects")]
    SignaturesNotObjects,
}

/// Why an entry does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// No `protected` member, or it is not a string.
    #[error("there is no protected header")]
    NoProtectedHeader,
    /// The protected header is not strict base64url of a JSON object.
    #[error("the protected header is not base64url of a JSON object")]
    ProtectedHeaderUnreadable,
    /// `header` is not an object.
    #[error("the unprotected header is not a JSON object")]
    UnprotectedHeaderNotAnObject,
    /// A parameter is in both headers (RFC 7515 section 7.2.1).
    #[error("the header parameter {0:?} is in both headers")]
    InBothHeaders(String),
    /// `alg` or `kid` is missing from the protected header, or no string.
    #[error("the protected header has no {0:?}")]
    NoParameter(&'static str),
    /// `crit` is there: empty, unprotected, or naming what nobody knows (RFC 7515 section 4.1.11).
    #[error("the header parameter \"crit\" is empty, unprotected or names an unknown extension")]
    Critical,
    /// No key of the set has this kid.
    #[error("the key {0:?} is unknown")]
    UnknownKey(String),
    /// `alg` is not the key's.
    #[error("the algorithm {alg:?} is not the key's")]
    WrongAlgorithm {
        /// The `alg` of the protected header.
        alg: String,
    },
    /// `signature` is missing, not a string, or not base64url.
    #[error("the signature is missing or not base64url")]
    SignatureUnreadable,
    /// The signature does not verify.
    #[error("the signature does not verify")]
    BadSignature,
}

/// What is to say of one entry.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryVerdict {
    /// `kid` of the protected header, if there.
    pub kid: Option<String>,
    /// `alg` of the protected header, if there.
    pub alg: Option<String>,
    /// The protected header as far as it can be read, else empty.
    pub protected: Map<String, Value>,
    /// Whether it is a valid signature by a key of the set, or why not.
    pub verdict: Result<(), Invalid>,
}

impl EntryVerdict {
    /// Whether the entry is a valid signature by a key of the set.
    pub fn is_valid(&self) -> bool {
        self.verdict.is_ok()
    }
}

/// What is to say of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Verification {
    /// Its serialization.
    pub form: Form,
    /// The signed bytes.
    pub payload: Vec<u8>,
    /// One verdict for each entry, in order.
    pub entries: Vec<EntryVerdict>,
}

impl Verification {
    /// The valid entries' kids, in order.
    pub fn valid_kids(&self) -> Vec<&str> {
        self.entries
            .iter()
            .filter(|entry| entry.is_valid())
            .filter_map(|entry| entry.kid.as_deref())
            .collect()
    }
}

/// Judges every entry of a JWS JSON document, general or flattened, on its own.
pub fn verify(document: &Value, keys: &KeySet) -> Result<Verification, DocumentError> {
    let members = document.as_object().ok_or(DocumentError::NotAnObject)?;
    let payload_text = members
        .get("payload")
        .and_then(Value::as_str)
        .ok_or(DocumentError::NoPayload)?;
    let payload = base64url::decode(payload_text).map_err(DocumentError::PayloadNotBase64Url)?;
    let (form, entries) = match (members.get("signature"), members.get("signatures")) {
        (Some(_), Some(_)) => return Err(DocumentError::BothForms),
        (None, None) => return Err(DocumentError::NoSignatures),
        (Some(_), None) => (Form::Flattened, vec![members]),
        (None, Some(signatures)) => {
            let entries = signatures
                .as_array()
                .map(|entries| entries.iter().map(Value::as_object).collect());
            (
                Form::General,
                entries
                    .flatten()
                    .ok_or(DocumentError::SignaturesNotObjects)?,
            )
        }
    };
    let entries = entries
        .into_iter()
        .map(|entry| judge(entry, payload_text, keys))
        .collect();
    Ok(Verification {
        form,
        payload,
        entries,
    })
}

fn judge(entry: &Map<String, Value>, payload: &str, keys: &KeySet) -> EntryVerdict {
    let mut verdict = EntryVerdict {
        kid: None,
        alg: None,
        protected: Map::new(),
        verdict: Ok(()),
    };
    let protected_text = match entry.get("protected").and_then(Value::as_str) {
        Some(text) if !text.is_empty() => text,
        _ => {
            return EntryVerdict {
                verdict: Err(Invalid::NoProtectedHeader),
                ..verdict
            };
        }
    };
    let Some(protected) = read_header(protected_text) else {
        return EntryVerdict {
            verdict: Err(Invalid::ProtectedHeaderUnreadable),
            ..verdict
        };
    };
    let parameter = |name: &str| {
        protected
            .get(name)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    verdict.kid = parameter("kid");
    verdict.alg = parameter("alg");
    verdict.verdict = judge_headers(entry, &protected).and_then(|()| {
        let alg = verdict.alg.as_deref().ok_or(Invalid::NoParameter("alg"))?;
        let kid = verdict.kid.as_deref().ok_or(Invalid::NoParameter("kid"))?;
        let key = keys
            .get(kid)
            .ok_or_else(|| Invalid::UnknownKey(kid.to_owned()))?;
        if !key.algorithm().names().contains(&alg) {
            return Err(Invalid::WrongAlgorithm {
                alg: alg.to_owned(),
            });
        }
        let signature = entry
            .get("signature")
            .and_then(Value::as_str)
            .ok_or(Invalid::SignatureUnreadable)?;
        let signature = base64url::decode(signature).map_err(|_| Invalid::SignatureUnreadable)?;
        let message = format!("{protected_text}.{payload}");
        if key.verifies(message.as_bytes(), &signature) {
            Ok(())
        } else {
            Err(Invalid::BadSignature)
        }
    });
    verdict.protected = protected;
    verdict
}

fn read_header(text: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&base64url::decode(text).ok()?).ok()
}

/// What can be wrong with the headers alone.
fn judge_headers(
    entry: &Map<String, Value>,
    protected: &Map<String, Value>,
) -> Result<(), Invalid> {
    let empty = Map::new();
    let unprotected = match entry.get("header") {
        None => &empty,
        Some(header) => header
            .as_object()
            .ok_or(Invalid::UnprotectedHeaderNotAnObject)?,
    };
    // No extension is known here, so that a `crit` is right in no header.
    if protected.contains_key("crit") || unprotected.contains_key("crit") {
        return Err(Invalid::Critical);
    }
    match protected
        .keys()
        .find(|name| unprotected.contains_key(*name))
    {
        Some(name) => Err(Invalid::InBothHeaders(name.clone())),
        None => Ok(()),
    }
}
