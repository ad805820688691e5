//! A registry that is hostile in every field, met by the program: nothing that it says steers a terminal or a runner, no
//! report is broken by it, and each stays within its budget.

use std::io::Write as _;
use std::net::TcpStream;
use std::process::Command;

use registry_conformance::outcome::{CaseOutcome, ExchangeRecord, Mismatch, Verdict};
use registry_conformance::report::{self, Closing, Report, Style};
use serde_json::{Value, json};

use crate::outcomes::{self, HOSTILE, assert_harmless, failed, passed, run, step};
use crate::server::{Place, document};

const MIB: usize = 1024 * 1024;

/// What no header field can hold is left out of it.
fn field_value() -> Vec<u8> {
    let is_taken = |octet: &u8| *octet >= b' ' && *octet != 0x7f;
    let mut value: Vec<u8> = HOSTILE.bytes().filter(is_taken).collect();
    value.push(0xff);
    value
}

/// An answer with as many header fields as are taken, and a body of which every text is hostile.
fn answer(number: usize, to: &mut TcpStream) -> std::io::Result<()> {
    let value = field_value();
    let body = json!({
        "type": HOSTILE, "title": HOSTILE.repeat(50), "detail": HOSTILE, "status": HOSTILE,
        "release": {"name": HOSTILE}, "uploadUrl": HOSTILE, "padding": "x".repeat(20_000),
    });
    let mut body = body.to_string().into_bytes();
    match number % 4 {
        0 => body.extend([0xff, 0xfe, 0]),
        1 => return document(to, "422 Unprocessable Content", &body),
        _ => {}
    }
    to.write_all([&b"HTTP/1.1 201 "[..], &value, b"\r\n"].concat().as_slice())?;
    for field in 0..60 {
        to.write_all(format!("X-{field}: ").as_bytes())?;
        to.write_all(&value.repeat(3))?;
        to.write_all(b"\r\n")?;
    }
    to.write_all(&[&b"Location: /"[..], &value, b"\r\n"].concat())?;
    to.write_all(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes())?;
    to.write_all(&body)
}

#[test]
fn nothing_that_it_says_gets_out_of_its_place() {
    let place = Place::new(answer);
    let summary = place.path("summary.md");
    let forms = ["json", "junit", "tap", "markdown"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_registry-conformance"));
    for (name, _) in std::env::vars() {
        if name.starts_with("REGISTRY_CONFORMANCE_") || name.starts_with("GITHUB_") {
            command.env_remove(name);
        }
    }
    for form in forms {
        let path = place.path(form);
        command.args(["--report", &format!("{form}={}", path.display())]);
    }
    let output = command
        .arg("--target")
        .arg(place.path("target.yaml"))
        .args(["publish/", "upload/"])
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", &summary)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_harmless(&stdout);
    // The commands there are its own: each is a line with a title that has nothing of the registry's.
    let own = regex::Regex::new(r"(?m)^::(error|warning) title=[\w .%()-]+::.*\n").unwrap();
    assert_harmless(&own.replace_all(&stderr, ""));
    let read = |name: &str| std::fs::read_to_string(place.path(name)).unwrap();
    let [json, junit, tap, markdown] = forms.map(read);
    for text in [&junit, &tap, &markdown] {
        assert_harmless(text);
    }
    assert_eq!(read("summary.md"), markdown);
    let report: Value = serde_json::from_str(&json).unwrap();
    let cases = report["cases"].as_array().unwrap();
    assert!(cases.len() > 80, "{}", cases.len());
    let points = tap
        .lines()
        .filter(|line| line.starts_with("ok ") || line.starts_with("not ok "));
    assert_eq!(points.count(), cases.len());
    assert_eq!(junit.matches("<testcase ").count(), cases.len());
    assert!(!junit.contains("<script") && !junit.contains('\u{fffe}'));
    assert!(markdown.len() < 256 * 1024, "{}", markdown.len());
    assert!(
        json.len() < 21 * MIB && junit.len() < 9 * MIB,
        "{}",
        json.len()
    );
}

/// Hundreds of failures, each with as much as a registry can make it say.
fn all_fail() -> Vec<CaseOutcome> {
    let rules: Vec<&str> = registry_conformance::requirement::all()
        .map(|rule| rule.id.as_str())
        .collect();
    (0..120)
        .map(|number| {
            let rule = rules[number % rules.len()];
            let long = |what: &str| format!("{what} {number} {HOSTILE}");
            let mismatch = |index: usize| {
                let level = registry_conformance::outcome::Level::Must;
                Mismatch::new(Some(rule), level, long(&format!("{index} did not hold:")))
                    .beside(long("this"), long("that"))
            };
            let fields: Vec<Value> = (0..24)
                .map(|field| json!({"name": format!("X-{field}"), "value": HOSTILE}))
                .collect();
            let exchange = json!({
                "request": {"method": "POST", "url": "http://127.0.0.1:9/", "headers": []},
                "response": {"status": 201, "reason": HOSTILE, "headers": fields, "body": {"text": long(""), "octets": 4}},
                "curl": long("curl"), "at_ms": 1, "duration_ms": 2,
            });
            let mut step = step("create", 3, (0..30).map(mismatch).collect());
            step.exchanges = vec![ExchangeRecord::of_value(&exchange); 10];
            step.transcripts = vec![long("> POST /"); 3];
            step.curl = Some(long("curl"));
            CaseOutcome {
                failed_requirements: vec![rule.to_owned()],
                requirements: vec![rule.to_owned()],
                reason: Some(format!("DIG-2: {}", HOSTILE.repeat(20))),
                steps: vec![step],
                ..outcomes::outcome(&format!("area-{}/case-{number}", number % 12), Verdict::Fail)
            }
        })
        .collect()
}

/// Whether it says that something is left out of it.
fn is_cut(case: &Value) -> bool {
    let text = case.to_string();
    text.contains("octets more") || text.contains("\"left_out\"")
}

#[test]
fn every_form_has_a_budget_and_every_verdict_a_place_in_it() {
    let (mut outcomes, run) = (all_fail(), run());
    let json = report::render_json(Report::new(&run, &outcomes)).unwrap();
    let junit = report::render_junit(&outcomes, &run, false).unwrap();
    let tap = report::render_tap(&outcomes, &run, false);
    let markdown = report::render_markdown(&outcomes, &run, false);
    let annotations = report::annotations(&outcomes, &run, false);
    let budgets = [
        ("JSON", json.len(), 13 * MIB),
        ("JUnit", junit.len(), 12 * MIB),
        ("TAP", tap.len(), 4 * MIB),
        ("Markdown", markdown.len(), 256 * 1024),
        ("annotations", annotations.len(), 120 * 1024),
    ];
    for (form, length, budget) in budgets {
        assert!(length <= budget, "{form}: {length} octets of {budget}");
    }
    let report: Value = serde_json::from_str(&json).unwrap();
    let read: Report = serde_json::from_value(report.clone()).unwrap();
    assert_eq!(read.cases.len(), outcomes.len());
    for (case, outcome) in report["cases"].as_array().unwrap().iter().zip(&outcomes) {
        assert_eq!(case["verdict"], "fail");
        assert_eq!(
            case["failed_requirements"],
            json!(outcome.failed_requirements)
        );
        let reason = case["reason"].as_str().unwrap();
        assert!(reason.starts_with("DIG-2:") && reason.ends_with("octets more"));
        assert!(is_cut(case), "{}", case["id"]);
    }
    assert_eq!(tap.matches("mismatches_left_out").count(), outcomes.len());
    assert!(junit.contains("octets more"));
    assert!(markdown.contains("which the other reports explain"));
    // A case that passes, and its area has to be named case by case.
    outcomes.extend((0..12).map(|area| passed(&format!("area-{area}/well"))));
    outcomes.sort_by(|left, right| left.id.cmp(&right.id));
    let closing = Closing::new(&run, &outcomes).text(&Style::plain(80));
    assert!(closing.lines().count() < 500, "{}", closing.lines().count());
    assert!(closing.len() < 64 * 1024, "{}", closing.len());
    let told = [
        "rules more: ",
        "They are too many to name.",
        "more; of a JSON report this makes all of them:",
    ];
    for said in told {
        assert!(closing.contains(said), "{said}: {closing}");
    }
}

/// What an ordinary failing run has of a case.
fn ordinary(id: &str) -> CaseOutcome {
    saying(id, 2048)
}

/// A failed case whose exchanges have bodies of so many octets.
fn saying(id: &str, octets: usize) -> CaseOutcome {
    let body = "x".repeat(octets);
    let message = json!({
        "method": "POST", "url": "http://127.0.0.1:9/", "status": 422,
        "headers": [{"name": "Content-Type", "value": "application/json"}],
        "body": {"text": body, "octets": octets},
    });
    let exchange = json!({"request": message, "response": message, "curl": body, "duration_ms": 1});
    let mut outcome = failed(id);
    outcome.steps[0].exchanges = vec![ExchangeRecord::of_value(&exchange); 8];
    outcome.steps[0].transcripts = vec![body; 2];
    outcome
}

/// Of one that says much more than it has to, texts are left out, and no exchange.
#[test]
fn a_case_that_passed_has_its_part_of_the_room_and_no_more() {
    let mut outcome = CaseOutcome {
        steps: saying("b/1", 16 * 1024).steps,
        ..passed("b/1")
    };
    outcome.steps[0].mismatches.clear();
    let json = report::render_json(Report::new(&run(), &[outcome])).unwrap();
    assert!(json.len() < MIB / 4, "{}", json.len());
    let read: Report = serde_json::from_str(&json).unwrap();
    let case = &read.cases[0];
    assert_eq!(case.exchanges.len(), 8);
    assert_eq!(case.left_out, None);
    assert!(is_cut(&json!(case)));
    assert_eq!(case.exchanges[0].request.value()["method"], "POST");
    assert_eq!(case.exchanges[0].response.value()["status"], 422);
}

#[test]
fn an_ordinary_failing_run_loses_nothing() {
    let mut outcomes: Vec<CaseOutcome> = (0..60).map(|n| ordinary(&format!("a/{n:03}"))).collect();
    let steps = outcomes[0].steps.clone();
    outcomes.extend((0..300).map(|n| CaseOutcome {
        steps: steps.clone(),
        ..passed(&format!("b/{n:04}"))
    }));
    for outcome in &mut outcomes[60..] {
        outcome.steps[0].mismatches.clear();
    }
    let whole = Report::new(&run(), &outcomes);
    let json = report::render_json(whole.clone()).unwrap();
    let read: Report = serde_json::from_str(&json).unwrap();
    for (case, whole) in read.cases.iter().zip(&whole.cases) {
        assert_eq!(json!(case), json!(whole), "not a word less");
    }
    let explained = report::explain(&outcomes[0]);
    assert!(!explained.contains("octets more"));
    let junit = report::render_junit(&outcomes, &run(), false).unwrap();
    assert!(!junit.contains("octets more"));
}
