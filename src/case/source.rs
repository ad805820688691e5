//! One case file as a JSON value, and the values that its matrix makes of it.

use serde_json::{Map, Value};

use super::model::Step;
use super::template::Substitution;

/// A case file that is read but not yet filled in: the values of a matrix, however many, share one.
#[derive(Debug)]
pub(super) struct Source {
    file: Value,
    matrix: Option<Matrix>,
}

/// The first variable of the file's matrix.
#[derive(Debug)]
struct Matrix {
    variable: String,
    /// How many values it has.
    values: usize,
}

impl Source {
    pub(super) fn new(file: Value) -> Self {
        let matrix = file.get("matrix").and_then(Matrix::read);
        Self { file, matrix }
    }

    /// The file as it stands.
    pub(super) fn file(&self) -> &Value {
        &self.file
    }

    /// How many cases the file holds.
    pub(super) fn len(&self) -> usize {
        self.matrix.as_ref().map_or(1, |matrix| matrix.values)
    }

    /// One member of the file with the value of the matrix filled in.
    pub(super) fn member(&self, index: usize, name: &str) -> Option<Value> {
        let member = self.file.get(name)?;
        Some(match self.substitution(index) {
            Some(substitution) => substitution.fill(member),
            None => member.clone(),
        })
    }

    /// The file with the value of the matrix filled in. The matrix itself is left in place for the first value alone: its
    /// mistakes are the same for all, and a copy for each would make a file cost the square of its values.
    pub(super) fn filled(&self, index: usize) -> Value {
        let mut filled = match (self.substitution(index), &self.file) {
            (Some(substitution), Value::Object(members)) => {
                let others = members
                    .iter()
                    .filter(|(name, _)| *name != "matrix")
                    .map(|(name, member)| substitution.fill_member(name, member));
                Value::Object(others.collect())
            }
            (_, file) => file.clone(),
        };
        if index == 0
            && self.matrix.is_some()
            && let (Some(members), Some(matrix)) = (filled.as_object_mut(), self.file.get("matrix"))
        {
            members.insert("matrix".to_owned(), matrix.clone());
        }
        if let Some(steps) = filled.get_mut("steps") {
            normalise(steps);
        }
        filled
    }

    fn substitution(&self, index: usize) -> Option<Substitution<'_>> {
        let variable = &self.matrix.as_ref()?.variable;
        let value = match self.file.get("matrix")?.get(variable)? {
            Value::Array(values) => values.get(index),
            Value::Object(values) => values.values().nth(index),
            _ => None,
        }?;
        Some(Substitution::new(variable, value))
    }
}

impl Matrix {
    /// None where the member is no matrix, which the schema has a message for, and where it is empty.
    fn read(matrix: &Value) -> Option<Self> {
        let variables = matrix.as_object()?;
        if !variables
            .values()
            .all(|values| values.is_array() || values.is_object())
        {
            return None;
        }
        let (variable, values) = variables.iter().next()?;
        let count = match values {
            Value::Array(values) => values.len(),
            Value::Object(values) => values.len(),
            _ => 0,
        };
        (count > 0).then(|| Self {
            variable: variable.clone(),
            values: count,
        })
    }
}

/// `- publish:` with nothing behind it is `- publish: {}`.
fn normalise(steps: &mut Value) {
    for step in steps.as_array_mut().into_iter().flatten() {
        let Some(members) = step.as_object_mut() else {
            continue;
        };
        for (name, member) in members.iter_mut() {
            if member.is_null() && Step::ACTIONS.contains(&name.as_str()) {
                *member = Value::Object(Map::new());
            }
            match name.as_str() {
                "attempt" => normalise(member),
                "parallel" => {
                    if let Some(steps) = member.get_mut("steps") {
                        normalise(steps);
                    }
                }
                _ => {}
            }
        }
    }
}
