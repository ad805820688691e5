//! What a list of cases has to know of a file, read without reading the rest: thousands of cases are listed in milliseconds.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// The parts of a case file that make the list.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Outline {
    #[serde(default)]
    slow: Value,
    #[serde(default)]
    matrix: Matrix,
    #[serde(default)]
    steps: Vec<StepOutline>,
}

#[derive(Debug, Default, Deserialize)]
struct StepOutline {
    #[serde(default, deserialize_with = "is_there")]
    client: bool,
}

/// The labels of the first variable; none without a matrix.
#[derive(Debug, Default)]
struct Matrix(Vec<String>);

/// The labels of a variable.
struct Labels(Vec<String>);

impl Outline {
    /// What stands in brackets behind the ids of the file's cases.
    pub(super) fn labels(&self) -> &[String] {
        &self.matrix.0
    }

    /// Whether the cases are slow; unknown where that depends on the value of the matrix.
    pub(super) fn slow(&self) -> Option<bool> {
        match self.slow {
            Value::Null => Some(false),
            Value::Bool(slow) => Some(slow),
            _ => None,
        }
    }

    /// Whether a step runs the client under test.
    pub(super) fn is_about_client(&self) -> bool {
        self.steps.iter().any(|step| step.client)
    }
}

/// The label of a value that is its own.
fn label(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn is_there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| true)
}

impl<'de> Deserialize<'de> for Matrix {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Variables;

        impl<'de> Visitor<'de> for Variables {
            type Value = Matrix;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a matrix")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Matrix, A::Error> {
                let first = members.next_entry::<IgnoredAny, Labels>()?;
                while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Matrix(first.map_or_else(Vec::new, |(_, labels)| labels.0)))
            }
        }

        deserializer.deserialize_map(Variables)
    }
}

impl<'de> Deserialize<'de> for Labels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values;

        impl<'de> Visitor<'de> for Values {
            type Value = Labels;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the values of a matrix")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Labels, A::Error> {
                let mut labels = Vec::new();
                while let Some(value) = values.next_element::<Value>()? {
                    labels.push(label(&value));
                }
                Ok(Labels(labels))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut values: A) -> Result<Labels, A::Error> {
                let mut labels = Vec::new();
                while let Some((label, _)) = values.next_entry::<String, IgnoredAny>()? {
                    labels.push(label);
                }
                Ok(Labels(labels))
            }
        }

        deserializer.deserialize_any(Values)
    }
}
