use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Behaviour, Body, Credentials, Redirect};

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
#[serde(untagged, deny_unknown_fields)]
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
        let content = |serve: &ServeSpec| serve.resolve(resolver);
        let then = |spec: &Self| spec.resolve(resolver).map(Box::new);
        Ok(match self {
            Self::Serve(serve) => Behaviour::Serve(content(serve)?),
            Self::Status(status) => Behaviour::Status(final_status(*status)?),
            Self::Html {} => Behaviour::Serve(login_page()),
            Self::Redirect(redirect) => Behaviour::Redirect(redirect.resolve(resolver)?),
            Self::RedirectLoop {} => Behaviour::RedirectLoop,
            Self::RedirectChain { hops, then: next } => Behaviour::RedirectChain {
                hops: *hops,
                then: then(next)?,
            },
            Self::Demand(demand) => Behaviour::Demand {
                credentials: demand.credentials()?,
                then: then(&demand.then)?,
            },
            Self::Gzip(serve) => Behaviour::Gzip(content(serve)?),
            Self::FalseGzip(serve) => Behaviour::FalseGzip(content(serve)?),
            Self::Reset {} => Behaviour::Reset,
            Self::ResetBody(spec) => Behaviour::ResetBody {
                body: content(&spec.serve)?,
                after: spec.after,
            },
            Self::Close {} => Behaviour::Close,
            Self::Truncate(spec) => Behaviour::Truncate {
                body: content(&spec.serve)?,
                after: spec.after,
            },
            Self::TruncateChunked(spec) => Behaviour::TruncateChunked {
                body: content(&spec.serve)?,
                after: spec.after,
            },
            Self::Chunked(serve) => Behaviour::Chunked(content(serve)?),
            Self::Stall {} => Behaviour::Stall,
            Self::StallBody(spec) => Behaviour::StallBody {
                body: content(&spec.serve)?,
                after: spec.after,
            },
            Self::Dribble(spec) => {
                let bytes = Some(spec.bytes)
                    .filter(|bytes| *bytes > 0)
                    .ok_or(ResolveError::DribbleNothing)?;
                Behaviour::Dribble {
                    body: content(&spec.serve)?,
                    bytes,
                    every: Duration::from_millis(spec.every_ms),
                }
            }
            Self::Endless {} => Behaviour::Endless,
            Self::Garbage {} => Behaviour::Garbage,
            Self::Hold(hold) => Behaviour::Hold(then(&hold.then)?),
            Self::Sequence(steps) if steps.is_empty() => return Err(ResolveError::EmptySequence),
            Self::Sequence(steps) => Behaviour::Sequence(
                steps
                    .iter()
                    .map(|step| step.resolve(resolver))
                    .collect::<Result<_, _>>()?,
            ),
        })
    }

    /// The hosts that this behaviour redirects to by name, which have to be made first.
    pub fn host_names(&self) -> Vec<&str> {
        match self {
            Self::Redirect(redirect) if Url::parse(&redirect.to).is_err() => {
                vec![redirect.to.as_str()]
            }
            Self::RedirectChain { then, .. } => then.host_names(),
            Self::Demand(demand) => demand.then.host_names(),
            Self::Hold(hold) => hold.then.host_names(),
            Self::Sequence(steps) => steps.iter().flat_map(Self::host_names).collect(),
            _ => Vec::new(),
        }
    }
}

impl ServeSpec {
    fn resolve(&self, resolver: &impl Resolver) -> Result<Body, ResolveError> {
        let (name, other_type) = match self {
            Self::Name(name) => (name, &None),
            Self::Detailed {
                content,
                media_type,
            } => (content, media_type),
        };
        let mut body = resolver
            .content(name)
            .ok_or_else(|| ResolveError::UnknownContent(name.clone()))?;
        if let Some(media_type) = other_type {
            body.media_type.clone_from(media_type);
        }
        Ok(body)
    }
}

impl RedirectSpec {
    fn resolve(&self, resolver: &impl Resolver) -> Result<Redirect, ResolveError> {
        let to = match resolver.host_url(&self.to) {
            Some(url) => url,
            None if Url::parse(&self.to).is_ok() => self.to.clone(),
            None => return Err(ResolveError::UnknownHost(self.to.clone())),
        };
        Ok(Redirect {
            to,
            status: final_status(self.status.unwrap_or(302))?,
        })
    }
}

impl DemandSpec {
    fn credentials(&self) -> Result<Credentials, ResolveError> {
        match (&self.basic, &self.bearer) {
            (Some((username, password)), None) => Ok(Credentials::Basic {
                username: username.clone(),
                password: password.clone(),
            }),
            (None, Some(token)) => Ok(Credentials::Bearer {
                token: token.clone(),
            }),
            _ => Err(ResolveError::Demand),
        }
    }
}

fn final_status(status: u16) -> Result<u16, ResolveError> {
    if (200..600).contains(&status) {
        Ok(status)
    } else {
        Err(ResolveError::Status(status))
    }
}

/// What a captive portal shows in the content's place.
fn login_page() -> Body {
    let page = "<!DOCTYPE html>\n<html lang=\"en\">\n<head><title>Sign in</title></head>\n<body><h1>Sign in to go on</h1>\
                <form method=\"post\"><input name=\"user\"><button>Sign in</button></form></body>\n</html>\n";
    Body {
        bytes: page.into(),
        media_type: "text/html; charset=utf-8".to_owned(),
    }
}
