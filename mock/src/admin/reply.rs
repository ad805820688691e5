//! Answers of control: never odd, never subject to defects.

use http::{StatusCode, header};
use serde_json::Value;

use crate::{
    problem::{ProblemKind, TYPE_PREFIX},
    refusal::Refusal,
    reply::Reply,
};

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

/// Every answer of control is about this moment.
pub(super) fn uncached(reply: Reply) -> Reply {
    reply.with_header(header::CACHE_CONTROL, "no-store")
}

/// A request that can not be carried out as it is; the detail says what would be right.
pub(super) fn malformed(detail: impl Into<String>) -> Refusal {
    Refusal::new(ProblemKind::MalformedRequest, detail)
}
