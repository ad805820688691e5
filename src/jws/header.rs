use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Changes to a header: each named member is set to the value, or with `null` taken away.
///
/// A member that is to hold `null` itself is not sayable here; nothing in RFC 7515 needs one.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct HeaderEdit(pub Map<String, Value>);

impl HeaderEdit {
    /// No change.
    pub fn none() -> Self {
        Self::default()
    }

    /// Also sets a member.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// Also takes a member away.
    #[must_use]
    pub fn remove(self, name: &str) -> Self {
        self.set(name, Value::Null)
    }

    /// Applies the changes.
    pub fn apply(&self, header: &mut Map<String, Value>) {
        for (name, value) in &self.0 {
            if value.is_null() {
                header.shift_remove(name);
            } else {
                header.insert(name.clone(), value.clone());
            }
        }
    }
}
