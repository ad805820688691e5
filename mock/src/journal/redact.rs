//! Secrets never reach the journal.

use serde_json::{Map, Value};

use super::secret_name::{is_of_private_key, is_secret, is_secret_parameter};

/// What stands in the place of a secret.
const HIDDEN: &str = "[hidden]";
/// Shorter tokens stand in too much text by chance to be looked for everywhere.
const SHORTEST_TOKEN: usize = 6;

/// Hides what is secret in one request and its answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Redactor {
    tokens: Vec<String>,
    auth_header: String,
}

impl Redactor {
    /// Hides these tokens wherever they stand, and the header that carries them.
    pub(crate) fn new(tokens: impl IntoIterator<Item = String>, auth_header: &str) -> Self {
        let mut tokens: Vec<String> = tokens
            .into_iter()
            .filter(|token| token.len() >= SHORTEST_TOKEN)
            .collect();
        // The longest first: one may be the beginning of another.
        tokens.sort_by_key(|token| std::cmp::Reverse(token.len()));
        Self {
            tokens,
            auth_header: auth_header.to_ascii_lowercase(),
        }
    }

    /// Hides these tokens as well.
    pub(crate) fn and(&self, tokens: impl IntoIterator<Item = String>) -> Self {
        Self::new(self.tokens.iter().cloned().chain(tokens), &self.auth_header)
    }

    /// Header fields in order; octets that are no text are replaced.
    pub(crate) fn fields<'f>(
        &self,
        fields: impl Iterator<Item = (&'f [u8], &'f [u8])>,
    ) -> Vec<(String, String)> {
        fields
            .map(|(name, value)| {
                let name = String::from_utf8_lossy(name).into_owned();
                let value = if self.is_secret_field(&name) {
                    HIDDEN.to_owned()
                } else {
                    self.text(&String::from_utf8_lossy(value))
                };
                (name, value)
            })
            .collect()
    }

    /// Text without tokens, and without the userinfo and the secret parameters of URLs.
    pub(crate) fn text(&self, text: &str) -> String {
        let mut text = without_parameters(&without_userinfo(text));
        for token in &self.tokens {
            text = without_token(&text, token);
        }
        text
    }

    /// A document without tokens and credentials.
    pub(crate) fn document(&self, document: Value) -> Value {
        match document {
            Value::String(text) => Value::String(self.text(&text)),
            Value::Array(items) => items.into_iter().map(|item| self.document(item)).collect(),
            Value::Object(members) => {
                let is_key = members.contains_key("kty");
                let hidden = members.into_iter().map(|(name, value)| {
                    let value = if name == "credentials" {
                        hidden_credentials(value)
                    } else if is_secret(&name) || is_key && is_of_private_key(&name) {
                        hidden(value)
                    } else {
                        self.document(value)
                    };
                    (self.text(&name), value)
                });
                Value::Object(hidden.collect())
            }
            other => other,
        }
    }

    fn is_secret_field(&self, name: &str) -> bool {
        name == self.auth_header || is_secret(name)
    }
}

/// What is said of a secret: that there is one. Nothing, and whether there is something, is none.
fn hidden(value: Value) -> Value {
    match value {
        Value::Null | Value::Bool(_) => value,
        Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            Value::String(HIDDEN.to_owned())
        }
    }
}

/// Hides the values of secret parameters in every query and fragment of the text.
fn without_parameters(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['?', '&', ';', '#']) {
        let (before, after) = rest.split_at(at + 1);
        shown.push_str(before);
        rest = after;
        let name = rest.find(|c: char| ends_value(c) || "=?;".contains(c));
        let Some(name) = name.filter(|end| rest[*end..].starts_with('=')) else {
            continue;
        };
        if is_secret_parameter(&rest[..name]) {
            let value = &rest[name + 1..];
            let end = value.find(ends_value).unwrap_or(value.len());
            shown.push_str(&rest[..=name]);
            if end > 0 {
                shown.push_str(HIDDEN);
            }
            rest = &value[end..];
        }
    }
    shown.push_str(rest);
    shown
}

/// Whether the value of a parameter ends before this; what else may stand there in practice is hidden with it.
fn ends_value(c: char) -> bool {
    matches!(c, '&' | '#' | '"' | '<' | '>' | '\\' | '`') || c.is_whitespace()
}

/// Hides a token wherever it stands, but as the beginning of a longer dotted name: the namespace of the test identity `owner` begins
/// like its token.
fn without_token(text: &str, token: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(token) {
        let (before, after) = (&rest[..at], &rest[at + token.len()..]);
        let goes_on = after
            .strip_prefix('.')
            .is_some_and(|after| after.starts_with(|c: char| c.is_ascii_alphanumeric()));
        shown.push_str(before);
        shown.push_str(if goes_on { token } else { HIDDEN });
        rest = after;
    }
    shown.push_str(rest);
    shown
}

/// Only the kind of credentials is no secret.
fn hidden_credentials(credentials: Value) -> Value {
    let Value::Object(members) = credentials else {
        return Value::String(HIDDEN.to_owned());
    };
    let hidden: Map<String, Value> = members
        .into_iter()
        .map(|(name, value)| {
            let is_kind = name == "type" && value.as_str().is_some_and(|kind| kind.len() <= 16);
            let value = if is_kind {
                value
            } else {
                Value::String(HIDDEN.to_owned())
            };
            (name, value)
        })
        .collect();
    Value::Object(hidden)
}

/// Hides what stands before an `@` in the authority of every URL in the text.
fn without_userinfo(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("//") {
        let (before, after) = rest.split_at(at + 2);
        shown.push_str(before);
        let authority = after
            .find(|c: char| matches!(c, '/' | '?' | '#' | '\\' | '"' | '\'') || c.is_whitespace())
            .unwrap_or(after.len());
        match after[..authority].rfind('@') {
            Some(end) => {
                shown.push_str(HIDDEN);
                rest = &after[end..];
            }
            None => rest = after,
        }
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn hides_tokens_credentials_and_userinfo() {
        let redactor = Redactor::new(
            ["s3cret-token".to_owned(), "s3cret-token-2".to_owned()],
            "X-Key",
        );
        for (document, expected) in [
            (json!("no secret"), json!("no secret")),
            (json!("Bearer s3cret-token."), json!("Bearer [hidden].")),
            (json!("s3cret-token-2"), json!("[hidden]")),
            (
                json!("s3cret-token.test:x, s3cret-token"),
                json!("s3cret-token.test:x, [hidden]"),
            ),
            (
                json!("see https://user:pass@host.test/a and http://host.test/b@c"),
                json!("see https://[hidden]@host.test/a and http://host.test/b@c"),
            ),
            (
                json!("http://u:p@q@host.test"),
                json!("http://[hidden]@host.test"),
            ),
            (
                json!({"url": "http://u@h/", "credentials": {"type": "basic", "username": "u", "password": 1}}),
                json!({"url": "http://[hidden]@h/", "credentials": {"type": "basic", "username": "[hidden]", "password": "[hidden]"}}),
            ),
            (
                json!({"credentials": "plain"}),
                json!({"credentials": "[hidden]"}),
            ),
            (
                json!([{"s3cret-token": 1}, 2, null]),
                json!([{"[hidden]": "[hidden]"}, 2, null]),
            ),
            (
                json!({"Authorization": "x", "auth": {"scheme": "x"}, "access_token": [1], "password": null, "hasSecret": true, "pass": 1}),
                json!({"Authorization": "[hidden]", "auth": "[hidden]", "access_token": "[hidden]", "password": null, "hasSecret": true, "pass": "[hidden]"}),
            ),
            (
                json!({"kty": "EC", "x": "1", "d": "2", "more": {"d": "3"}}),
                json!({"kty": "EC", "x": "1", "d": "[hidden]", "more": {"d": "3"}}),
            ),
            (
                json!({"payload": "a", "signatures": [{"protected": "b", "signature": "c"}]}),
                json!({"payload": "a", "signatures": [{"protected": "b", "signature": "c"}]}),
            ),
            (
                json!(
                    "GET /a/b?x=1&token=abc&y=2 and \"/c?sig=d%2F+/=e\", /d?%73ig=f#access_token=g"
                ),
                json!(
                    "GET /a/b?x=1&token=[hidden]&y=2 and \"/c?sig=[hidden]\", /d?%73ig=[hidden]#access_token=[hidden]"
                ),
            ),
            (
                json!(
                    "https://s3.test/b?X-Amz-Credential=AKIA%2F1&X-Amz-Date=1&X-Amz-Signature=abc"
                ),
                json!(
                    "https://s3.test/b?X-Amz-Credential=[hidden]&X-Amz-Date=1&X-Amz-Signature=[hidden]"
                ),
            ),
            (
                json!("?token=&token&token token=a ?a=token=b;pwd=c?d;e"),
                json!("?token=&token&token token=a ?a=token=b;pwd=[hidden]"),
            ),
        ] {
            assert_eq!(redactor.document(document.clone()), expected, "{document}");
        }
    }

    #[test]
    fn hides_fields_that_carry_secrets() {
        let redactor = Redactor::new(["s3cret-token".to_owned()], "X-Key");
        let names = [
            "authorization",
            "cookie",
            "x-key",
            "x-auth-token",
            "proxy-authorization",
            "set-cookie",
            "x-api-key",
            "x-other",
            "accept",
        ];
        let fields = names.map(|name| (name.as_bytes(), b"s3cret-token here".as_slice()));
        let shown: Vec<String> = redactor
            .fields(fields.into_iter())
            .into_iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        assert_eq!(
            shown,
            [
                "authorization: [hidden]",
                "cookie: [hidden]",
                "x-key: [hidden]",
                "x-auth-token: [hidden]",
                "proxy-authorization: [hidden]",
                "set-cookie: [hidden]",
                "x-api-key: [hidden]",
                "x-other: [hidden] here",
                "accept: [hidden] here",
            ]
        );
    }
}
