//! What is run with its defects: the bundled mock, or a client.

use std::ffi::OsString;
use std::process::Command;
use std::time::Duration;

use mock_registry::defect::Defect;
use serde::Deserialize;
use tokio::sync::Semaphore;

use super::super::client::Mocks;
use super::super::embedded::{Embedded, EmbeddedOptions};
use super::super::exit::CliError;
use super::super::variation::Variation;
use crate::coverage::{DefectInfo, VariationInfo};
use crate::run::{ClientSuite, RunContext};
use crate::target::Target;

/// The bundled mock is done within milliseconds; with some defects it never is.
const PROCESSING_DEADLINE: Duration = Duration::from_secs(6);
/// What a client may take when the case does not say; with some defects it takes all of it.
const CLIENT_DEADLINE: Duration = Duration::from_secs(10);
/// What it may take beyond that, without a defect: all may start at the same moment.
const CLIENT_GRACE: Duration = Duration::from_secs(20);
/// The same with a defect; if it is one of deadlines, it takes all of it.
const DEFECTIVE_CLIENT_GRACE: Duration = Duration::from_secs(6);
/// The variable by which a client is told which of its defects to have.
const CLIENT_DEFECT: &str = "CLIENT_DEFECT";

/// What is run with its defects.
pub(super) enum Bench {
    /// The mock, in several set-ups.
    Registry {
        /// Its mistakes.
        defects: Vec<Defect>,
        /// What is to be known of them.
        infos: Vec<DefectInfo>,
    },
    /// A client, which knows its mistakes by name.
    Client {
        /// What is to be known of them.
        infos: Vec<DefectInfo>,
        /// How it is run.
        suite: Box<ClientSuite>,
        /// What its cases run in.
        context: Box<RunContext>,
        /// Kept running.
        _mocks: Box<Mocks>,
    },
}

/// A defect as a client lists it.
#[derive(Debug, Deserialize)]
struct ListedDefect {
    name: String,
    rule: String,
    #[serde(default)]
    also: Vec<String>,
    what: String,
    #[serde(default, rename = "seen-by")]
    seen_by: Vec<String>,
}

/// The defects that a command prints as JSON `[{name, rule, what}]`.
pub(super) fn listed_defects(command: &[OsString]) -> Result<Vec<DefectInfo>, CliError> {
    let shown: Vec<String> = command
        .iter()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let shown = shown.join(" ");
    let (program, arguments) = command
        .split_first()
        .ok_or_else(|| CliError::message("failed to list the client's defects: no command"))?;
    let output = Command::new(program)
        .args(arguments)
        .output()
        .map_err(|error| CliError::message(format!("failed to start `{shown}`: {error}")))?;
    if !output.status.success() {
        return Err(CliError::message(format!(
            "failed to list the client's defects: `{shown}` ended with {}: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim_end()
        )));
    }
    let listed: Vec<ListedDefect> = serde_json::from_slice(&output.stdout).map_err(|error| {
        CliError::message(format!(
            "failed to read the client's defects: `{shown}` has to print JSON [{{name, rule, what}}]: {error}"
        ))
    })?;
    Ok(listed
        .into_iter()
        .map(|defect| DefectInfo {
            name: defect.name,
            rule: defect.rule,
            also: defect.also,
            what: defect.what,
            seen_by: defect.seen_by,
        })
        .collect())
}

/// What is to be known of a defect of the mock.
pub(super) fn info(defect: Defect) -> DefectInfo {
    DefectInfo {
        name: defect.name().to_owned(),
        rule: defect.rule().to_owned(),
        also: defect
            .also()
            .iter()
            .map(|rule| (*rule).to_owned())
            .collect(),
        what: defect.what().to_owned(),
        seen_by: Vec::new(),
    }
}

impl Bench {
    /// The mock with these defects.
    pub(super) fn registry(defects: Vec<Defect>) -> Self {
        let infos = defects.iter().map(|defect| info(*defect)).collect();
        Self::Registry { defects, infos }
    }

    /// A client with these defects.
    pub(super) async fn client(
        command: Vec<OsString>,
        infos: Vec<DefectInfo>,
        seed: u64,
    ) -> Result<Self, CliError> {
        let mocks = Mocks::start(seed).await?;
        let suite = ClientSuite {
            command,
            variables: Vec::new(),
            mock: mocks.here.clone(),
            mock_with_uploads_elsewhere: mocks.elsewhere.clone(),
            deadline: CLIENT_DEADLINE,
            stretch: 1.0,
            grace: CLIENT_GRACE,
        };
        let target = Target::bundled_defaults(mocks.here.clone());
        let context = RunContext::new(target, seed)
            .await
            .map_err(CliError::unreachable)?;
        Ok(Self::Client {
            infos,
            suite: Box::new(suite),
            context: Box::new(context),
            _mocks: Box::new(mocks),
        })
    }

    /// What is to be known of the defects.
    pub(super) fn infos(&self) -> &[DefectInfo] {
        match self {
            Self::Registry { infos, .. } | Self::Client { infos, .. } => infos,
        }
    }

    /// Defects at the same time: a mock works, a client mostly waits.
    pub(super) fn jobs(&self) -> usize {
        match self {
            Self::Registry { .. } => 8,
            Self::Client { .. } => 14,
        }
    }

    /// Cases at the same time, of all defects together. With more clients, interpreters would start too slowly to end in time.
    pub(super) fn cases_at_once(&self) -> usize {
        match self {
            Self::Registry { .. } => Semaphore::MAX_PERMITS,
            Self::Client { .. } => 20,
        }
    }

    /// The set-ups in which each defect may show.
    pub(super) fn variations(&self) -> Vec<VariationInfo> {
        match self {
            Self::Registry { .. } => Variation::ALL
                .iter()
                .map(|variation| VariationInfo {
                    name: variation.name().to_owned(),
                    what: variation.what().to_owned(),
                })
                .collect(),
            Self::Client { .. } => vec![VariationInfo {
                name: "sessions".to_owned(),
                what: "a session of the mock for each case".to_owned(),
            }],
        }
    }

    /// Something to run cases in, in the variation with this index and with the defect with that one.
    pub(super) async fn start(
        &self,
        variation: usize,
        defect: Option<usize>,
        seed: u64,
    ) -> Result<(RunContext, Option<Embedded>), CliError> {
        match self {
            Self::Registry { defects, .. } => {
                let (context, embedded) = Embedded::start(EmbeddedOptions {
                    seed,
                    variation: Variation::ALL[variation],
                    defect: defect.map(|index| defects[index]),
                    processing_deadline: Some(PROCESSING_DEADLINE),
                })
                .await?;
                Ok((context, Some(embedded)))
            }
            Self::Client {
                infos,
                suite,
                context,
                ..
            } => {
                let mut suite = (**suite).clone();
                if let Some(index) = defect {
                    suite.grace = DEFECTIVE_CLIENT_GRACE;
                    suite
                        .variables
                        .push((CLIENT_DEFECT.to_owned(), infos[index].name.clone().into()));
                }
                Ok(((**context).clone().with_client_suite(suite), None))
            }
        }
    }
}
