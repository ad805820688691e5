//! A request or an answer as a report holds it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

/// What is shown of a request or an answer, kept as the JSON text that it is: a report has tens of thousands of them, and trees of values
/// take many times the memory of their text.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Message(Box<RawValue>);

impl Message {
    /// Of text that is JSON.
    pub(super) fn of_text(text: &RawValue) -> Self {
        Self(text.to_owned())
    }

    /// Of a value.
    pub(super) fn new(value: &Value) -> Self {
        Self(RawValue::from_string(value.to_string()).unwrap_or_else(|_| RawValue::NULL.to_owned()))
    }

    /// Of a step that sends nothing, or of an answer that is not looked for.
    pub(super) fn none() -> Self {
        Self(RawValue::NULL.to_owned())
    }

    /// As a value.
    pub fn value(&self) -> Value {
        serde_json::from_str(self.0.get()).unwrap_or_default()
    }

    /// Octets of its text.
    pub(super) fn size(&self) -> usize {
        self.0.get().len()
    }
}
