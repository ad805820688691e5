//! How long the mock takes to start, as a program and in process.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use mock_registry::MockRegistry;

use crate::{
    figures::{held, least, row},
    process::Program,
};

const RUNS: usize = 25;
const PROGRAM: Duration = Duration::from_millis(20);
const IN_PROCESS: Duration = Duration::from_millis(2);

pub(crate) fn run() {
    let nothing = fastest(|| {
        let started = Instant::now();
        let status = Command::new("/bin/true")
            .stdout(Stdio::null())
            .status()
            .expect("a program");
        assert!(status.success());
        started.elapsed()
    });
    bound(
        "ready line after exec",
        fastest(|| Program::start(&[]).took),
        PROGRAM,
        nothing,
    );
    let folder = tempfile::tempdir().expect("a folder");
    let ca = folder.path().join("ca.pem");
    let ca = ca.to_str().expect("a path");
    bound(
        "ready line after exec, with TLS",
        fastest(|| Program::start(&["--tls", "--ca-file", ca]).took),
        PROGRAM,
        nothing,
    );
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    // The first one loads the OpenSSL library, which a process does once.
    let first = in_process(&runtime);
    bound("in process, the first", first, IN_PROCESS, nothing);
    bound(
        "in process, a further one",
        fastest(|| in_process(&runtime)),
        IN_PROCESS,
        nothing,
    );
}

fn in_process(runtime: &tokio::runtime::Runtime) -> Duration {
    let started = Instant::now();
    let registry = runtime.block_on(MockRegistry::builder().start());
    let took = started.elapsed();
    drop(registry.expect("a registry"));
    took
}

fn fastest(mut run: impl FnMut() -> Duration) -> Duration {
    let times: Vec<Duration> = (0..RUNS).map(|_| run()).collect();
    least(&times)
}

fn bound(what: &str, took: Duration, limit: Duration, nothing: Duration) {
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    row(
        what,
        &format!("{:.2} ms", milliseconds(took)),
        &format!(
            "{:.0} ms wanted; {:.1} x a program that does nothing{}",
            milliseconds(limit),
            took.as_secs_f64() / nothing.as_secs_f64(),
            held(took <= limit)
        ),
    );
}
