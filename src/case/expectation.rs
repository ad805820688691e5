//! What must hold after a step.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::client::ClientExit;
use super::one_or_many::OneOrMany;
use crate::outcome::Level;

/// One expectation. Everything that it says must hold; its rule is what a mismatch violates.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Expectation {
    /// The rule that is judged, as `DIG-2`.
    pub rule: Option<String>,
    /// How binding, where it is not the level of the rule.
    pub level: Option<Level>,
    /// A positive control: what a right registry does when nothing is wrong, so that one that refuses everything does not pass. The kill
    /// matrix wants no defect of its own for it, as long as another expectation of the rule has seen one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub control: bool,
    /// Why no defect of the mock can break this; stands in the kill matrix in the place of a defect.
    pub no_defect: Option<String>,
    /// Judged only where the target's capabilities are such.
    pub when: Option<IndexMap<String, Value>>,
    /// Judged only where the release's `uploadUrl` is there.
    #[serde(rename = "where")]
    pub place: Option<super::model::Place>,
    /// The action succeeds: 2xx, and for publish and attempt the release ends up published.
    pub succeeds: Option<bool>,
    /// The release is published in the end (publish and attempt).
    pub published: Option<bool>,
    /// Refused, for one of these problems: at once (4xx; the exact status is a should) or, for publish and attempt, by an asynchronous failure.
    pub refused: Option<OneOrMany<String>>,
    /// A status that is as right for the refusal as the one that the profile puts beside the problem.
    pub or_status: Option<Value>,
    /// Either refused for one of these problems or successful; nothing else.
    pub may_refuse: Option<OneOrMany<String>>,
    /// The status: a number, a class as `2xx`, or a list of them.
    pub status: Option<Value>,
    /// Header fields with what they must be; `{$absent: true}` for none.
    pub headers: Option<IndexMap<String, Value>>,
    /// What the JSON body must be: a mapping is a subset, `$operators` say more.
    pub body: Option<Value>,
    /// Schema that the JSON body satisfies: a name of `schemas/api/`.
    pub schema: Option<String>,
    /// The body is, octet by octet, the body of this content.
    pub bytes: Option<String>,
    /// The body is empty.
    pub empty: Option<bool>,
    /// Neither body nor any header field contains one of these texts.
    pub conceals: Option<Vec<String>>,
    /// The body contains this text (in whatever member).
    pub mentions: Option<String>,
    /// The body and header fields tell the caller the same as the answer of this step (status, problem type; with `access.hides` header fields and body shape too).
    pub same_as: Option<String>,
    /// What the signature of the release in the body is.
    pub signature: Option<Box<SignatureExpectation>>,
    /// How many of the parallel exchanges fit each description.
    pub tally: Option<Vec<Tally>>,
    /// What the content host received (with `received`), or the client sent (with `journal`).
    pub requests: Option<Box<RequestsExpectation>>,
    /// How the client ended (with `client`).
    pub exit: Option<ClientExit>,
    /// The client showed this text, or one of them, on stderr or stdout; case does not matter.
    pub shows: Option<OneOrMany<String>>,
    /// What a fetch has left at `CONFORMANCE_OUTPUT`: the bytes of this content (of an archive, a folder with its entries), or `absent`: nothing.
    /// Beside it there may be nothing in any case.
    pub output: Option<String>,
    /// How many seconds the client took at most.
    pub took: Option<f64>,
}

/// How many of parallel exchanges are as described.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Tally {
    /// Statuses that count: a number, a class, or a list of them.
    #[serde(default)]
    pub status: Option<Value>,
    /// Problems that count.
    #[serde(default)]
    pub refused: Option<OneOrMany<String>>,
    /// The number: `3`, `>=1`, `<=1`, or `rest` (all that no other line counts).
    pub count: Value,
}

/// What the JWS in a release must be.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct SignatureExpectation {
    /// Keys of whose each a signature verifies.
    pub by: Vec<String>,
    /// The payload is, octet by octet, what was signed.
    pub payload: Option<SignedPayload>,
    /// The `kid` of every entry, in order.
    pub kids: Option<Vec<String>>,
}

/// What a signature's payload is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SignedPayload {
    /// The bytes that the publisher signed.
    Signed,
    /// The bytes of the manifest that the client under test created.
    Created,
}

/// What a content host must have received.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct RequestsExpectation {
    /// How many requests: `3`, `>=1`, `0`.
    pub count: Option<Value>,
    /// What every request's header fields must be.
    pub headers: Option<IndexMap<String, Value>>,
    /// At least one request's header fields must be.
    pub some_headers: Option<IndexMap<String, Value>>,
    /// No request contains one of these texts in target or header fields.
    pub conceals: Option<Vec<String>>,
    /// Between one request and the next so many seconds at least.
    pub apart: Option<f64>,
    /// From the first to the last so many seconds at most.
    pub within: Option<f64>,
    /// From the first to the last so many seconds at least.
    pub lasting: Option<f64>,
}

impl RequestsExpectation {
    /// Whether it wants more than that so many were asked at least, without which there would be nothing to judge.
    fn judges_more_than_asking(&self) -> bool {
        let is_least = |count: &Value| count.as_str().is_some_and(|text| text.starts_with(">="));
        !self.count.as_ref().is_some_and(is_least)
            || self.headers.is_some()
            || self.some_headers.is_some()
            || self.conceals.is_some()
            || self.apart.is_some()
            || self.within.is_some()
            || self.lasting.is_some()
    }
}

impl Expectation {
    /// The first matcher that compares what came back with a value, beyond how the action ended: what a defect can break, and so no matter
    /// for a positive control. The status of a release in the body is how an action ended; so is what a client's fetch has left.
    pub fn judged_value(&self) -> Option<&'static str> {
        let tells_more_than_status = |body: &Value| {
            body.as_object()
                .is_none_or(|members| members.keys().any(|name| name != "status"))
        };
        [
            (
                "body",
                self.body.as_ref().is_some_and(tells_more_than_status),
            ),
            ("headers", self.headers.is_some()),
            ("bytes", self.bytes.is_some()),
            ("empty", self.empty.is_some()),
            ("conceals", self.conceals.is_some()),
            ("mentions", self.mentions.is_some()),
            ("same-as", self.same_as.is_some()),
            ("signature", self.signature.is_some()),
            ("tally", self.tally.is_some()),
            (
                "requests",
                self.requests
                    .as_ref()
                    .is_some_and(|requests| requests.judges_more_than_asking()),
            ),
            ("shows", self.shows.is_some()),
            ("took", self.took.is_some()),
        ]
        .into_iter()
        .find_map(|(name, is_there)| is_there.then_some(name))
    }

    /// Whether it says how the action must end, so that success is not expected of itself.
    pub fn judges_success(&self) -> bool {
        self.succeeds.is_some()
            || self.published.is_some()
            || self.refused.is_some()
            || self.may_refuse.is_some()
            || self.status.is_some()
            || self.same_as.is_some()
            || self.tally.is_some()
            || self.exit.is_some()
    }
}
