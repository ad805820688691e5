//! The system's resolver, with failures that can be told from those of connecting.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;

/// A host's name has no address.
#[derive(Debug, thiserror::Error)]
#[error("failed to resolve the host `{host}`: {reason}")]
pub(super) struct ResolveError {
    pub(super) host: String,
    pub(super) reason: String,
}

pub(super) struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let host = name.as_str();
            // The port is put in by the connector.
            match lookup_host((host, 0)).await {
                Ok(addresses) => {
                    let addresses: Addrs = Box::new(addresses.collect::<Vec<_>>().into_iter());
                    Ok(addresses)
                }
                Err(error) => Err(ResolveError {
                    host: host.to_owned(),
                    reason: error.to_string(),
                }
                .into()),
            }
        })
    }
}
