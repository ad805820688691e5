//! A request, with its body still on the wire.

use std::collections::VecDeque;

use bytes::Bytes;
use http::{HeaderMap, Method, Version, header};
use hyper::body::Incoming;

use crate::{journal::Recording, problem::ProblemKind, refusal::Refusal};

use super::body::BodyTrouble;

/// A request, with its body still on the wire.
pub(crate) struct Request {
    /// Method.
    pub method: Method,
    /// Path as it was sent.
    pub path: String,
    /// Query, without the question mark.
    pub query: Option<String>,
    /// Path and query as they were sent.
    pub target: String,
    /// Whether the version of HTTP wants a `Host`.
    wants_host: bool,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, read as far as the operation wants.
    pub body: Incoming,
    /// Whether anything of the body was asked for: until then a client that waits for `100 Continue` has sent nothing.
    pub body_was_polled: bool,
    /// What was read of the body in advance, and is next.
    pub(super) peeked: VecDeque<Result<Bytes, BodyTrouble>>,
    /// Keeps what passes for the journal; nothing of requests for control.
    pub recording: Option<Recording>,
}

impl Request {
    /// From what hyper received.
    pub(crate) fn new(request: http::Request<Incoming>) -> Self {
        let (parts, body) = request.into_parts();
        Self {
            method: parts.method,
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
            target: parts
                .uri
                .path_and_query()
                .map_or_else(|| "/".to_owned(), ToString::to_string),
            wants_host: parts.version == Version::HTTP_11,
            headers: parts.headers,
            body,
            body_was_polled: false,
            peeked: VecDeque::new(),
            recording: None,
        }
    }

    /// Refuses HTTP/1.1 without exactly one `Host` (RFC 9112, section 3.2).
    pub(crate) fn require_host(&self) -> Result<(), Refusal> {
        let hosts = self.headers.get_all(header::HOST).iter().count();
        if hosts == 1 || hosts == 0 && !self.wants_host {
            return Ok(());
        }
        Err(Refusal::new(
            ProblemKind::MalformedRequest,
            if hosts == 0 {
                "The request has no Host."
            } else {
                "The request has several Hosts."
            },
        ))
    }

    /// The URL as the client called it, by the `Host` that it sent.
    pub(crate) fn url(&self, scheme: &str) -> String {
        let host = self.headers.get(header::HOST);
        let host = host.map(|host| String::from_utf8_lossy(host.as_bytes()));
        match host {
            Some(host) => format!("{scheme}://{host}{}", self.target),
            None => self.target.clone(),
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
