//! Who may call: the identities that the operator provisions, and what a request says about its caller.

use std::sync::Arc;

use serde::Deserialize;

/// What an identity may do in the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Writes in its namespaces, reads what is public.
    Publisher,
    /// Reads what is public.
    Reader,
    /// Reads every manifest, but not the content of private releases.
    ManifestReader,
}

/// An identity with its bearer token.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Shown as `creator` of the releases that it makes, and the `identity` of its keys.
    pub name: String,
    /// Secret that authenticates it.
    pub token: String,
    /// What it may do.
    pub role: Role,
    /// Namespaces that it publishes in.
    #[serde(default)]
    pub namespaces: Vec<String>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity")
            .field("name", &self.name)
            .field("role", &self.role)
            .field("namespaces", &self.namespaces)
            .finish_non_exhaustive()
    }
}

/// All identities of a registry.
#[derive(Clone, Debug)]
pub struct Identities(Vec<Arc<Identity>>);

impl Default for Identities {
    /// The identities of the conformance suite's default target.
    fn default() -> Self {
        let identity = |name: &str, role, namespaces: &[&str]| Identity {
            name: name.to_owned(),
            token: format!("conformance-{name}"),
            role,
            namespaces: namespaces
                .iter()
                .map(|&namespace| namespace.to_owned())
                .collect(),
        };
        Self::new([
            identity("owner", Role::Publisher, &["conformance-owner.test"]),
            identity("other", Role::Publisher, &["conformance-other.test"]),
            identity("reader", Role::Reader, &[]),
            identity("manifest-reader", Role::ManifestReader, &[]),
        ])
    }
}

impl Identities {
    /// A registry's identities; of two with one token, the first counts.
    pub fn new(identities: impl IntoIterator<Item = Identity>) -> Self {
        Self(identities.into_iter().map(Arc::new).collect())
    }

    /// The identity that a token authenticates.
    pub fn by_token(&self, token: &str) -> Option<Arc<Identity>> {
        self.0
            .iter()
            .find(|identity| identity.token == token)
            .cloned()
    }

    /// The identity that publishes in a namespace.
    pub fn owner_of(&self, namespace: &str) -> Option<&Arc<Identity>> {
        self.0
            .iter()
            .find(|identity| identity.namespaces.iter().any(|own| own == namespace))
    }

    /// Gives a namespace to the identity of that name, unless it has it.
    pub fn grant(&mut self, name: &str, namespace: &str) {
        for identity in self.0.iter_mut().filter(|identity| identity.name == name) {
            let identity = Arc::make_mut(identity);
            if !identity.namespaces.iter().any(|own| own == namespace) {
                identity.namespaces.push(namespace.to_owned());
            }
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Identity>> {
        self.0.iter()
    }
}

/// Who makes a request.
#[derive(Clone, Debug)]
pub enum Caller {
    /// No credentials were sent.
    Anonymous,
    /// Credentials were sent and are good.
    Identity(Arc<Identity>),
}

impl Caller {
    /// The identity, unless anonymous.
    pub fn identity(&self) -> Option<&Identity> {
        match self {
            Self::Anonymous => None,
            Self::Identity(identity) => Some(identity),
        }
    }

    /// Whether the caller publishes in this namespace.
    pub fn owns(&self, namespace: &str) -> bool {
        self.identity()
            .is_some_and(|identity| identity.namespaces.iter().any(|own| own == namespace))
    }

    /// Whether the caller is an identity of this role.
    pub fn has_role(&self, role: Role) -> bool {
        self.identity()
            .is_some_and(|identity| identity.role == role)
    }
}
