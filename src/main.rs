//! The `registry-conformance` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    registry_conformance::cli::main(std::env::args_os(), false).into()
}
