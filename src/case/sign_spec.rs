//! Signatures as case files say them, right and wrong.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::action::BodySpec;
use crate::jws::{Form, HeaderEdit, PayloadTamper, SignatureSpec};

/// How a manifest is signed.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum SignSpec {
    /// A right signature by this key.
    Kid(String),
    /// Entries, each by a key or described.
    Entries(Vec<EntrySpec>),
    /// More to say.
    Detailed(Box<SignDetails>),
}

/// One entry of `signatures`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum EntrySpec {
    /// A right signature by this key.
    Kid(String),
    /// A signature as described.
    Detailed(Box<SignatureSpec>),
}

/// The whole document.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct SignDetails {
    /// General (default) or flattened.
    pub form: Form,
    /// The entries.
    pub by: Vec<EntrySpec>,
    /// The exact payload, instead of the manifest's bytes.
    pub payload: Option<BodySpec>,
    /// The manifest's bytes with these members set (another version, another digest).
    pub payload_set: IndexMap<String, Value>,
    /// The manifest as the same JSON value in other bytes.
    pub payload_respelled: bool,
    /// What is spoiled in the payload after signing.
    pub payload_tamper: PayloadTamper,
    /// Members of the document set, or with `null` taken away, after everything else.
    pub document: HeaderEdit,
}

impl SignSpec {
    /// In the long form.
    pub fn details(&self) -> SignDetails {
        match self {
            Self::Kid(kid) => SignDetails {
                by: vec![EntrySpec::Kid(kid.clone())],
                ..SignDetails::default()
            },
            Self::Entries(entries) => SignDetails {
                by: entries.clone(),
                ..SignDetails::default()
            },
            Self::Detailed(details) => (**details).clone(),
        }
    }
}

impl EntrySpec {
    /// In the long form.
    pub fn signature(&self) -> SignatureSpec {
        match self {
            Self::Kid(kid) => SignatureSpec::by(kid),
            Self::Detailed(signature) => (**signature).clone(),
        }
    }
}
