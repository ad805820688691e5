//! Reads members of a validated document by pointer, and collects what is wrong instead of stopping.

use std::str::FromStr;

use serde_json::Value;
use url::Url;

use super::Environment;
use crate::yaml::{self, Located, Position, Spans, Violation};

pub(super) struct Reader {
    document: Located,
    pub(super) violations: Vec<Violation>,
}

impl Reader {
    /// Takes a document over, with its `${VARIABLES}` replaced.
    pub(super) fn new(mut document: Located, environment: &Environment) -> Self {
        let mut violations = Vec::new();
        let spans = std::mem::take(&mut document.spans);
        expand(
            &mut document.value,
            "",
            environment,
            &spans,
            &mut violations,
        );
        document.spans = spans;
        Self {
            document,
            violations,
        }
    }

    pub(super) fn document(&self) -> &Located {
        &self.document
    }

    /// The value at a pointer, unless it is absent or null.
    pub(super) fn value(&self, pointer: &str) -> Option<&Value> {
        self.document
            .value
            .pointer(pointer)
            .filter(|value| !value.is_null())
    }

    pub(super) fn text(&self, pointer: &str) -> Option<String> {
        self.value(pointer)
            .and_then(Value::as_str)
            .map(ToOwned::to_owned)
    }

    /// The members of a mapping, each with its pointer.
    pub(super) fn members(&self, pointer: &str) -> Vec<(String, String, Value)> {
        self.value(pointer)
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(name, value)| {
                let escaped = yaml::escape(name);
                (name.clone(), format!("{pointer}/{escaped}"), value.clone())
            })
            .collect()
    }

    /// Text, or a number, that is parsed.
    pub(super) fn parsed<T: FromStr<Err: std::fmt::Display>>(
        &mut self,
        pointer: &str,
    ) -> Option<T> {
        let text = match self.value(pointer)? {
            Value::String(text) => text.clone(),
            value => value.to_string(),
        };
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.refuse(pointer, error.to_string());
                None
            }
        }
    }

    /// An http or https URL that can stand for an origin or a base: no user, password, query or fragment.
    pub(super) fn base_url(&mut self, pointer: &str) -> Option<Url> {
        let text = self.text(pointer)?;
        match check_base_url(&text) {
            Ok(url) => Some(url),
            Err(message) => {
                self.refuse(pointer, message);
                None
            }
        }
    }

    pub(super) fn refuse(&mut self, pointer: &str, message: impl Into<String>) {
        let position = self.document.spans.value(pointer);
        self.violations.push(Violation::new(position, message));
    }

    pub(super) fn refuse_name(&mut self, pointer: &str, message: impl Into<String>) {
        let position: Position = self.document.spans.key(pointer);
        self.violations.push(Violation::new(position, message));
    }
}

/// The text is not part of the message: it can hold a password.
pub(super) fn check_base_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| {
        format!("this is no absolute URL ({error}); expected one such as http://127.0.0.1:9999/")
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!(
            "the scheme `{}` is not supported; expected http or https",
            url.scheme()
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "a URL here has no user or password; identities say how requests authenticate"
                .to_owned(),
        );
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("a base URL has no query and no fragment".to_owned());
    }
    Ok(url)
}

fn expand(
    value: &mut Value,
    pointer: &str,
    environment: &Environment,
    spans: &Spans,
    violations: &mut Vec<Violation>,
) {
    match value {
        Value::String(text) => match environment.expand(text) {
            Ok(expanded) => *text = expanded,
            Err(message) => violations.push(Violation::new(spans.value(pointer), message)),
        },
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                expand(
                    item,
                    &format!("{pointer}/{index}"),
                    environment,
                    spans,
                    violations,
                );
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let escaped = yaml::escape(name);
                expand(
                    member,
                    &format!("{pointer}/{escaped}"),
                    environment,
                    spans,
                    violations,
                );
            }
        }
        _ => {}
    }
}
