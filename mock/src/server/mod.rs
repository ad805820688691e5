//! Connections: listeners, TLS, HTTP/1.1, and an orderly end.

mod activity;
mod answering;
mod app;
mod connection;
mod connections;
mod explained;
mod listener;
mod script;
mod tls;

pub(crate) use activity::Activity;
pub(crate) use app::{App, Origin};
pub(crate) use connections::ConnectionLimits;
pub(crate) use listener::{Bound, ListenError, Server};
pub(crate) use script::{Ending, WireScript, WireStep};
pub(crate) use tls::{TlsError, TlsIdentity};
