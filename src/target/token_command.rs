//! Tokens that a program prints.

use std::{
    io::Read,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// How long the program may take: some open a browser's session or call a cloud.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// The most that is read of each of its outputs, in octets.
const MAX_OUTPUT: u64 = 64 * 1024;
/// How much of its complaint is shown, in characters.
const SHOWN_STDERR: usize = 300;

/// Runs a program in `folder` and returns what it prints, without white space around it.
///
/// # Errors
/// The message says what went wrong, with the end of what the program wrote to stderr; never its stdout.
pub(super) fn run(argv: &[String], folder: &Path) -> Result<String, String> {
    run_within(argv, folder, TIME_LIMIT)
}

fn run_within(argv: &[String], folder: &Path, limit: Duration) -> Result<String, String> {
    let [program, arguments @ ..] = argv else {
        return Err("the token-command is empty".to_owned());
    };
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    // A bare name is looked up on the PATH; a path is relative to the target file.
    let located = if program.contains('/') {
        folder.join(program)
    } else {
        program.into()
    };
    let located = if located.is_relative() && program.contains('/') {
        std::path::absolute(&located).unwrap_or(located)
    } else {
        located
    };
    let mut child = Command::new(located)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("failed to run the token-command `{program}`: {error}"))?;
    let deadline = Instant::now() + limit;
    let stdout = read_aside(child.stdout.take());
    let stderr = read_aside(child.stderr.take());
    let Some(status) = wait_until(&mut child, deadline) else {
        let _ = child.kill();
        let _ = child.wait();
        return Err(format!(
            "the token-command `{program}` did not end within {} s",
            limit.as_secs_f32()
        ));
    };
    let complaint = || {
        let text = stderr
            .recv_timeout(Duration::from_secs(1))
            .unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let shown: String = text.trim().chars().rev().take(SHOWN_STDERR).collect();
        shown
            .chars()
            .rev()
            .map(|character| {
                if character.is_control() {
                    ' '
                } else {
                    character
                }
            })
            .collect::<String>()
    };
    if !status.success() {
        return Err(format!(
            "the token-command `{program}` failed ({status}): {}",
            complaint()
        ));
    }
    // A grandchild can keep the pipe open after the program has ended.
    let output = stdout
        .recv_timeout(deadline.saturating_duration_since(Instant::now()))
        .map_err(|_| format!("the output of the token-command `{program}` did not end in time"))?;
    let token = String::from_utf8(output)
        .map_err(|_| format!("the token-command `{program}` printed something other than text"))?;
    match token.trim() {
        "" => Err(format!("the token-command `{program}` printed nothing")),
        token => Ok(token.to_owned()),
    }
}

fn wait_until(child: &mut Child, deadline: Instant) -> Option<std::process::ExitStatus> {
    let mut pause = Duration::from_millis(1);
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        if Instant::now() >= deadline {
            return None;
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

fn read_aside(pipe: Option<impl Read + Send + 'static>) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut output = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.by_ref().take(MAX_OUTPUT).read_to_end(&mut output);
            // The rest is drained, so that the program does not wait for ever on a full pipe.
            let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        }
        let _ = sender.send(output);
    });
    receiver
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_does_not_end_is_stopped() {
        let argv = ["sleep".to_owned(), "30".to_owned()];
        let error =
            run_within(&argv, Path::new(""), Duration::from_millis(50)).expect_err("it sleeps");
        assert_eq!(error, "the token-command `sleep` did not end within 0.05 s");
    }
}
