//! The suite as a test target without libtest's harness, so that `cargo test` runs it against the bundled mock and
//! `cargo nextest run` lists, filters and partitions the cases.

use std::process::ExitCode;

fn main() -> ExitCode {
    registry_conformance::cli::main(std::env::args_os(), true).into()
}
