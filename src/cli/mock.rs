//! `mock`: the bundled mock registry with its own command line.

use super::arguments::MockArguments;
use super::exit::{CliError, Exit};

/// Runs `mock-registry` until it is told to stop.
pub(super) fn run(arguments: &MockArguments) -> Result<Exit, CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(CliError::unreachable)?;
    let arguments = std::iter::once("registry-conformance mock".into())
        .chain(arguments.options.iter().cloned());
    match runtime.block_on(mock_registry::cli::run_from(arguments)) {
        Ok(()) => Ok(Exit::Conforms),
        Err(error) => Err(CliError::usage(error)),
    }
}
