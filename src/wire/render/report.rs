use std::borrow::Cow;

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

use super::{
    BodyLimit,
    body::{Shown, head, length, shown},
    curl::{self, curl},
    line::{self, fields, line},
    text::{rendered_headers, request_url},
};
use crate::outcome::{ExchangeRecord, Message};
use crate::wire::{Answer, Exchange, Redactor, RequestRecord};

/// An exchange as a report holds it, ready to be written as JSON: `{name, request, response | error, curl, duration_ms}`, with `retries` and
/// `gave_up` where there were 429 answers.
///
/// `request` is `{method, url, target?, headers, body?}` (of raw octets `{url, raw, ending}`), `response` is
/// `{status, reason, headers, body?, complete, trouble?}`; `headers` is a list of `{name, value}`, with `headers_left_out` where there are
/// more, a body `{octets, text, left_out?}` or `{octets, hex}`.
#[derive(Debug, Serialize)]
pub struct ReportedExchange<'a> {
    name: String,
    request: Request<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<Response<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    curl: String,
    duration_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    retries: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gave_up: Option<bool>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Request<'a> {
    Raw {
        url: Cow<'a, str>,
        raw: Option<Body<'a>>,
        ending: String,
    },
    Http {
        method: Cow<'a, str>,
        url: Cow<'a, str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        target: Option<Cow<'a, str>>,
        headers: Vec<Field<'a>>,
        #[serde(skip_serializing_if = "is_zero")]
        headers_left_out: usize,
        #[serde(skip_serializing_if = "Option::is_none")]
        body: Option<Body<'a>>,
    },
}

#[derive(Debug, Serialize)]
struct Response<'a> {
    status: u16,
    reason: Cow<'a, str>,
    headers: Vec<Field<'a>>,
    #[serde(skip_serializing_if = "is_zero")]
    headers_left_out: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Body<'a>>,
    complete: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Field<'a> {
    name: Cow<'a, str>,
    value: Cow<'a, str>,
}

#[derive(Debug, Serialize)]
struct Body<'a> {
    octets: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "is_zero")]
    left_out: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    hex: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// The exchange for a report.
pub fn to_report<'a>(exchange: &'a Exchange, redactor: &Redactor) -> ReportedExchange<'a> {
    let waited = exchange.retries > 0 || exchange.gave_up;
    let of_request = of_request(&exchange.request, redactor);
    ReportedExchange {
        name: redactor.text(&exchange.name),
        request: request(&exchange.request, &of_request),
        response: exchange
            .answer
            .as_ref()
            .ok()
            .map(|answer| response(answer, redactor)),
        error: exchange
            .answer
            .as_ref()
            .err()
            .map(|error| redactor.text(&error.to_string())),
        curl: curl(exchange, &of_request),
        duration_ms: u64::try_from(exchange.duration.as_millis()).unwrap_or(u64::MAX),
        retries: waited.then_some(exchange.retries),
        gave_up: waited.then_some(exchange.gave_up),
    }
}

impl ReportedExchange<'_> {
    /// As a value.
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// As it is kept of a step.
    pub fn into_record(mut self) -> ExchangeRecord {
        // Written piece by piece, it has taken up to twice its room.
        self.curl.shrink_to_fit();
        ExchangeRecord {
            request: Message::new(&self.request),
            response: self.response.as_ref().map(Message::new),
            error: self.error,
            curl: Some(self.curl),
            at_ms: None,
            duration_ms: self.duration_ms,
            fault: None,
        }
    }
}

/// What hides the secrets of a request. It is shown twice, as it was and as a command, and nearly always there is none but the credentials,
/// which are told by their names: then it is looked through once.
fn of_request<'a>(request: &RequestRecord, redactor: &'a Redactor) -> Cow<'a, Redactor> {
    thread_local! {
        // One for all threads would be passed from core to core at each text.
        static NOTHING: Redactor = Redactor::default();
    }
    let pieces = match &request.raw {
        Some((pieces, _)) => pieces,
        None => request.body.pieces(),
    };
    // No more of a body than this is shown by either.
    let most = curl::INLINE.max(BodyLimit::default().0) + 2 * redactor.longest();
    let body = head(pieces, most);
    let mut shown = Vec::with_capacity(body.len() + 512);
    let texts = [request.method.as_str(), request.url.as_str()];
    for part in texts.into_iter().chain(request.target.as_deref()) {
        shown.extend_from_slice(part.as_bytes());
        shown.push(b'\n');
    }
    for (name, value) in &request.headers {
        for part in [name.as_bytes(), value] {
            shown.extend_from_slice(part);
            shown.push(b'\n');
        }
    }
    shown.extend_from_slice(&body);
    if redactor.finds(&shown, "") {
        Cow::Borrowed(redactor)
    } else {
        Cow::Owned(NOTHING.with(Redactor::clone))
    }
}

fn request<'a>(request: &'a RequestRecord, redactor: &Redactor) -> Request<'a> {
    let url = request_url(request, redactor);
    if let Some((pieces, ending)) = &request.raw {
        return Request::Raw {
            url,
            raw: body(pieces, length(pieces), redactor),
            ending: format!("{ending:?}"),
        };
    }
    let (headers, headers_left_out) = rendered_headers(request, redactor);
    Request::Http {
        method: line(request.method.as_bytes(), redactor),
        url,
        target: request
            .target
            .as_ref()
            .map(|target| line(target.as_bytes(), redactor)),
        headers: named(headers),
        headers_left_out,
        body: body(request.body.pieces(), request.body.len(), redactor),
    }
}

fn response<'a>(answer: &'a Answer, redactor: &Redactor) -> Response<'a> {
    let (headers, headers_left_out) = fields(&answer.headers, redactor);
    Response {
        status: answer.status,
        reason: line(answer.reason.as_bytes(), redactor),
        headers: named(headers),
        headers_left_out,
        body: body(
            std::slice::from_ref(&answer.body),
            answer.octets(),
            redactor,
        ),
        complete: answer.complete,
        trouble: answer.trouble.as_deref(),
    }
}

fn named(fields: Vec<line::Shown<'_>>) -> Vec<Field<'_>> {
    fields
        .into_iter()
        .map(|(name, value)| Field { name, value })
        .collect()
}

fn body<'a>(pieces: &'a [Bytes], octets: usize, redactor: &Redactor) -> Option<Body<'a>> {
    let (text, left_out, hex) = match shown(pieces, octets, redactor, BodyLimit::default()) {
        Shown::Empty => return None,
        Shown::Text { text, left_out } => (Some(text), left_out, None),
        Shown::Binary { head, .. } => (None, 0, Some(hex::encode(head))),
    };
    Some(Body {
        octets,
        text,
        left_out,
        hex,
    })
}
