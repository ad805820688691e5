//! Reports side by side.

use std::path::PathBuf;
use std::process::{Command, Output};

use registry_conformance::compare::{self, Comparison, Named};
use registry_conformance::outcome::{CaseOutcome, Level, Mismatch, Verdict};
use registry_conformance::report::{Interruption, Report, Run, Style};
use serde_json::json;

use crate::outcomes::{HOSTILE, assert_harmless, failed, hostile, mixed, passed, run, skipped};

fn named(name: &str, outcomes: &[CaseOutcome]) -> Named {
    Named {
        name: name.to_owned(),
        report: Report::new(&run(), outcomes),
    }
}

fn earlier() -> Vec<CaseOutcome> {
    let mut outcomes = mixed();
    for outcome in &mut outcomes {
        match outcome.id.as_str() {
            "digest/b[one]" => *outcome = passed("digest/b[one]"),
            "digest/c" => *outcome = failed("digest/c"),
            "digest/sha512" => *outcome = passed("digest/sha512"),
            _ => {}
        }
    }
    outcomes
}

#[test]
fn what_was_mended_and_what_broke_at_80_columns() {
    let comparison = Comparison::of(&[named("old", &earlier()), named("new", &mixed())]);
    insta::assert_snapshot!(compare::render_text(&comparison, false, &Style::plain(80)));
    assert!(comparison.is_regression(false));
}

#[test]
fn the_comparison_in_markdown_and_html() {
    let comparison = Comparison::of(&[
        named("first", &[passed("digest/a")]),
        named("old", &earlier()),
        named("new", &mixed()),
    ]);
    insta::assert_snapshot!(compare::render_markdown(&comparison));
    insta::assert_snapshot!(compare::render_html(&comparison).unwrap());
}

#[test]
fn a_rule_of_every_answer_that_is_no_longer_violated_is_mended() {
    let mut violates = failed("digest/a");
    violates.failed_requirements.push("PUB-1".to_owned());
    let no_document = Mismatch::new(Some("PUB-1"), Level::Must, "the body is no release");
    violates.steps[0].mismatches.push(no_document);
    violates.requirements.push("PUB-1".to_owned());
    let comparison = Comparison::of(&[
        named("old", &[violates]),
        named("new", &[passed("digest/a")]),
    ]);
    let rule = comparison
        .rules
        .iter()
        .find(|row| row.id == "PUB-1")
        .unwrap();
    assert_eq!(rule.change, compare::Change::Mended);
    assert!(!comparison.is_regression(true));
}

#[test]
fn what_an_interrupted_run_did_not_come_to_is_not_mended_and_not_gone() {
    let whole = [failed("digest/a"), passed("digest/b"), passed("digest/c")];
    let mut cut = named("cut", &[passed("digest/b")]);
    cut.report.interrupted = Some(Interruption {
        not_judged: vec!["digest/a".to_owned()],
    });
    let comparison = Comparison::of(&[named("whole", &whole), cut.clone()]);
    let change = |rows: &[compare::Row], id: &str| {
        rows.iter().find(|row| row.id == id).map(|row| row.change)
    };
    let (not_run, gone) = (compare::Change::NotRun, compare::Change::NoLongerJudged);
    // Another case of the rule passes; the one that violated it was not run.
    assert_eq!(change(&comparison.rules, "DIG-2"), Some(not_run));
    assert_eq!(change(&comparison.cases, "digest/a"), Some(not_run));
    assert_eq!(change(&comparison.cases, "digest/c"), Some(gone));
    let text = compare::render_text(&comparison, false, &Style::plain(80));
    let markdown = compare::render_markdown(&comparison);
    let html = compare::render_html(&comparison).unwrap();
    for (form, text) in [("text", &text), ("Markdown", &markdown), ("HTML", &html)] {
        assert!(
            text.contains("interrupted: 1 of 2") && text.contains("not run"),
            "{form}: {text}"
        );
        assert!(!text.to_lowercase().contains("mended"), "{form}: {text}");
    }
    assert!(text.ends_with("nothing broke in what was run before the interruption\n"));
    // A violation is one, however little was run.
    cut.report.cases[0].verdict = Verdict::Fail;
    cut.report.requirements[0].verdict = Verdict::Fail;
    let broke = Comparison::of(&[named("whole", &[passed("digest/b")]), cut]);
    assert_eq!(change(&broke.rules, "DIG-2"), Some(compare::Change::Broke));
}

#[test]
fn a_form_on_stdout_is_alone_there() {
    let folder = tempfile::tempdir().unwrap();
    let good = file(&folder, "good.json", &report(&[passed("digest/a")]));
    let run_there = |arguments: &[&str]| run_compare(&[&[&*good, &*good], arguments].concat());
    for (option, begin) in [
        ("--markdown", "# Conformance to the Publish API, compared\n"),
        ("--html", "<!doctype html>"),
    ] {
        let output = run_there(&[option, "-"]);
        assert_eq!(output.status.code(), Some(0));
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            told.starts_with(begin) && !told.contains("nothing broke"),
            "{told}"
        );
    }
    let both = run_there(&["--markdown", "-", "--html", "-"]);
    assert_eq!(both.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&both.stderr).contains("one `-` at most"));
    assert!(both.stdout.is_empty() && !std::path::Path::new("-").exists());
}

#[test]
fn a_hostile_report_does_nothing_in_any_form() {
    let target = json!({"registry": HOSTILE});
    let run = Run { target, ..run() };
    let report = Report::new(&run, &hostile());
    let mut other = report.clone();
    for case in &mut other.cases {
        case.id = format!("{}{HOSTILE}", case.id);
        case.verdict = Verdict::Fail;
    }
    let comparison = Comparison::of(&[
        Named {
            name: "a".to_owned(),
            report,
        },
        Named {
            name: "b".to_owned(),
            report: other,
        },
    ]);
    let text = compare::render_text(&comparison, false, &Style::plain(80));
    let markdown = compare::render_markdown(&comparison);
    let html = compare::render_html(&comparison).unwrap();
    for text in [&text, &markdown] {
        assert_harmless(text);
    }
    let markup = html.split("</style>").nth(1).unwrap();
    assert!(
        !markup.contains("<script") && !html.contains('\x1b'),
        "{html}"
    );
    assert!(
        html.replace("&#39;", "'")
            .contains("default-src 'none'; script-src 'none'")
    );
}

fn run_compare(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_registry-conformance"));
    for (name, _) in std::env::vars() {
        if name.starts_with("REGISTRY_CONFORMANCE_") || name.starts_with("GITHUB_") {
            command.env_remove(name);
        }
    }
    command.arg("compare").args(arguments).output().unwrap()
}

fn file(folder: &tempfile::TempDir, name: &str, text: &str) -> String {
    let path: PathBuf = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path.to_string_lossy().into_owned()
}

fn report(outcomes: &[CaseOutcome]) -> String {
    serde_json::to_string(&Report::new(&run(), outcomes)).unwrap()
}

#[test]
fn something_that_broke_is_exit_1() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| file(&folder, name, text);
    let good = file(
        "good.json",
        &report(&[passed("digest/a"), passed("digest/b")]),
    );
    let bad = file(
        "bad.json",
        &report(&[failed("digest/a"), passed("digest/b")]),
    );
    let less = file(
        "less.json",
        &report(&[skipped("digest/a", "cancel"), passed("digest/b")]),
    );
    let markdown = folder.path().join("out.md").to_string_lossy().into_owned();
    let html = folder
        .path()
        .join("out.html")
        .to_string_lossy()
        .into_owned();
    let rows: Vec<(Vec<&str>, i32, &str)> = vec![
        (vec![&good, &good], 0, ""),
        (vec![&good, &bad], 1, ""),
        (
            vec![&bad, &good, "--markdown", &markdown, "--html", &html],
            0,
            "",
        ),
        (vec![&good, &bad, &good], 0, ""),
        (vec![&good, &less], 0, ""),
        (vec![&good], 2, "REPORT"),
        (vec![&good, "/no/such/file.json"], 2, "/no/such/file.json"),
    ];
    for (arguments, code, message) in rows {
        let output = run_compare(&arguments);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {stderr}");
        assert!(stderr.contains(message), "{stderr}");
    }
    for path in [markdown, html] {
        assert!(std::fs::read_to_string(path).unwrap().contains("Mended"));
    }
}

#[test]
fn a_bad_report_is_exit_2_with_one_clear_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| file(&folder, name, text);
    let good = file("good.json", &report(&[passed("digest/a")]));
    let other_profile = report(&[]).replacen("\"profile\":\"0.1.0\"", "\"profile\":\"9.0.0\"", 1);
    let other_rule =
        report(&[failed("digest/a")]).replace("\"id\":\"DIG-2\"", "\"id\":\"DIG-\\u001b99\"");
    let other_member = report(&[]).replacen('{', "{\"extra\":1,", 1);
    let truncated = report(&[passed("digest/a")]);
    let deep = format!(
        r#"{{"tool": "registry-conformance", "profile": "0.1.0", "target": {}{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let malformed = [
        ("empty.json", String::new(), "EOF"),
        ("text.json", "no JSON \x1b[31m".to_owned(), "line 1"),
        (
            "cut.json",
            truncated[..truncated.len() / 2].to_owned(),
            "line 1",
        ),
        (
            "other.json",
            "{\"tool\": \"x\", \"profile\": \"y\"}".to_owned(),
            "tool",
        ),
        ("list.json", "[]".to_owned(), "invalid"),
        ("deep.json", deep, "recursion"),
        (
            "profile.json",
            other_profile,
            "version 9.0.0 of the profile",
        ),
        ("rule.json", other_rule, "no rule"),
        ("member.json", other_member, "extra"),
    ];
    for (name, text, message) in malformed {
        let path = file(name, &text);
        let output = run_compare(&[&good, &path]);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{name}: {stderr}");
        assert!(
            stderr.contains(message) && stderr.contains(name),
            "{stderr}"
        );
        assert!(
            output.stdout.is_empty() && stderr.lines().count() == 1,
            "{stderr}"
        );
        assert!(!stderr.contains('\x1b'));
    }
    let huge = folder.path().join("huge.json");
    std::fs::File::create(&huge)
        .unwrap()
        .set_len(compare::MAX_SIZE + 1)
        .unwrap();
    let error = compare::load(&huge).unwrap_err().to_string();
    assert!(error.contains("larger than"), "{error}");
}
