//! Templates in case files: `$(main.name)` stands for a value that is known when the step runs.
//!
//! A text that consists of one template alone takes the value with its type; otherwise the value is inserted as text.
//! `$$(` is a literal `$(`.

use std::cell::OnceCell;

use serde_json::Value;
use thiserror::Error;

/// Why a template could not be filled in.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum TemplateError {
    /// `$(` without `)`.
    #[error("failed to read the template in {text:?}: no closing parenthesis")]
    Unclosed {
        /// The text with the template.
        text: String,
    },
    /// Nothing with this name is known.
    #[error("failed to fill in $({name}): {reason}")]
    Unknown {
        /// What stands between the parentheses.
        name: String,
        /// Why there is no such value.
        reason: String,
    },
    /// The registry did not give the value.
    #[error("needs $({name}): {reason}")]
    NotGiven {
        /// What stands between the parentheses.
        name: String,
        /// Why there is no such value.
        reason: String,
    },
}

/// Why a name has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoValue {
    /// The case is at fault: nothing of this name could ever be.
    Meaningless(String),
    /// The registry did not give it, or an earlier step that should have brought it failed.
    NotGiven(String),
}

impl NoValue {
    /// The case is at fault.
    pub fn meaningless(reason: impl Into<String>) -> Self {
        Self::Meaningless(reason.into())
    }

    /// The registry did not give it.
    pub fn not_given(reason: impl Into<String>) -> Self {
        Self::NotGiven(reason.into())
    }
}

/// Where values come from.
pub trait Scope {
    /// The value of `name`, or why there is none.
    fn lookup(&self, name: &str) -> Result<Value, NoValue>;
}

/// Fills in every template in every text of `value`, member names included.
pub fn render(value: &Value, scope: &dyn Scope) -> Result<Value, TemplateError> {
    // A mapping is copied in a fraction of the time that making it anew takes.
    if value.is_object() && !is_in(value) {
        return Ok(value.clone());
    }
    Ok(match value {
        Value::String(text) => render_text(text, scope)?,
        Value::Array(items) => Value::Array(
            items
                .iter()
                .map(|item| render(item, scope))
                .collect::<Result<_, _>>()?,
        ),
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, member)| {
                    let name = as_text(&render_text(name, scope)?);
                    Ok((name, render(member, scope)?))
                })
                .collect::<Result<_, TemplateError>>()?,
        ),
        other => other.clone(),
    })
}

/// Whether some text of `value` may hold a template, or an escape.
pub(crate) fn is_in(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('$'),
        Value::Array(items) => items.iter().any(is_in),
        Value::Object(members) => members
            .iter()
            .any(|(name, member)| name.contains('$') || is_in(member)),
        _ => false,
    }
}

/// The names of all templates in `value`.
pub fn names(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(value, &mut found);
    found
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => collect_of_text(text, found),
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(members) => {
            for (name, member) in members {
                collect_of_text(name, found);
                collect(member, found);
            }
        }
        _ => {}
    }
}

fn collect_of_text(text: &str, found: &mut Vec<String>) {
    if !text.contains('$') {
        return;
    }
    if let Ok(parts) = split(text) {
        found.extend(parts.into_iter().filter_map(|part| match part {
            Part::Name(name) => Some(name.to_owned()),
            Part::Text(_) => None,
        }));
    }
}

/// One variable and its value, to be filled in where every other template, and every escape, is left as it stands.
pub(super) struct Substitution<'a> {
    value: &'a Value,
    template: String,
    /// The value as text, made when a text first needs it.
    inserted: OnceCell<String>,
}

impl<'a> Substitution<'a> {
    pub(super) fn new(variable: &str, value: &'a Value) -> Self {
        Self {
            value,
            template: format!("$({variable})"),
            inserted: OnceCell::new(),
        }
    }

    /// Whether a value, its member names included, speaks of the variable.
    pub(super) fn is_in(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => text.contains(&self.template),
            Value::Array(items) => items.iter().any(|item| self.is_in(item)),
            Value::Object(members) => members
                .iter()
                .any(|(name, member)| name.contains(&self.template) || self.is_in(member)),
            _ => false,
        }
    }

    /// A value with the variable filled in, member names included.
    pub(super) fn fill(&self, value: &Value) -> Value {
        // A mapping is copied in a fraction of the time that making it anew takes.
        if value.is_object() && !self.is_in(value) {
            return value.clone();
        }
        match value {
            Value::String(text) if *text == self.template => self.value.clone(),
            Value::String(text) => Value::String(self.fill_text(text)),
            Value::Array(items) => Value::Array(items.iter().map(|item| self.fill(item)).collect()),
            Value::Object(members) => Value::Object(
                members
                    .iter()
                    .map(|(name, member)| self.fill_member(name, member))
                    .collect(),
            ),
            other => other.clone(),
        }
    }

    /// The same of a member and its name.
    pub(super) fn fill_member(&self, name: &str, member: &Value) -> (String, Value) {
        (self.fill_text(name), self.fill(member))
    }

    fn fill_text(&self, text: &str) -> String {
        if !text.contains('$') {
            return text.to_owned();
        }
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(&self.template) {
            let is_escaped = rest[..at].ends_with('$');
            filled.push_str(&rest[..at]);
            filled.push_str(if is_escaped {
                &self.template
            } else {
                self.inserted.get_or_init(|| as_text(self.value))
            });
            rest = &rest[at + self.template.len()..];
        }
        filled.push_str(rest);
        filled
    }
}

enum Part<'a> {
    Text(&'a str),
    Name(&'a str),
}

fn split(text: &str) -> Result<Vec<Part<'_>>, TemplateError> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("$(") {
        if at > 0 && rest[..at].ends_with('$') {
            parts.push(Part::Text(&rest[..at - 1]));
            parts.push(Part::Text("$("));
            rest = &rest[at + 2..];
            continue;
        }
        let end = rest[at..]
            .find(')')
            .ok_or_else(|| TemplateError::Unclosed {
                text: text.to_owned(),
            })?;
        parts.push(Part::Text(&rest[..at]));
        parts.push(Part::Name(rest[at + 2..at + end].trim()));
        rest = &rest[at + end + 1..];
    }
    parts.push(Part::Text(rest));
    Ok(parts)
}

fn render_text(text: &str, scope: &dyn Scope) -> Result<Value, TemplateError> {
    if !text.contains('$') {
        return Ok(Value::String(text.to_owned()));
    }
    let parts = split(text)?;
    let fill = |name: &str| {
        scope.lookup(name).map_err(|error| match error {
            NoValue::Meaningless(reason) => TemplateError::Unknown {
                name: name.to_owned(),
                reason,
            },
            NoValue::NotGiven(reason) => TemplateError::NotGiven {
                name: name.to_owned(),
                reason,
            },
        })
    };
    let mut names = parts.iter().filter_map(|part| match part {
        Part::Name(name) => Some(*name),
        Part::Text(_) => None,
    });
    let is_alone = parts
        .iter()
        .all(|part| matches!(part, Part::Name(_) | Part::Text("")));
    if let (true, Some(name), None) = (is_alone, names.next(), names.next()) {
        return fill(name);
    }
    let mut filled = String::with_capacity(text.len());
    for part in parts {
        match part {
            Part::Text(text) => filled.push_str(text),
            Part::Name(name) => filled.push_str(&as_text(&fill(name)?)),
        }
    }
    Ok(Value::String(filled))
}

fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{NoValue, Scope, TemplateError, names, render};

    struct Fixed;

    impl Scope for Fixed {
        fn lookup(&self, name: &str) -> Result<Value, NoValue> {
            match name {
                "number" => Ok(json!(7)),
                "main.name" => Ok(json!("a:b")),
                _ => Err(NoValue::meaningless("no such value")),
            }
        }
    }

    #[test]
    fn templates_keep_types_alone_and_become_text_inside_text() {
        let rows = [
            (json!("$(number)"), json!(7)),
            (json!("x$( number )y"), json!("x7y")),
            (
                json!({"$(main.name)": ["$(number)$(number)"]}),
                json!({"a:b": ["77"]}),
            ),
            (json!("cost: $$(number) $"), json!("cost: $(number) $")),
            (json!(null), json!(null)),
        ];
        for (template, expected) in rows {
            assert_eq!(render(&template, &Fixed), Ok(expected), "{template}");
        }
    }

    #[test]
    fn what_is_unknown_or_unclosed_is_an_error() {
        assert!(matches!(
            render(&json!("$(nothing)"), &Fixed),
            Err(TemplateError::Unknown { .. })
        ));
        assert!(matches!(
            render(&json!("$(number"), &Fixed),
            Err(TemplateError::Unclosed { .. })
        ));
    }

    #[test]
    fn names_are_found_in_members_and_values() {
        assert_eq!(names(&json!({"$(a)": "x $(b.c)"})), ["a", "b.c"]);
    }
}
