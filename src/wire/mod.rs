//! Requests and answers as they are on the wire: HTTP/1.1, byte for byte, with everything bounded.
//!
//! Two senders. `pooled` is reqwest, for every request that it sends as it was made. `direct` is a small HTTP/1.1
//! client of the suite's own, for what no library sends: a body cut short or falsely declared, a raw request target,
//! odd methods and fields, octets that are no HTTP; for HEAD, as a library hides a body that should not be there; and
//! for large bodies, as a library loses the refusal that comes while one is being sent.

mod answer;
mod chunked;
mod client;
mod collected;
mod connection;
mod direct;
mod encode;
mod error;
mod exchange;
mod failure;
mod options;
mod pooled;
mod redact;
pub mod render;
mod request;
mod resolver;
mod response;
#[cfg(test)]
mod response_tests;
mod retry_after;
mod tls;
mod transfer;

pub use answer::{Answer, JsonError, Whole};
pub use client::{Alive, Client};
pub use error::{ClientError, Phase, WireError};
pub use exchange::{Exchange, RequestRecord};
pub use options::{ClientIdentity, WireOptions};
pub use redact::{Redactor, Segment};
pub use request::{Body, Ending, RawRequest, Request};
pub use retry_after::retry_after;
pub use tls::read_system_trust;
