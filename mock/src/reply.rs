//! Answers, before they become HTTP.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures::StreamExt;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use hyper::body::{Body, Frame, SizeHint};
use serde_json::Value;

use crate::{pieces::Rest, room::NoRoom};

/// Bytes of a body that are handed over at a time: what a client does not take is not copied for it.
const PIECE: usize = 64 << 10;

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    /// HTTP status.
    pub status: StatusCode,
    /// Headers, without those that follow from the body.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// SHA-256 of the body, where it is known.
    pub sha256: Option<[u8; 32]>,
    /// Whether the body is kept anyway, so that to send it takes no memory of its own.
    pub is_shared: bool,
}

impl Reply {
    /// An answer without a body.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            sha256: None,
            is_shared: false,
        }
    }

    /// A JSON document.
    pub(crate) fn json(status: StatusCode, document: &Value) -> Self {
        Self::with_body(status, "application/json", document.to_string())
    }

    /// Any body.
    pub(crate) fn with_body(
        status: StatusCode,
        content_type: &str,
        body: impl Into<Bytes>,
    ) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: body.into(),
            sha256: None,
            is_shared: false,
        }
        .with_header(header::CONTENT_TYPE, content_type)
    }

    /// Sets a header; a value that no header can have is left out.
    #[must_use]
    pub(crate) fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Has another body.
    #[must_use]
    pub(crate) fn with_other_body(mut self, body: Bytes) -> Self {
        self.body = body;
        self.sha256 = None;
        self
    }

    /// As hyper sends it.
    pub(crate) fn into_response(self) -> http::Response<ReplyBody> {
        let mut response = http::Response::new(ReplyBody::Whole(self.body));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }

    /// The same, with a body that is made while it is sent.
    pub(crate) fn into_response_of(self, body: Rest) -> http::Response<ReplyBody> {
        self.into_response().map(|_| ReplyBody::InPieces(body))
    }
}

/// The body of an answer, in pieces.
pub(crate) enum ReplyBody {
    /// It is there.
    Whole(Bytes),
    /// It is made while it is sent.
    InPieces(Rest),
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = NoRoom;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, NoRoom>>> {
        match &mut *self {
            Self::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Whole(bytes) => {
                let length = bytes.len().min(PIECE);
                Poll::Ready(Some(Ok(Frame::data(bytes.split_to(length)))))
            }
            Self::InPieces(rest) => rest
                .poll_next_unpin(cx)
                .map(|piece| piece.map(|piece| piece.map(Frame::data))),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::InPieces(_) => SizeHint::default(),
        }
    }
}
