//! Answers of control: never odd, never subject to defects.

use http::{StatusCode, header};
use serde_json::Value;

use crate::{
    pieces::{Made, Pieces, Rest, make},
    problem::{ProblemKind, TYPE_PREFIX},
    refusal::Refusal,
    reply::Reply,
    room::Room,
};

/// An answer of control.
pub(crate) enum Answer {
    /// It is there.
    Whole(Reply),
    /// Its body is made while it is sent.
    InPieces(Reply, Rest),
}

impl Answer {
    /// A long document.
    pub(super) fn of(pieces: impl Pieces, room: &Room) -> Self {
        let json = |text| Reply::with_body(StatusCode::OK, "application/json", text);
        match make(pieces, room) {
            Made::Whole(text) => Self::Whole(json(text)),
            Made::InPieces(rest) => Self::InPieces(json(String::new()), rest),
        }
    }

    /// Every answer of control is about this moment.
    pub(super) fn uncached(self) -> Self {
        let uncached = |reply: Reply| reply.with_header(header::CACHE_CONTROL, "no-store");
        match self {
            Self::Whole(reply) => Self::Whole(uncached(reply)),
            Self::InPieces(head, rest) => Self::InPieces(uncached(head), rest),
        }
    }
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self::Whole(reply)
    }
}

/// A document.
pub(super) fn document(document: &Value) -> Reply {
    Reply::json(StatusCode::OK, document)
}

/// The problem document of a refusal.
pub(super) fn refused(refusal: &Refusal) -> Reply {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let document = refusal.problem.document(TYPE_PREFIX, Some(status.as_u16()));
    let mut reply = Reply::with_body(status, "application/problem+json", document.to_string());
    for (name, value) in &refusal.headers {
        reply = reply.with_header(name.clone(), value);
    }
    reply
}

/// A request that can not be carried out as it is; the detail says what would be right.
pub(super) fn malformed(detail: impl Into<String>) -> Refusal {
    Refusal::new(ProblemKind::MalformedRequest, detail)
}
