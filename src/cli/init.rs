//! `init`: a commented target file.

use std::io::Write as _;

use super::arguments::InitArguments;
use super::exit::{CliError, Exit};

/// The target file that `init` writes: every member at its default.
pub(super) const TEMPLATE: &str = include_str!("init.yaml");

/// Writes the file; never over one that is there.
pub(super) fn run(arguments: &InitArguments) -> Result<Exit, CliError> {
    let path = &arguments.file;
    let mut options = std::fs::OpenOptions::new();
    options.write(true);
    if arguments.force {
        options.create(true).truncate(true);
    } else {
        options.create_new(true);
    }
    let written = options
        .open(path)
        .and_then(|mut file| file.write_all(TEMPLATE.as_bytes()));
    match written {
        Ok(()) => {
            eprintln!(
                "wrote {0}; set `registry`, install the keys (`registry-conformance keys`) and identities in your registry, then:\n  registry-conformance doctor --target {0}",
                path.display()
            );
            Ok(Exit::Conforms)
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(CliError::message(format!(
                "failed to write {}: the file is there already (--force overwrites it)",
                path.display()
            )))
        }
        Err(error) => Err(CliError::message(format!(
            "failed to write {}: {error}",
            path.display()
        ))),
    }
}
