//! Running a command within its time, killed with its children when that is over.

use std::ffi::OsString;
use std::process::Stdio;
#[cfg(unix)]
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};

/// Octets of stdout, and of stderr, that are kept; what is beyond them is read and dropped.
const MAX_OUTPUT: usize = 64 * 1024;
/// What is left in the pipes when the command has ended is read for so long: a child of it may hold them open.
const LEFTOVER: Duration = Duration::from_millis(500);

/// Why a command did not start.
#[derive(Debug, Error)]
#[error("failed to start {program}: {source}")]
pub(super) struct StartError {
    /// The program.
    pub program: String,
    /// Why.
    pub source: std::io::Error,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// By itself, with this exit code.
    Exited(i32),
    /// By a signal that was not ours.
    Signalled,
    /// It was killed when its time was over.
    Killed,
}

/// What a command did.
#[derive(Debug, Clone)]
pub(super) struct Finished {
    /// How it ended.
    pub ending: Ending,
    /// The beginning of its stdout.
    pub stdout: Vec<u8>,
    /// The beginning of its stderr.
    pub stderr: Vec<u8>,
    /// How long it took.
    pub took: Duration,
}

/// Runs a command with `variables` beside the environment; variables whose name begins with `cleared` are not passed on.
pub(super) async fn run(
    command: &[OsString],
    variables: &[(&str, OsString)],
    cleared: &str,
    limit: Duration,
) -> Result<Finished, StartError> {
    let program = command.first().cloned().unwrap_or_default();
    let mut prepared = Command::new(&program);
    prepared
        .args(command.iter().skip(1))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with(cleared) {
            prepared.env_remove(&name);
        }
    }
    for (name, value) in variables {
        prepared.env(name, value);
    }
    // A group of its own, so that its children can be killed with it.
    #[cfg(unix)]
    prepared.process_group(0);
    let start = Instant::now();
    let (mut child, group) = Group::spawn(&mut prepared).map_err(|source| StartError {
        program: program.to_string_lossy().into_owned(),
        source,
    })?;
    let mut stdout = Captured::of(child.stdout.take());
    let mut stderr = Captured::of(child.stderr.take());
    let ending = {
        let until = tokio::time::sleep(limit);
        tokio::pin!(until);
        loop {
            tokio::select! {
                status = child.wait() => break match status {
                    Ok(status) => status.code().map_or(Ending::Signalled, Ending::Exited),
                    Err(_) => Ending::Signalled,
                },
                () = &mut until => break Ending::Killed,
                () = stdout.read(), if stdout.is_open() => {}
                () = stderr.read(), if stderr.is_open() => {}
            }
        }
    };
    let took = start.elapsed();
    drop(group);
    if ending == Ending::Killed {
        // Its group is gone; this reaps it, and kills it where there are no groups.
        let _ = child.kill().await;
    }
    let rest = async {
        while stdout.is_open() || stderr.is_open() {
            tokio::select! {
                () = stdout.read(), if stdout.is_open() => {}
                () = stderr.read(), if stderr.is_open() => {}
            }
        }
    };
    let _ = tokio::time::timeout(LEFTOVER, rest).await;
    Ok(Finished {
        ending,
        stdout: stdout.kept,
        stderr: stderr.kept,
        took,
    })
}

/// The process group of a command; killed when this is dropped, also when the case is given up.
struct Group {
    #[cfg(unix)]
    leader: Option<rustix::process::Pid>,
}

impl Group {
    #[cfg(unix)]
    fn spawn(command: &mut Command) -> std::io::Result<(Child, Self)> {
        // Held over both, so that none is started and not known.
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        let child = command.spawn()?;
        let leader = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(rustix::process::Pid::from_raw);
        running.extend(leader);
        Ok((child, Self { leader }))
    }

    #[cfg(not(unix))]
    fn spawn(command: &mut Command) -> std::io::Result<(Child, Self)> {
        Ok((command.spawn()?, Self {}))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(leader) = self.leader {
            let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
            running.retain(|other| *other != leader);
            kill(leader);
        }
    }
}

/// The groups of the commands that run now: whoever ends the process at once has to end them too.
#[cfg(unix)]
static RUNNING: Mutex<Vec<rustix::process::Pid>> = Mutex::new(Vec::new());

#[cfg(unix)]
fn kill(leader: rustix::process::Pid) {
    // It may be gone already, with everything that it started.
    let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
}

/// Ends all clients that run, with what they started, and lets no other begin; right before the process ends, which drops nothing.
pub fn kill_clients() {
    #[cfg(unix)]
    {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        for leader in running.drain(..) {
            kill(leader);
        }
        // Never unlocked again: whoever would start a client waits for the end.
        std::mem::forget(running);
    }
}

/// A pipe, and the beginning of what came through it.
struct Captured<R> {
    pipe: Option<R>,
    kept: Vec<u8>,
}

impl<R: AsyncRead + Unpin> Captured<R> {
    fn of(pipe: Option<R>) -> Self {
        Self {
            pipe,
            kept: Vec::new(),
        }
    }

    fn is_open(&self) -> bool {
        self.pipe.is_some()
    }

    async fn read(&mut self) {
        let mut buffer = [0; 4096];
        let Some(pipe) = &mut self.pipe else { return };
        match pipe.read(&mut buffer).await {
            Ok(0) | Err(_) => self.pipe = None,
            Ok(length) => {
                let room = MAX_OUTPUT.saturating_sub(self.kept.len());
                self.kept.extend_from_slice(&buffer[..length.min(room)]);
            }
        }
    }
}
