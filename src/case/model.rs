//! The case file: what a YAML file below `cases/` may say. Its JSON Schema is made from these types.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::action::{
    AddSources, Create, Download, HostChange, Parallel, Publish, RawExchange, Read, Received,
    SendRequest, Upload, Wait,
};
use super::client::{Client, JournalQuery, Serve};
use super::content_spec::ContentSpec;
use super::expectation::Expectation;
use super::host_spec::HostSpec;
use super::one_or_many::OneOrMany;

/// One scenario: one behaviour of a registry, or several values of one kind by a matrix.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CaseFile {
    /// The behaviour in one sentence.
    pub summary: String,
    /// Why it matters, or what is subtle about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Capabilities that the target must have: a value, or a list of values that will do.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub needs: IndexMap<String, Value>,
    /// How many origins the content hosts must have that the registry sees as different (default 1 if there are hosts).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origins: Option<usize>,
    /// Set-up of the target file that the case needs beyond capabilities.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<TargetSetup>,
    /// Takes long: listed as ignored, run with `--ignored` or `--include-ignored`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub slow: bool,
    /// One variable and its values; each value makes a case of its own, `id[value]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matrix: Option<Matrix>,
    /// Contents by name; `content` is the default of create and upload.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub given: IndexMap<String, ContentSpec>,
    /// Content hosts by name.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub hosts: IndexMap<String, HostSpec>,
    /// Options of the mock, in a case about a client: those of `POST __admin/sessions`, and `uploads: elsewhere`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub session: IndexMap<String, Value>,
    /// What is done, in order.
    pub steps: Vec<Step>,
}

impl CaseFile {
    /// The members that every case has a value of its own of, `steps` aside.
    pub(super) const BESIDE_STEPS: &[&str] = &[
        "summary",
        "description",
        "needs",
        "origins",
        "requires",
        "slow",
        "given",
        "hosts",
        "session",
    ];
}

/// What a target file may leave out and a case may need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TargetSetup {
    /// `private-namespace` is set.
    PrivateNamespace,
    /// The identity `manifest-reader` exists.
    ManifestReader,
    /// The identity `reader` exists.
    Reader,
    /// `deadlines.expiry` is set.
    Expiry,
    /// `deadlines.retention` is set.
    Retention,
    /// `origin.tls` is true, so that content hosts over https are trusted.
    TlsOrigin,
    /// `read-as` is `anonymous`.
    AnonymousReading,
}

/// The values of a matrix: a list of texts and numbers, or labels with any value.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Matrix(pub IndexMap<String, MatrixValues>);

/// Values of the one variable of a matrix.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum MatrixValues {
    /// Values that are their own labels.
    List(Vec<Value>),
    /// Labels, for the id of the case, with values.
    Labelled(IndexMap<String, Value>),
}

/// One step: exactly one action, and what may stand beside any action.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Step {
    // In boxes, or every step would have the size of all actions together, and be moved around with it.
    /// Creates an unpublished release.
    pub create: Option<Box<Create>>,
    /// Uploads content to the `uploadUrl` of the release.
    pub upload: Option<Box<Upload>>,
    /// Adds content sources.
    pub add_sources: Option<Box<AddSources>>,
    /// Replaces the content sources (`PUT`).
    pub replace_sources: Option<Box<AddSources>>,
    /// Publishes, and follows an asynchronous publish to its end unless `wait: false`.
    pub publish: Option<Box<Publish>>,
    /// Reads the unpublished release where `Location` says.
    pub status: Option<Box<Read>>,
    /// Reads the release.
    pub get: Option<Box<Read>>,
    /// Cancels the unpublished release.
    pub cancel: Option<Box<Read>>,
    /// Downloads content from a source of the release.
    pub download: Option<Box<Download>>,
    /// Sends any request.
    pub request: Option<Box<SendRequest>>,
    /// Sends octets over a connection of their own.
    pub raw: Option<Box<RawExchange>>,
    /// Steps of which any may be refused: the first refusal ends the attempt and is its outcome.
    pub attempt: Option<Vec<Step>>,
    /// Steps at the same time.
    pub parallel: Option<Box<Parallel>>,
    /// Asks again until the answer is as expected.
    pub wait: Option<Box<Wait>>,
    /// Changes a content host.
    pub host: Option<Box<HostChange>>,
    /// What a content host has received.
    pub received: Option<Received>,
    /// Runs the client under test.
    pub client: Option<Box<Client>>,
    /// Faults that the mock makes from now on, as `POST __admin/faults` takes them.
    pub inject: Option<Vec<Value>>,
    /// Answers that the mock gives in the place of its own, as `POST __admin/answers` takes them.
    pub answer: Option<Vec<Value>>,
    /// A release document that the mock gives when the release is read.
    pub serve: Option<Box<Serve>>,
    /// The client's requests, as the mock saw them.
    pub journal: Option<Box<JournalQuery>>,

    /// Name of the step, for reports and for `$(step.NAME...)`.
    pub name: Option<String>,
    /// Who asks: an identity of the target file, `anonymous`, or `unknown-token`. Default: `owner` writes and reads status, `read-as` reads releases.
    #[serde(rename = "as")]
    pub identity: Option<String>,
    /// Header fields set (a text) or left out (null).
    pub headers: Option<IndexMap<String, Option<String>>>,
    /// What must hold afterwards; without anything about success, the action must succeed.
    pub expect: Option<OneOrMany<Expectation>>,
    /// The step is done only where the target's capabilities are such.
    pub when: Option<IndexMap<String, Value>>,
    /// The step is done only where the release's `uploadUrl` is there.
    #[serde(rename = "where")]
    pub place: Option<Place>,
    /// The case is skipped when the answer's status is another: the registry took a way that the case is not about.
    pub skip_unless: Option<SkipUnless>,
    /// Values kept for templates: name, and where in the answer (`/json/pointer`, `header:Name`, `status`).
    pub save: Option<IndexMap<String, String>>,
}

/// Ends a case as skipped when the registry took another way that the profile allows.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum SkipUnless {
    /// Another successful status than the one that a capability promises.
    Capability(CapabilityStatus),
    /// The answer is not of the kind that the case is about.
    Seen(SeenAnswer),
}

/// A status that a capability promises.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CapabilityStatus {
    /// The status that the case is about.
    pub status: u16,
    /// The capability behind it; where the target declares it (not: seen), another status is a failure.
    pub capability: String,
    /// The rule that is violated in that case.
    pub rule: String,
}

/// An answer of a kind that no capability promises.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SeenAnswer {
    /// What an answer below 500 is like when the case goes on.
    pub seen: Box<Expectation>,
    /// Why the case ends otherwise.
    pub reason: String,
}

/// Where something counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Place {
    /// Which origin the `uploadUrl` of the release is at.
    pub upload: UploadPlace,
}

/// Which origin an `uploadUrl` is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UploadPlace {
    /// That of the API.
    Api,
    /// Another.
    Elsewhere,
}

impl Step {
    /// The names of the actions, in the order of the documentation.
    pub const ACTIONS: &[&str] = &[
        "create",
        "upload",
        "add-sources",
        "replace-sources",
        "publish",
        "status",
        "get",
        "cancel",
        "download",
        "request",
        "raw",
        "attempt",
        "parallel",
        "wait",
        "host",
        "received",
        "client",
        "inject",
        "answer",
        "serve",
        "journal",
    ];

    /// The names of the actions that the step has; the loader refuses a step that has not exactly one.
    pub fn actions(&self) -> Vec<&'static str> {
        let present = [
            self.create.is_some(),
            self.upload.is_some(),
            self.add_sources.is_some(),
            self.replace_sources.is_some(),
            self.publish.is_some(),
            self.status.is_some(),
            self.get.is_some(),
            self.cancel.is_some(),
            self.download.is_some(),
            self.request.is_some(),
            self.raw.is_some(),
            self.attempt.is_some(),
            self.parallel.is_some(),
            self.wait.is_some(),
            self.host.is_some(),
            self.received.is_some(),
            self.client.is_some(),
            self.inject.is_some(),
            self.answer.is_some(),
            self.serve.is_some(),
            self.journal.is_some(),
        ];
        Self::ACTIONS
            .iter()
            .zip(present)
            .filter_map(|(name, present)| present.then_some(*name))
            .collect()
    }

    /// The name of the action of a step as it stands in the file.
    pub fn raw_action(raw: &Value) -> Option<&'static str> {
        let mut names = raw.as_object()?.keys();
        names.find_map(|name| Self::ACTIONS.iter().find(|action| *action == name).copied())
    }

    /// The name of the step's action.
    pub fn action(&self) -> &'static str {
        self.actions().first().copied().unwrap_or("nothing")
    }

    /// The expectations of the step itself, without those of nested steps.
    pub fn expectations(&self) -> &[Expectation] {
        self.expect.as_ref().map_or(&[], OneOrMany::as_slice)
    }

    /// The steps inside this one.
    pub fn nested(&self) -> &[Step] {
        if let Some(steps) = &self.attempt {
            steps
        } else if let Some(parallel) = &self.parallel {
            &parallel.steps
        } else {
            &[]
        }
    }
}
