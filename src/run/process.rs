//! Running a command within its time; what it started ends with it.

use std::ffi::OsString;
use std::process::Stdio;
#[cfg(unix)]
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};

#[cfg(target_os = "linux")]
use super::leftovers;

/// Octets of stdout, and of stderr, that are kept; what is beyond them is read and dropped.
const MAX_OUTPUT: usize = 64 * 1024;
/// What is left in the pipes when the command has ended is read for so long: a child of it may hold them open.
const LEFTOVER: Duration = Duration::from_millis(500);
/// The variable that marks what a command starts.
#[cfg(unix)]
const MARK: &str = "CONFORMANCE_RUN_ID";

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
    let start = Instant::now();
    let (mut child, mut group) = Group::spawn(&mut prepared).map_err(|source| StartError {
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
    group.leader_is_gone = ending != Ending::Killed;
    // It may take its time, which others need not wait for.
    let _ = tokio::task::spawn_blocking(move || drop(group)).await;
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

/// What a command started, itself included; killed when this is dropped, also when the case is given up.
struct Group {
    #[cfg(unix)]
    running: Option<Running>,
    /// Whether the command has ended: its number may be another's by now.
    leader_is_gone: bool,
}

/// A command that runs: whoever ends the process at once has to end it too.
#[cfg(unix)]
#[derive(Debug, Clone)]
struct Running {
    /// The command, which leads a process group.
    leader: rustix::process::Pid,
    /// What marks everything that it starts.
    mark: String,
}

/// The commands that run now.
#[cfg(unix)]
static RUNNING: Mutex<Vec<Running>> = Mutex::new(Vec::new());

impl Group {
    #[cfg(unix)]
    fn spawn(command: &mut Command) -> std::io::Result<(Child, Self)> {
        command.process_group(0);
        let mark = format!("{:032x}", rand::random::<u128>());
        command.env(MARK, &mark);
        // Held over both, so that none is started and not known.
        let mut all = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        let child = command.spawn()?;
        let leader = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(rustix::process::Pid::from_raw);
        let running = leader.map(|leader| Running { leader, mark });
        all.extend(running.clone());
        let group = Self {
            running,
            leader_is_gone: false,
        };
        Ok((child, group))
    }

    #[cfg(not(unix))]
    fn spawn(command: &mut Command) -> std::io::Result<(Child, Self)> {
        let group = Self {
            leader_is_gone: false,
        };
        Ok((command.spawn()?, group))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(running) = self.running.take() {
            kill(std::slice::from_ref(&running), !self.leader_is_gone);
            // Not before: whoever ends the process meanwhile has to end this too.
            let mut all = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
            all.retain(|other| other.mark != running.mark);
        }
    }
}

/// Kills commands with everything that they started. Elsewhere than on Linux what left their process groups is not found.
#[cfg(unix)]
fn kill(commands: &[Running], leaders_run: bool) {
    let kill_groups = || {
        for command in commands {
            // It may be gone already, with everything that it started.
            let _ =
                rustix::process::kill_process_group(command.leader, rustix::process::Signal::KILL);
        }
    };
    #[cfg(target_os = "linux")]
    {
        let marks: Vec<String> = commands
            .iter()
            .map(|own| format!("{MARK}={}", own.mark))
            .collect();
        let leaders: Vec<_> = commands
            .iter()
            .filter(|_| leaders_run)
            .map(|own| own.leader)
            .collect();
        leftovers::kill(&marks, &leaders, kill_groups);
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = leaders_run;
        kill_groups();
    }
}

/// Ends all clients that run, with what they started, and lets no other begin; right before the process ends, which drops nothing.
pub fn kill_clients() {
    #[cfg(unix)]
    {
        let mut all = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        let commands = std::mem::take(&mut *all);
        kill(&commands, true);
        // Never unlocked again: whoever would start a client waits for the end.
        std::mem::forget(all);
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
