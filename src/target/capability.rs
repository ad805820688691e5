//! What a registry declares about itself.

use serde_json::{Map, Value};

use super::{
    CAPABILITIES, CapabilityDefinition, CapabilityError, CapabilityValue,
    capability_table::definition,
};

/// What one registry declares: a value for every row of [`CAPABILITIES`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    values: Vec<CapabilityValue>,
}

impl Default for Capabilities {
    fn default() -> Self {
        Self {
            values: CAPABILITIES
                .iter()
                .map(CapabilityDefinition::default_value)
                .collect(),
        }
    }
}

impl Capabilities {
    /// What a capability is set to; `None` when there is no capability of this name.
    pub fn get(&self, name: &str) -> Option<&CapabilityValue> {
        definition(name)
            .ok()
            .and_then(|(index, _)| self.values.get(index))
    }

    /// Whether a capability is declared `true`.
    pub fn is(&self, name: &str) -> bool {
        match self.get(name) {
            Some(CapabilityValue::Bool(value)) => *value,
            Some(CapabilityValue::Choice(choice)) => choice == "true",
            _ => false,
        }
    }

    /// Sets a capability to a value written as in the target file.
    pub fn set(&mut self, name: &str, value: &Value) -> Result<(), CapabilityError> {
        let (index, row) = definition(name)?;
        let value = row.read(value)?;
        if let Some(slot) = self.values.get_mut(index) {
            *slot = value;
        }
        Ok(())
    }

    /// These capabilities with what was seen in place of `seen`; what is declared stays as it is.
    #[must_use]
    pub fn resolve_seen(&self, upload: bool, asynchronous: bool) -> Self {
        let mut resolved = self.clone();
        for (row, value) in CAPABILITIES.iter().zip(&mut resolved.values) {
            if *value == CapabilityValue::Seen {
                *value = CapabilityValue::Bool(if row.name == "upload" {
                    upload
                } else {
                    asynchronous
                });
            }
        }
        resolved
    }

    /// The names of those that have still to be seen.
    pub fn undetermined(&self) -> impl Iterator<Item = &'static str> {
        self.iter()
            .filter(|(_, value)| **value == CapabilityValue::Seen)
            .map(|(row, _)| row.name)
    }

    /// Every capability and its value, in the order of the table.
    pub fn iter(&self) -> impl Iterator<Item = (&'static CapabilityDefinition, &CapabilityValue)> {
        CAPABILITIES.iter().zip(&self.values)
    }

    /// A JSON object of all capabilities, values as in the target file.
    pub fn to_json(&self) -> Value {
        Value::Object(
            self.iter()
                .map(|(row, value)| (row.name.to_owned(), value.to_json()))
                .collect::<Map<_, _>>(),
        )
    }
}
