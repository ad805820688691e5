//! An answer with a status of the fault's own.

use http::{HeaderName, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    answer::{Content, ContentBody},
    problem::{Problem, ProblemKind},
    reply::Reply,
    session::Session,
};

use super::retry_after::RetryAfter;

/// An answer with a status of the fault's own.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StatusFault {
    /// The status.
    pub status: StatusCode,
    /// When to come back.
    pub retry_after: Option<RetryAfter>,
    /// Header fields, which come before those that the fault makes itself.
    pub headers: Vec<(HeaderName, String)>,
    /// The body; a problem document of an error, when absent.
    pub body: Option<ContentBody>,
}

impl StatusFault {
    /// The answer.
    pub(crate) fn reply(&self, session: &Session) -> Reply {
        let content = Content {
            status: self.status,
            headers: self.headers.clone(),
            body: self
                .body
                .clone()
                .or_else(|| self.problem(session).map(ContentBody::Json)),
        };
        let mut reply = content.reply(&session.links);
        let says = |name: HeaderName| self.headers.iter().any(|(own, _)| *own == name);
        if self.body.is_none() && self.is_error() && !says(header::CONTENT_TYPE) {
            reply = reply.with_header(header::CONTENT_TYPE, "application/problem+json");
        }
        match &self.retry_after {
            Some(retry_after) if !says(header::RETRY_AFTER) => {
                reply.with_header(header::RETRY_AFTER, &retry_after.value(session.now()))
            }
            _ => reply,
        }
    }

    fn is_error(&self) -> bool {
        self.status.is_client_error() || self.status.is_server_error()
    }

    /// The profile names 429 alone among what infrastructure says; for the rest the status says it all (RFC 9457, section 4.2.1).
    fn problem(&self, session: &Session) -> Option<Value> {
        const DETAIL: &str = "A fault was set for this request.";
        if !self.is_error() {
            return None;
        }
        let status = self.status.as_u16();
        let kind = ProblemKind::TooManyRequests;
        Some(if status == kind.status() {
            Problem::new(kind, DETAIL).document(&session.config.problem_type_prefix, Some(status))
        } else {
            json!({
                "type": "about:blank",
                "title": self.status.canonical_reason().unwrap_or("Error"),
                "status": status,
                "detail": DETAIL,
            })
        })
    }
}
