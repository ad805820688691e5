//! The `mock-registry` program.

use std::{process::ExitCode, time::Duration};

use anyhow::{Context, Error};
use tokio::runtime::Runtime;

/// What the system may still take for names that nobody needs any more.
const PATIENCE: Duration = Duration::from_millis(100);

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), Error> {
    let runtime = Runtime::new().context("failed to start")?;
    let ended = runtime.block_on(mock_registry::cli::run());
    // A look-up of a name can not be interrupted; dropping the runtime would wait for it.
    runtime.shutdown_timeout(PATIENCE);
    Ok(ended?)
}
