//! Name resolution, and the guard that keeps names from leading to private addresses.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::is_public;

/// Resolves names; tests give their own.
pub trait NameResolver: Send + Sync + 'static {
    /// The addresses of a host.
    fn resolve(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// The resolver of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

impl NameResolver for SystemResolver {
    fn resolve(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Gives the HTTP client its addresses. The client connects to exactly these, so what was checked can not change between
/// check and use (DNS rebinding).
pub(super) struct ClientResolver {
    pub(super) names: Arc<dyn NameResolver>,
    pub(super) public_only: bool,
}

/// Why a name has no usable address; found again in the chain of the client's error.
#[derive(Debug, thiserror::Error)]
pub(super) enum ResolveFailure {
    #[error("failed to resolve the name")]
    NotResolved,
    #[error("failed to find only public addresses")]
    NotPublic,
}

impl Resolve for ClientResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let looked_up = self.names.resolve(name.as_str().to_owned());
        let public_only = self.public_only;
        Box::pin(async move {
            let addresses = looked_up.await.unwrap_or_default();
            if addresses.is_empty() {
                return Err(ResolveFailure::NotResolved.into());
            }
            // One private address beside public ones is an attack, or a mistake: the client would try it too.
            if public_only && !addresses.iter().copied().all(is_public) {
                return Err(ResolveFailure::NotPublic.into());
            }
            // Port 0 stands for the URL's.
            let sockets = addresses
                .into_iter()
                .map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(sockets) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Answers as it is told, one look-up after another.
    struct Scripted(Mutex<Vec<Vec<IpAddr>>>);

    impl NameResolver for Scripted {
        fn resolve(&self, _host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
            let next = self.0.lock().unwrap().pop().unwrap_or_default();
            Box::pin(async move { Ok(next) })
        }
    }

    /// DNS rebinding: the name is public while it is checked, and private when it is looked up again.
    #[tokio::test]
    async fn the_client_gets_what_was_checked_and_nothing_that_a_later_look_up_says() {
        let public: IpAddr = "93.184.215.14".parse().unwrap();
        let private: IpAddr = "169.254.169.254".parse().unwrap();
        let resolver = ClientResolver {
            // Taken from the end.
            names: Arc::new(Scripted(Mutex::new(vec![
                vec![public, private],
                vec![private],
                vec![public],
            ]))),
            public_only: true,
        };
        let name = || "rebinding.test".parse::<Name>().unwrap();
        let first: Vec<SocketAddr> = resolver.resolve(name()).await.unwrap().collect();
        assert_eq!(first, [SocketAddr::new(public, 0)]);
        for then in ["private", "both", "nothing"] {
            assert!(resolver.resolve(name()).await.is_err(), "{then}");
        }
    }
}
