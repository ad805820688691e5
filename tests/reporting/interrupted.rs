//! A run that is interrupted: it ends in order, and every form says that it is not whole.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use registry_conformance::outcome::{CaseOutcome, Verdict};
use registry_conformance::report::{self, Answer, Closing, Interruption, Report, Run, Style};
use serde_json::Value;

use crate::outcomes::{failed, mixed, passed, run};
use crate::server::{Place, document, silence};

fn interrupted() -> Run {
    Run {
        interrupted: Some(Interruption {
            not_judged: vec!["upload/a".to_owned(), "upload/b[one]".to_owned()],
        }),
        ..run()
    }
}

#[test]
fn every_form_says_that_the_run_was_interrupted() {
    let (outcomes, run) = (vec![passed("digest/a"), passed("digest/c")], interrupted());
    let sentence = "interrupted: 2 of 4 cases were not judged";
    let report = Report::new(&run, &outcomes);
    let json: Value = serde_json::from_str(&report::render_json(report.clone()).unwrap()).unwrap();
    assert_eq!(
        json["interrupted"]["not_judged"],
        serde_json::json!(["upload/a", "upload/b[one]"])
    );
    assert_eq!(json["summary"]["pass"], 2);
    let markdown = report::render_markdown(&outcomes, &run, false);
    assert!(
        markdown.starts_with("## ⚠️ Publish API: Interrupted\n") && markdown.contains(sentence),
        "{markdown}"
    );
    let tap = report::render_tap(&outcomes, &run, false);
    assert!(tap.contains("\n1..4\n"), "{tap}");
    assert!(tap.ends_with(&format!("\nBail out! {sentence}\n")), "{tap}");
    let junit = report::render_junit(&outcomes, &run, false).unwrap();
    assert!(
        junit.contains(&format!(
            "<error message=\"{sentence}\" type=\"interrupted\">"
        )) && junit.contains("upload/b[one]"),
        "{junit}"
    );
    let html = report::render_html(&report, &run.invocation, false).unwrap();
    assert!(html.contains("<h1 id=\"headline\">Interrupted</h1>") && html.contains(sentence));
    let summary = report::Summary::of(&outcomes);
    let interruption = run.interrupted.as_ref();
    let svg = report::render_badge(&summary, interruption, false).unwrap();
    assert!(
        svg.contains("<title>publish api: interrupted</title>"),
        "{svg}"
    );
    let shields: Value =
        serde_json::from_str(&report::render_shields(&summary, interruption, false)).unwrap();
    assert_eq!(shields["message"], "interrupted");
    assert_eq!(shields["isError"], true);
    let annotations = report::annotations(&outcomes, &run, false);
    assert_eq!(
        annotations,
        format!("::error title=interrupted::{sentence}\n")
    );
    let closing = Closing::new(&run, &outcomes).text(&Style::plain(80));
    assert!(
        closing.ends_with("2 passed, 0 failed; interrupted: 2 of 4 cases were not judged\n"),
        "{closing}"
    );
}

#[test]
fn what_is_violated_stays_so_when_the_run_is_interrupted() {
    let (outcomes, run) = (vec![failed("digest/a")], interrupted());
    let summary = report::Summary::of(&outcomes);
    let interruption = run.interrupted.as_ref();
    let answer = Answer::of(&summary, false).after(interruption);
    assert_eq!(answer, Answer::DoesNotConform);
    let shields = report::render_shields(&summary, interruption, false);
    assert!(shields.contains("1 failing, interrupted"), "{shields}");
    let html = report::render_html(&Report::new(&run, &outcomes), &run.invocation, false).unwrap();
    assert!(html.contains("Does not conform") && html.contains("The run was interrupted"));
}

#[test]
fn a_report_of_a_run_that_came_to_its_end_is_as_ever() {
    let report = report::render_json(Report::new(&run(), &mixed())).unwrap();
    assert!(!report.contains("interrupted"));
}

fn harness(place: &Place, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_registry-conformance"));
    for (name, _) in std::env::vars() {
        if name.starts_with("REGISTRY_CONFORMANCE_") || name.starts_with("GITHUB_") {
            command.env_remove(name);
        }
    }
    command
        .arg("--target")
        .arg(place.path("target.yaml"))
        .args(arguments);
    command
}

fn interrupt(harness: &Child, signal: &str) {
    let killed = Command::new("kill")
        .args([signal, &harness.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
}

/// After the preflight has looked once more for what it made, the first case fails; then nothing is answered any more.
fn first_case_alone() -> Place {
    Place::new(|number, to| match number {
        0 | 1 => document(to, "404 Not Found", b"{}"),
        _ => silence(to),
    })
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

const CASES: [&str; 3] = [
    "create/naked-manifest-is-pending",
    "publish/upload-then-publish",
    "signature/accepts-es256",
];

#[test]
fn what_is_known_is_told_in_order_and_the_sum_is_last() {
    for (signal, threads) in [("-INT", "1"), ("-TERM", "2")] {
        let place = first_case_alone();
        let (report, log) = (place.path("report.json"), place.path("log"));
        let (said, json) = (place.path("said"), format!("json={}", report.display()));
        let summary = place.path("summary.md");
        let both = File::create(&said).unwrap();
        let mut harness = harness(&place, &["--test-threads", threads, "--report", &json])
            .arg("--logfile")
            .arg(&log)
            .arg("--exact")
            .args(CASES)
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_STEP_SUMMARY", &summary)
            .stdout(both.try_clone().unwrap())
            .stderr(both)
            .spawn()
            .unwrap();
        // The preflight and its second look, the case that fails, and those that wait; with two at a time the third has begun when the first has ended.
        place.wait_for(if threads == "1" { 4 } else { 5 });
        interrupt(&harness, signal);
        assert_eq!(harness.wait().unwrap().code(), Some(130));
        let said = read(&said);
        let sum = "0 passed, 1 failed; interrupted: 2 of 3 cases were not judged\nviolated rules: ";
        let (before, after) = said.split_once(sum).unwrap_or_else(|| panic!("{said}"));
        assert!(before.contains("interrupted; this is what is known so far"));
        assert!(before.contains("UNDER WAY when it was interrupted"));
        assert!(before.contains("\n::error title=interrupted::"), "{said}");
        assert!(
            after
                .lines()
                .skip(1)
                .all(|line| line.contains("behind in the registry")),
            "{said}"
        );
        let report: Value = serde_json::from_str(&read(&report)).unwrap();
        assert_eq!(report["summary"]["fail"], 1);
        let missing = report["interrupted"]["not_judged"].as_array().unwrap();
        assert_eq!(missing.len(), 2);
        assert_eq!(read(&log).lines().count(), 1);
        assert!(read(&summary).contains("The run was interrupted"));
    }
}

#[test]
fn before_the_first_case_everything_is_not_judged() {
    // Not even the create of the preflight is answered.
    let place = Place::new(|_, to| silence(to));
    let report = place.path("report.json");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let mut harness = harness(&place, &["--registry", &url, "--exact"])
        .args(CASES)
        .arg("--report")
        .arg(format!("json={}", report.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _connection = listener.accept().unwrap();
    interrupt(&harness, "-INT");
    assert_eq!(harness.wait().unwrap().code(), Some(130));
    let report: Value = serde_json::from_str(&read(&report)).unwrap();
    assert_eq!(report["cases"], serde_json::json!([]));
    let missing = report["interrupted"]["not_judged"].as_array().unwrap();
    assert_eq!(missing.len(), CASES.len());
}

#[test]
fn a_report_on_stdout_is_alone_there_when_the_run_is_interrupted_too() {
    let place = first_case_alone();
    let harness = harness(
        &place,
        &["--test-threads", "1", "--report", "json=-", "--exact"],
    )
    .args(CASES)
    .stdout(Stdio::piped())
    .stderr(Stdio::null())
    .spawn()
    .unwrap();
    place.wait_for(4);
    interrupt(&harness, "-INT");
    let output = harness.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        report["interrupted"]["not_judged"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_can_not_be_written_keeps_nothing_else_from_being_told() {
    let place = first_case_alone();
    let tap = place.path("report.tap");
    let harness = harness(
        &place,
        &["--test-threads", "1", "--report", "json=/dev/full"],
    )
    .arg("--report")
    .arg(format!("tap={}", tap.display()))
    .arg("--exact")
    .args(CASES)
    .stdout(Stdio::null())
    .stderr(Stdio::piped())
    .spawn()
    .unwrap();
    place.wait_for(4);
    interrupt(&harness, "-INT");
    let output = harness.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let said = String::from_utf8_lossy(&output.stderr);
    let (before, _) = said.split_once("\n0 passed, 1 failed;").unwrap();
    assert!(
        before.contains("error: failed to write the report /dev/full"),
        "{said}"
    );
    assert!(read(&tap).contains("\nBail out! interrupted"));
}

#[cfg(unix)]
#[test]
fn who_has_seen_enough_of_a_report_on_stdout_ends_nothing() {
    let mut harness = Command::new(env!("CARGO_BIN_EXE_registry-conformance"))
        .args(["--report", "json=-", "create/"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut beginning = [0; 10];
    let mut stdout = harness.stdout.take().unwrap();
    stdout.read_exact(&mut beginning).unwrap();
    drop(stdout);
    let output = harness.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(!said.contains("failed to write"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_second_signal_ends_at_once() {
    let place = first_case_alone();
    // Nobody reads it, so that writing it does not end.
    let pipe = place.path("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let mut harness = harness(&place, &["--test-threads", "1", "--exact"])
        .args(CASES)
        .arg("--report")
        .arg(format!("json={}", pipe.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    place.wait_for(4);
    interrupt(&harness, "-INT");
    let stderr = BufReader::new(harness.stderr.take().unwrap());
    let told = stderr
        .lines()
        .map_while(Result::ok)
        .any(|line| line.starts_with("interrupted;"));
    assert!(told);
    interrupt(&harness, "-INT");
    assert_eq!(harness.wait().unwrap().code(), Some(130));
}

#[test]
fn outcomes_that_are_known_are_those_of_the_report() {
    let run = interrupted();
    let outcomes: Vec<CaseOutcome> = mixed()
        .into_iter()
        .filter(|outcome| outcome.verdict == Verdict::Skip)
        .collect();
    let text = Closing::new(&run, &outcomes).text(&Style::plain(120));
    assert!(
        text.contains("5 skipped; interrupted: 2 of 7 cases"),
        "{text}"
    );
}
