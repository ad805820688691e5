//! The identities of a target file: how each shows who it is, and that they can be told apart.

use std::sync::Arc;

use serde_json::Value;

use super::{
    Authentication, Identities, Identity, Target, TokenCommands,
    defaults::{default_namespace, default_token},
    identity::{IDENTITY_NAMES, header_credentials, token_label},
    sections::Loader,
    token_command,
};
use crate::credentials::{Credentials, Secret};

/// A shorter secret could not be hidden from a report without making it unreadable.
const MIN_SECRET: usize = 4;

impl Loader<'_> {
    pub(super) fn identities(&mut self, target: &mut Target) {
        let mut identities = Vec::new();
        for name in IDENTITY_NAMES {
            let pointer = format!("/identities/{name}");
            if name == "manifest-reader" && self.reader.value(&pointer).is_none() {
                continue;
            }
            let namespace = self
                .reader
                .text(&format!("{pointer}/namespace"))
                .or_else(|| default_namespace(name).map(ToOwned::to_owned));
            let authentication = self.authentication(name, &pointer);
            identities.push(Identity {
                name: name.to_owned(),
                namespace,
                authentication,
            });
        }
        target.identities = Identities { identities };
    }

    fn authentication(&mut self, name: &str, pointer: &str) -> Authentication {
        let headers = self.reader.members(&format!("{pointer}/headers"));
        let credentials = if !headers.is_empty() {
            let fields: Vec<_> = headers
                .into_iter()
                .map(|(field, _, value)| (field, value.as_str().unwrap_or_default().to_owned()))
                .collect();
            header_credentials(name, &fields)
        } else if let Some(argv) = self
            .reader
            .value(&format!("{pointer}/token-command"))
            .and_then(Value::as_array)
        {
            let argv: Vec<String> = argv
                .iter()
                .filter_map(Value::as_str)
                .map(ToOwned::to_owned)
                .collect();
            // Nothing is run for a file that is refused anyway.
            if self.options.token_commands == TokenCommands::Skip
                || !self.reader.violations.is_empty()
            {
                return Authentication::Unresolved;
            }
            match token_command::run(&argv, self.folder) {
                Ok(token) => Credentials::bearer(name, Secret::new(token_label(name), token)),
                Err(message) => {
                    self.reader
                        .refuse(&format!("{pointer}/token-command"), message);
                    return Authentication::Unresolved;
                }
            }
        } else {
            let token = self
                .reader
                .text(&format!("{pointer}/token"))
                .unwrap_or_else(|| default_token(name).to_owned());
            Credentials::bearer(name, Secret::new(token_label(name), token))
        };
        for field in &credentials.fields {
            let value = field.secret.expose();
            let message = if value.chars().count() < MIN_SECRET {
                format!(
                    "a secret of `{name}` is shorter than {MIN_SECRET} characters, so that it could not be hidden"
                )
            } else if !value
                .bytes()
                .all(|byte| byte == b'\t' || (b' '..0x7f).contains(&byte))
            {
                format!("a secret of `{name}` has characters that no header field can carry")
            } else {
                continue;
            };
            self.reader.refuse(pointer, message);
        }
        Authentication::Credentials(Arc::new(credentials))
    }

    /// Identities that are one and the same would make every rule about access pass or fail by chance.
    pub(super) fn identity_checks(&mut self, target: &Target) {
        let identities: Vec<&Identity> = target.identities.iter().collect();
        for (index, identity) in identities.iter().enumerate() {
            let pointer = format!("/identities/{}", identity.name);
            for earlier in &identities[..index] {
                let values = |identity: &Identity| match &identity.authentication {
                    Authentication::Credentials(credentials) => Some(
                        credentials
                            .secrets()
                            .map(|secret| secret.expose().to_owned())
                            .collect::<Vec<_>>(),
                    ),
                    Authentication::Unresolved => None,
                };
                if values(identity).is_some_and(|values_here| values(earlier) == Some(values_here))
                {
                    self.reader.refuse(
                        &pointer,
                        format!(
                            "`{}` and `{}` have the same credentials",
                            earlier.name, identity.name
                        ),
                    );
                }
                if identity.namespace.is_some() && identity.namespace == earlier.namespace {
                    self.reader.refuse(
                        &pointer,
                        format!(
                            "`{}` and `{}` have the same namespace",
                            earlier.name, identity.name
                        ),
                    );
                }
            }
        }
    }
}
