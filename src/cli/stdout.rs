//! What is asked for goes to stdout; a reader that has seen enough (`| head`) is no error.

use std::fmt::Display;
use std::io::{ErrorKind, Write as _};

use super::exit::CliError;

/// Writes `text` and a line break.
pub(super) fn print(text: impl Display) -> Result<(), CliError> {
    match writeln!(std::io::stdout().lock(), "{text}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(CliError::message(format!(
            "failed to write to stdout: {error}"
        ))),
        _ => Ok(()),
    }
}
