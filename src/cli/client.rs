//! `client`: a client, run against the bundled mock once a case.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use mock_registry::MockRegistry;
use serde_json::json;
use url::Url;

use super::arguments::{ClientArguments, RunArguments};
use super::exit::{CliError, Exit};
use super::interrupt::Interrupt;
use super::load::{self, Judged};
use super::run::{Suite, check_usage, invocation, list, style};
use super::unmatched;
use crate::report::{self, Invocation, Run};
use crate::run::{ClientSuite, RunContext};
use crate::target::Target;

/// How long a command may take when neither the case nor the user says; interpreters start slowly where many do so at once.
const DEADLINE: Duration = Duration::from_secs(20);
/// What a client gets beyond its deadline to end by itself; an interpreter that shares two cores with fifteen others starts within it.
const GRACE: Duration = Duration::from_secs(10);
/// After which the mock gives a content source up.
const FETCH_DEADLINE: Duration = Duration::from_secs(2);

/// Judges the client.
pub(super) fn run(arguments: &ClientArguments) -> Result<Exit, CliError> {
    let deadline = arguments
        .deadline
        .map_or(DEADLINE, |seconds| Duration::from_secs(seconds.into()));
    let (command, arguments) = (&arguments.command, &arguments.run);
    check(arguments)?;
    check_usage(arguments, true)?;
    let program = command.first().map_or(Path::new(""), Path::new);
    if !arguments.list && find(program).is_none() {
        return Err(CliError::message(format!(
            "failed to find the client `{}`: there is no such program here or in PATH",
            program.display()
        )));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(CliError::unreachable)?;
    let interrupt = Interrupt::watch(&runtime, arguments, false);
    let cases = load::cases_of(arguments, Judged::Client)?;
    let selection = load::selection(arguments);
    let known_failures = load::known_failures(arguments, &cases)?;
    unmatched::warn(arguments, &cases, Judged::Client);
    if arguments.list {
        list(&cases, &selection);
        return Ok(Exit::Conforms);
    }
    if !cases.iter().any(|case| selection.selects(&case.id)) {
        return Ok(unmatched::nothing_matches(
            arguments,
            &cases,
            Judged::Client,
            false,
        ));
    }
    let seed = arguments
        .seed
        .unwrap_or_else(|| u64::from(rand::random::<u32>()));
    let mocks = runtime.block_on(Mocks::start(seed))?;
    let context = runtime
        .block_on(RunContext::new(
            Target::bundled_defaults(mocks.here.clone()),
            seed,
        ))
        .map_err(CliError::usage)?
        .with_client_suite(ClientSuite {
            command: command.clone(),
            variables: Vec::new(),
            mock: mocks.here.clone(),
            mock_with_uploads_elsewhere: mocks.elsewhere.clone(),
            deadline,
            stretch: deadline.as_secs_f64() / DEADLINE.as_secs_f64(),
            grace: GRACE,
        });
    let shown: Vec<String> = command
        .iter()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let run = Run {
        seed,
        target: json!({"client": shown}),
        declared: json!({}),
        seen: json!({}),
        started: SystemTime::now(),
        duration: Duration::ZERO,
        invocation: client_invocation(arguments, shown.clone(), deadline),
        interrupted: None,
    };
    let style = style(arguments);
    style.print(&report::client_banner(&run, &shown.join(" "), &style));
    let suite = Suite {
        arguments,
        wrapped: false,
        cases: &cases,
        selection: &selection,
        known_failures: &known_failures,
        context,
        run,
        clock: Instant::now(),
        runtime,
        interrupt,
    };
    let exit = suite.carry_out();
    drop(mocks);
    exit
}

fn client_invocation(
    arguments: &RunArguments,
    command: Vec<String>,
    deadline: Duration,
) -> Invocation {
    let mut this = invocation(arguments);
    this.options.insert(0, "client".to_owned());
    if deadline != DEADLINE {
        let seconds = deadline.as_secs().to_string();
        this.options.extend(["--deadline".to_owned(), seconds]);
    }
    this.client = Some(command);
    this
}

fn check(arguments: &RunArguments) -> Result<(), CliError> {
    for (given, option) in [
        (arguments.registry.is_some(), "--registry"),
        (arguments.target.is_some(), "--target"),
    ] {
        if given {
            return Err(CliError::message(format!(
                "failed to use {option}: a client is judged against the bundled mock"
            )));
        }
    }
    Ok(())
}

/// The mocks whose sessions cases run in.
pub(super) struct Mocks {
    /// Takes uploads on the origin of its API.
    pub here: Url,
    /// Takes them on another.
    pub elsewhere: Url,
    _registries: [MockRegistry; 2],
}

impl Mocks {
    pub(super) async fn start(seed: u64) -> Result<Self, CliError> {
        let builder = || {
            MockRegistry::builder()
                .seed(seed)
                .fetch_deadline(FETCH_DEADLINE)
        };
        let here = builder().start().await.map_err(CliError::unreachable)?;
        let elsewhere = builder()
            .upload_url("http://127.0.0.1:0/")
            .start()
            .await
            .map_err(CliError::unreachable)?;
        let url = |registry: &MockRegistry| Url::parse(registry.url());
        Ok(Self {
            here: url(&here).map_err(CliError::unreachable)?,
            elsewhere: url(&elsewhere).map_err(CliError::unreachable)?,
            _registries: [here, elsewhere],
        })
    }
}

/// The program as the system would find it.
fn find(program: &Path) -> Option<PathBuf> {
    if program.components().count() > 1 {
        return program.is_file().then(|| program.to_owned());
    }
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders)
        .map(|folder| folder.join(program))
        .flat_map(|path| [path.clone(), with_exe(&path)])
        .find(|path| path.is_file())
}

fn with_exe(path: &Path) -> PathBuf {
    path.with_extension(
        path.extension()
            .unwrap_or(OsStr::new(std::env::consts::EXE_EXTENSION)),
    )
}
