//! Connections: listeners, TLS, HTTP/1.1, and an orderly end.

mod app;
mod connection;
mod explained;
mod listener;
mod script;
mod tls;

pub(crate) use app::{App, Origin};
pub(crate) use listener::{Bound, ListenError, Server};
pub(crate) use script::{Ending, WireScript, WireStep};
pub(crate) use tls::{TlsError, TlsIdentity};
