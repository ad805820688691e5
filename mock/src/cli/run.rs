//! Running the program from its options to its end.

use std::{
    ffi::OsString,
    io::{self, Write},
    path::Path,
};

use clap::Parser;
use serde_json::json;

use crate::{MockRegistry, defect};

use super::{CliError, Options, port_file, stop_signals::StopSignals};

/// Runs the program until it is told to stop. Usage errors, `--help` and `--version` end the process, as clap does.
///
/// # Errors
///
/// When an option can not be used, an address is taken, or a file can not be read or written.
pub async fn run() -> Result<(), CliError> {
    run_from(std::env::args_os()).await
}

/// Runs the program with these arguments, the first of which is its name.
///
/// # Errors
///
/// As [`run`].
pub async fn run_from(arguments: impl IntoIterator<Item = OsString>) -> Result<(), CliError> {
    let options = Options::parse_from(arguments).with_file()?;
    if options.list_defects {
        writeln!(io::stdout(), "{:#}", defect::list()).map_err(CliError::Stdout)?;
        return Ok(());
    }
    options.check()?;
    // Before anything is served, so that a signal that follows the ready line finds somebody.
    let mut stop = StopSignals::listen()?;

    let registry = MockRegistry::start(options.config()?, &options.network()).await?;
    let mut ready = json!({
        "event": "ready",
        "url": registry.url(),
        "admin": registry.admin_url(),
        "pid": std::process::id(),
    });
    if let Some(ca_pem) = registry.ca_pem() {
        let path = options.ca_file.clone().unwrap_or_else(|| {
            std::env::temp_dir().join(format!("mock-registry-{}-ca.pem", std::process::id()))
        });
        std::fs::write(&path, ca_pem).map_err(cannot_write(&path))?;
        ready["ca"] = json!(path);
    }
    if let Some(path) = &options.port_file {
        port_file::write(path, registry.port()).map_err(cannot_write(path))?;
    }
    let mut stdout = io::stdout();
    writeln!(stdout, "{ready}")
        .and_then(|()| stdout.flush())
        .map_err(CliError::Stdout)?;

    stop.received().await;
    registry.stop().await;
    Ok(())
}

fn cannot_write(path: &Path) -> impl FnOnce(io::Error) -> CliError {
    let path = path.to_owned();
    move |source| CliError::Write { path, source }
}
