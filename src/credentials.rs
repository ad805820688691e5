//! Secret values, and the header fields that an identity authenticates with.

use std::fmt;

use serde::{Serialize, Serializer};

/// A value that must not reach output. It knows the name that stands for it (`TOKEN_OWNER`), and every
/// formatting of it gives that name instead.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    label: String,
    value: String,
}

impl Secret {
    /// A secret with the label that stands for it in output: `$LABEL`.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            value: value.into(),
        }
    }

    /// The name that stands for the value, without the `$`.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The value itself, for the wire only.
    pub fn expose(&self) -> &str {
        &self.value
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret(${})", self.label)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${}", self.label)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The header fields that one identity adds to its requests.
///
/// A field's value is `prefix` followed by the secret: `Bearer ` and a token, or nothing and an API key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Credentials {
    /// The identity, as the target file names it: `owner`.
    pub identity: String,
    /// The fields in the order they are sent.
    pub fields: Vec<CredentialField>,
}

/// One header field that carries a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CredentialField {
    /// The header field's name.
    pub name: String,
    /// What stands before the secret, such as `Bearer `.
    pub prefix: String,
    /// The secret part.
    pub secret: Secret,
}

impl Credentials {
    /// `Authorization: Bearer TOKEN` (RFC 6750, section 2.1).
    pub fn bearer(identity: impl Into<String>, token: Secret) -> Self {
        Self {
            identity: identity.into(),
            fields: vec![CredentialField {
                name: "Authorization".to_owned(),
                prefix: "Bearer ".to_owned(),
                secret: token,
            }],
        }
    }

    /// The secrets of all fields.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.fields.iter().map(|field| &field.secret)
    }
}
