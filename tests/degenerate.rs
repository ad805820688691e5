//! Nothing passes by doing nothing: servers that are no registry, each met by the whole suite.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;

/// What a target file may give a registry for one exchange.
const EXCHANGE: &str = "1s";
/// From the first request to the end: by far more than the first exchange takes, less than cases that wait for their deadlines.
const END: u64 = 20_000;
/// Cases that the run is about, a few of each kind; what is read of the cases takes longer than the run.
const CASES: &[&str] = &[
    "create/naked-manifest-is-pending",
    "publish/upload-then-publish",
    "access/status-tells-no-existence[other]",
    "signature/accepts-es256",
];
/// Servers against which every case is in the run.
const MET_BY_ALL: &[&str] = &["201 with an echo", "404 problem", "hangs"];
/// Runs at the same time.
const AT_ONCE: usize = 4;

/// What becomes of a run.
#[derive(Clone, Copy, Debug)]
enum End {
    /// Something answers, and it is no registry: exit 1.
    OtherServer,
    /// Nothing answers that could be judged: exit 3.
    Unreachable,
    /// It asks to come back later and never serves: exit 3.
    Busy,
}

impl End {
    fn exit(self) -> i32 {
        match self {
            Self::OtherServer => 1,
            Self::Unreachable | Self::Busy => 3,
        }
    }

    fn message(self) -> &'static str {
        match self {
            Self::OtherServer => "no Publish API answers at http://127.0.0.1:",
            Self::Unreachable => "failed to reach a registry at http://127.0.0.1:",
            Self::Busy => "answers 429 until the time for retries is over",
        }
    }

    fn verdict(self) -> &'static str {
        match self {
            Self::OtherServer => "fail",
            Self::Unreachable | Self::Busy => "error",
        }
    }
}

type Serve = fn(&mut TcpStream, &[u8]) -> std::io::Result<()>;

/// What a server does with each request that it has read.
const SERVERS: &[(&str, End, Serve)] = &[
    ("200 {}", End::OtherServer, |to, _| {
        json(to, "200 OK", "", "{}")
    }),
    ("200 null", End::OtherServer, |to, _| {
        json(to, "200 OK", "", "null")
    }),
    ("200 []", End::OtherServer, |to, _| {
        json(to, "200 OK", "", "[]")
    }),
    ("204", End::OtherServer, |to, _| {
        to.write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
    }),
    ("201 with an echo", End::OtherServer, |to, request| {
        let echo = String::from_utf8_lossy(body(request)).into_owned();
        json(to, "201 Created", "Location: /releases/1\r\n", &echo)
    }),
    (
        "201 with an echo of all",
        End::OtherServer,
        |to, request| {
            let head = format!(
                "HTTP/1.1 201 Created\r\nLocation: /\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n",
                request.len()
            );
            to.write_all(head.as_bytes())?;
            to.write_all(request)
        },
    ),
    ("404 problem", End::OtherServer, |to, _| {
        problem(to, "404 Not Found", "not-found")
    }),
    ("401 problem", End::OtherServer, |to, _| {
        problem(to, "401 Unauthorized", "unauthenticated")
    }),
    ("403 problem", End::OtherServer, |to, _| {
        problem(to, "403 Forbidden", "forbidden")
    }),
    ("409 problem", End::OtherServer, |to, _| {
        problem(to, "409 Conflict", "release-exists")
    }),
    ("422 problem", End::OtherServer, |to, _| {
        problem(to, "422 Unprocessable Content", "invalid-name")
    }),
    ("404", End::OtherServer, |to, _| {
        json(to, "404 Not Found", "", "{}")
    }),
    ("500", End::OtherServer, |to, _| {
        json(to, "500 Internal Server Error", "", "{}")
    }),
    ("503 with Retry-After", End::OtherServer, |to, _| {
        json(to, "503 Service Unavailable", "Retry-After: 1\r\n", "{}")
    }),
    ("429 without end", End::Busy, |to, _| {
        json(to, "429 Too Many Requests", "Retry-After: 0\r\n", "{}")
    }),
    ("429 for a day", End::Busy, |to, _| {
        json(to, "429 Too Many Requests", "Retry-After: 86400\r\n", "{}")
    }),
    ("a page", End::OtherServer, |to, _| page(to, "200 OK")),
    ("a page 404", End::OtherServer, |to, _| {
        page(to, "404 Not Found")
    }),
    ("redirects to itself", End::OtherServer, |to, request| {
        let location = format!("Location: {}\r\n", target(request));
        json(to, "302 Found", &location, "")
    }),
    ("redirects on and on", End::OtherServer, |to, request| {
        let location = format!("Location: {}/x\r\n", target(request));
        json(to, "308 Permanent Redirect", &location, "")
    }),
    ("JSON without end of nesting", End::OtherServer, |to, _| {
        json(to, "201 Created", "Location: /x\r\n", &"[".repeat(100_000))
    }),
    ("less than it declares", End::OtherServer, |to, _| {
        to.write_all(b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{\"release\":{}")?;
        to.shutdown(Shutdown::Both)
    }),
    ("a byte each second of a body", End::OtherServer, |to, _| {
        to.write_all(b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n")?;
        drip(to, b"{\"release\":{},\"status\":\"pending\"}")
    }),
    ("a body without end", End::OtherServer, |to, _| {
        to.write_all(b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n\r\n[")?;
        loop {
            to.write_all(&[b' '; 4096])?;
        }
    }),
    ("a byte each second", End::Unreachable, |to, _| {
        drip(to, b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}")
    }),
    ("a head without end", End::Unreachable, |to, _| {
        to.write_all(b"HTTP/1.1 200 OK\r\n")?;
        loop {
            to.write_all(b"X-More: and more\r\n")?;
        }
    }),
    ("interim answers without end", End::Unreachable, |to, _| {
        loop {
            to.write_all(b"HTTP/1.1 102 Processing\r\n\r\n")?;
            thread::sleep(Duration::from_millis(10));
        }
    }),
    ("hangs", End::Unreachable, |to, _| {
        to.read_to_end(&mut Vec::new()).map(drop)
    }),
    ("closes", End::Unreachable, |to, _| {
        to.shutdown(Shutdown::Both)
    }),
    ("garbage", End::Unreachable, |to, _| {
        to.write_all(&[
            0x16, 0x03, 0x01, 0xff, 0x00, 0x80, 0xfe, 0x0a, 0x0d, 0x0a, 0x0d, 0x0a,
        ])
    }),
    ("another protocol", End::Unreachable, |to, _| {
        to.write_all(b"SSH-2.0-OpenSSH_9.6\r\n")
    }),
    ("no number for a status", End::Unreachable, |to, _| {
        to.write_all(b"HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n")
    }),
];

fn json(to: &mut TcpStream, status: &str, fields: &str, body: &str) -> std::io::Result<()> {
    typed(to, status, "application/json", fields, body)
}

fn problem(to: &mut TcpStream, status: &str, name: &str) -> std::io::Result<()> {
    let body = format!(
        r#"{{"type":"urn:publish-api:problem:{name}","status":{}}}"#,
        &status[..3]
    );
    let fields = "WWW-Authenticate: Bearer\r\n";
    typed(to, status, "application/problem+json", fields, &body)
}

fn page(to: &mut TcpStream, status: &str) -> std::io::Result<()> {
    typed(
        to,
        status,
        "text/html",
        "",
        "<html><title>Welcome</title></html>",
    )
}

fn typed(
    to: &mut TcpStream,
    status: &str,
    media_type: &str,
    fields: &str,
    body: &str,
) -> std::io::Result<()> {
    let length = body.len();
    write!(
        to,
        "HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\n{fields}Content-Length: {length}\r\n\r\n{body}"
    )
}

fn drip(to: &mut TcpStream, octets: &[u8]) -> std::io::Result<()> {
    for octet in octets {
        to.write_all(&[*octet])?;
        thread::sleep(Duration::from_secs(1));
    }
    Ok(())
}

fn body(request: &[u8]) -> &[u8] {
    let end = request.windows(4).position(|window| window == b"\r\n\r\n");
    end.map_or(&[], |end| &request[end + 4..])
}

fn target(request: &[u8]) -> String {
    let line = String::from_utf8_lossy(request);
    line.split(' ').nth(1).unwrap_or("/").to_owned()
}

/// A request with the length that it declares; empty at the end.
fn read(from: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&request).to_ascii_lowercase();
        if let Some(end) = text.find("\r\n\r\n") {
            let declared = text[..end]
                .split("content-length:")
                .nth(1)
                .and_then(|rest| rest.lines().next()?.trim().parse().ok())
                .unwrap_or(0);
            if body(&request).len() >= declared {
                return Ok(request);
            }
        }
        match from.read(&mut buffer)? {
            0 => return Ok(Vec::new()),
            count => request.extend_from_slice(&buffer[..count]),
        }
    }
}

/// Serves as long as the process lives; a client that goes away ends its connection.
fn start(serve: Serve) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let mut connection = connection;
            thread::spawn(move || {
                while let Ok(request) = read(&mut connection) {
                    if request.is_empty() || serve(&mut connection, &request).is_err() {
                        return;
                    }
                }
            });
        }
    });
    url
}

/// What is wrong with the run against a server.
fn complaint(name: &str, end: End, serve: Serve) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("target.yaml");
    let report = folder.path().join("report.json");
    let url = start(serve);
    std::fs::write(
        &target,
        format!(
            "registry: {url}\ndeadlines: {{exchange: {EXCHANGE}, processing: 1s, source: 1s}}\n"
        ),
    )
    .unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_registry-conformance"));
    for (option, _) in
        std::env::vars().filter(|(name, _)| name.starts_with("REGISTRY_CONFORMANCE_"))
    {
        command.env_remove(option);
    }
    let is_met_by_all = MET_BY_ALL.contains(&name);
    if !is_met_by_all {
        command.arg("--exact").args(CASES);
    }
    let output = command
        .arg("--target")
        .arg(&target)
        .args(["--report", &format!("json={}", report.display())])
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    if output.status.code() != Some(end.exit()) {
        return Some(format!("exit {:?}: {stderr}", output.status.code()));
    }
    if !stderr.contains(end.message()) || stderr.matches("error:").count() != 1 {
        return Some(format!("not one clear message: {stderr}"));
    }
    let report: Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    let cases = report["cases"].as_array().unwrap();
    let expected = if is_met_by_all { 1000 } else { CASES.len() };
    if cases.len() < expected {
        return Some(format!("only {} cases are in the report", cases.len()));
    }
    if report["duration_ms"].as_u64().unwrap() > END {
        return Some(format!("the run took {} ms", report["duration_ms"]));
    }
    let passing = report["requirements"]
        .as_array()
        .unwrap()
        .iter()
        .find(|rule| rule["verdict"] == "pass");
    if let Some(rule) = passing {
        return Some(format!("the rule {} passes", rule["id"]));
    }
    let other = cases.iter().find(|case| case["verdict"] != end.verdict());
    if let Some(other) = other {
        return Some(format!("{} is {}", other["id"], other["verdict"]));
    }
    None
}

/// Holds `complaint` against every server, some at the same time; it says what is wrong with what became of one.
fn against_every_server(complaint: impl Fn(&str, End, Serve) -> Option<String> + Sync) {
    let next = AtomicUsize::new(0);
    let complaints = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((name, end, serve)) =
                    SERVERS.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    if let Some(complaint) = complaint(name, *end, *serve) {
                        complaints
                            .lock()
                            .unwrap()
                            .push(format!("{name} ({end:?}): {complaint}"));
                    }
                }
            });
        }
    });
    let complaints = complaints.into_inner().unwrap();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn no_case_passes_against_a_server_that_is_no_registry() {
    against_every_server(complaint);
}

#[test]
fn the_doctor_ends_and_finds_a_problem_with_every_server_that_is_no_registry() {
    against_every_server(|_, end, serve| doctors_complaint(end, serve));
}

/// What is wrong with the examination of a server.
fn doctors_complaint(end: End, serve: Serve) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("target.yaml");
    let url = start(serve);
    std::fs::write(
        &target,
        format!(
            "registry: {url}\ndeadlines: {{exchange: {EXCHANGE}, processing: 1s, source: 1s}}\n"
        ),
    )
    .unwrap();
    let began = std::time::Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_registry-conformance"))
        .args(["doctor", "--json", "--target"])
        .arg(&target)
        .env_remove("REGISTRY_CONFORMANCE_REGISTRY")
        .output()
        .unwrap();
    let took = began.elapsed().as_millis();
    if took > u128::from(END) {
        return Some(format!("it took {took} ms"));
    }
    let told = String::from_utf8_lossy(&output.stdout);
    if output.status.code() != Some(end.exit()) {
        return Some(format!("exit {:?}: {told}", output.status.code()));
    }
    let told: Value = serde_json::from_str(&told).unwrap();
    let steps = told["steps"].as_array().unwrap();
    let problems: Vec<&Value> = steps
        .iter()
        .filter(|step| step["status"] == "problem")
        .collect();
    match problems.as_slice() {
        [problem] if problem["next"].is_string() && problem["exchange"].is_object() => None,
        problems => Some(format!("not one problem with what to do: {problems:?}")),
    }
}
