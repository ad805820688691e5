//! Requests and answers as they are on the wire: HTTP/1.1, byte for byte, with everything bounded.
//!
//! Sent and parsed here rather than by a client library, since the suite has to send what no library would (a
//! body cut short, a broken head), and has to tell apart what libraries melt into one error: a refused connection,
//! a reset, an answer that came before the body was sent, a malformed answer.

mod answer;
mod chunked;
mod client;
mod connection;
mod encode;
mod error;
mod exchange;
mod options;
mod pool;
mod redact;
pub mod render;
mod request;
mod response;
mod retry_after;
mod transfer;

pub use answer::{Answer, JsonError};
pub use client::{Alive, Client};
pub use error::{ClientError, Phase, WireError};
pub use exchange::{Exchange, RequestRecord};
pub use options::{ClientIdentity, WireOptions};
pub use redact::{Redactor, Segment};
pub use request::{Body, Ending, RawRequest, Request};
pub use retry_after::retry_after;
