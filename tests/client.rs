//! `registry-conformance client`: commands that do nothing, never end, know nothing, or say too much.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const PUBLISHES: &str = "\
summary: The client publishes.
given: {content: {component: seeded}}
steps:
  - client: {run: publish, deadline: 1s}
    expect: {rule: CLI-1, exit: done}
  - get:
    expect: {rule: CLI-1, status: 200}
";

fn judge(arguments: &[&str], client: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_registry-conformance"))
        .arg("client")
        .args(arguments)
        .arg("--")
        .args(client)
        .output()
        .unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A folder with one case, and a client of this shell script.
struct Workplace {
    folder: TempDir,
}

impl Workplace {
    fn new(script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("cases")).unwrap();
        std::fs::write(folder.path().join("cases/publishes.yaml"), PUBLISHES).unwrap();
        let workplace = Self { folder };
        workplace.write_script("client", script);
        workplace
    }

    fn write_script(&self, name: &str, script: &str) {
        let path = self.path(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn judge(&self, arguments: &[&str]) -> Output {
        let cases = self.path("cases");
        let mut all = vec!["--cases", cases.to_str().unwrap()];
        all.extend(arguments);
        judge(&all, &[self.path("client").to_str().unwrap()])
    }
}

fn cases(report: &Path) -> Vec<Value> {
    let report: Value = serde_json::from_str(&std::fs::read_to_string(report).unwrap()).unwrap();
    report["cases"].as_array().unwrap().clone()
}

#[test]
fn a_client_that_does_nothing_passes_no_must_case() {
    for program in ["true", "false"] {
        let folder = tempfile::tempdir().unwrap();
        let report = folder.path().join("report.json");
        let output = judge(
            &["--report", &format!("json={}", report.display())],
            &[program],
        );
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        let cases = cases(&report);
        assert!(!cases.is_empty());
        for case in cases {
            assert!(
                case["level"] != "must" || case["verdict"] == "fail",
                "{program}: {} is {}",
                case["id"],
                case["verdict"]
            );
        }
    }
}

#[test]
fn a_client_that_does_not_end_is_killed_with_its_children() {
    let workplace = Workplace::new("sleep 1000 &\necho $! > \"$(dirname \"$0\")/child\"\nwait");
    let output = workplace.judge(&[]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(
        stdout(&output).contains("still running after"),
        "{}",
        stdout(&output)
    );
    assert_gone(&std::fs::read_to_string(workplace.path("child")).unwrap());
}

/// A client that starts processes in every way that takes them out of its group, and goes on when they run; `keep` writes its number
/// to `pids` and stays.
#[cfg(target_os = "linux")]
fn with_daemons(then: &str) -> Workplace {
    let script = format!(
        "FOLDER=$(dirname \"$0\")
export FOLDER
setsid \"$FOLDER/keep\" &
(setsid sh -c '\"$FOLDER/keep\" &' &)
setsid sh -c 'setsid \"$FOLDER/keep\" & \"$FOLDER/keep\" & wait' &
setsid sh -c 'while sleep 0.1; do \"$FOLDER/keep\" & done' &
until [ \"$(wc -l < \"$FOLDER/pids\")\" -ge 6 ]; do sleep 0.1; done
{then}"
    );
    let workplace = Workplace::new(&script);
    std::fs::write(workplace.path("pids"), "").unwrap();
    workplace.write_script("keep", "echo $$ >> \"$FOLDER/pids\"\nexec sleep 1000");
    workplace
}

#[test]
#[cfg(target_os = "linux")]
fn what_a_client_started_ends_with_it_wherever_it_went() {
    for (then, verdict) in [
        ("exec sleep 1000", "still running after"),
        ("exit 0", "CLI-1"),
    ] {
        let workplace = with_daemons(then);
        let output = workplace.judge(&[]);
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        assert!(stdout(&output).contains(verdict), "{}", stdout(&output));
        let pids = std::fs::read_to_string(workplace.path("pids")).unwrap();
        assert!(pids.lines().count() >= 6, "{pids}");
        pids.lines().for_each(assert_gone);
    }
}

/// One that has no trace of the run in its environment is found while its parent lives.
#[test]
#[cfg(target_os = "linux")]
fn what_a_client_started_with_another_environment_ends_with_it() {
    let workplace =
        Workplace::new("env -i setsid \"$(dirname \"$0\")/keep\" \"$(dirname \"$0\")\" & wait");
    workplace.write_script("keep", "echo $$ > \"$1/child\"\nexec sleep 1000");
    let output = workplace.judge(&[]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert_gone(&std::fs::read_to_string(workplace.path("child")).unwrap());
}

/// Fails unless the process ends; whoever adopts it may not have reaped it yet.
fn assert_gone(process: &str) {
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while is_running(process.trim()) {
        assert!(
            std::time::Instant::now() < patience,
            "the process {process} lives"
        );
        std::thread::yield_now();
    }
}

#[test]
fn what_a_client_does_not_implement_is_skipped() {
    let output = Workplace::new("exit 89").judge(&[]);
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
    assert!(stdout(&output).contains("ignored"), "{}", stdout(&output));
}

#[test]
fn what_a_client_says_is_told_without_its_token() {
    let workplace = Workplace::new(
        "echo \"my token is $CONFORMANCE_TOKEN\"\necho \"no luck with $CONFORMANCE_TOKEN today\" >&2\nexit 1",
    );
    let report = workplace.path("report.json");
    let output = workplace.judge(&["--report", &format!("json={}", report.display())]);
    assert_eq!(output.status.code(), Some(1));
    let shown = stdout(&output) + &stderr(&output) + &std::fs::read_to_string(report).unwrap();
    assert!(shown.contains("no luck with $TOKEN_OWNER today"), "{shown}");
    assert!(shown.contains("it sent no request"), "{shown}");
    assert!(!shown.contains("no luck with conformance-owner"), "{shown}");
}

#[test]
fn variables_of_the_interface_are_those_of_the_case_alone() {
    let workplace = Workplace::new("env | sort > \"$(dirname \"$0\")/environment\"\nexit 1");
    let output = Command::new(env!("CARGO_BIN_EXE_registry-conformance"))
        .args(["client", "--cases"])
        .arg(workplace.path("cases"))
        .arg("--")
        .arg(workplace.path("client"))
        .env("CONFORMANCE_SOURCES", "http://left.over.example/")
        .env("MINE", "kept")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let environment = std::fs::read_to_string(workplace.path("environment")).unwrap();
    let names: Vec<&str> = environment
        .lines()
        .filter_map(|line| line.split('=').next())
        .filter(|name| name.starts_with("CONFORMANCE_"))
        .collect();
    assert_eq!(
        names,
        [
            "CONFORMANCE_CONTENT",
            "CONFORMANCE_DEADLINE",
            "CONFORMANCE_KEY",
            "CONFORMANCE_NAME",
            "CONFORMANCE_RUN_ID",
            "CONFORMANCE_TOKEN",
            "CONFORMANCE_URL",
            "CONFORMANCE_VERSION",
        ]
    );
    assert!(environment.contains("MINE=kept"));
    assert!(environment.contains("CONFORMANCE_DEADLINE=1\n"));
}

#[test]
fn a_slow_client_can_be_given_more_time() {
    let workplace =
        Workplace::new("echo \"$CONFORMANCE_DEADLINE\" >> \"$(dirname \"$0\")/deadlines\"\nexit 1");
    let usual = PUBLISHES.replacen(", deadline: 1s", "", 1);
    std::fs::write(workplace.path("cases/usual.yaml"), usual).unwrap();
    let output = workplace.judge(&["--deadline", "50", "--test-threads", "1"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    // 2.5 s of the case's one, of which the client is told whole seconds, and the usual.
    let deadlines = std::fs::read_to_string(workplace.path("deadlines")).unwrap();
    assert_eq!(deadlines, "3\n50\n");
    for wrong in ["19", "201", "soon"] {
        let output = workplace.judge(&["--deadline", wrong]);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(
            stderr(&output).contains("--deadline"),
            "{}",
            stderr(&output)
        );
    }
}

#[test]
fn known_failures_are_those_of_the_registry_side() {
    let workplace = Workplace::new("exit 1");
    let known = workplace.path("known.yaml");
    std::fs::write(&known, "- {case: publishes, reason: not written yet}\n").unwrap();
    let output = workplace.judge(&["--known-failures", known.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    std::fs::write(&known, "- {case: fetches, reason: not written yet}\n").unwrap();
    let output = workplace.judge(&["--known-failures", known.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
}

#[test]
fn mistakes_on_the_command_line_are_told() {
    let mistakes: [(&[&str], &[&str], &str); 4] = [
        (
            &[],
            &["no-such-program-anywhere"],
            "failed to find the client `no-such-program-anywhere`",
        ),
        (
            &["--registry", "http://127.0.0.1:1/"],
            &["true"],
            "--registry",
        ),
        (
            &["no-such-case"],
            &["true"],
            "no case matches no-such-case (`registry-conformance client --list` names all cases)",
        ),
        (&["--cases", "no-such-folder"], &["true"], "no-such-folder"),
    ];
    for (arguments, client, message) in mistakes {
        let output = judge(arguments, client);
        let expected = if message.starts_with("no case") { 4 } else { 2 };
        assert_eq!(output.status.code(), Some(expected), "{}", stderr(&output));
        assert!(stderr(&output).contains(message), "{}", stderr(&output));
    }
    let without = Command::new(env!("CARGO_BIN_EXE_registry-conformance"))
        .arg("client")
        .output()
        .unwrap();
    assert_eq!(without.status.code(), Some(2));
}

#[test]
fn a_case_about_a_client_is_none_about_a_registry() {
    let workplace = Workplace::new("exit 0");
    let cases = workplace.path("cases");
    let listed = Command::new(env!("CARGO_BIN_EXE_registry-conformance"))
        .args(["--list", "--cases"])
        .arg(&cases)
        .output()
        .unwrap();
    assert_eq!(stdout(&listed), "");
    let listed = workplace.judge(&["--list"]);
    assert_eq!(stdout(&listed), "publishes: test\n");
    let without_client = Command::new(env!("CARGO_BIN_EXE_registry-conformance"))
        .args(["client", "--list", "--cases"])
        .arg(&cases)
        .output()
        .unwrap();
    assert_eq!(without_client.status.code(), Some(0));
    assert_eq!(stdout(&without_client), "publishes: test\n");
    std::fs::write(
        cases.join("mixed.yaml"),
        "summary: A fault without a client.\nsession: {processing: immediate}\nsteps:\n  - inject: [{operation: create, fault: {status: 503}}]\n    expect: {rule: CLI-6}\n",
    )
    .unwrap();
    let refused = workplace.judge(&[]);
    assert_eq!(refused.status.code(), Some(2));
    let message = stderr(&refused);
    assert!(
        message.contains("`inject` is for cases with a `client` step"),
        "{message}"
    );
    assert!(
        message.contains("`session` is for cases with a `client` step"),
        "{message}"
    );
}

#[test]
fn an_interrupted_run_leaves_no_client_behind_and_blames_none() {
    // Both the client and a child in a session of its own.
    let workplace = Workplace::new(
        "setsid sh -c 'echo > \"$0/$$\"; exec sleep 1000' \"$(dirname \"$0\")/pids\" &\necho > \"$(dirname \"$0\")/pids/$$\"\nexec sleep 1000",
    );
    let pids = workplace.path("pids");
    std::fs::create_dir(&pids).unwrap();
    let many = PUBLISHES.replacen(
        "given:",
        "matrix: {turn: [1, 2, 3, 4, 5, 6, 7, 8]}\ngiven:",
        1,
    );
    std::fs::write(workplace.path("cases/publishes.yaml"), many).unwrap();
    let report = workplace.path("report.json");
    let mut harness = Command::new(env!("CARGO_BIN_EXE_registry-conformance"))
        .args(["client", "--test-threads", "2", "--report"])
        .arg(format!("json={}", report.display()))
        .arg("--cases")
        .arg(workplace.path("cases"))
        .arg("--")
        .arg(workplace.path("client"))
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let started = || std::fs::read_dir(&pids).unwrap().count();
    while started() < 4 {
        assert!(harness.try_wait().unwrap().is_none(), "the run has ended");
        std::thread::yield_now();
    }
    let killed = Command::new("kill")
        .args(["-INT", &harness.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    assert_eq!(harness.wait().unwrap().code(), Some(130));
    assert_eq!(cases(&report), Vec::<Value>::new(), "no client had ended");
    let report: Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    let missing = report["interrupted"]["not_judged"].as_array().unwrap();
    assert_eq!(missing.len(), 8);
    for client in std::fs::read_dir(&pids).unwrap() {
        assert_gone(&client.unwrap().file_name().into_string().unwrap());
    }
}

fn is_running(process: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{process}/stat")).is_ok_and(|status| {
        let rest = status.rsplit(')').next().unwrap_or_default();
        !rest.trim_start().starts_with('Z')
    })
}
