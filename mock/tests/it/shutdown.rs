//! The end of the program under load.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

/// Requests that are under way get two seconds; what is beyond that is the machine's.
const AT_MOST: Duration = Duration::from_secs(8);
const CLIENTS: usize = 8;

fn start() -> (Child, SocketAddr) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mock-registry"))
        .args(["--port", "0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
    let url = ready["url"].as_str().unwrap();
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    (child, address.parse().unwrap())
}

/// What became of a request.
#[derive(Debug, PartialEq)]
enum End {
    Answered,
    /// The connection ended before the answer began.
    Refused,
    /// It ended within the answer.
    BrokenOff,
}

fn ask(stream: &mut TcpStream, request: &[u8]) -> End {
    if stream.write_all(request).is_err() {
        return End::Refused;
    }
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    let mut length = None;
    loop {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) if answer.is_empty() => return End::Refused,
            Ok(0) | Err(_) => return End::BrokenOff,
            Ok(read) => answer.extend_from_slice(&buffer[..read]),
        }
        // Some answers are long, and must not be read anew with each part of them.
        length = length.or_else(|| length_of(&answer));
        if length.is_some_and(|length| answer.len() >= length) {
            return End::Answered;
        }
    }
}

/// Octets of a whole answer, once its head is there.
fn length_of(answer: &[u8]) -> Option<usize> {
    let text = String::from_utf8_lossy(answer).to_lowercase();
    let (head, _) = text.split_once("\r\n\r\n")?;
    let body = head.split("content-length: ").nth(1);
    let body: usize = body.and_then(|rest| rest.lines().next()?.parse().ok())?;
    Some(head.len() + 4 + body)
}

fn open(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    Ok(stream)
}

fn control(address: SocketAddr, path: &str, body: &str) {
    let request = format!(
        "POST /__admin/{path} HTTP/1.1\r\nhost: registry\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let answered = ask(&mut open(address).unwrap(), request.as_bytes());
    assert_eq!(answered, End::Answered);
}

/// Clients that will never come to their end by themselves, in every way that there is.
fn hangers_on(address: SocketAddr) -> Vec<TcpStream> {
    for fault in [
        r#"{"operation": "status", "fault": {"hold": "for-ever"}}"#,
        r#"{"operation": "cancel", "fault": {"delay": "1h"}}"#,
        r#"{"operation": "content", "fault": {"stall": "1h"}}"#,
        r#"{"operation": "publish", "fault": {"dribble": {"bytes": 1, "every": "1m"}}}"#,
    ] {
        control(address, "faults", fault);
    }
    let large = format!(
        r#"{{"path": "large", "answer": {{"text": "{}"}}}}"#,
        "x".repeat(16 << 20)
    );
    control(address, "answers", &large);
    let release = "/components/conformance-owner.test:a/v1.0.0";
    let host = "host: registry\r\n";
    [
        format!("GET {release}/unpublished HTTP/1.1\r\n{host}\r\n"),
        format!("DELETE {release}/unpublished HTTP/1.1\r\n{host}\r\n"),
        format!("GET {release}/content HTTP/1.1\r\n{host}\r\n"),
        format!("POST {release} HTTP/1.1\r\n{host}content-length: 0\r\n\r\n"),
        format!("POST /releases HTTP/1.1\r\n{host}content-length: 1000\r\n\r\n{{"),
        format!("GET /large HTTP/1.1\r\n{host}\r\n"),
        format!("GET {release} HTTP/1.1\r\n{host}"),
        String::new(),
    ]
    .iter()
    .map(|request| {
        let mut stream = open(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream
    })
    .collect()
}

#[test]
fn ends_in_order_whatever_its_clients_do() {
    for signal in ["-TERM", "-INT"] {
        let (mut child, address) = start();
        let hanging = hangers_on(address);
        let (told, answered) = (AtomicBool::new(false), AtomicU32::new(0));
        thread::scope(|scope| {
            for _ in 0..CLIENTS {
                scope.spawn(|| {
                    let get = b"GET /components/a.test:b/v1.0.0 HTTP/1.1\r\nhost: registry\r\n\r\n";
                    // Until nobody is there any more.
                    while let Ok(mut stream) = open(address) {
                        loop {
                            match ask(&mut stream, get) {
                                End::Answered => drop(answered.fetch_add(1, Ordering::Relaxed)),
                                End::Refused => {
                                    assert!(told.load(Ordering::SeqCst), "refused before the end");
                                    break;
                                }
                                End::BrokenOff => panic!("an answer broke off"),
                            }
                        }
                    }
                });
            }
            while answered.load(Ordering::Relaxed) < 500 {
                thread::yield_now();
            }
            told.store(true, Ordering::SeqCst);
            let sent = Command::new("kill")
                .args([signal, &child.id().to_string()])
                .status()
                .unwrap();
            assert!(sent.success());
            let began = Instant::now();
            assert_eq!(child.wait().unwrap().code(), Some(0));
            assert!(began.elapsed() < AT_MOST, "{:?}", began.elapsed());
            // The port is free at once, though clients still have their ends of connections.
            TcpListener::bind(address).unwrap();
        });
        drop(hanging);
    }
}
