//! A registry that dies in the middle of a run, through the command line: no case that met the gap fails, and the report is whole.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use mock_registry::{MockRegistry, Network};
use serde_json::Value;

/// What the runs are about: cases with many steps, and some that wait.
const FILTERS: [&str; 3] = ["publish/", "sources/", "async/"];
/// Connections that are served before the registry dies: enough for the preflight and the first cases.
const SERVED: usize = 60;

/// What becomes of a registry that has died.
#[derive(Clone, Copy, PartialEq)]
enum Afterwards {
    /// Nothing.
    Gone,
    /// It is there again at once, and knows nothing of before.
    BackAtOnce,
    /// It is there again when the first case has ended with an error, and knows what it knew.
    BackLater,
    /// The same, and it knows nothing of before.
    BackLaterEmpty,
}

/// Stands at the address of a registry, passes octets on to the one behind it, and takes all connections with it when it dies.
struct Relay {
    address: SocketAddr,
    behind: Mutex<SocketAddr>,
    /// The one that is behind it after its return.
    successor: SocketAddr,
    served: AtomicUsize,
    is_dead: AtomicBool,
    has_died: AtomicBool,
    /// Counts deaths: a connection belongs to the life in which it was taken.
    deaths: AtomicUsize,
    open: Mutex<Vec<TcpStream>>,
    afterwards: Afterwards,
}

impl Relay {
    fn start(listener: TcpListener, mocks: [SocketAddr; 2], afterwards: Afterwards) -> Arc<Self> {
        let [first, second] = mocks;
        let relay = Arc::new(Self {
            address: listener.local_addr().expect("an address"),
            behind: Mutex::new(first),
            successor: second,
            served: AtomicUsize::new(0),
            is_dead: AtomicBool::new(false),
            has_died: AtomicBool::new(false),
            deaths: AtomicUsize::new(0),
            open: Mutex::default(),
            afterwards,
        });
        relay.clone().listen(listener);
        relay
    }

    fn listen(self: Arc<Self>, listener: TcpListener) {
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if self.is_dead.load(Ordering::SeqCst) {
                    break;
                }
                let (relay, life) = (self.clone(), self.deaths.load(Ordering::SeqCst));
                thread::spawn(move || relay.pass_on(&client, life));
            }
            // The listener ends here: whoever comes now is refused.
            drop(listener);
            if self.afterwards == Afterwards::BackAtOnce {
                self.come_back();
            }
        });
    }

    fn pass_on(&self, client: &TcpStream, life: usize) -> Option<()> {
        let behind = *self.behind.lock().expect("no panic");
        let server = TcpStream::connect(behind).ok()?;
        {
            let mut open = self.open.lock().expect("no panic");
            if self.deaths.load(Ordering::SeqCst) != life {
                return None;
            }
            open.push(client.try_clone().ok()?);
            open.push(server.try_clone().ok()?);
        }
        let (mut from, mut to) = (client.try_clone().ok()?, server.try_clone().ok()?);
        thread::spawn(move || {
            let _ = std::io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Write);
        });
        let (mut from, mut to) = (server, client.try_clone().ok()?);
        let mut buffer = [0; 16 * 1024];
        loop {
            let length = from.read(&mut buffer).ok().filter(|length| *length > 0)?;
            let served = self.served.fetch_add(1, Ordering::SeqCst);
            let dies = served >= SERVED && !self.has_died.swap(true, Ordering::SeqCst);
            // It dies in the middle of an answer.
            let length = if dies { length / 2 } else { length };
            to.write_all(&buffer[..length]).ok()?;
            if dies {
                self.die();
                return None;
            }
        }
    }

    fn die(&self) {
        self.is_dead.store(true, Ordering::SeqCst);
        self.deaths.fetch_add(1, Ordering::SeqCst);
        // Wakes the listener, so that it goes.
        drop(TcpStream::connect(self.address));
        for stream in self.open.lock().expect("no panic").drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    fn come_back(self: &Arc<Self>) {
        if self.afterwards != Afterwards::BackLater {
            *self.behind.lock().expect("no panic") = self.successor;
        }
        self.is_dead.store(false, Ordering::SeqCst);
        let listener = TcpListener::bind(self.address).expect("the port of before");
        self.clone().listen(listener);
    }
}

/// Exit code and report of a run against a registry that dies.
fn run(afterwards: Afterwards) -> (Option<i32>, Value) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let mocks = [(); 2].map(|()| {
        let network = Network {
            external_url: Some(format!(
                "http://{}/",
                listener.local_addr().expect("an address")
            )),
            ..Network::default()
        };
        let builder = MockRegistry::builder().network(network);
        runtime.block_on(builder.start()).expect("a mock")
    });
    let address = |mock: &MockRegistry| SocketAddr::from(([127, 0, 0, 1], mock.port()));
    let addresses = [address(&mocks[0]), address(&mocks[1])];
    let relay = Relay::start(listener, addresses, afterwards);
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("target.yaml");
    let text = format!(
        "registry: http://{}/\ndeadlines: {{exchange: 2s, processing: 5s}}\n",
        relay.address
    );
    std::fs::write(&target, text).expect("a target file");
    let report = folder.path().join("report.json");
    let mut harness = Command::new(env!("CARGO_BIN_EXE_registry-conformance"))
        .args(["--seed", "1", "--format", "pretty", "--target"])
        .arg(&target)
        .arg(format!("--report=json={}", report.display()))
        .args(FILTERS)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the harness");
    let stdout = BufReader::new(harness.stdout.take().expect("its stdout"));
    let comes_back = matches!(
        afterwards,
        Afterwards::BackLater | Afterwards::BackLaterEmpty
    );
    let mut is_back = !comes_back;
    for line in stdout.lines() {
        let line = line.expect("a line");
        if line.ends_with("FAILED") && !is_back {
            is_back = true;
            relay.come_back();
        }
    }
    let status = harness.wait().expect("its end");
    let text = std::fs::read_to_string(&report).expect("a report");
    assert!(relay.has_died.load(Ordering::SeqCst), "it never died");
    (status.code(), serde_json::from_str(&text).expect("JSON"))
}

/// How many cases a run is about: all that match but the slow ones.
fn planned() -> usize {
    let listed = |options: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_registry-conformance"))
            .arg("--list")
            .args(options)
            .args(FILTERS)
            .output()
            .expect("a list");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.lines().filter(|line| line.ends_with(": test")).count()
    };
    listed(&[]) - listed(&["--ignored"])
}

/// Cases by verdict; none of them failed, and every one is there.
#[track_caller]
fn judged(report: &Value) -> (usize, usize) {
    let cases = report["cases"].as_array().expect("cases");
    assert_eq!(cases.len(), planned(), "a case is missing");
    let with = |verdict: &str| -> Vec<&Value> {
        cases
            .iter()
            .filter(|case| case["verdict"] == verdict)
            .collect()
    };
    for verdict in ["fail", "warn", "unexpected-pass"] {
        let found: Vec<_> = with(verdict)
            .iter()
            .map(|case| format!("{} {}", case["id"], case["reason"]))
            .collect();
        assert!(found.is_empty(), "{verdict}: {found:#?}");
    }
    for case in with("error") {
        let reason = case["reason"].as_str().unwrap_or_default();
        assert!(
            reason.starts_with("the registry "),
            "{} {reason}",
            case["id"]
        );
        assert_eq!(
            case["failed_requirements"],
            serde_json::json!([]),
            "{}",
            case["id"]
        );
    }
    (with("error").len(), with("pass").len())
}

#[test]
fn one_that_stays_away_ends_the_run() {
    let (code, report) = run(Afterwards::Gone);
    let (errors, _) = judged(&report);
    assert_eq!(code, Some(3));
    let unrun = report["cases"]
        .as_array()
        .expect("cases")
        .iter()
        .filter(|case| {
            let reason = case["reason"].as_str().unwrap_or_default();
            reason.contains("did not come back")
        });
    // All but those that were under way.
    assert!(unrun.count() + 16 >= errors, "each case waited for itself");
}

#[test]
fn one_that_comes_back_is_judged_from_there_on() {
    let (code, report) = run(Afterwards::BackLater);
    let (errors, passes) = judged(&report);
    assert_eq!(code, Some(3));
    assert!(errors > 0 && errors <= 32, "{errors} errors");
    assert!(passes > errors, "{passes} passes, {errors} errors");
}

#[test]
fn one_that_comes_back_with_nothing_fails_no_case() {
    let (code, report) = run(Afterwards::BackLaterEmpty);
    let (errors, passes) = judged(&report);
    assert_eq!(code, Some(3));
    assert!(errors > 0 && errors <= 32, "{errors} errors");
    assert!(passes > errors, "{passes} passes, {errors} errors");
}

#[test]
fn one_that_is_gone_for_a_moment_and_forgets_fails_no_case() {
    let (code, report) = run(Afterwards::BackAtOnce);
    let (errors, passes) = judged(&report);
    assert_eq!(code, Some(3));
    assert!(errors > 0, "nobody noticed");
    assert!(passes > errors, "{passes} passes, {errors} errors");
}
