//! Requests and answers on loopback, against well-behaved and hostile servers.

mod answers;
mod connections;
mod documents;
mod rendering;
mod requests;
mod retries;
mod secrets;
mod support;
mod tls;
