//! Connections: listeners, TLS, HTTP/1.1, and an orderly end.

mod app;
mod connection;
mod listener;
mod tls;

pub use app::{App, Origin};
pub use listener::{Bound, ListenError, Server};
pub use tls::{TlsError, TlsIdentity};
