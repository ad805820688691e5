//! Content hosts on loopback that misbehave as raw sockets can.

mod host;
mod names;
mod tls;

pub(crate) use host::{Answer, Host};
pub(crate) use names::FixedNames;
pub(crate) use tls::TlsHost;
