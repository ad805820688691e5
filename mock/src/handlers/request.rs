//! A request, with its body still on the wire.

use std::{collections::VecDeque, sync::Arc, time::Instant};

use bytes::Bytes;
use http::{HeaderMap, Method, Uri, Version, header};
use hyper::body::Incoming;

use crate::{
    journal::Recording,
    problem::ProblemKind,
    refusal::Refusal,
    room::{Reserved, Room},
    server::Activity,
};

use super::body::BodyTrouble;

/// A request, with its body still on the wire.
pub(crate) struct Request {
    /// Method.
    pub method: Method,
    /// Request target as it was sent.
    pub uri: Uri,
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
    /// What its connection is doing.
    pub(super) activity: Arc<Activity>,
    /// When its head was there.
    pub(super) arrived: Instant,
    /// Room that its body takes.
    pub(super) held: Reserved,
    /// Bytes of its body that came.
    pub(super) received: u64,
    /// Keeps what passes for the journal; nothing of requests for control.
    pub recording: Option<Recording>,
}

impl Request {
    /// From what hyper received.
    pub(crate) fn new(
        request: http::Request<Incoming>,
        activity: Arc<Activity>,
        room: &Room,
    ) -> Self {
        let (parts, body) = request.into_parts();
        Self {
            method: parts.method,
            uri: parts.uri,
            wants_host: parts.version == Version::HTTP_11,
            headers: parts.headers,
            body,
            body_was_polled: false,
            peeked: VecDeque::new(),
            activity,
            arrived: Instant::now(),
            received: 0,
            held: room.nothing(),
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

    /// The room that its body takes, for whoever goes on with that.
    pub(crate) fn take_held(&mut self) -> Reserved {
        self.held.take()
    }

    /// Path as it was sent.
    pub(crate) fn path(&self) -> &str {
        self.uri.path()
    }

    /// Path and query as they were sent.
    pub(crate) fn target(&self) -> &str {
        self.uri.path_and_query().map_or("/", |both| both.as_str())
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
