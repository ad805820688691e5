use std::net::SocketAddr;

use url::Url;

use super::{Behaviour, Host, Received, Scheme, Slot};

/// Where the suite serves content (`origin` of the target file).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginOptions {
    /// The address to listen on. Port 0: several origins on free ports; any other: one origin.
    pub bind: SocketAddr,
    /// How the registry reaches it, if not by that address; then there is one origin.
    pub public_url: Option<Url>,
    /// Whether the default scheme is `https`.
    pub tls: bool,
}

impl Default for OriginOptions {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_url: None,
            tls: false,
        }
    }
}

/// The origin could not be started or used.
#[derive(Debug, thiserror::Error)]
pub enum OriginError {
    /// The address can not be listened on.
    #[error("failed to listen on {bind} for content requests")]
    Bind {
        /// The address.
        bind: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The certificate can not be made.
    #[error("failed to make a certificate for the content hosts")]
    Certificate(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The public URL is not `http` or `https` with a host.
    #[error(
        "failed to use {url} as the public URL of the content hosts: it must be http or https, with a host"
    )]
    PublicUrl {
        /// The URL.
        url: Url,
    },
    /// There is no such origin: the port is fixed or there is a public URL.
    #[error(
        "failed to serve content at origin {slot:?} over {scheme:?}: a fixed port or public URL gives one origin only"
    )]
    NoSuchOrigin {
        /// What was asked for.
        slot: Slot,
        /// What was asked for.
        scheme: Scheme,
    },
}

/// The suite's content hosts. Everything ends when it is dropped.
#[derive(Debug)]
pub struct Origin {}

impl Origin {
    /// Starts the gateways.
    pub async fn start(options: OriginOptions) -> Result<Self, OriginError> {
        todo!()
    }

    /// How many distinct origins there are of each scheme, without [`Slot::Forbidden`]: 3, or 1.
    pub fn origins(&self) -> usize {
        todo!()
    }

    /// Whether a host can be made there.
    pub fn offers(&self, slot: Slot, scheme: Scheme) -> bool {
        todo!()
    }

    /// The scheme that [`Origin::host`] uses.
    pub fn default_scheme(&self) -> Scheme {
        todo!()
    }

    /// A new host in the default scheme. `file_name` ends its path (percent-encoded as needed), for registries that look at
    /// extensions.
    pub fn host(
        &self,
        file_name: &str,
        slot: Slot,
        behaviour: Behaviour,
    ) -> Result<Host, OriginError> {
        self.host_with_scheme(file_name, slot, self.default_scheme(), behaviour)
    }

    /// A new host in the given scheme.
    pub fn host_with_scheme(
        &self,
        file_name: &str,
        slot: Slot,
        scheme: Scheme,
        behaviour: Behaviour,
    ) -> Result<Host, OriginError> {
        todo!()
    }

    /// The CA certificate (PEM) that a registry has to trust for `https`.
    pub fn ca_pem(&self) -> &str {
        todo!()
    }

    /// `host:port` of all gateways that a registry with an address policy has to exempt, by address and (on loopback) by
    /// `localhost`; not that of [`Slot::Forbidden`], and not that of [`Origin::refused_url`].
    pub fn host_ports(&self) -> Vec<String> {
        todo!()
    }

    /// `host:port` behind [`Origin::refused_url`], to exempt as well when the refusal is to be that of the connection.
    pub fn refused_host_port(&self) -> String {
        todo!()
    }

    /// A URL at which nothing listens; the port stays reserved as long as the origin lives.
    pub fn refused_url(&self) -> Url {
        todo!()
    }

    /// A URL whose name no resolver knows (`.invalid`, RFC 6761).
    pub fn unresolvable_url(&self) -> Url {
        todo!()
    }

    /// Requests that met no host (unknown or dropped), at most 200.
    pub fn strays(&self) -> Vec<Received> {
        todo!()
    }
}
