//! `completions`: what a shell has to know to complete the command line.

use super::arguments::CompletionsArguments;
use super::exit::{CliError, Exit};
use super::stdout;

/// Prints the script.
pub(super) fn run(arguments: &CompletionsArguments) -> Result<Exit, CliError> {
    let mut command = super::command();
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut command,
        "registry-conformance",
        &mut script,
    );
    stdout::print(String::from_utf8_lossy(&script).trim_end())?;
    Ok(Exit::Conforms)
}
