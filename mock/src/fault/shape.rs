//! Answers that do not come whole, or come slowly.

use std::{num::NonZeroU32, time::Duration};

use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Method, StatusCode, header};

use crate::{
    reply::Reply,
    server::{Ending, WireScript, WireStep},
};

/// Declares the whole body, and ends after exactly so many bytes of it. There is always something missing: to an answer that is
/// no longer than that, white space is added.
pub(crate) fn truncated(reply: Reply, method: &Method, sent: u32) -> WireScript {
    breaking_off(reply, method, sent, None)
}

/// Sends the head, nothing for a while, and closes the connection.
pub(crate) fn stalled(reply: Reply, method: &Method, silence: Duration) -> WireScript {
    breaking_off(reply, method, 0, Some(silence))
}

/// Sends the body in pieces.
pub(crate) fn dribbled(
    reply: Reply,
    method: &Method,
    bytes: NonZeroU32,
    every: Duration,
) -> WireScript {
    let is_sent = *method != Method::HEAD;
    let body = reply.body.clone();
    let mut steps = vec![WireStep::Write(head(reply, body.len()))];
    if is_sent && !body.is_empty() {
        steps.push(WireStep::Dribble { body, bytes, every });
    }
    WireScript {
        steps,
        ending: Ending::Close,
    }
}

fn breaking_off(
    mut reply: Reply,
    method: &Method,
    sent: u32,
    silence: Option<Duration>,
) -> WireScript {
    let sent = usize::try_from(sent).unwrap_or(usize::MAX);
    // What has no body could not break off.
    if reply.status == StatusCode::NO_CONTENT || reply.status == StatusCode::RESET_CONTENT {
        reply.status = StatusCode::OK;
    }
    let has_body = *method != Method::HEAD && reply.status != StatusCode::NOT_MODIFIED;
    let whole = std::mem::take(&mut reply.body);
    let declared = if has_body {
        whole.len().max(sent.saturating_add(1))
    } else {
        whole.len()
    };
    let mut steps = vec![WireStep::Write(head(reply, declared))];
    if has_body {
        let padding = sent.saturating_sub(whole.len());
        steps.push(WireStep::Write(whole.slice(..sent.min(whole.len()))));
        steps.push(WireStep::Pad(padding));
    }
    steps.extend(silence.map(WireStep::Wait));
    WireScript {
        steps,
        ending: Ending::Close,
    }
}

/// Status line and header fields.
fn head(mut reply: Reply, length: usize) -> Bytes {
    let status = reply.status;
    let may_have_length = status != StatusCode::NO_CONTENT && status != StatusCode::NOT_MODIFIED;
    if may_have_length {
        reply
            .headers
            .insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    reply
        .headers
        .insert(header::CONNECTION, HeaderValue::from_static("close"));
    let reason = status.canonical_reason().unwrap_or_default();
    let mut head = BytesMut::new();
    head.extend_from_slice(format!("HTTP/1.1 {} {reason}\r\n", status.as_u16()).as_bytes());
    for (name, value) in &reply.headers {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is declared, and what comes.
    fn lengths(script: &WireScript) -> (usize, usize) {
        let [WireStep::Write(head), body @ ..] = script.steps.as_slice() else {
            panic!("there is no head: {script:?}");
        };
        let head = String::from_utf8_lossy(head);
        let declared = head.split("content-length: ").nth(1).unwrap();
        let declared = declared.split("\r\n").next().unwrap().parse().unwrap();
        let sent = body
            .iter()
            .map(|step| match step {
                WireStep::Write(bytes) => bytes.len(),
                WireStep::Pad(bytes) => *bytes,
                _ => 0,
            })
            .sum();
        (declared, sent)
    }

    #[test]
    fn something_is_always_missing() {
        let reply = |status, body: &'static str| Reply::with_body(status, "text/plain", body);
        let ok = StatusCode::OK;
        for (reply, method, sent, expected) in [
            (reply(ok, "0123456789"), Method::GET, 4, (10, 4)),
            (reply(ok, "0123456789"), Method::GET, 0, (10, 0)),
            (reply(ok, "0123456789"), Method::GET, 10, (11, 10)),
            (reply(ok, "0123456789"), Method::GET, 100, (101, 100)),
            (reply(ok, "0123456789"), Method::HEAD, 4, (10, 0)),
            (
                Reply::empty(StatusCode::NO_CONTENT),
                Method::POST,
                0,
                (1, 0),
            ),
        ] {
            let script = truncated(reply, &method, sent);
            assert_eq!(lengths(&script), expected);
            assert_eq!(script.ending, Ending::Close);
        }
    }
}
