//! A request, with its body still on the wire.

use http::{HeaderMap, Method, header};
use hyper::body::Incoming;

/// A request, with its body still on the wire.
pub(crate) struct Request {
    /// Method.
    pub method: Method,
    /// Path as it was sent.
    pub path: String,
    /// Query, without the question mark.
    pub query: Option<String>,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, read as far as the operation wants.
    pub body: Incoming,
    /// Whether anything of the body was asked for: until then a client that waits for `100 Continue` has sent nothing.
    pub body_was_polled: bool,
}

impl Request {
    /// From what hyper received.
    pub(crate) fn new(request: http::Request<Incoming>) -> Self {
        let (parts, body) = request.into_parts();
        Self {
            method: parts.method,
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
            headers: parts.headers,
            body,
            body_was_polled: false,
        }
    }

    /// The declared length of the body.
    pub(crate) fn declared_length(&self) -> Option<u64> {
        self.headers
            .get(header::CONTENT_LENGTH)?
            .to_str()
            .ok()?
            .trim()
            .parse()
            .ok()
    }

    /// Whether the client waits for `100 Continue` before it sends the body.
    pub(crate) fn expects_continue(&self) -> bool {
        self.headers
            .get(header::EXPECT)
            .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue"))
    }

    /// Whether the body comes in chunks, its length unknown.
    pub(crate) fn is_chunked(&self) -> bool {
        self.headers.contains_key(header::TRANSFER_ENCODING)
    }
}
