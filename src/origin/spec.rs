use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Behaviour, Body};

/// A behaviour as a case file says it: contents and hosts by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum BehaviourSpec {
    /// `{serve: CONTENT}` 200 with the content.
    Serve(ServeSpec),
    /// `{status: 404}` this status.
    Status(u16),
    /// `{html: {}}` 200 with a login page.
    Html {},
    /// `{redirect: {to: HOST or URL, status: 302}}`
    Redirect(RedirectSpec),
    /// `{redirect-loop: {}}`
    RedirectLoop {},
    /// `{redirect-chain: {hops: 3, then: ...}}`
    RedirectChain {
        /// How many redirects.
        hops: u32,
        /// What comes then.
        then: Box<BehaviourSpec>,
    },
    /// `{demand: {basic: [USER, PASSWORD], then: ...}}` or `{demand: {bearer: TOKEN, then: ...}}`
    Demand(DemandSpec),
    /// `{gzip: CONTENT}`
    Gzip(ServeSpec),
    /// `{false-gzip: CONTENT}`
    FalseGzip(ServeSpec),
    /// `{reset: {}}`
    Reset {},
    /// `{reset-body: {serve: CONTENT, after: 10}}`
    ResetBody(AfterSpec),
    /// `{close: {}}`
    Close {},
    /// `{truncate: {serve: CONTENT, after: 10}}`
    Truncate(AfterSpec),
    /// `{truncate-chunked: {serve: CONTENT, after: 10}}`
    TruncateChunked(AfterSpec),
    /// `{chunked: CONTENT}`
    Chunked(ServeSpec),
    /// `{stall: {}}`
    Stall {},
    /// `{stall-body: {serve: CONTENT, after: 10}}`
    StallBody(AfterSpec),
    /// `{dribble: {serve: CONTENT, bytes: 16, every-ms: 50}}`
    Dribble(DribbleSpec),
    /// `{endless: {}}`
    Endless {},
    /// `{garbage: {}}`
    Garbage {},
    /// `{hold: {then: ...}}`
    Hold(HoldSpec),
    /// `{sequence: [...]}`
    Sequence(Vec<BehaviourSpec>),
}

/// A content by name, or with another media type than its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ServeSpec {
    /// The content's name.
    Name(String),
    /// The content's name and more.
    Detailed {
        /// The content's name.
        content: String,
        /// The `Content-Type` to say instead of the content's own.
        #[serde(rename = "media-type")]
        media_type: Option<String>,
    },
}

/// A content and how much of it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AfterSpec {
    /// The content.
    pub serve: ServeSpec,
    /// Bytes of the body that are sent first.
    pub after: u64,
}

/// A content and how slowly it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DribbleSpec {
    /// The content.
    pub serve: ServeSpec,
    /// Bytes at a time, at least 1.
    pub bytes: u64,
    /// Milliseconds between them.
    pub every_ms: u64,
}

/// Where a redirect leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RedirectSpec {
    /// The name of a host of the case, or a URL.
    pub to: String,
    /// The status, 302 by default.
    #[serde(default)]
    pub status: Option<u16>,
}

/// What is demanded, and what comes then. Exactly one of `basic` and `bearer`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DemandSpec {
    /// User name and password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basic: Option<(String, String)>,
    /// Token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bearer: Option<String>,
    /// What comes with the right credentials.
    pub then: Box<BehaviourSpec>,
}

/// What comes after a hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct HoldSpec {
    /// What comes after the release.
    pub then: Box<BehaviourSpec>,
}

/// A name in a behaviour means nothing, or a behaviour contradicts itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// No content goes by this name.
    #[error("failed to resolve a behaviour: there is no content {0:?}")]
    UnknownContent(String),
    /// Neither a host nor a URL.
    #[error("failed to resolve a behaviour: {0:?} is neither a host of the case nor a URL")]
    UnknownHost(String),
    /// `demand` without credentials, or with two.
    #[error("failed to resolve a behaviour: demand needs either basic or bearer")]
    Demand,
    /// A status outside 200 to 599.
    #[error("failed to resolve a behaviour: {0} is no final status")]
    Status(u16),
    /// A sequence without any behaviour.
    #[error("failed to resolve a behaviour: the sequence is empty")]
    EmptySequence,
    /// Zero bytes at a time never end.
    #[error("failed to resolve a behaviour: dribble needs at least 1 byte at a time")]
    DribbleNothing,
}

/// What the names in a behaviour mean.
pub trait Resolver {
    /// The content of this name: its bytes and media type.
    fn content(&self, name: &str) -> Option<Body>;
    /// The URL of the host of this name.
    fn host_url(&self, name: &str) -> Option<String>;
}

impl BehaviourSpec {
    /// Puts bytes and URLs in the place of names.
    pub fn resolve(&self, resolver: &impl Resolver) -> Result<Behaviour, ResolveError> {
        todo!()
    }

    /// The hosts that this behaviour redirects to by name, which have to be made first.
    pub fn host_names(&self) -> Vec<&str> {
        todo!()
    }
}
