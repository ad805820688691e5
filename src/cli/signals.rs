//! The signals that ask a program to end: Ctrl-C, and SIGTERM where there is one.

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Signals from now on; none is lost between two calls of `next`.
pub(super) struct Signals {
    #[cfg(unix)]
    streams: [Option<Signal>; 2],
}

#[cfg(unix)]
impl Signals {
    pub(super) fn new() -> Self {
        let stream = |kind| signal(kind).ok();
        Self {
            streams: [
                stream(SignalKind::interrupt()),
                stream(SignalKind::terminate()),
            ],
        }
    }

    /// Waits for the next one.
    pub(super) async fn next(&mut self) {
        let [interrupt, terminate] = &mut self.streams;
        tokio::select! {
            () = one(interrupt) => {}
            () = one(terminate) => {}
        }
    }
}

#[cfg(unix)]
async fn one(stream: &mut Option<Signal>) {
    match stream {
        Some(stream) => {
            stream.recv().await;
        }
        None => std::future::pending().await,
    }
}

#[cfg(not(unix))]
impl Signals {
    pub(super) fn new() -> Self {
        Self {}
    }

    /// Waits for the next one.
    pub(super) async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
