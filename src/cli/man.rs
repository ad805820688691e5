//! `man`: the manual pages.

use std::path::Path;

use clap::CommandFactory;

use super::arguments::ManArguments;
use super::exit::{CliError, Exit};

/// Writes the pages of both programs; those that are there are overwritten.
pub(super) fn run(arguments: &ManArguments) -> Result<Exit, CliError> {
    let folder = &arguments.folder;
    write(folder).map_err(|error| {
        CliError::message(format!(
            "failed to write manual pages into {}: {error}",
            folder.display()
        ))
    })?;
    Ok(Exit::Conforms)
}

fn write(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(super::command(), folder)?;
    clap_mangen::generate_to(mock_registry::cli::Options::command(), folder)
}
