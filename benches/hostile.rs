//! What a hostile registry costs the harness: `cargo bench --bench hostile`.
//!
//! A server that answers the first create as a registry does, and everything after it in one hostile way; the whole suite meets it. Of each
//! way: how long the run took, the most memory that it had resident, and whether the report has every case. Ends with 1 when a bound is
//! broken. (Memory is read from `/proc`, so on Linux only.)

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::read::GzEncoder;
use serde_json::{Value, json};

const HARNESS: &str = env!("CARGO_BIN_EXE_registry-conformance");
/// Resident memory that a run may need, in MiB.
const MEMORY: u64 = 256;
/// A run is given up when it takes longer than any of its cases could.
const PATIENCE: Duration = Duration::from_mins(5);
/// What the target file gives one exchange.
const EXCHANGE: &str = "1s";
const DEEP: usize = 100_000;

/// A gibibyte of spaces in a mebibyte.
static BOMB: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut packed = Vec::new();
    let spaces = std::io::repeat(b' ').take(1 << 30);
    GzEncoder::new(spaces, Compression::fast())
        .read_to_end(&mut packed)
        .expect("memory");
    packed
});

type Hostility = fn(&mut TcpStream) -> std::io::Result<()>;

const WAYS: &[(&str, Hostility)] = &[
    ("a body without end", |to| {
        to.write_all(b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n\r\n")?;
        forever(to, &[b'['; 65536])
    }),
    ("chunks without end", |to| {
        to.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
        let mut chunk = b"10000\r\n".to_vec();
        chunk.extend([b' '; 65536]);
        chunk.extend(b"\r\n");
        forever(to, &chunk)
    }),
    ("header fields without end", |to| {
        to.write_all(b"HTTP/1.1 200 OK\r\n")?;
        forever(to, b"X-Field: and so on\r\n")
    }),
    ("interim answers without end", |to| {
        forever(to, b"HTTP/1.1 100 Continue\r\n\r\n")
    }),
    ("10 GB declared, and silence", |to| {
        to.write_all(b"HTTP/1.1 201 Created\r\nContent-Length: 10000000000\r\n\r\n{")?;
        silence(to)
    }),
    ("one octet at a time", |to| {
        for octet in b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
            .iter()
            .cycle()
        {
            to.write_all(&[*octet])?;
            thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }),
    ("silence", silence),
    ("redirects for ever", |to| {
        to.write_all(
            b"HTTP/1.1 307 Temporary Redirect\r\nLocation: ?again\r\nContent-Length: 0\r\n\r\n",
        )
    }),
    ("a gzip bomb", |to| {
        document(to, "application/json\r\nContent-Encoding: gzip", &BOMB)
    }),
    ("invalid UTF-8", |to| {
        document(to, "application/json", &[b'"', 0xff, 0xfe, b'"'])
    }),
    ("JSON 100,000 deep", |to| {
        let mut text = "[".repeat(DEEP);
        text.push_str(&"]".repeat(DEEP));
        document(to, "application/json", text.as_bytes())
    }),
    ("JSON of two million values", |to| {
        let text = format!("[{}0]", "0,".repeat(2_000_000));
        document(to, "application/json", text.as_bytes())
    }),
    ("a text of four megabytes", |to| {
        document(
            to,
            "application/problem+json",
            format!("\"{}\"", "\\u001b".repeat(700_000)).as_bytes(),
        )
    }),
];

fn main() -> ExitCode {
    // Made before it is needed: that takes some seconds.
    LazyLock::force(&BOMB);
    let scratch = tempfile::tempdir().expect("a folder");
    let expected = listed();
    let mut good = true;
    // `cargo bench --bench hostile -- gzip` is one way alone.
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    let is_wanted =
        |name: &str| wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str()));
    for (name, hostility) in WAYS.iter().filter(|(name, _)| is_wanted(name)) {
        let run = meet(scratch.path(), *hostility);
        let is_bounded = run.memory <= MEMORY && run.exit.is_some() && run.reported == expected;
        good &= is_bounded;
        println!(
            "{name:32} {:6.1} s   {:4} MiB of {MEMORY}   {} of {expected} cases reported, {} passed   exit {}{}",
            run.took.as_secs_f64(),
            run.memory,
            run.reported,
            run.passed,
            run.exit
                .map_or("none: given up".to_owned(), |code| code.to_string()),
            if is_bounded { "" } else { "   NOT BOUNDED" },
        );
    }
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

struct Run {
    took: Duration,
    memory: u64,
    reported: usize,
    passed: u64,
    exit: Option<i32>,
}

/// How many cases a run has to report: those that are slow do not run.
fn listed() -> usize {
    let count = |options: &[&str]| {
        let output = Command::new(HARNESS).args(options).output();
        let output = output.expect("a list");
        String::from_utf8_lossy(&output.stdout).lines().count()
    };
    count(&["--list"]) - count(&["--list", "--ignored"])
}

fn meet(scratch: &Path, hostility: Hostility) -> Run {
    let url = serve(hostility);
    let target = scratch.join("target.yaml");
    let text = format!(
        "registry: {url}\ndeadlines: {{exchange: {EXCHANGE}, processing: 1s, source: 1s}}\n"
    );
    std::fs::write(&target, text).expect("a target file");
    let report = scratch.join("report.json");
    let _ = std::fs::remove_file(&report);
    let started = Instant::now();
    let mut harness = Command::new(HARNESS)
        .arg("--target")
        .arg(&target)
        .arg("--report")
        .arg(format!("json={}", report.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the harness starts");
    let mut memory = 0;
    let exit = loop {
        memory = memory.max(resident(harness.id()));
        if let Some(status) = harness.try_wait().expect("a status") {
            break status.code();
        }
        if started.elapsed() > PATIENCE {
            let _ = harness.kill();
            let _ = harness.wait();
            break None;
        }
        thread::sleep(Duration::from_millis(10));
    };
    let report: Value = std::fs::read(&report)
        .ok()
        .and_then(|text| serde_json::from_slice(&text).ok())
        .unwrap_or(Value::Null);
    Run {
        took: started.elapsed(),
        memory,
        reported: report["cases"].as_array().map_or(0, Vec::len),
        passed: report["summary"]["pass"].as_u64().unwrap_or_default(),
        exit,
    }
}

/// The most that a process has had resident so far, in MiB.
fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"))
        .and_then(|kilobytes| kilobytes.trim().parse::<u64>().ok())
        .map_or(0, |kilobytes| kilobytes / 1024)
}

/// A server that is left behind when the bench ends.
fn serve(hostility: Hostility) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let met = Arc::new(AtomicUsize::new(0));
    let base = url.clone();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (met, base) = (Arc::clone(&met), base.clone());
            thread::spawn(move || {
                let mut stream = stream;
                let Some(body) = read_request(&stream) else {
                    return;
                };
                let _ = if met.fetch_add(1, Ordering::SeqCst) == 0 {
                    created(&mut stream, &base, &body)
                } else {
                    hostility(&mut stream)
                };
            });
        }
    });
    url
}

/// The body of a request; the connection ends after its answer.
fn read_request(stream: &TcpStream) -> Option<Vec<u8>> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; usize::min(length, 1 << 20)];
    reader.read_exact(&mut body).ok()?;
    Some(body)
}

/// As a registry answers to create, so that the run begins.
fn created(to: &mut TcpStream, base: &str, manifest: &[u8]) -> std::io::Result<()> {
    let manifest: Value = serde_json::from_slice(manifest).unwrap_or_default();
    let body = json!({
        "release": manifest,
        "creator": "owner",
        "status": "pending",
        "contentSources": [],
        "uploadUrl": format!("{base}upload"),
    })
    .to_string();
    write!(
        to,
        "HTTP/1.1 201 Created\r\nLocation: {base}status\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn document(to: &mut TcpStream, media_type: &str, body: &[u8]) -> std::io::Result<()> {
    write!(
        to,
        "HTTP/1.1 201 Created\r\nContent-Type: {media_type}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )?;
    to.write_all(body)
}

fn forever(to: &mut TcpStream, octets: &[u8]) -> std::io::Result<()> {
    loop {
        to.write_all(octets)?;
    }
}

fn silence(to: &mut TcpStream) -> std::io::Result<()> {
    // Until the other side gives up.
    to.read(&mut [0; 1]).map(drop)
}
