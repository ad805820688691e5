//! Reports, annotations, colours.

use serde_json::Value;

use super::support::{file, run, suite, text};

#[test]
fn a_report_on_stdout_is_alone_there_and_satisfies_its_schema() {
    let output = run(&[
        "--report",
        "json=-",
        "--exact",
        "publish/upload-then-publish",
        "--seed",
        "7",
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let schema: Value =
        serde_json::from_str(include_str!("../../schemas/report.schema.json")).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&report)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!(report["seed"], 7);
    assert_eq!(report["summary"]["pass"], 1);
    let exchanges = report["cases"][0]["exchanges"].as_array().unwrap();
    assert!(exchanges.len() >= 5);
    let all = text(&output.stdout);
    assert!(
        !all.contains("Bearer conformance-owner"),
        "a token is in the report"
    );
    assert!(all.contains("$TOKEN_OWNER"));
}

#[test]
fn junit_marks_a_failure_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("junit.xml");
    let known = file(
        &folder,
        "known.yaml",
        "- {case: publish/upload-then-publish, reason: x}\n",
    );
    let output = run(&[
        "--known-failures",
        &known,
        "--report",
        &format!("junit={}", path.display()),
        "--exact",
        "publish/upload-then-publish",
    ]);
    assert_eq!(output.status.code(), Some(1));
    let junit = std::fs::read_to_string(path).unwrap();
    assert!(
        junit.contains("<failure") && junit.contains("failures=\"1\""),
        "{junit}"
    );
}

#[test]
fn a_run_in_a_workflow_annotates_and_appends_its_summary() {
    let folder = tempfile::tempdir().unwrap();
    let summary = file(&folder, "summary.md", "# What stood there before\n");
    let known = file(
        &folder,
        "known.yaml",
        "- {case: publish/upload-then-publish, reason: x}\n",
    );
    let arguments = [
        "--known-failures",
        &known,
        "--exact",
        "publish/upload-then-publish",
        "--format",
        "json",
    ];
    let output = suite()
        .args(arguments)
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", &summary)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = text(&output.stderr);
    assert!(
        stderr.contains("::error title=unexpected-pass%3A publish/upload-then-publish::"),
        "{stderr}"
    );
    let summary = std::fs::read_to_string(summary).unwrap();
    assert!(
        summary.starts_with("# What stood there before\n## ❌ Publish API: Does not conform"),
        "{summary}"
    );
    for line in text(&output.stdout).lines() {
        serde_json::from_str::<Value>(line).unwrap();
    }
    let elsewhere = run(&arguments);
    assert!(!text(&elsewhere.stderr).contains("::error"));
    let full = file(&folder, "full.md", &"x".repeat(1024 * 1024));
    let output = suite()
        .args(arguments)
        .env("GITHUB_STEP_SUMMARY", &full)
        .output()
        .unwrap();
    let said = text(&output.stderr);
    assert!(
        said.contains("warning: failed to append to GITHUB_STEP_SUMMARY"),
        "{said}"
    );
    assert_eq!(std::fs::read(full).unwrap().len(), 1024 * 1024);
}

#[test]
fn any_number_of_reports_are_written_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let formats = ["json", "junit", "markdown", "tap", "badge", "shields"];
    let mut arguments = vec![
        "--exact".to_owned(),
        "publish/upload-then-publish".to_owned(),
    ];
    for format in formats {
        let path = folder.path().join(format);
        arguments.extend([
            "--report".to_owned(),
            format!("{format}={}", path.display()),
        ]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = run(&arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let begins = ["{", "<?xml", "## ✅", "TAP version 14\n", "<svg", "{"];
    for (format, begin) in formats.iter().zip(begins) {
        let report = std::fs::read_to_string(folder.path().join(format)).unwrap();
        assert!(report.starts_with(begin), "{format}: {report}");
    }
}

#[test]
fn a_reader_that_has_seen_enough_costs_no_result() {
    let folder = tempfile::tempdir().unwrap();
    for threads in ["1", "2"] {
        let report = folder.path().join(threads);
        let mut run = suite()
            .args(["--test-threads", threads, "--exact"])
            .args([
                "publish/upload-then-publish",
                "create/naked-manifest-is-pending",
            ])
            .arg("--report")
            .arg(format!("json={}", report.display()))
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        drop(run.stdout.take());
        let output = run.wait_with_output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{said}");
        assert!(
            said.contains("2 passed, 0 failed") && !said.contains("panicked"),
            "{said}"
        );
        let report: Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
        assert_eq!(report["summary"]["pass"], 2);
    }
}

#[test]
fn colour_is_for_terminals_and_for_those_who_ask() {
    let arguments = ["--exact", "publish/upload-then-publish"];
    assert!(!text(&run(&arguments).stderr).contains('\x1b'));
    let asked = suite()
        .args(arguments)
        .args(["--color", "always"])
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    assert!(text(&asked.stderr).contains("\x1b["));
}
