//! Name resolution.

use std::{io, net::IpAddr};

use futures::future::BoxFuture;

/// Resolves names; tests give their own.
pub trait NameResolver: Send + Sync + 'static {
    /// The addresses of a host.
    fn resolve(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// The resolver of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

impl NameResolver for SystemResolver {
    fn resolve(&self, _host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> { todo!() }
}
