//! One request and its answer, as the journal keeps them.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::operation::Operation;

/// Which of the registry's origins a request came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ReceivedBy {
    /// The API.
    Api,
    /// The origin that takes uploads only.
    Uploads,
}

/// The operation that a request which reached none was perhaps meant for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NearestOperation {
    /// The operation, where one resembles the request.
    pub operation: Option<Operation>,
    /// Why the request did not reach it.
    pub why: String,
}

/// Name and version of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReleaseName {
    /// `namespace:label`.
    pub name: String,
    /// Semver, without a leading `v`.
    pub version: String,
}

/// A body, of which only JSON is kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecordedBody {
    /// Bytes that arrived, or were to be sent.
    pub length: u64,
    /// SHA-256 of these bytes, lower-case hex.
    pub sha256: String,
    /// The document, credentials hidden, where the bytes are JSON and few enough to keep.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    /// Whether there were more bytes than are kept, so that `json` is missing for that reason.
    pub truncated: bool,
}

/// What disturbed an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AppliedFault {
    /// Id of the fault.
    pub id: String,
    /// Kind of the fault.
    pub kind: String,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SentResponse {
    /// Header fields, secrets hidden; without those that only the connection needs.
    pub headers: Vec<(String, String)>,
    /// Body, if there is one.
    pub body: Option<RecordedBody>,
}

/// A request to the API or to the upload origin, with its answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReceivedRequest {
    /// Number in the session's journal, in the order of arrival, from 1.
    pub id: u64,
    /// When the head arrived, by the session's clock (UTC).
    pub at: Timestamp,
    /// The same in milliseconds since the session began, by a clock that nobody can move.
    pub elapsed_ms: f64,
    /// Which origin it came to.
    pub origin: ReceivedBy,
    /// Method.
    pub method: String,
    /// URL as the client called it, by its `Host`.
    pub url: String,
    /// Path as it was sent, relative to the session's base URL; with a leading slash where it lies outside.
    pub path: String,
    /// The operation that it reached, none if it reached none.
    pub operation: Option<Operation>,
    /// What it was perhaps meant for, where it reached no operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<NearestOperation>,
    /// The release that it is about, by its path or, with create, its manifest.
    pub release: Option<ReleaseName>,
    /// Name of the identity whose token was sent; `unknown` for any other credentials, none where there were none.
    pub identity: Option<String>,
    /// Header fields in order of arrival, secrets hidden.
    pub headers: Vec<(String, String)>,
    /// Body, if there is one.
    pub body: Option<RecordedBody>,
    /// Whether the whole body arrived.
    pub complete: bool,
    /// HTTP status, none while there is no answer, and if none was sent.
    pub status: Option<u16>,
    /// Name of the problem in the answer.
    pub problem: Option<String>,
    /// What disturbed the answer.
    pub fault: Option<AppliedFault>,
    /// Milliseconds until the answer was decided; none as `status`.
    pub duration_ms: Option<f64>,
    /// The answer; none as `status`.
    pub response: Option<SentResponse>,
}

impl ReceivedRequest {
    /// The first value of a header field, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}
