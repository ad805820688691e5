//! What a case about a client says: what the client is run with, what the mock is told before, and what is looked at afterwards.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::action::{Create, SourceSpec};
use super::one_or_many::OneOrMany;
use super::sign_spec::SignSpec;

/// `client`: runs the client under test once.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Client {
    /// The operation, with everything else as usual.
    Operation(ClientOperation),
    /// More to say.
    Detailed(Box<ClientDetails>),
}

/// The first argument of the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClientOperation {
    /// Publishes a release.
    Publish,
    /// Fetches the content of a release.
    Fetch,
}

impl ClientOperation {
    /// The word on the client's command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Fetch => "fetch",
        }
    }
}

/// What the client is run with.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ClientDetails {
    /// The operation.
    pub run: ClientOperation,
    /// Label of the release, `main` by default: of a publish a new one, of a fetch one that an earlier step made.
    #[serde(default)]
    pub release: Option<String>,
    /// Name, instead of the release's.
    #[serde(default)]
    pub name: Option<String>,
    /// Version, instead of the release's (`1.0.0` of a new one).
    #[serde(default)]
    pub version: Option<String>,
    /// Content to publish, `content` by default.
    #[serde(default)]
    pub content: Option<String>,
    /// Sources to publish instead of uploading: hosts or URLs.
    #[serde(default)]
    pub sources: Option<Vec<SourceSpec>>,
    /// The kid of the key that a publish signs with, `owner-es256` by default.
    #[serde(default)]
    pub key: Option<String>,
    /// The kids of the keys that a fetch trusts; by default all of the owner's.
    #[serde(default)]
    pub trusted: Option<Vec<String>>,
    /// After which giving up is right, as `10s`; by default 20 seconds.
    #[serde(default)]
    pub deadline: Option<String>,
}

impl Client {
    /// With everything that is left out.
    pub fn details(&self) -> ClientDetails {
        match self {
            Self::Operation(run) => ClientDetails {
                run: *run,
                release: None,
                name: None,
                version: None,
                content: None,
                sources: None,
                key: None,
                trusted: None,
                deadline: None,
            },
            Self::Detailed(details) => (**details).clone(),
        }
    }
}

/// `serve`: the mock answers a read of a release with a document of the case's making, right or wrong.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Serve {
    /// Label of the release, `main` by default; a fetch asks for the name and version that it has before `manifest` changes them.
    pub release: Option<String>,
    /// The manifest in the document, as `create` would make it.
    pub manifest: Create,
    /// How it is signed; by default `owner-es256` signs its exact bytes.
    pub sign: Option<SignSpec>,
    /// Without a `releaseSignature`.
    pub unsigned: bool,
    /// Its content sources.
    pub sources: Vec<SourceSpec>,
    /// Members of the document set or added; null takes away.
    pub set: IndexMap<String, Value>,
    /// Header fields of the answer, beside its content type.
    pub headers: IndexMap<String, String>,
}

/// `journal`: the client's requests, as the mock saw them.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct JournalQuery {
    /// Operations: `create`, `status`, `upload`, `add-sources`, `replace-sources`, `publish`, `get`, `cancel`, `content`.
    pub operation: Option<OneOrMany<String>>,
    /// Methods.
    pub method: Option<OneOrMany<String>>,
    /// Statuses that they were answered with; a lost answer has none.
    pub status: Option<OneOrMany<u16>>,
    /// Text that the URL contains, as the client sent it.
    pub url: Option<String>,
    /// Whose token they had: the name of an identity, `unknown`, or `none`.
    pub identity: Option<String>,
    /// At which origin: `api` or `uploads`.
    pub origin: Option<String>,
    /// Only those that were not disturbed by a fault or a canned answer, or only those that were.
    pub disturbed: Option<bool>,
    /// Only the first request of this operation and what came after it.
    pub since: Option<String>,
}

/// How the client ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClientExit {
    /// With 0.
    Done,
    /// With another number, by itself and in time.
    Failed,
    /// By itself and in time, with any number.
    Any,
}
