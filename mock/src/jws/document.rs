//! A JWS in JSON serialization, general or flattened.

use serde_json::{Map, Value};

use super::{JwsError, SignaturePolicy};

/// A parsed JWS with its payload attached.
#[derive(Debug, Clone, PartialEq)]
pub struct JwsDocument(());

/// One signature of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct SignatureEntry {
    /// The protected header as it was sent (base64url), absent when there was none.
    pub protected: Option<String>,
    /// The unprotected header.
    pub header: Option<Map<String, Value>>,
    /// The signature as it was sent (base64url).
    pub signature: String,
}

impl JwsDocument {
    /// Parses the general or the flattened form (RFC 7515, section 7.2). Both `signature` and `signatures`: malformed (SIG-2).
    pub fn parse(value: &Value, policy: &SignaturePolicy) -> Result<Self, JwsError> { todo!() }
    /// The signed bytes.
    pub fn payload(&self) -> &[u8] { todo!() }
    /// The signatures, in order.
    pub fn entries(&self) -> &[SignatureEntry] { todo!() }
    /// The general JSON serialization, entries in order and headers as they were sent (SIG-3, SIG-4).
    pub fn to_general_json(&self) -> Value { todo!() }
    /// Adds the signatures of a document over the same bytes, after those that are there; an entry that is there already is not repeated.
    pub fn merge(&mut self, other: &Self) -> Result<(), JwsError> { todo!() }
}
