//! Strict JSON (RFC 8259) of request bodies, and equality of JSON values.

use serde_json::Value;

/// A parsed document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The value; of duplicate members the last one stands.
    pub value: Value,
    /// The first member name that an object has twice, at any depth (CRE-5).
    pub duplicate_member: Option<String>,
}

/// Why bytes are not an acceptable JSON document.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// Not UTF-8.
    #[error("failed to read JSON: not UTF-8 after {valid_up_to} bytes")]
    NotUtf8 {
        /// Bytes that were valid.
        valid_up_to: usize,
    },
    /// Not JSON, nested deeper than 128, or a number out of the range of a double.
    #[error("failed to read JSON: {0}")]
    Syntax(#[source] serde_json::Error),
    /// An object has a member name twice.
    #[error("failed to read JSON: duplicate member {0:?}")]
    DuplicateMember(String),
}

/// Parses, and reports a duplicate member beside the value.
pub fn parse(bytes: &[u8]) -> Result<Document, JsonError> { todo!() }

/// Parses, and refuses duplicate members.
pub fn parse_strict(bytes: &[u8]) -> Result<Value, JsonError> { todo!() }

/// Equality of JSON values: numbers by value (`1.0` is `1`), members in any order.
pub fn equal(a: &Value, b: &Value) -> bool { todo!() }
