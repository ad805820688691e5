//! What tells the program to stop: SIGTERM and SIGINT, and where there are none of these, Ctrl-C and Ctrl-Break.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal as Terminate, Signal as Interrupt, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows::{CtrlBreak as Terminate, CtrlC as Interrupt, ctrl_break, ctrl_c};

use super::CliError;

/// Listens from when it is made on: a signal that comes before it is waited for is not lost.
pub(super) struct StopSignals {
    terminate: Terminate,
    interrupt: Interrupt,
}

impl StopSignals {
    #[cfg(unix)]
    pub(super) fn listen() -> Result<Self, CliError> {
        Ok(Self {
            terminate: signal(SignalKind::terminate()).map_err(failed("SIGTERM"))?,
            interrupt: signal(SignalKind::interrupt()).map_err(failed("SIGINT"))?,
        })
    }

    #[cfg(windows)]
    pub(super) fn listen() -> Result<Self, CliError> {
        Ok(Self {
            terminate: ctrl_break().map_err(failed("Ctrl-Break"))?,
            interrupt: ctrl_c().map_err(failed("Ctrl-C"))?,
        })
    }

    /// Ends with the first of them.
    pub(super) async fn received(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

fn failed(name: &'static str) -> impl FnOnce(io::Error) -> CliError {
    move |source| CliError::Signal { name, source }
}
