//! The program, as a process of its own.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Seek},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::Mutex,
};

use serde_json::Value;

use crate::client::{Client, request};

pub(crate) struct Program {
    child: Mutex<Child>,
    errors: Mutex<File>,
    pub(crate) address: SocketAddr,
}

impl Program {
    pub(crate) fn start() -> Self {
        let errors = tempfile::tempfile().expect("a file");
        let mut child = Command::new(env!("CARGO_BIN_EXE_mock-registry"))
            .args([
                "--port",
                "0",
                "--fetch-deadline",
                "300ms",
                "--retention",
                "2s",
            ])
            .stdout(Stdio::piped())
            .stderr(errors.try_clone().expect("a file"))
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("stdout"))
            .read_line(&mut line)
            .expect("the ready line");
        let ready: Value = serde_json::from_str(&line).expect("a document");
        let url = ready["url"].as_str().expect("a URL");
        let address = url.trim_start_matches("http://").trim_end_matches('/');
        Self {
            child: Mutex::new(child),
            errors: Mutex::new(errors),
            address: address.parse().expect("an address"),
        }
    }

    pub(crate) fn is_alive(&self) -> bool {
        let ended = self.child.lock().expect("a child").try_wait();
        ended.expect("a status").is_none()
    }

    /// Asks control, which always answers.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &str) -> Value {
        let request = request(method, &format!("/__admin/{path}"), "", body.as_bytes());
        let answer = Client::open(self.address)
            .and_then(|mut client| client.ask(&request))
            .expect("control answers");
        assert!(answer.status < 300, "{method} {path}: {}", answer.status);
        serde_json::from_slice(&answer.body).unwrap_or_default()
    }

    /// Bytes that are resident, where the system tells.
    pub(crate) fn resident(&self) -> u64 {
        self.status("VmRSS:")
    }

    pub(crate) fn most_resident(&self) -> u64 {
        self.status("VmHWM:")
    }

    fn status(&self, field: &str) -> u64 {
        let id = self.child.lock().expect("a child").id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        let kilobytes: Option<u64> = status
            .lines()
            .find_map(|line| line.strip_prefix(field)?.trim().strip_suffix(" kB"))
            .and_then(|kilobytes| kilobytes.trim().parse().ok());
        kilobytes.unwrap_or_default() * 1024
    }

    /// Stops it, and returns what it said on stderr.
    pub(crate) fn stop(&self) -> String {
        let mut child = self.child.lock().expect("a child");
        child.kill().expect("a process");
        child.wait().expect("a status");
        let mut errors = self.errors.lock().expect("a file");
        let mut text = String::new();
        errors.rewind().expect("a file");
        errors.read_to_string(&mut text).expect("text");
        text
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let child = self.child.get_mut().expect("a child");
        let _ = child.kill();
        let _ = child.wait();
    }
}
