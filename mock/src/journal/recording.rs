//! A request on its way into the journal: from its head to the end of its body and its answer.

use std::{sync::Arc, time::Instant};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, header};
use serde_json::Value;

use crate::{
    metrics::Exchange, operation::Operation, problem::ProblemKind, reply::Reply, session::Session,
};

use super::{
    AppliedFault, Capture, NearestOperation, ReceivedBy, ReceivedRequest, Redactor, ReleaseName,
    SentResponse, capture::record_whole,
};

/// The head of a request.
pub(crate) struct Arrival<'r> {
    /// Where it came to.
    pub origin: ReceivedBy,
    /// Method.
    pub method: &'r str,
    /// URL as the client called it.
    pub url: String,
    /// Path relative to the session's base URL.
    pub path: &'r str,
    /// Header fields.
    pub headers: &'r HeaderMap,
    /// The operation that it reached.
    pub operation: Option<Operation>,
    /// The operation that it was perhaps meant for.
    pub nearest: Option<NearestOperation>,
    /// The release that its path names.
    pub release: Option<ReleaseName>,
    /// Name of the identity whose token was sent.
    pub identity: Option<String>,
    /// The token that was sent.
    pub token: Option<String>,
}

/// A request on its way into the journal, where it stands from the beginning; what becomes of it is added when this is dropped at
/// the latest.
pub(crate) struct Recording {
    session: Arc<Session>,
    redactor: Redactor,
    started: Instant,
    entry: ReceivedRequest,
    capture: Capture,
    has_body: bool,
    broken_off: bool,
    /// Bytes of the body when the journal was told last; none if it has to be told anew.
    told: Option<(u64, bool)>,
}

impl Recording {
    /// Enters a request into the session's journal.
    pub(crate) fn begin(session: &Arc<Session>, arrival: Arrival<'_>) -> Self {
        let redactor = session.redactor.and(arrival.token);
        let started = Instant::now();
        let mut entry = ReceivedRequest {
            id: 0,
            at: session.now(),
            elapsed_ms: milliseconds(started, session.journal.began()),
            origin: arrival.origin,
            method: arrival.method.to_owned(),
            url: redactor.text(&arrival.url),
            path: redactor.text(arrival.path),
            operation: arrival.operation,
            nearest: arrival.nearest.map(|nearest| NearestOperation {
                why: redactor.text(&nearest.why),
                ..nearest
            }),
            release: arrival.release,
            identity: arrival.identity,
            headers: redactor.fields(arrival.headers),
            body: None,
            complete: false,
            status: None,
            problem: None,
            fault: None,
            duration_ms: None,
            response: None,
        };
        entry.id = session.journal.add(entry.clone());
        let has_length = |value: &http::HeaderValue| value.as_bytes() != b"0";
        Self {
            has_body: arrival.headers.contains_key(header::TRANSFER_ENCODING)
                || arrival
                    .headers
                    .get(header::CONTENT_LENGTH)
                    .is_some_and(has_length),
            session: session.clone(),
            redactor,
            started,
            entry,
            capture: Capture::default(),
            broken_off: false,
            told: None,
        }
    }

    /// The request's number in the journal of its session.
    pub(crate) fn id(&self) -> u64 {
        self.entry.id
    }

    /// Takes the next bytes of the body.
    pub(crate) fn receive(&mut self, chunk: &[u8]) {
        self.capture.write(chunk);
    }

    /// The whole body is there, unless it broke off.
    pub(crate) fn complete(&mut self) {
        self.entry.complete = !self.broken_off;
    }

    /// The body ended before its end.
    pub(crate) fn broke_off(&mut self) {
        self.broken_off = true;
    }

    /// Notes what disturbs the answer.
    pub(crate) fn disturbed_by(&mut self, fault: AppliedFault) {
        // Of several, what came first: a fault comes before the canned answer that it disturbs.
        self.entry.fault.get_or_insert(fault);
        self.told = None;
    }

    /// Notes the answer.
    pub(crate) fn answer(&mut self, reply: &Reply) {
        self.entry.status = Some(reply.status.as_u16());
        self.entry.problem = problem_of(reply, &self.session.config.problem_type_prefix);
        self.entry.duration_ms = Some(milliseconds(Instant::now(), self.started));
        self.entry.response = Some(SentResponse {
            headers: self.redactor.fields(&reply.headers),
            body: Some(&reply.body)
                .filter(|_| self.entry.method != "HEAD")
                .and_then(|body| record_whole(body, &self.redactor)),
        });
        self.told = None;
        self.session.metrics.answered(&Exchange {
            operation: self.entry.operation,
            status: Some(reply.status.as_u16()),
            elapsed: self.started.elapsed(),
            sent: reply.body.len() as u64,
        });
        self.tell();
    }

    /// Notes that no answer is sent after all.
    pub(crate) fn unanswered(&mut self) {
        self.entry.status = None;
        self.entry.problem = None;
        self.entry.response = None;
        self.told = None;
        self.tell();
    }

    fn tell(&mut self) {
        let state = (self.capture.length(), self.entry.complete);
        if self.told == Some(state) || self.session.journal.keeps_nothing() {
            return;
        }
        self.told = Some(state);
        if self.has_body || self.capture.length() > 0 {
            let document = self.capture.document();
            if self.entry.operation == Some(Operation::Create) {
                self.entry.release = document.as_ref().and_then(release_of);
            }
            self.entry.body = Some(self.capture.record(document, &self.redactor));
        }
        self.session.journal.update(Arc::new(self.entry.clone()));
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        if self.entry.status.is_none() {
            self.session.metrics.answered(&Exchange {
                operation: self.entry.operation,
                status: None,
                elapsed: self.started.elapsed(),
                sent: 0,
            });
        }
        self.session.metrics.received(self.capture.length());
        self.tell();
    }
}

fn milliseconds(later: Instant, earlier: Instant) -> f64 {
    let elapsed = later.saturating_duration_since(earlier);
    // Microseconds are enough for people.
    (elapsed.as_secs_f64() * 1e6).round() / 1e3
}

/// Name and version of a manifest, naked or as the payload of a JWS.
fn release_of(document: &Value) -> Option<ReleaseName> {
    let name = |manifest: &Value| {
        Some(ReleaseName {
            name: manifest.get("name")?.as_str()?.to_owned(),
            version: manifest.get("version")?.as_str()?.to_owned(),
        })
    };
    name(document).or_else(|| {
        let payload = document.get("payload")?.as_str()?;
        let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
        name(&serde_json::from_slice(&payload).ok()?)
    })
}

/// Name of the problem that an answer carries.
fn problem_of(reply: &Reply, prefix: &str) -> Option<String> {
    if !(reply.status.is_client_error() || reply.status.is_server_error()) {
        return None;
    }
    let document: Value = serde_json::from_slice(&reply.body).ok()?;
    let name = document.get("type")?.as_str()?.strip_prefix(prefix)?;
    ProblemKind::from_name(name).map(|kind| kind.name().to_owned())
}
