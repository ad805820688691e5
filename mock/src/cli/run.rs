//! Running the program from its options to its end.

use std::ffi::OsString;
use std::io::Write;

use anyhow::Context;
use clap::Parser;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use crate::{MockRegistry, defect};

use super::{Options, port_file};

/// Runs the program until it is told to stop. Usage errors, `--help` and `--version` end the process, as clap does.
///
/// # Errors
///
/// When an option can not be used, an address is taken, or a file can not be read or written.
pub async fn run() -> anyhow::Result<()> {
    run_from(std::env::args_os()).await
}

/// Runs the program with these arguments, the first of which is its name.
///
/// # Errors
///
/// As [`run`].
pub async fn run_from(arguments: impl IntoIterator<Item = OsString>) -> anyhow::Result<()> {
    let options = Options::parse_from(arguments).with_file()?;
    if options.list_defects {
        writeln!(std::io::stdout(), "{:#}", defect::list()).context("failed to write to stdout")?;
        return Ok(());
    }
    // Before anything is served, so that a signal that follows the ready line finds somebody.
    let mut terminate = signal(SignalKind::terminate()).context("failed to wait for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("failed to wait for SIGINT")?;

    let registry = MockRegistry::start(options.config()?, &options.network())
        .await
        .context("failed to start")?;
    let mut ready = json!({
        "event": "ready",
        "url": registry.url(),
        "admin": registry.admin_url(),
        "pid": std::process::id(),
    });
    if let Some(ca_pem) = registry.ca_pem() {
        let path = options.ca_file.clone().unwrap_or_else(|| {
            std::env::temp_dir().join(format!("mock-registry-{}-ca.pem", std::process::id()))
        });
        std::fs::write(&path, ca_pem)
            .with_context(|| format!("failed to write {}", path.display()))?;
        ready["ca"] = json!(path);
    }
    if let Some(path) = &options.port_file {
        port_file::write(path, registry.port())
            .with_context(|| format!("failed to write {}", path.display()))?;
    }
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{ready}")
        .and_then(|()| stdout.flush())
        .context("failed to write to stdout")?;

    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    registry.stop().await;
    Ok(())
}
