//! `client`: the client under test is run once, and what it did is read from the mock.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::case::CaseRun;
use super::journal::created_sha256;
use super::outside::{self, Outside};
use super::performed::{Asked, Performed, StepError};
use super::process::{self, Ending};
use super::release::{ClientRun, Release, State, Update};
use super::sessions::ClientSuite;
use crate::case::client::{Client, ClientDetails, ClientOperation};
use crate::check::client::{ClientEnd, ClientEnding, Output};
use crate::content::{TAR_MEDIA_TYPE, WASM_MEDIA_TYPE};
use crate::outcome::{Level, Mismatch};

/// The exit code that says that an operation is not implemented.
const NOT_IMPLEMENTED: i32 = 89;
/// Variables of this name are the interface's; those of whoever started the suite are not passed on.
const VARIABLES: &str = "CONFORMANCE_";
/// Octets of an output that are looked at.
const MAX_OUTPUT: u64 = 64 * 1024 * 1024;
/// Files of an output that are looked at.
const MAX_FILES: usize = 10_000;
/// The file or folder that a fetch is to write.
const OUTPUT: &str = "content";

/// After which the command is killed.
pub(super) fn limit(details: &ClientDetails, suite: &ClientSuite) -> Duration {
    deadline(details, suite).unwrap_or(suite.deadline) + suite.grace
}

fn deadline(details: &ClientDetails, suite: &ClientSuite) -> Result<Duration, StepError> {
    match &details.deadline {
        Some(text) => text
            .parse::<crate::target::DurationText>()
            .map(|text| text.0.mul_f64(suite.stretch))
            .map_err(StepError::suite),
        None => Ok(suite.deadline),
    }
}

/// The folder of one run of a command.
struct Workplace {
    /// Removed with everything in it.
    folder: tempfile::TempDir,
    /// What the client is given.
    given: Vec<(PathBuf, Vec<u8>)>,
}

impl Workplace {
    fn new() -> Result<Self, StepError> {
        let folder = tempfile::Builder::new()
            .prefix("conformance-")
            .tempdir()
            .map_err(StepError::suite)?;
        std::fs::create_dir(folder.path().join("output")).map_err(StepError::suite)?;
        std::fs::create_dir(folder.path().join("input")).map_err(StepError::suite)?;
        Ok(Self {
            folder,
            given: Vec::new(),
        })
    }

    fn write(&mut self, name: &str, octets: &[u8]) -> Result<PathBuf, StepError> {
        let path = self.folder.path().join("input").join(name);
        std::fs::write(&path, octets).map_err(StepError::suite)?;
        self.given.push((path.clone(), octets.to_vec()));
        Ok(path)
    }

    fn output(&self) -> PathBuf {
        self.folder.path().join("output").join(OUTPUT)
    }

    /// What was written where nothing should be: beside the output, above it, or in the client's own input.
    fn strays(&self) -> Vec<String> {
        let known = [("", &["input", "output"][..]), ("output", &[OUTPUT][..])];
        let mut strays = Vec::new();
        for (folder, expected) in known {
            let Ok(entries) = std::fs::read_dir(self.folder.path().join(folder)) else {
                continue;
            };
            for entry in entries.flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                if !expected.contains(&name.as_str()) {
                    strays.push(name);
                }
            }
        }
        strays.extend(outside::changed(&self.given));
        strays.sort();
        strays
    }
}

impl CaseRun<'_> {
    pub(super) async fn client(
        &self,
        state: &State,
        spec: &Client,
    ) -> Result<Performed, StepError> {
        let suite = self.context.client_suite.as_ref().ok_or_else(|| {
            StepError::Suite("the case is about a client, and none is under test".to_owned())
        })?;
        let details = spec.details();
        let label = details.release.as_deref().unwrap_or("main");
        let mut workplace = Workplace::new()?;
        let deadline = deadline(&details, suite)?;
        let mut performed = Performed {
            rule: match details.run {
                ClientOperation::Publish => "CLI-1",
                ClientOperation::Fetch => "CLI-10",
            },
            ..Performed::default()
        };
        let (name, version) = self.asked(state, &details, label)?;
        let asked = self.asked_for(&details, &name, &version, deadline);
        let mut variables: Vec<(&str, OsString)> = vec![
            (
                "CONFORMANCE_URL",
                self.context.target.registry.as_str().into(),
            ),
            ("CONFORMANCE_TOKEN", self.client_token()?.into()),
            ("CONFORMANCE_NAME", name.clone().into()),
            ("CONFORMANCE_VERSION", version.clone().into()),
            (
                "CONFORMANCE_DEADLINE",
                deadline.as_secs_f64().ceil().to_string().into(),
            ),
        ];
        match details.run {
            ClientOperation::Publish => {
                variables.extend(self.publish_variables(&details, &mut workplace)?);
                let content = self.content_of(&details)?;
                // What its manifest is, the client alone knows.
                let release = Release {
                    name,
                    version,
                    media_type: content.media_type.clone(),
                    ..Release::of_manifest(Value::Null, bytes::Bytes::new(), "owner")
                };
                performed
                    .updates
                    .push(Update::Created(label.to_owned(), Box::new(release)));
            }
            ClientOperation::Fetch => {
                variables.push((
                    "CONFORMANCE_TRUSTED_KEYS",
                    self.trusted_keys(&details, &mut workplace)?.into(),
                ));
                variables.push(("CONFORMANCE_OUTPUT", workplace.output().into()));
            }
        }
        for (name, value) in &suite.variables {
            variables.push((name, value.clone()));
        }
        let mut command = suite.command.clone();
        command.push(details.run.as_str().into());
        let before = self.last_entry().await?;
        performed.asked = Some(Asked {
            at: self.context.client.elapsed(),
            operation: details.run,
            what: asked,
        });
        let finished = process::run(&command, &variables, VARIABLES, deadline + suite.grace)
            .await
            .map_err(StepError::suite)?;
        if finished.ending == Ending::Exited(NOT_IMPLEMENTED) {
            return Err(StepError::NotImplemented(format!(
                "the client does not implement `{}` (exit {NOT_IMPLEMENTED})",
                details.run.as_str()
            )));
        }
        // One that was killed could not clear up.
        if finished.ending != Ending::Killed {
            performed.strays = self.strays(&workplace);
        }
        performed.client = Some(ClientEnd {
            ending: match finished.ending {
                Ending::Exited(code) => ClientEnding::Exited(code),
                Ending::Signalled => ClientEnding::Signalled,
                Ending::Killed => ClientEnding::Killed,
            },
            stdout: finished.stdout,
            stderr: finished.stderr,
            took: finished.took,
            output: read_output(&workplace.output()),
        });
        performed.watched = self.entries_after(before).await?;
        performed.updates.push(Update::ClientRan(ClientRun {
            rule: performed.rule,
            created_sha256: created_sha256(&performed.watched),
            watched: performed.watched.clone(),
        }));
        Ok(performed)
    }

    /// What the client is asked for, in words: of a publish content, sources and key too, of a fetch the trusted keys.
    fn asked_for(
        &self,
        details: &ClientDetails,
        name: &str,
        version: &str,
        deadline: Duration,
    ) -> IndexMap<String, String> {
        let mut asked = vec![
            ("name".to_owned(), name.to_owned()),
            ("version".to_owned(), version.to_owned()),
        ];
        match details.run {
            ClientOperation::Publish => {
                if let Ok(content) = self.content_of(details) {
                    let octets = content.body.len();
                    let media_type = &content.media_type;
                    asked.push((
                        "content".to_owned(),
                        format!("{media_type}, {octets} octets"),
                    ));
                }
                if let Some(sources) = &details.sources {
                    let urls = self.given_urls(sources);
                    asked.push(("sources".to_owned(), urls.join(" ")));
                }
                let key = details.key.as_deref().unwrap_or("owner-es256");
                asked.push(("key".to_owned(), key.to_owned()));
            }
            ClientOperation::Fetch => {
                let trusted = details.trusted.as_ref().map_or_else(
                    || "all of the owner's".to_owned(),
                    |kids| match kids.as_slice() {
                        [] => "none".to_owned(),
                        kids => kids.join(" "),
                    },
                );
                asked.push(("trusted keys".to_owned(), trusted));
            }
        }
        asked.push(("deadline".to_owned(), format!("{deadline:?}")));
        asked.into_iter().collect()
    }

    /// What the client wrote where it must not.
    fn strays(&self, workplace: &Workplace) -> Option<Mismatch> {
        let mut strays = workplace.strays();
        strays.extend(self.outside.iter().flat_map(Outside::disturbed));
        let what = "files beside the output, or changed ones elsewhere";
        (!strays.is_empty()).then(|| {
            Mismatch::new(Some("CLI-13"), Level::Must, what).beside("none", strays.join(", "))
        })
    }

    fn client_token(&self) -> Result<String, StepError> {
        self.context
            .target
            .credentials("owner")
            .and_then(|credentials| {
                credentials
                    .secrets()
                    .next()
                    .map(|secret| secret.expose().to_owned())
            })
            .ok_or_else(|| StepError::Suite("the owner has no token".to_owned()))
    }

    /// Name and version that the client is asked for.
    fn asked(
        &self,
        state: &State,
        details: &ClientDetails,
        label: &str,
    ) -> Result<(String, String), StepError> {
        let known = state.releases.get(label);
        let name = match (&details.name, known) {
            (Some(name), _) => name.clone(),
            (None, Some(release)) => release.name.clone(),
            (None, None) => format!("{}:{}", self.namespace("owner")?, self.fresh_label(label)),
        };
        let version = match (&details.version, known) {
            (Some(version), _) => version.clone(),
            (None, Some(release)) => release.version.clone(),
            (None, None) => "1.0.0".to_owned(),
        };
        Ok((name, version))
    }

    fn content_of(&self, details: &ClientDetails) -> Result<&crate::content::Content, StepError> {
        let name = details.content.as_deref().unwrap_or("content");
        self.contents
            .get(name)
            .ok_or_else(|| StepError::Suite(format!("there is no content `{name}` in this case")))
    }

    fn publish_variables(
        &self,
        details: &ClientDetails,
        workplace: &mut Workplace,
    ) -> Result<Vec<(&'static str, OsString)>, StepError> {
        let content = self.content_of(details)?;
        let name = match content.media_type.as_str() {
            TAR_MEDIA_TYPE => "content.tar",
            WASM_MEDIA_TYPE => "content.wasm",
            other => {
                return Err(StepError::Suite(format!(
                    "a client publishes .wasm or .tar, not {other}"
                )));
            }
        };
        let kid = details.key.as_deref().unwrap_or("owner-es256");
        let key = self
            .context
            .keys
            .get(kid)
            .ok_or_else(|| StepError::Suite(format!("there is no key `{kid}`")))?;
        let mut variables = vec![
            (
                "CONFORMANCE_CONTENT",
                workplace.write(name, &content.body)?.into(),
            ),
            (
                "CONFORMANCE_KEY",
                workplace
                    .write("key.jwk", key.private_jwk().to_string().as_bytes())?
                    .into(),
            ),
        ];
        if let Some(sources) = &details.sources {
            let urls = self.given_urls(sources);
            variables.push(("CONFORMANCE_SOURCES", urls.join("\n").into()));
        }
        Ok(variables)
    }

    fn trusted_keys(
        &self,
        details: &ClientDetails,
        workplace: &mut Workplace,
    ) -> Result<PathBuf, StepError> {
        let keys = &self.context.keys;
        let trusted: Vec<Value> = match &details.trusted {
            Some(kids) => kids
                .iter()
                .map(|kid| {
                    keys.get(kid)
                        .map(crate::jws::Key::public_jwk)
                        .ok_or_else(|| StepError::Suite(format!("there is no key `{kid}`")))
                })
                .collect::<Result<_, _>>()?,
            None => keys
                .iter()
                .filter(|key| key.identity() == "owner")
                .map(crate::jws::Key::public_jwk)
                .collect(),
        };
        let document = json!({"keys": trusted}).to_string();
        workplace.write("trusted.jwks", document.as_bytes())
    }
}

fn read_output(path: &Path) -> Output {
    let Ok(metadata) = std::fs::symlink_metadata(path) else {
        return Output::Absent;
    };
    if metadata.is_symlink() {
        return Output::Other("a symbolic link".to_owned());
    }
    if metadata.is_file() {
        if metadata.len() > MAX_OUTPUT {
            return Output::Other(format!("a file of {} octets", metadata.len()));
        }
        return std::fs::read(path).map_or_else(
            |error| Output::Other(format!("an unreadable file: {error}")),
            Output::File,
        );
    }
    let mut files = BTreeMap::new();
    let mut left = MAX_OUTPUT;
    match collect(path, path, &mut files, &mut left) {
        Ok(()) => Output::Folder(files),
        Err(what) => Output::Other(what),
    }
}

fn collect(
    root: &Path,
    folder: &Path,
    files: &mut BTreeMap<Vec<u8>, Vec<u8>>,
    left: &mut u64,
) -> Result<(), String> {
    let unreadable = |error: std::io::Error| format!("an unreadable folder: {error}");
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let metadata = std::fs::symlink_metadata(&path).map_err(unreadable)?;
        if metadata.is_symlink() {
            return Err(format!(
                "a folder with a symbolic link: {}",
                path.strip_prefix(root).unwrap_or(&path).display()
            ));
        }
        if metadata.is_dir() {
            collect(root, &path, files, left)?;
            continue;
        }
        *left = left
            .checked_sub(metadata.len())
            .filter(|_| files.len() < MAX_FILES)
            .ok_or("a folder with more than can be looked at")?;
        let relative = path.strip_prefix(root).unwrap_or(&path);
        let octets = std::fs::read(&path).map_err(unreadable)?;
        files.insert(relative.as_os_str().as_encoded_bytes().to_vec(), octets);
    }
    Ok(())
}
