use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use url::Url;

use super::{Authentication, Capabilities, Colon, Identities, Operation, Paths, ProblemTypes};
use crate::credentials::{Credentials, Secret};

/// The registry under test, and everything that the operator declares about it.
#[derive(Clone, Debug)]
pub struct Target {
    /// The base URL, http or https; its path always ends in `/`.
    pub registry: Url,
    /// Who can act.
    pub identities: Identities,
    /// A namespace of the owner's whose releases only the owner reads.
    pub private_namespace: Option<String>,
    /// Who reads public releases.
    pub read_as: ReadAs,
    /// The file of private JWKs; `None` for the built-in test keys.
    pub keys: Option<PathBuf>,
    /// PEM files for TLS.
    pub tls: TlsFiles,
    /// What the registry can do, and how it differs from its neighbours.
    pub capabilities: Capabilities,
    /// Where the operations are.
    pub paths: Paths,
    /// The URIs of its problem types.
    pub problems: ProblemTypes,
    /// Where the suite serves content for the registry to fetch.
    pub origin: OriginOptions,
    /// How long things may take.
    pub deadlines: Deadlines,
    /// How large things may be.
    pub limits: Limits,
}

/// The identity that reads public releases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReadAs {
    /// Nobody in particular.
    #[default]
    Anonymous,
    /// `reader`, for registries without anonymous reading.
    Reader,
}

/// PEM files, relative to the working directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsFiles {
    /// Certificates that are trusted beside those of the system.
    pub ca: Option<PathBuf>,
    /// The client's certificate chain; always together with its key.
    pub client_cert: Option<PathBuf>,
    /// The client's private key, PKCS#8.
    pub client_key: Option<PathBuf>,
}

/// Where the suite serves content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginOptions {
    /// The address to listen on; port 0 for a free one.
    pub bind: SocketAddr,
    /// The URL under which the registry reaches that address, when it is another.
    pub public_url: Option<Url>,
    /// Whether content is served over https.
    pub tls: bool,
    /// Where the CA of the content hosts is kept: its certificate, for the registry to trust.
    pub ca: Option<PathBuf>,
}

/// How long things may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// One request and its response.
    pub exchange: Duration,
    /// From publish to a terminal state.
    pub processing: Duration,
    /// What the registry waits for a content source.
    pub source: Duration,
    /// After how long an unpublished release expires, when it does.
    pub expiry: Option<Duration>,
    /// For how long a failure stays readable, when that is declared.
    pub retention: Option<Duration>,
}

/// How large things may be, in octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A manifest.
    pub manifest: u64,
    /// The content of a release.
    pub content: u64,
}

impl Target {
    /// The URL of an operation on a release; `.` and `..` in place of a name are resolved, as in every URL.
    pub fn operation_url(
        &self,
        operation: Operation,
        name: &str,
        version: &str,
        colon: Colon,
    ) -> Url {
        self.paths
            .url(&self.registry, operation, name, version, colon)
    }

    /// The request target of an operation, exactly as it is to be sent.
    pub fn operation_target(
        &self,
        operation: Operation,
        name: &str,
        version: &str,
        colon: Colon,
    ) -> String {
        self.paths
            .request_target(&self.registry, operation, name, version, colon)
    }

    /// What an identity authenticates with. `None`: there is no such identity, or its token was not fetched.
    pub fn credentials(&self, identity: &str) -> Option<Arc<Credentials>> {
        match &self.identities.get(identity)?.authentication {
            Authentication::Credentials(credentials) => Some(Arc::clone(credentials)),
            Authentication::Unresolved => None,
        }
    }

    /// Every secret of the target, for the redactor.
    pub fn secrets(&self) -> Vec<Secret> {
        self.identities
            .iter()
            .filter_map(|identity| match &identity.authentication {
                Authentication::Credentials(credentials) => Some(credentials),
                Authentication::Unresolved => None,
            })
            .flat_map(|credentials| credentials.secrets().cloned())
            .collect()
    }
}
