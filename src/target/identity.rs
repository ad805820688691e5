use std::{fmt::Write as _, sync::Arc};

use crate::credentials::{CredentialField, Credentials, Secret};

/// The names that an identity can have, in the order of the profile.
pub(super) const IDENTITY_NAMES: [&str; 4] = ["owner", "other", "reader", "manifest-reader"];

/// Somebody whom the operator of the registry provisioned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// `owner`, `other`, `reader` or `manifest-reader`.
    pub name: String,
    /// Where a publisher writes.
    pub namespace: Option<String>,
    /// How it shows who it is.
    pub authentication: Authentication,
}

/// How an identity shows who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// With these header fields.
    Credentials(Arc<Credentials>),
    /// By a `token-command` that was not run, since nothing is going to be sent.
    Unresolved,
}

/// The identities of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identities {
    pub(super) identities: Vec<Identity>,
}

impl Identities {
    /// The identity of a name.
    pub fn get(&self, name: &str) -> Option<&Identity> {
        self.identities
            .iter()
            .find(|identity| identity.name == name)
    }

    /// All of them, in the order of the profile.
    pub fn iter(&self) -> impl Iterator<Item = &Identity> {
        self.identities.iter()
    }
}

impl Identity {
    pub(super) fn with_token(
        name: &str,
        namespace: Option<String>,
        token: impl Into<String>,
    ) -> Self {
        let token = Secret::new(token_label(name), token);
        Self {
            name: name.to_owned(),
            namespace,
            authentication: Authentication::Credentials(Arc::new(Credentials::bearer(name, token))),
        }
    }
}

/// `TOKEN_MANIFEST_READER` for `manifest-reader`.
pub(super) fn token_label(identity: &str) -> String {
    format!("TOKEN_{}", shell_name(identity))
}

/// Header fields in place of a token: the secret is the whole value, or what follows an authentication scheme.
pub(super) fn header_credentials(identity: &str, headers: &[(String, String)]) -> Credentials {
    let fields = headers
        .iter()
        .map(|(name, value)| {
            let mut label = token_label(identity);
            if headers.len() > 1 {
                // Several fields need a label each.
                let _ = write!(label, "_{}", shell_name(name));
            }
            let scheme_end = ["bearer ", "basic ", "token "]
                .iter()
                .find(|scheme| {
                    value
                        .get(..scheme.len())
                        .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
                })
                .map_or(0, |scheme| scheme.len());
            let (prefix, secret) = value.split_at(scheme_end);
            CredentialField {
                name: name.clone(),
                prefix: prefix.to_owned(),
                secret: Secret::new(label, secret),
            }
        })
        .collect();
    Credentials {
        identity: identity.to_owned(),
        fields,
    }
}

fn shell_name(name: &str) -> String {
    name.chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() {
                character.to_ascii_uppercase()
            } else {
                '_'
            }
        })
        .collect()
}
