//! The `mock-registry` program.

use std::process::ExitCode;

use anyhow::Error;

#[tokio::main]
async fn main() -> ExitCode {
    match mock_registry::cli::run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {:#}", Error::from(error));
            ExitCode::from(2)
        }
    }
}
