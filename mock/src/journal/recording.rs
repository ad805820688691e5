//! A request on its way into the journal: from its head to the end of its body and its answer.

use std::{sync::Arc, time::Instant};

use bytes::Bytes;
use http::{HeaderMap, Method, header};

use sha2::{Digest, Sha256};

use crate::{
    aside::aside, metrics::Exchange, operation::Operation, reply::Reply, session::Session,
};

use super::{
    AppliedFault, NearestOperation, ReceivedBy, Sender,
    capture::{Capture, CapturedBody},
    packed::Packed,
    trace::{Outcome, SentAnswer, Trace, texts_of},
};

/// The head of a request.
pub(crate) struct Arrival<'r> {
    /// Where it came to.
    pub origin: ReceivedBy,
    /// Whether that is served with TLS.
    pub tls: bool,
    /// Method.
    pub method: &'r Method,
    /// Path and query as they were sent.
    pub target: &'r str,
    /// Path relative to the session's base URL.
    pub path: &'r str,
    /// Header fields.
    pub headers: &'r HeaderMap,
    /// The operation that it reached.
    pub operation: Option<Operation>,
    /// The operation that it was perhaps meant for.
    pub nearest: Option<NearestOperation>,
    /// Name and version of the release that its path names.
    pub release: Option<(&'r str, &'r str)>,
    /// Whose token was sent.
    pub sender: Sender,
    /// The token that was sent.
    pub token: Option<&'r str>,
}

/// A request on its way into the journal, where it stands from the beginning; what becomes of it is added when this is dropped at
/// the latest.
pub(crate) struct Recording {
    session: Arc<Session>,
    started: Instant,
    id: u64,
    operation: Option<Operation>,
    outcome: Outcome,
    capture: Capture,
    has_body: bool,
    broken_off: bool,
    /// Bytes of the body when the journal was told last; none if it has to be told anew.
    told: Option<(u64, bool)>,
}

impl Recording {
    /// Enters a request into the session's journal.
    pub(crate) fn begin(session: &Arc<Session>, arrival: Arrival<'_>) -> Self {
        let started = Instant::now();
        let id = session.journal.add(|| {
            let (name, version) = arrival.release.unwrap_or_default();
            let head = [
                arrival.target,
                arrival.path,
                name,
                version,
                arrival.token.unwrap_or_default(),
            ];
            let texts = || {
                let head = head.iter().map(|text| text.as_bytes());
                head.chain(texts_of(arrival.headers))
            };
            Trace {
                id: 0,
                at: session.now(),
                elapsed_ms: milliseconds(started, session.journal.began()),
                origin: arrival.origin,
                tls: arrival.tls,
                method: arrival.method.clone(),
                operation: arrival.operation,
                nearest: arrival.nearest.map(Box::new),
                sender: arrival.sender,
                names_release: arrival.release.is_some(),
                texts: Packed::new(texts),
                outcome: Outcome::default(),
            }
        });
        let has_length = |value: &http::HeaderValue| value.as_bytes() != b"0";
        Self {
            has_body: arrival.headers.contains_key(header::TRANSFER_ENCODING)
                || arrival
                    .headers
                    .get(header::CONTENT_LENGTH)
                    .is_some_and(has_length),
            session: session.clone(),
            started,
            id,
            operation: arrival.operation,
            outcome: Outcome::default(),
            capture: Capture::default(),
            broken_off: false,
            told: None,
        }
    }

    /// The request's number in the journal of its session.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// Takes the next bytes of the body.
    pub(crate) async fn receive(&mut self, chunk: &Bytes) {
        self.capture.write(chunk).await;
    }

    /// Nothing more of the body comes: waits for what is computed of it.
    pub(crate) async fn settle(&self) {
        self.capture.settle().await;
    }

    /// SHA-256 of the body so far.
    pub(crate) fn received_sha256(&self) -> [u8; 32] {
        self.capture.sha256()
    }

    /// The whole body is there, unless it broke off.
    pub(crate) fn complete(&mut self) {
        self.outcome.complete = !self.broken_off;
    }

    /// The body ended before its end.
    pub(crate) fn broke_off(&mut self) {
        self.broken_off = true;
    }

    /// Notes what disturbs the answer.
    pub(crate) fn disturbed_by(&mut self, fault: AppliedFault) {
        // Of several, what came first: a fault comes before the canned answer that it disturbs.
        self.outcome.fault.get_or_insert_with(|| Box::new(fault));
        self.told = None;
    }

    /// Notes the answer.
    pub(crate) async fn answer(&mut self, reply: &Reply) {
        let sha256 = self.digest_of(reply).await;
        let elapsed = self.started.elapsed();
        self.outcome.status = Some(reply.status.as_u16());
        self.outcome.duration_ms = Some(rounded(elapsed.as_secs_f64()));
        self.outcome.answer = (!self.session.journal.keeps_nothing()).then(|| SentAnswer {
            fields: Packed::new(|| texts_of(&reply.headers)),
            body: CapturedBody::of_answer(&reply.body, sha256),
        });
        self.told = None;
        self.session.metrics.answered(&Exchange {
            operation: self.operation,
            status: Some(reply.status.as_u16()),
            elapsed,
            sent: reply.body.len() as u64,
        });
        // Without a body there is nothing to wait for: what is dropped at once is told then.
        if self.has_body {
            self.tell(false);
        }
    }

    /// SHA-256 of an answer's body, where it is known or takes long to compute.
    async fn digest_of(&self, reply: &Reply) -> Option<[u8; 32]> {
        let is_computed = reply.sha256.is_none()
            && CapturedBody::is_long(&reply.body)
            && !self.session.journal.keeps_nothing();
        if !is_computed {
            return reply.sha256;
        }
        let body = reply.body.clone();
        Some(aside(move || Sha256::digest(&body).into()).await)
    }

    /// Notes that no answer is sent after all.
    pub(crate) fn unanswered(&mut self) {
        self.outcome.status = None;
        self.outcome.answer = None;
        self.told = None;
        self.tell(false);
    }

    fn tell(&mut self, is_over: bool) {
        let state = (self.capture.length(), self.outcome.complete);
        let is_news = self.told != Some(state);
        if !(is_news || is_over) || self.session.journal.keeps_nothing() {
            return;
        }
        self.told = Some(state);
        if is_news && (self.has_body || self.capture.length() > 0) {
            self.outcome.body = Some(self.capture.body());
        }
        let outcome = is_news.then(|| {
            if is_over {
                std::mem::take(&mut self.outcome)
            } else {
                self.outcome.clone()
            }
        });
        self.session.journal.conclude(self.id, outcome, is_over);
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        if self.outcome.status.is_none() {
            self.session.metrics.answered(&Exchange {
                operation: self.operation,
                status: None,
                elapsed: self.started.elapsed(),
                sent: 0,
            });
        }
        self.session.metrics.received(self.capture.length());
        self.tell(true);
    }
}

fn milliseconds(later: Instant, earlier: Instant) -> f64 {
    rounded(later.saturating_duration_since(earlier).as_secs_f64())
}

/// Seconds as milliseconds; microseconds are enough for people.
fn rounded(seconds: f64) -> f64 {
    (seconds * 1e6).round() / 1e3
}
