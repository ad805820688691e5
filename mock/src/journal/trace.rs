//! A request and its answer as they passed. What others may see of them is made when they ask: most requests nobody ever asks about.

use std::{borrow::Cow, sync::Arc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderMap, Method};
use jiff::Timestamp;
use serde_json::Value;

use crate::{identity::Identity, operation::Operation, problem::ProblemKind};

use super::{
    AppliedFault, NearestOperation, ReceivedBy, ReceivedRequest, Redactor, ReleaseName,
    SentResponse, capture::CapturedBody, packed::Packed,
};

/// Whose credentials a request has.
#[derive(Clone, Debug)]
pub(crate) enum Sender {
    /// None were sent.
    Nobody,
    /// They are not known.
    Unknown,
    /// An identity's.
    Known(Arc<Identity>),
}

/// A request as it arrived, secrets included, and what became of it. Stays within the journal.
#[derive(Clone, Debug)]
pub(super) struct Trace {
    /// Number in the journal.
    pub(super) id: u64,
    pub(super) at: Timestamp,
    pub(super) elapsed_ms: f64,
    pub(super) origin: ReceivedBy,
    pub(super) tls: bool,
    pub(super) method: Method,
    pub(super) operation: Option<Operation>,
    pub(super) nearest: Option<Box<NearestOperation>>,
    pub(super) sender: Sender,
    /// Whether its path names a release.
    pub(super) names_release: bool,
    /// Request target, path relative to the base URL, name, version, token; then names and values of header fields.
    pub(super) texts: Packed,
    pub(super) outcome: Outcome,
}

/// What is packed before the header fields, in this order.
pub(super) struct Head<'t> {
    pub(super) target: Cow<'t, str>,
    pub(super) path: Cow<'t, str>,
    pub(super) name: Cow<'t, str>,
    pub(super) version: Cow<'t, str>,
    pub(super) token: Cow<'t, str>,
}

impl Head<'_> {
    const TEXTS: usize = 5;
}

/// What became of a request.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    pub(super) body: Option<CapturedBody>,
    pub(super) complete: bool,
    pub(super) status: Option<u16>,
    pub(super) fault: Option<Box<AppliedFault>>,
    pub(super) duration_ms: Option<f64>,
    pub(super) answer: Option<SentAnswer>,
}

/// An answer as it was sent.
#[derive(Clone, Debug)]
pub(super) struct SentAnswer {
    pub(super) fields: Packed,
    pub(super) body: Option<CapturedBody>,
}

/// Names and values, in turn.
pub(super) fn texts_of(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    headers
        .iter()
        .flat_map(|(name, value)| [name.as_str().as_bytes(), value.as_bytes()])
}

fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Names and values as pairs.
fn pairs<'t>(
    mut texts: impl Iterator<Item = &'t [u8]>,
) -> impl Iterator<Item = (&'t [u8], &'t [u8])> {
    std::iter::from_fn(move || Some((texts.next()?, texts.next()?)))
}

impl Trace {
    /// The parts of it that have no size of their own.
    pub(super) fn parts(&self) -> [&[u8]; Self::PARTS] {
        fn bytes(body: Option<&CapturedBody>) -> &[u8] {
            body.map_or(&[], |body| &body.bytes)
        }
        let answer = self.outcome.answer.as_ref();
        [
            self.texts.bytes(),
            bytes(self.outcome.body.as_ref()),
            answer.map_or(&[], |answer| answer.fields.bytes()),
            bytes(answer.and_then(|answer| answer.body.as_ref())),
        ]
    }

    /// How many parts.
    pub(super) const PARTS: usize = 4;

    /// Puts others in the place of its parts.
    pub(super) fn set_parts(&mut self, parts: [&[u8]; Self::PARTS]) {
        fn set(body: Option<&mut CapturedBody>, bytes: &[u8]) {
            if let Some(body) = body {
                body.bytes = Bytes::copy_from_slice(bytes);
            }
        }
        let [texts, body, fields, answered] = parts;
        self.texts = Packed::of_bytes(texts);
        set(self.outcome.body.as_mut(), body);
        if let Some(answer) = &mut self.outcome.answer {
            answer.fields = Packed::of_bytes(fields);
            set(answer.body.as_mut(), answered);
        }
    }

    /// The texts that stand before the header fields.
    pub(super) fn head(&self) -> Head<'_> {
        let mut texts = self.texts.iter();
        let mut next = || text(texts.next().unwrap_or_default());
        Head {
            target: next(),
            path: next(),
            name: next(),
            version: next(),
            token: next(),
        }
    }

    /// Names and values of the header fields.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        pairs(self.texts.iter().skip(Head::TEXTS))
    }

    /// Hides its own token too.
    pub(super) fn redactor(&self, redactor: &Redactor) -> Redactor {
        let token = self.head().token;
        redactor.and((!token.is_empty()).then(|| token.into_owned()))
    }

    /// Name of the identity whose token was sent; `unknown` for any other credentials.
    pub(super) fn identity(&self) -> Option<&str> {
        match &self.sender {
            Sender::Nobody => None,
            Sender::Unknown => Some("unknown"),
            Sender::Known(identity) => Some(&identity.name),
        }
    }

    /// The release that it is about: of create by the document that was sent.
    pub(super) fn release(&self, document: Option<&Value>) -> Option<ReleaseName> {
        if self.operation == Some(Operation::Create) {
            return document.and_then(release_of);
        }
        self.names_release.then(|| {
            let Head { name, version, .. } = self.head();
            ReleaseName {
                name: name.into_owned(),
                version: version.into_owned(),
            }
        })
    }

    /// What others may see of it.
    pub(super) fn show(&self, redactor: &Redactor, problem_type_prefix: &str) -> ReceivedRequest {
        let Head { target, path, .. } = self.head();
        let redactor = &self.redactor(redactor);
        let host = self.fields().find(|(name, _)| *name == b"host");
        let scheme = if self.tls { "https" } else { "http" };
        let url = match host {
            Some((_, host)) => format!("{scheme}://{}{target}", text(host)),
            None => target.into_owned(),
        };
        let outcome = &self.outcome;
        let document = outcome.body.as_ref().and_then(CapturedBody::document);
        ReceivedRequest {
            id: self.id,
            at: self.at,
            elapsed_ms: self.elapsed_ms,
            origin: self.origin,
            method: self.method.to_string(),
            url: redactor.text(&url),
            path: redactor.text(&path),
            operation: self.operation,
            nearest: self.nearest.as_deref().map(|nearest| NearestOperation {
                why: redactor.text(&nearest.why),
                ..nearest.clone()
            }),
            release: self.release(document.as_ref()),
            identity: self.identity().map(str::to_owned),
            headers: redactor.fields(self.fields()),
            body: outcome
                .body
                .as_ref()
                .map(|body| body.show(document, redactor)),
            complete: outcome.complete,
            status: outcome.status,
            problem: self.problem(problem_type_prefix),
            fault: outcome.fault.as_deref().cloned(),
            duration_ms: outcome.duration_ms,
            response: outcome.answer.as_ref().map(|answer| SentResponse {
                headers: redactor.fields(pairs(answer.fields.iter())),
                body: answer
                    .body
                    .as_ref()
                    .filter(|_| self.method != Method::HEAD)
                    .map(|body| body.show(body.document(), redactor)),
            }),
        }
    }

    /// Name of the problem that the answer carries.
    pub(super) fn problem(&self, prefix: &str) -> Option<String> {
        self.outcome.status.filter(|status| *status >= 400)?;
        let document = self.outcome.answer.as_ref()?.body.as_ref()?.document()?;
        let name = document.get("type")?.as_str()?.strip_prefix(prefix)?;
        ProblemKind::from_name(name).map(|kind| kind.name().to_owned())
    }
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
