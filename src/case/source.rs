//! One case file as a JSON value, and the values that its matrix makes of it.

use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};

use super::model::Step;
use super::template::Substitution;

/// A case file that is read but not yet filled in: the values of a matrix, however many, share one.
#[derive(Debug)]
pub(super) struct Source {
    file: Value,
    matrix: Option<Matrix>,
    /// The steps as they stand in the file, for all values that they say nothing of.
    steps: OnceLock<Vec<Arc<Value>>>,
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
        Self {
            file,
            matrix,
            steps: OnceLock::new(),
        }
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

    /// The file with the value of the matrix filled in.
    pub(super) fn filled(&self, index: usize) -> Value {
        if !self.file.is_object() {
            return self.file.clone();
        }
        let mut filled = self.members(index, |_| true);
        if let Some(steps) = filled.get_mut("steps") {
            normalise(steps);
        }
        Value::Object(filled)
    }

    /// The same with no steps.
    pub(super) fn beside_steps(&self, index: usize) -> Map<String, Value> {
        let mut filled = self.members(index, |name| name != "steps");
        filled.insert("steps".to_owned(), Value::Array(Vec::new()));
        filled
    }

    /// Members of the file with the value of the matrix filled in. The matrix itself is left in place for the first value alone: its
    /// mistakes are the same for all, and a copy for each would make a file cost the square of its values.
    fn members(&self, index: usize, is_wanted: impl Fn(&str) -> bool) -> Map<String, Value> {
        let substitution = self.substitution(index);
        self.file
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(name, _)| is_wanted(name))
            .filter_map(|(name, member)| match &substitution {
                Some(_) if name == "matrix" => (index == 0).then(|| (name.clone(), member.clone())),
                Some(substitution) => Some(substitution.fill_member(name, member)),
                None => Some((name.clone(), member.clone())),
            })
            .collect()
    }

    /// The steps with the value of the matrix filled in; none if there is no list of them.
    pub(super) fn steps(&self, index: usize) -> Option<Vec<Arc<Value>>> {
        let members = self.file.as_object()?;
        let is_named_by_the_matrix = members.keys().any(|name| name.contains('$'));
        let Some(Value::Array(steps)) = members.get("steps").filter(|_| !is_named_by_the_matrix)
        else {
            // The value of the matrix can be such a list, or the name of one.
            let mut filled = self.filled(index);
            let Value::Array(steps) = filled.get_mut("steps")?.take() else {
                return None;
            };
            return Some(steps.into_iter().map(Arc::new).collect());
        };
        let shared = self.steps.get_or_init(|| {
            let normal = |step: &Value| {
                let mut step = step.clone();
                normalise_step(&mut step);
                Arc::new(step)
            };
            steps.iter().map(normal).collect()
        });
        let Some(substitution) = self.substitution(index) else {
            return Some(shared.clone());
        };
        let filled = |step: &Arc<Value>| {
            if !substitution.is_in(step) {
                return Arc::clone(step);
            }
            let mut step = substitution.fill(step);
            normalise_step(&mut step);
            Arc::new(step)
        };
        Some(shared.iter().map(filled).collect())
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
    steps
        .as_array_mut()
        .into_iter()
        .flatten()
        .for_each(normalise_step);
}

fn normalise_step(step: &mut Value) {
    let Some(members) = step.as_object_mut() else {
        return;
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Source;

    /// What is shared, or read alone, is what the file was held to its schema with.
    #[test]
    fn steps_alone_are_those_of_the_whole_file() {
        let files = [
            json!({"summary": "x", "steps": [{"publish": null}, {"get": {"as": "owner"}}]}),
            json!({"matrix": {"v": ["a", null, 3]}, "steps": [{"publish": "$(v)"}, {"get": null}, {"x": ["$$(v)", {"$(v)": 1}]}]}),
            json!({"matrix": {"v": ["publish", "get"]}, "steps": [{"$(v)": null}, {"attempt": [{"publish": null}, {"$(v)": null}]}]}),
            json!({"matrix": {"v": {"one": [{"get": null}], "two": []}}, "steps": "$(v)"}),
            json!({"matrix": {"v": ["steps", "other"]}, "steps": [{"get": 1}], "$(v)": [{"publish": null}]}),
            json!({"summary": "x"}),
            json!({"steps": {"get": null}}),
            json!(["steps"]),
        ];
        for file in files {
            let source = Source::new(file.clone());
            for index in 0..source.len() {
                let whole = source.filled(index);
                let alone: Option<Vec<Value>> = source
                    .steps(index)
                    .map(|steps| steps.iter().map(|step| (**step).clone()).collect());
                let expected = whole.get("steps").and_then(Value::as_array);
                assert_eq!(alone.as_ref(), expected, "{file}, value {index}");
            }
        }
    }
}
