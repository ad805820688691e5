use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use url::Url;

use super::{Answer, Body, Ending, WireError};
use crate::credentials::Credentials;

/// One request and what came of it.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// What the request is called in reports.
    pub name: String,
    /// What was sent.
    pub request: RequestRecord,
    /// What came back, or why nothing did.
    pub answer: Result<Answer, WireError>,
    /// When it began, counted from when its client was made.
    pub started: Duration,
    /// How long it took, waiting on 429 included.
    pub duration: Duration,
    /// How many times it was sent again after a 429.
    pub retries: u32,
    /// Whether the last answer is a 429 and the time for waiting was used up.
    pub gave_up: bool,
}

/// A request as it was sent.
#[derive(Clone, Debug)]
pub struct RequestRecord {
    /// The method; empty for a raw request.
    pub method: String,
    /// The URL; of a raw request the origin.
    pub url: Url,
    /// The request target, when it was overridden.
    pub target: Option<String>,
    /// The header fields in order, those of `credentials` aside.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The credentials whose fields were sent after `headers`.
    pub credentials: Option<Arc<Credentials>>,
    /// The body.
    pub body: Body,
    /// The octets and the ending of a raw request.
    pub raw: Option<(Vec<Bytes>, Ending)>,
}

impl Exchange {
    /// The answer, if there is one.
    pub fn answered(&self) -> Option<&Answer> {
        self.answer.as_ref().ok()
    }

    /// The status of the answer, if there is one.
    pub fn status(&self) -> Option<u16> {
        self.answered().map(|answer| answer.status)
    }
}
