//! The `mock-registry` program.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    match mock_registry::cli::run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}
