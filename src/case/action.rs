//! What the actions of a step take.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::expectation::Expectation;
use super::host_spec::BehaviourSpec;
use super::model::Step;
use super::sign_spec::SignSpec;

/// Octets, said in the way that is easiest to read.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BodySpec {
    /// Text, as UTF-8.
    Text(String),
    /// JSON, serialized compactly.
    Json(Value),
    /// Hexadecimal; white space is ignored.
    Hex(String),
    /// A content of `given`.
    Content(String),
    /// Text repeated so many times, between a prefix and a suffix.
    Repeat(RepeatSpec),
    /// Parts one after another.
    Concat(Vec<BodySpec>),
}

/// A text many times over.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RepeatSpec {
    /// Before.
    #[serde(default)]
    pub prefix: String,
    /// What is repeated.
    pub text: String,
    /// How often.
    pub times: Count,
    /// After.
    #[serde(default)]
    pub suffix: String,
}

/// A number, or a template or size text (`64 KiB`) that becomes one.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Count {
    /// A number.
    Number(u64),
    /// A text: a number, or a size such as `1 MiB`, perhaps with `+ n` or `- n` behind it.
    Text(String),
}

/// `create`: `POST releases`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Create {
    /// Label of the release in this case, `main` by default.
    pub release: Option<String>,
    /// Package name; by default a fresh one in the namespace of the identity (of `owner` for those without).
    pub name: Option<String>,
    /// Version, `1.0.0` by default.
    pub version: Option<String>,
    /// Content whose digest is given, `content` by default.
    pub content: Option<String>,
    /// Digest algorithms, in this order; `[sha256]` by default.
    pub digests: Option<Vec<String>>,
    /// Digest form; by default that of the target.
    pub digest_form: Option<String>,
    /// `mediaType`; by default that of the content where it is not `application/wasm`.
    pub media_type: Option<String>,
    /// Manifest members set or added, `contentDigest` among them.
    pub set: IndexMap<String, Value>,
    /// Manifest members left out.
    pub remove: Vec<String>,
    /// The exact body, instead of a manifest.
    pub body: Option<BodySpec>,
    /// `Content-Type`; by default `application/json`, `application/jose+json` when signed.
    pub content_type: Option<String>,
    /// Sends the manifest as the payload of a JWS.
    pub sign: Option<SignSpec>,
    /// Sends these manifest bytes rather than a compact serialization: `pretty`.
    pub spelling: Option<Spelling>,
}

/// How the manifest's JSON is written; the value is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Spelling {
    /// No white space, members in the order of the profile.
    Compact,
    /// Indented, members in reverse order, some characters as `\u` escapes.
    Odd,
}

/// `upload`: `POST` to `uploadUrl`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Upload {
    /// The content of this name.
    Content(String),
    /// More to say.
    Detailed(Box<UploadDetails>),
}

/// The details of an upload.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct UploadDetails {
    /// Content to send, `content` by default.
    pub content: Option<String>,
    /// The exact body, instead of a content.
    pub body: Option<BodySpec>,
    /// Label of the release, `main` by default.
    pub release: Option<String>,
    /// With chunked transfer coding instead of `Content-Length`.
    pub chunked: bool,
    /// Declares the whole length, sends so many octets and closes the connection.
    pub cut_after: Option<Count>,
    /// Declares so many octets more than are sent, then closes the connection.
    pub declare_more: Option<Count>,
    /// `Content-Type`; by default the media type of the manifest.
    pub content_type: Option<String>,
    /// Where to, instead of the `uploadUrl` of the release.
    pub url: Option<String>,
}

/// `add-sources` and `replace-sources`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum AddSources {
    /// Names of hosts, URLs, or source objects.
    List(Vec<SourceSpec>),
    /// More to say.
    Detailed(Box<SourcesDetails>),
}

/// A content source.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum SourceSpec {
    /// The name of a host of the case, or a URL.
    Url(String),
    /// The source object as it is sent; the name of a host as `url` stands for its URL.
    Object(IndexMap<String, Value>),
}

/// The details of a change of sources.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct SourcesDetails {
    /// The sources.
    pub sources: Vec<SourceSpec>,
    /// This many copies of the first source, made distinct by their query.
    pub copies: Option<Count>,
    /// The exact body instead.
    pub body: Option<BodySpec>,
    /// Label of the release, `main` by default.
    pub release: Option<String>,
    /// Name in the path; with `version`, no release is needed.
    pub name: Option<String>,
    /// Version in the path; with `name`, no release is needed.
    pub version: Option<String>,
    /// `Content-Type`, `application/json` by default.
    pub content_type: Option<String>,
}

/// `publish`: `POST components/{name}/v{version}`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Publish {
    /// Label of the release, `main` by default.
    pub release: Option<String>,
    /// Name in the path, instead of the release's.
    pub name: Option<String>,
    /// Version in the path, instead of the release's.
    pub version: Option<String>,
    /// How the manifest is signed; by default `owner-es256` signs the exact bytes of the create, and after a signed create nothing is sent.
    pub sign: Option<SignSpec>,
    /// Leaves `releaseSignature` out.
    pub unsigned: bool,
    /// `releaseDigest`: `right` (default), `wrong`, `absent`, or an object as it is sent.
    pub release_digest: Option<Value>,
    /// Follows a 202 to its end (default), or judges the answer itself.
    pub wait: Option<bool>,
    /// The exact body instead.
    pub body: Option<BodySpec>,
    /// Members set or added in the publish request.
    pub set: IndexMap<String, Value>,
    /// `Content-Type`, `application/json` by default.
    pub content_type: Option<String>,
}

/// `status`, `get`, `cancel`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Read {
    /// Label of the release, `main` by default.
    pub release: Option<String>,
    /// Name instead of the release's.
    pub name: Option<String>,
    /// Version instead of the release's.
    pub version: Option<String>,
    /// `GET` by default (`DELETE` for cancel).
    pub method: Option<String>,
    /// Builds the path although there is a `Location` to follow.
    pub built: bool,
    /// How `:` stands in a built path: `plain` (default) or `encoded`.
    pub colon: Option<String>,
}

/// `download`: content from a source of the published release.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Download {
    /// Label of the release, `main` by default.
    pub release: Option<String>,
    /// A URL instead of the sources that the release names.
    pub url: Option<String>,
    /// `any` (default): one source that serves it suffices; `all`: each.
    pub from: Option<DownloadFrom>,
    /// `GET` by default.
    pub method: Option<String>,
}

/// Which sources a download tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DownloadFrom {
    /// In order, until one answers 200.
    Any,
    /// Every one.
    All,
}

/// `request`: any request to the API.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct SendRequest {
    /// `GET` by default.
    pub method: Option<String>,
    /// An operation of the profile whose URL is taken: `create`, `status`, `content-sources`, `publish`, `get`, `cancel`.
    pub operation: Option<String>,
    /// A path relative to the base URL, sent exactly as it stands (`..` and `%00` too).
    pub path: Option<String>,
    /// An absolute URL.
    pub url: Option<String>,
    /// Label of the release for `operation`, `main` by default.
    pub release: Option<String>,
    /// Name for `operation`; with `version`, no release is needed.
    pub name: Option<String>,
    /// Version for `operation`; with `name`, no release is needed.
    pub version: Option<String>,
    /// The body.
    pub body: Option<BodySpec>,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// The `Content-Length` that is declared instead of the true one.
    pub content_length: Option<String>,
    /// With chunked transfer coding.
    pub chunked: bool,
}

/// `raw`: octets over a connection of their own; templates are filled in.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawExchange {
    /// What is sent, piece by piece. `$(head)`-less: request line and fields are the case's to write.
    pub pieces: Vec<BodySpec>,
    /// How the sending side ends: `keep-open` (default), `half-close`, `reset`.
    #[serde(default)]
    pub ending: RawEnding,
}

/// How the sending side of a raw exchange ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RawEnding {
    /// Waits for the answer.
    #[default]
    KeepOpen,
    /// Closes the sending side, then waits for the answer.
    HalfClose,
    /// Resets the connection without waiting.
    Reset,
}

/// `parallel`: steps at the same time.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Parallel {
    /// The steps; each gets connections of its own.
    pub steps: Vec<Step>,
    /// All of them so many times.
    #[serde(default)]
    pub times: Option<usize>,
}

/// `wait`: a read repeated until it is as expected or its time is over.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Wait {
    /// Reads the unpublished release.
    pub status: Option<Read>,
    /// Reads the release.
    pub get: Option<Read>,
    /// Sends a request.
    pub request: Option<SendRequest>,
    /// Follows the unpublished release to its end, as `publish` does after a 202.
    pub settled: Option<Settled>,
    /// What it waits for; what never comes is a mismatch of the step's own expectations.
    pub until: Option<Box<Expectation>>,
    /// What has to stay so: asks until it is not, or nine tenths of the time are over.
    #[serde(rename = "while")]
    pub stays: Option<Box<Expectation>>,
    /// How long at most: `processing` (default), `expiry`, `retention`, `source`, or a duration.
    pub within: Option<String>,
}

/// Which release is followed to its end.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Settled {
    /// Label of the release, `main` by default.
    pub release: Option<String>,
}

/// `host`: changes a content host.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HostChange {
    /// The host.
    pub host: String,
    /// What it does from now on.
    #[serde(default)]
    pub set: Option<BehaviourSpec>,
    /// Lets held requests go on.
    #[serde(default)]
    pub release: bool,
    /// Waits until the registry has asked it once, at most the deadline for processing.
    #[serde(default)]
    pub await_request: bool,
}

/// `received`: what a content host has received so far.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Received {
    /// The host.
    Host(String),
}
