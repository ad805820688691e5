//! What a JSON Schema validator finds, in words for people: the most telling branch of an alternative, and the nearest
//! known name.

use std::collections::BTreeSet;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError, Validator};
use serde_json::Value;

use crate::suggest;
use crate::yaml;

/// One place in which a document is not what its schema says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaProblem {
    /// JSON pointer of the value, or of the member whose name is wrong.
    pub pointer: String,
    /// Whether it is the member's name that is wrong.
    pub is_name: bool,
    /// What is wrong and what was expected.
    pub message: String,
}

/// Whether messages may quote the values of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// They are quoted, shortened.
    Shown,
    /// A value can be a secret: only names and types are said.
    Hidden,
}

/// A compiled schema together with its document, in which names and descriptions are looked up.
#[derive(Debug, Clone, Copy)]
pub struct Schema<'a> {
    /// The validator built from `document`.
    pub validator: &'a Validator,
    /// The schema itself.
    pub document: &'a Value,
    /// What messages may say.
    pub values: Values,
}

impl<'a> Schema<'a> {
    /// Everything in which `value` is not what the schema says.
    pub fn problems(&self, value: &Value) -> Vec<SchemaProblem> {
        // Nearly always so, and said in a fraction of the time that collecting errors takes.
        if self.validator.is_valid(value) {
            return Vec::new();
        }
        let mut explainer = Explainer {
            schema: *self,
            found: Vec::new(),
        };
        for error in self.validator.iter_errors(value) {
            explainer.explain(&error);
        }
        explainer.found
    }

    /// The names of the members that the mapping of an error may have.
    fn member_names(&self, error: &ValidationError<'_>) -> Vec<&'a str> {
        self.parent(error)
            .and_then(|parent| parent.get("properties"))
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(|properties| properties.keys().map(String::as_str))
            .collect()
    }

    /// What the schema says about the place, after what went wrong.
    fn described(&self, error: &ValidationError<'_>, message: String) -> String {
        let description = self
            .parent(error)
            .and_then(|parent| parent.get("description"))
            .and_then(Value::as_str)
            .and_then(|description| description.lines().next());
        match description {
            Some(description) => format!("{message} ({})", description.trim_end_matches('.')),
            None => message,
        }
    }

    /// The schema that the failed keyword of an error stands in.
    fn parent(&self, error: &ValidationError<'_>) -> Option<&'a Value> {
        let path = error.schema_path().as_str();
        self.document.pointer(path.rsplit_once('/')?.0)
    }
}

struct Explainer<'a> {
    schema: Schema<'a>,
    found: Vec<SchemaProblem>,
}

type Branch<'a> = &'a [ValidationError<'static>];

impl<'a> Explainer<'a> {
    fn explain(&mut self, error: &ValidationError<'_>) {
        let pointer = error.instance_path().as_str();
        match error.kind() {
            ValidationErrorKind::AnyOf { context }
            | ValidationErrorKind::OneOfNotValid { context } => {
                self.alternatives(error, pointer, context);
            }
            ValidationErrorKind::AdditionalProperties { unexpected }
            | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
                let known = self.schema.member_names(error);
                for name in unexpected {
                    self.unknown_member(pointer, name, &known);
                }
            }
            _ => {
                let message = self
                    .schema
                    .described(error, message(error, self.schema.values));
                self.say(pointer, message);
            }
        }
    }

    fn say(&mut self, pointer: &str, message: String) {
        self.found.push(SchemaProblem {
            pointer: pointer.to_owned(),
            is_name: false,
            message,
        });
    }

    fn unknown_member(&mut self, pointer: &str, name: &str, known: &[&str]) {
        let way_out = match suggest::nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => match known {
                [] => "none is expected here".to_owned(),
                [only] => format!("only `{only}` is expected here"),
                _ => format!("expected one of {}", known.join(", ")),
            },
        };
        self.found.push(SchemaProblem {
            pointer: format!("{pointer}/{}", yaml::escape(name)),
            is_name: true,
            message: format!("unknown member `{name}`; {way_out}"),
        });
    }

    /// Several forms are allowed and none fits: tells of the one that was most likely meant, else of all.
    fn alternatives(
        &mut self,
        error: &ValidationError<'_>,
        pointer: &str,
        context: &[Vec<ValidationError<'static>>],
    ) {
        let mut branches = Vec::new();
        flatten(pointer, context, &mut branches);
        let fitting: Vec<Branch> = branches
            .iter()
            .copied()
            .filter(|branch| !branch.iter().any(|error| refuses_whole(error, pointer)))
            .collect();
        let best = fitting.iter().min_by_key(|branch| {
            (
                lacks_member(branch, pointer),
                branch.iter().filter(|error| is_choice(error)).count(),
                branch.len(),
            )
        });
        match best {
            Some(best) if fitting.len() == 1 || !lacks_member(best, pointer) => {
                let elsewhere = self.members_of(pointer, &fitting);
                for inner in *best {
                    match inner.kind() {
                        ValidationErrorKind::AdditionalProperties { unexpected }
                            if inner.instance_path().as_str() == pointer
                                && unexpected.iter().all(|name| elsewhere.contains(&&**name)) =>
                        {
                            let names = unexpected.join(", ");
                            let message =
                                format!("{names} can not stand beside the other members here");
                            self.say(pointer, message);
                        }
                        _ => self.explain(inner),
                    }
                }
            }
            Some(_) => self.members_of_any(error, pointer, &fitting),
            None => {
                let message = whole(error.instance(), &branches, self.schema.values);
                let message = self.schema.described(error, message);
                self.say(pointer, message);
            }
        }
    }

    /// The names of the members that a mapping of one of these forms may have.
    fn members_of(&self, pointer: &str, forms: &[Branch]) -> Vec<&'a str> {
        let mut names = Vec::new();
        for inner in forms.iter().flat_map(|branch| branch.iter()) {
            if inner.instance_path().as_str() == pointer {
                for name in self.schema.member_names(inner) {
                    if !names.contains(&name) {
                        names.push(name);
                    }
                }
            }
        }
        names
    }

    /// A mapping that has not the distinguishing member of any form.
    fn members_of_any(&mut self, error: &ValidationError<'_>, pointer: &str, forms: &[Branch]) {
        let known = self.members_of(pointer, forms);
        let there: Vec<&str> = error
            .instance()
            .as_object()
            .into_iter()
            .flat_map(|members| members.keys().map(String::as_str))
            .collect();
        let unknown: Vec<&str> = there
            .iter()
            .copied()
            .filter(|name| !known.contains(name))
            .collect();
        for name in &unknown {
            self.unknown_member(pointer, name, &known);
        }
        if unknown.is_empty() {
            let names = known.join(", ");
            let message = match there.as_slice() {
                [] => format!("this mapping is empty; expected one of {names}"),
                [_] => format!("a member is missing; there can be {names}"),
                _ => format!("these members can not stand together: {}", there.join(", ")),
            };
            let message = self.schema.described(error, message);
            self.say(pointer, message);
        }
    }
}

/// An alternative of alternatives of the same value is one alternative.
fn flatten<'a>(
    pointer: &str,
    context: &'a [Vec<ValidationError<'static>>],
    branches: &mut Vec<Branch<'a>>,
) {
    for branch in context {
        match branch.as_slice() {
            [only] if only.instance_path().as_str() == pointer => match only.kind() {
                ValidationErrorKind::AnyOf { context }
                | ValidationErrorKind::OneOfNotValid { context } => {
                    flatten(pointer, context, branches);
                }
                _ => branches.push(branch),
            },
            _ => branches.push(branch),
        }
    }
}

/// Whether the value as a whole, by its type or as one of a few words, is none of this form.
fn refuses_whole(error: &ValidationError<'_>, pointer: &str) -> bool {
    error.instance_path().as_str() == pointer
        && (is_choice(error)
            || matches!(error.kind(), ValidationErrorKind::Type { .. })
            || is_template_form(error))
}

fn is_choice(error: &ValidationError<'_>) -> bool {
    matches!(
        error.kind(),
        ValidationErrorKind::Constant { .. } | ValidationErrorKind::Enum { .. }
    )
}

/// Text may stand for any number or truth if it is a template; who wrote other text did not mean one.
fn is_template_form(error: &ValidationError<'_>) -> bool {
    matches!(error.kind(), ValidationErrorKind::Pattern { pattern } if pattern.starts_with(r"^\$\("))
}

fn lacks_member(branch: Branch, pointer: &str) -> bool {
    branch.iter().any(|error| {
        error.instance_path().as_str() == pointer
            && matches!(error.kind(), ValidationErrorKind::Required { .. })
    })
}

/// What a value of the wrong type, or a word that is not known, should have been.
fn whole(value: &Value, branches: &[Branch], values: Values) -> String {
    let mut words = BTreeSet::new();
    let mut types = BTreeSet::new();
    for error in branches.iter().flat_map(|branch| branch.iter()) {
        match error.kind() {
            ValidationErrorKind::Constant { expected_value } => {
                words.insert(word(expected_value));
            }
            ValidationErrorKind::Enum { options } => {
                words.extend(options.as_array().into_iter().flatten().map(word));
            }
            ValidationErrorKind::Type { kind } => types.extend(type_names(kind)),
            _ => {}
        }
    }
    let null = name_of(JsonType::Null);
    let other: Vec<&str> = types.iter().copied().filter(|name| *name != null).collect();
    if let Value::String(text) = value
        && !words.is_empty()
    {
        if let Some(near) = suggest::nearest(text, words.iter().map(String::as_str)) {
            return match values {
                Values::Shown => {
                    format!("unknown word `{}`; did you mean `{near}`?", bounded(text))
                }
                Values::Hidden => {
                    format!("expected one of {}; did you mean `{near}`?", joined(&words))
                }
            };
        }
        let or = if other.is_empty() {
            String::new()
        } else {
            format!(", or {}", other.join(" or "))
        };
        return match values {
            Values::Shown => {
                format!(
                    "unknown word `{}`; expected one of {}{or}",
                    bounded(text),
                    joined(&words)
                )
            }
            Values::Hidden => format!("expected one of {}{or}", joined(&words)),
        };
    }
    let mut expected = other.join(" or ");
    if !words.is_empty() {
        if !expected.is_empty() {
            expected.push_str(", or ");
        }
        expected.push_str("one of ");
        expected.push_str(&joined(&words));
    }
    if expected.is_empty() {
        return format!("{} is not one of the expected forms", kind_of(value));
    }
    format!("expected {expected}; here is {}", kind_of(value))
}

fn message(error: &ValidationError<'_>, values: Values) -> String {
    match error.kind() {
        ValidationErrorKind::Required { property } => format!(
            "the member `{}` is missing",
            property.as_str().unwrap_or_default()
        ),
        ValidationErrorKind::Type { kind } => {
            let expected: Vec<_> = type_names(kind).collect();
            format!(
                "expected {}; here is {}",
                expected.join(" or "),
                kind_of(error.instance())
            )
        }
        ValidationErrorKind::Enum { options } => {
            let options: Vec<_> = options.as_array().into_iter().flatten().map(word).collect();
            choice(error.instance(), &options, values)
        }
        ValidationErrorKind::Constant { expected_value } => {
            choice(error.instance(), &[word(expected_value)], values)
        }
        ValidationErrorKind::OneOfMultipleValid { .. } => {
            "only one of these forms can be used at once".to_owned()
        }
        ValidationErrorKind::Not { .. } => "these members can not stand together".to_owned(),
        ValidationErrorKind::MinItems { limit } => format!("expected at least {limit} items"),
        ValidationErrorKind::MinLength { .. } => "expected text that is not empty".to_owned(),
        ValidationErrorKind::PropertyNames { .. } => {
            "a member name does not have the expected form".to_owned()
        }
        ValidationErrorKind::Pattern { .. } if values == Values::Hidden => {
            "this text does not have the expected form".to_owned()
        }
        _ if values == Values::Hidden => error.masked_with("the value").to_string(),
        _ => bounded(&error.to_string()),
    }
}

fn choice(value: &Value, options: &[String], values: Values) -> String {
    let expected = format!("expected one of {}", options.join(", "));
    match (values, value) {
        (Values::Shown, Value::String(text)) => {
            match suggest::nearest(text, options.iter().map(String::as_str)) {
                Some(near) => format!("unknown word `{}`; did you mean `{near}`?", bounded(text)),
                None => format!("{expected}; here is `{}`", bounded(text)),
            }
        }
        (Values::Shown, Value::Number(_) | Value::Bool(_)) => {
            format!("{expected}; here is {value}")
        }
        _ => expected,
    }
}

fn word(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), ToOwned::to_owned)
}

fn joined(words: &BTreeSet<String>) -> String {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.join(", ")
}

fn type_names(kind: &TypeKind) -> impl Iterator<Item = &'static str> {
    let kinds: Vec<JsonType> = match kind {
        TypeKind::Single(kind) => vec![*kind],
        TypeKind::Multiple(kinds) => kinds.iter().collect(),
    };
    kinds.into_iter().map(name_of)
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing (null)",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

fn name_of(expected: JsonType) -> &'static str {
    match expected {
        JsonType::Null => "null",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Number => "a number",
        JsonType::String => "text",
        JsonType::Array => "a list",
        JsonType::Object => "a mapping",
    }
}

fn bounded(text: &str) -> String {
    const LIMIT: usize = 240;
    if text.chars().count() <= LIMIT {
        return text.to_owned();
    }
    let kept: String = text.chars().take(LIMIT).collect();
    format!("{kept}…")
}
