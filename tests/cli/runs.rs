//! Which cases run, and how a run ends.

use std::net::TcpListener;

use serde_json::Value;

use super::support::{file, run, text};

#[test]
fn an_unreachable_registry_is_exit_3_and_the_report_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    // Bound, so that nobody else takes it, and not listening.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let output = run(&[
        "--registry",
        &format!("http://127.0.0.1:{port}/"),
        "--report",
        &format!("json={}", report.display()),
    ]);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("failed to reach a registry"));
    let report: Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    assert_eq!(report["summary"]["pass"], 0);
    assert!(report["summary"]["error"].as_u64() > Some(0));
}

#[test]
fn an_empty_filter_is_exit_4() {
    let output = run(&["no-such-case-anywhere"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(text(&output.stderr).contains("no case matches no-such-case-anywhere"));
}

#[test]
fn a_name_that_no_case_has_is_told_beside_those_that_run() {
    let known = "sources/takes-every-declared-scheme[https]";
    let rows: &[(&[&str], &str)] = &[
        (
            &["--exact", known, "sources/refuses-empty-lst"],
            "warning: no case is called sources/refuses-empty-lst; did you mean `sources/refuses-empty-list`?",
        ),
        (
            &["--exact", known, "sources/refuses-undeclared-scheme"],
            "as `sources/refuses-undeclared-scheme[ipfs]`",
        ),
        (&[known, "sorces/"], "warning: no case matches sorces/"),
    ];
    for (arguments, message) in rows {
        let output = run(arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{said}");
        assert!(said.contains(message), "{said}");
        assert!(text(&output.stdout).contains("running 1 test\n"));
    }
    let output = run(&["--exact", "sources/refuses-empty-lst"]);
    assert_eq!(output.status.code(), Some(4));
    let said = text(&output.stderr);
    assert!(
        said.contains("did you mean `sources/refuses-empty-list`?"),
        "{said}"
    );
    let output = run(&["--exact", known]);
    assert!(!text(&output.stderr).contains("warning:"));
}

#[test]
fn a_failure_names_the_file_in_the_folder_that_was_given() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(
        &folder,
        "area/fails.yaml",
        "summary: Fails.\ngiven: {content: {component: seeded}}\nsteps:\n  - create:\n    expect: {rule: CRE-1, status: 299}\n",
    );
    let junit = folder.path().join("junit.xml");
    let output = run(&[
        "--cases",
        &folder.path().to_string_lossy(),
        "--report",
        &format!("junit={}", junit.display()),
    ]);
    assert_eq!(output.status.code(), Some(1));
    for said in [
        text(&output.stdout),
        std::fs::read_to_string(junit).unwrap(),
    ] {
        assert!(said.contains(&format!("({path}:4)")), "{said}");
    }
}

#[test]
fn known_failures_that_match_nothing_are_exit_2() {
    let folder = tempfile::tempdir().unwrap();
    let known = file(
        &folder,
        "known.yaml",
        "- {case: no/such-case, reason: gone}\n",
    );
    let output = run(&["--known-failures", &known]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("no/such-case"));
}

#[test]
fn a_known_failure_that_passes_fails_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let known = file(
        &folder,
        "known.yaml",
        "- {case: publish/upload-then-publish, reason: was broken}\n",
    );
    let output = run(&[
        "--known-failures",
        &known,
        "--exact",
        "publish/upload-then-publish",
    ]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("unexpected-pass"));
}

#[test]
fn listing_sends_nothing_and_is_clean() {
    let output = run(&[
        "--list",
        "--format",
        "terse",
        "--registry",
        "http://127.0.0.1:9/",
    ]);
    assert_eq!(output.status.code(), Some(0));
    let listed = text(&output.stdout);
    assert!(listed.lines().count() > 100);
    assert!(
        listed.lines().all(|line| line.ends_with(": test")),
        "{listed}"
    );
    assert!(text(&output.stderr).is_empty());
    let ignored = run(&["--list", "--format", "terse", "--ignored"]);
    assert_eq!(ignored.status.code(), Some(0));
}
