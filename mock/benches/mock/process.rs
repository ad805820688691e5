//! The program, as a process whose memory can be looked at.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::wire::{Connection, request};

const PROGRAM: &str = env!("CARGO_BIN_EXE_mock-registry");

/// A registry in a process of its own, which ends with it.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
    /// From exec to the ready line.
    pub(crate) took: Duration,
}

impl Program {
    pub(crate) fn start(options: &[&str]) -> Self {
        let started = Instant::now();
        let mut child = Command::new(PROGRAM)
            .args(["--port", "0"])
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("stdout"))
            .read_line(&mut line)
            .expect("the ready line");
        let took = started.elapsed();
        let url = line
            .split('"')
            .find_map(|text| text.split_once("://"))
            .map(|(_, url)| url)
            .expect("a URL");
        let address = url.trim_end_matches('/').parse().expect("an address");
        Self {
            child,
            address,
            took,
        }
    }

    pub(crate) fn connect(&self) -> Connection {
        Connection::open(self.address)
    }

    /// Bytes that are resident now.
    pub(crate) fn resident(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// The most bytes that were resident.
    pub(crate) fn most_resident(&self) -> u64 {
        self.status("VmHWM:")
    }

    /// Time that its threads have spent on a processor.
    pub(crate) fn worked(&self) -> Duration {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id()));
        let spent = tasks.into_iter().flatten().flatten().filter_map(|task| {
            let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
            text.split(' ').next()?.parse::<u64>().ok()
        });
        Duration::from_nanos(spent.sum())
    }

    fn status(&self, field: &str) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).unwrap_or_default();
        let kilobytes: Option<u64> = status
            .lines()
            .find_map(|line| line.strip_prefix(field)?.trim().strip_suffix(" kB"))
            .and_then(|kilobytes| kilobytes.trim().parse().ok());
        kilobytes.unwrap_or_default() * 1024
    }

    /// Asks control for something without a body.
    pub(crate) fn control(&self, method: &str, path: &str) {
        let request = request(method, &format!("/__admin/{path}"), "", b"");
        assert!(self.connect().ask(&request).status < 300, "{path}");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
