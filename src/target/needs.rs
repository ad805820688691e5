//! What a case needs of a registry, and whether a registry has it.

use serde_json::Value;

use super::{
    Capabilities, CapabilityError, CapabilityKind, CapabilityValue,
    capability_table::{CapabilityDefinition, definition},
};

/// The capabilities without which a case says nothing about a registry; all of them are needed.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    needs: Vec<Need>,
}

#[derive(Clone, Debug)]
struct Need {
    row: &'static CapabilityDefinition,
    wanted: Wanted,
}

#[derive(Clone, Debug)]
enum Wanted {
    /// One of these values.
    AnyOf(Vec<CapabilityValue>),
    /// All of these names are in the list.
    Contains(Vec<String>),
    /// None of these names is in the list.
    Lacks(Vec<String>),
    /// A limit is declared (or none is).
    Declared(bool),
    /// No limit is declared, or one that is not lower.
    AtLeast(u64),
}

/// A `needs` that can not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct NeedsError {
    /// The JSON pointer of the place, relative to the `needs` mapping.
    pub pointer: String,
    /// What is wrong there.
    pub error: CapabilityError,
}

/// A need that a registry does not meet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("needs the capability {capability}: {needed}; the target has {is}")]
pub struct Missing {
    /// The capability's name.
    pub capability: String,
    /// What the case needs it to be.
    pub needed: String,
    /// What it is.
    pub is: CapabilityValue,
}

impl Missing {
    /// Whether the capability has still to be seen, so that the need may yet turn out to be met.
    pub fn is_undetermined(&self) -> bool {
        self.is == CapabilityValue::Seen
    }
}

impl Needs {
    /// Reads the `needs` of a case: a mapping from capability to a value or a list of acceptable values.
    ///
    /// A list capability must contain the name, or all the names, given, or none of those in
    /// `{without: [...]}`. For a limit, `true` needs one to be
    /// declared, `false` needs none, and `{at-least: 4}` needs none that is lower.
    pub fn from_json(value: &Value) -> Result<Self, Vec<NeedsError>> {
        let mut needs = Vec::new();
        let mut errors = Vec::new();
        for (name, wanted) in value.as_object().into_iter().flatten() {
            match definition(name).and_then(|(_, row)| {
                Ok(Need {
                    row,
                    wanted: Wanted::read(row, wanted)?,
                })
            }) {
                Ok(need) => needs.push(need),
                Err(error) => errors.push(NeedsError {
                    pointer: format!("/{name}"),
                    error,
                }),
            }
        }
        if errors.is_empty() {
            Ok(Self { needs })
        } else {
            Err(errors)
        }
    }

    /// The names of the capabilities that are needed.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.needs.iter().map(|need| need.row.name)
    }

    /// Whether nothing is needed.
    pub fn is_empty(&self) -> bool {
        self.needs.is_empty()
    }

    /// These needs and others.
    #[must_use]
    pub fn and(&self, others: &Self) -> Self {
        Self {
            needs: self.needs.iter().chain(&others.needs).cloned().collect(),
        }
    }
}

impl Wanted {
    fn read(row: &'static CapabilityDefinition, value: &Value) -> Result<Self, CapabilityError> {
        let one_or_many = |value: &Value| match value {
            Value::Array(values) => values.clone(),
            value => vec![value.clone()],
        };
        let values = one_or_many(value);
        let wrong = || CapabilityError::Value {
            name: row.name,
            expected: row.kind,
        };
        if values.is_empty() {
            return Err(wrong());
        }
        if let (CapabilityKind::List(_), Some(names)) = (row.kind, value.get("without")) {
            // A name that no target can declare is lacked by all; it need not be known.
            let names: Option<Vec<String>> = one_or_many(names)
                .iter()
                .map(|name| name.as_str().map(str::to_owned))
                .collect();
            return names.map(Self::Lacks).ok_or_else(wrong);
        }
        if let (CapabilityKind::Limit, Some(least)) = (row.kind, value.get("at-least")) {
            return least.as_u64().map(Self::AtLeast).ok_or_else(wrong);
        }
        match (row.kind, value) {
            (CapabilityKind::List(_), _) => match row.read(&Value::Array(values))? {
                CapabilityValue::List(names) => Ok(Self::Contains(names)),
                _ => Err(wrong()),
            },
            (CapabilityKind::Limit, Value::Bool(declared)) => Ok(Self::Declared(*declared)),
            _ => values
                .iter()
                .map(|value| row.read(value))
                .collect::<Result<_, _>>()
                .map(Self::AnyOf),
        }
    }

    fn accepts(&self, value: &CapabilityValue) -> bool {
        match (self, value) {
            (Self::AnyOf(values), value) => values.contains(value),
            (Self::Contains(names), CapabilityValue::List(list)) => {
                names.iter().all(|name| list.contains(name))
            }
            (Self::Declared(declared), value) => {
                matches!(value, CapabilityValue::Number(_)) == *declared
            }
            (Self::Lacks(names), CapabilityValue::List(list)) => {
                !names.iter().any(|name| list.contains(name))
            }
            (Self::AtLeast(least), CapabilityValue::Number(limit)) => limit >= least,
            (Self::AtLeast(_), value) => *value == CapabilityValue::None,
            (Self::Contains(_) | Self::Lacks(_), _) => false,
        }
    }

    /// Whether this asks for something to be there, rather than to be absent.
    fn is_positive(&self) -> bool {
        match self {
            Self::AnyOf(values) => !values.iter().any(|value| {
                matches!(
                    value,
                    CapabilityValue::Bool(false) | CapabilityValue::None | CapabilityValue::Seen
                )
            }),
            Self::Contains(_) => true,
            Self::Lacks(_) | Self::AtLeast(_) => false,
            Self::Declared(declared) => *declared,
        }
    }

    fn describe(&self) -> String {
        match self {
            Self::AnyOf(values) => values
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" or "),
            Self::Contains(names) => format!("containing {}", names.join(", ")),
            Self::Lacks(names) => format!("without {}", names.join(", ")),
            Self::AtLeast(least) => format!("no limit below {least}"),
            Self::Declared(true) => "a limit".to_owned(),
            Self::Declared(false) => "no limit".to_owned(),
        }
    }
}

impl Capabilities {
    /// Whether everything in `needs` is there, and what each lies within (`upload.chunked` needs `upload`).
    ///
    /// A certain miss is reported before one that has still to be seen ([`Missing::is_undetermined`]).
    pub fn meets(&self, needs: &Needs) -> Result<(), Missing> {
        let mut undetermined = None;
        for need in &needs.needs {
            let mut missing = self.misses(need.row, &need.wanted);
            let mut within = need.row.within.filter(|_| need.wanted.is_positive());
            while let (None, Some(name)) = (&missing, within) {
                let Ok((_, row)) = definition(name) else {
                    break;
                };
                missing = self.misses(row, &Wanted::AnyOf(vec![CapabilityValue::Bool(true)]));
                within = row.within;
            }
            match missing {
                Some(missing) if missing.is_undetermined() => {
                    undetermined = undetermined.or(Some(missing));
                }
                Some(missing) => return Err(missing),
                None => {}
            }
        }
        undetermined.map_or(Ok(()), Err)
    }

    fn misses(&self, row: &CapabilityDefinition, wanted: &Wanted) -> Option<Missing> {
        let is = self.get(row.name)?;
        (!wanted.accepts(is)).then(|| Missing {
            capability: row.name.to_owned(),
            needed: wanted.describe(),
            is: is.clone(),
        })
    }
}
