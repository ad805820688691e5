//! The command line as people and scripts meet it: exit codes, where output goes, one clear message for each mistake.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

fn suite() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_registry-conformance"));
    for (name, _) in std::env::vars() {
        if name.starts_with("REGISTRY_CONFORMANCE_") || name.starts_with("GITHUB_") {
            command.env_remove(name);
        }
    }
    command
}

fn run(arguments: &[&str]) -> Output {
    suite().args(arguments).output().unwrap()
}

fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

fn file(folder: &tempfile::TempDir, name: &str, text: &str) -> String {
    let path: PathBuf = folder.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path.to_string_lossy().into_owned()
}

#[test]
fn a_case_with_a_misspelt_key_is_exit_2_with_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    file(
        &folder,
        "area/case.yaml",
        "summary: A misspelt key.\nsteps:\n  - create:\n    expcet: {rule: CRE-1}\n",
    );
    let output = run(&["--cases", &folder.path().to_string_lossy()]);
    assert_eq!(output.status.code(), Some(2));
    let message = text(&output.stderr);
    assert!(
        message.contains("case.yaml:4:5") && message.contains("expcet"),
        "{message}"
    );
    assert!(output.stdout.is_empty());
}

#[test]
fn a_target_with_an_unknown_capability_is_exit_2_with_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let target = file(
        &folder,
        "target.yaml",
        "registry: http://127.0.0.1:9/\ncapabilities:\n  uplod: true\n",
    );
    let output = run(&["--target", &target]);
    assert_eq!(output.status.code(), Some(2));
    let message = text(&output.stderr);
    assert!(
        message.contains("target.yaml:3") && message.contains("upload"),
        "{message}"
    );
}

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
fn a_word_near_a_subcommand_is_exit_2_and_not_a_filter() {
    for word in [
        "covarage",
        "coverag",
        "doctro",
        "mokc",
        "completion",
        "comletions",
        "mann",
    ] {
        let output = run(&[word]);
        assert_eq!(output.status.code(), Some(2), "{word}");
        assert!(
            text(&output.stderr).contains("did you mean"),
            "{word}: {}",
            text(&output.stderr)
        );
    }
}

#[test]
fn bad_options_are_exit_2_with_one_message() {
    let rows: &[(&[&str], &str)] = &[
        (&["--report", "jsn=x"], "json"),
        (&["--report", "json"], "FORMAT=PATH"),
        (
            &["--report", "json=-", "--report", "junit=-"],
            "one `-` at most",
        ),
        (&["--registry", "ftp://127.0.0.1/"], "http"),
        (&["--target", "/no/such/file.yaml"], "/no/such/file.yaml"),
        (&["--cases", "/no/such/folder"], "/no/such/folder"),
        (
            &["--known-failures", "/no/such/file.yaml"],
            "/no/such/file.yaml",
        ),
        (&["--nonsense"], "--nonsense"),
    ];
    for (arguments, expected) in rows {
        let output = run(arguments);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
        assert!(message.contains(expected), "{arguments:?}: {message}");
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
        serde_json::from_str(include_str!("../schemas/report.schema.json")).unwrap();
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
fn the_written_target_file_means_the_defaults() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("target.yaml");
    let path = path.to_string_lossy();
    assert_eq!(run(&["init", &path]).status.code(), Some(0));
    let again = run(&["init", &path]);
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("--force"));
    let written = registry_conformance::target::Target::parse(
        &std::fs::read_to_string(&*path).unwrap(),
        std::path::Path::new(&*path),
        &registry_conformance::target::Environment::from_iter([("X", "y")]),
        &registry_conformance::target::LoadOptions::default(),
    )
    .unwrap();
    let defaults = registry_conformance::target::Target::with_defaults(written.registry.clone());
    assert_eq!(written.redacted_json(), defaults.redacted_json());
}

#[test]
fn keys_are_public_and_complete() {
    let output = run(&["keys"]);
    assert_eq!(output.status.code(), Some(0));
    let keys: Value = serde_json::from_slice(&output.stdout).unwrap();
    let kids: Vec<&str> = keys["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| {
            assert!(
                key.get("d").is_none() && key.get("alg").is_some() && key.get("identity").is_some()
            );
            key["kid"].as_str().unwrap()
        })
        .collect();
    assert_eq!(
        kids,
        [
            "owner-es256",
            "owner-ed25519",
            "other-es256",
            "other-ed25519"
        ]
    );
}

#[test]
fn exported_cases_can_be_checked_and_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine");
    let path = path.to_string_lossy();
    assert_eq!(run(&["cases", "export", &path]).status.code(), Some(0));
    let check = run(&["cases", "check", &path]);
    assert_eq!(check.status.code(), Some(0), "{}", text(&check.stderr));
    let listed = run(&["cases", "list", "--json"]);
    let cases: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert!(cases.as_array().unwrap().len() > 100);
    let output = run(&["--cases", &path, "--exact", "publish/upload-then-publish"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn help_and_version_are_on_stdout_and_exit_0() {
    for option in ["--help", "--version"] {
        let output = run(&[option]);
        assert_eq!(output.status.code(), Some(0));
        assert!(
            !output.stdout.is_empty() && output.stderr.is_empty(),
            "{option}"
        );
    }
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

#[test]
fn a_registry_url_with_a_password_is_exit_2_and_does_not_repeat_it() {
    let output = run(&["--registry", "http://owner:hunter2@127.0.0.1:9/"]);
    assert_eq!(output.status.code(), Some(2));
    let message = text(&output.stderr);
    assert!(
        message.contains("identities") && !message.contains("hunter2"),
        "{message}"
    );
}

#[test]
fn completions_are_for_every_shell_and_know_the_subcommands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = run(&["completions", shell]);
        let script = text(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{shell}");
        for word in ["doctor", "completions", "known-failures"] {
            assert!(script.contains(word), "{shell}: no {word}");
        }
    }
    assert_eq!(run(&["completions", "tcsh"]).status.code(), Some(2));
}

#[test]
fn manual_pages_are_one_for_each_subcommand_and_the_mock() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("share/man1");
    // What is set where the pages are made does not get into them.
    let output = suite()
        .args(["man", &pages.to_string_lossy()])
        .env(
            "REGISTRY_CONFORMANCE_REGISTRY",
            "http://from-the-environment.test/",
        )
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(output.stdout.is_empty());
    let mut names: Vec<String> = std::fs::read_dir(&pages)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    for name in [
        "mock-registry.1",
        "registry-conformance.1",
        "registry-conformance-cases-export.1",
        "registry-conformance-doctor.1",
        "registry-conformance-run.1",
    ] {
        assert!(names.iter().any(|known| known == name), "{names:?}");
        let page = std::fs::read_to_string(pages.join(name)).unwrap();
        assert!(
            page.contains(".TH") && !page.contains("from-the-environment"),
            "{name}"
        );
    }
    let run_page = std::fs::read_to_string(pages.join("registry-conformance-run.1")).unwrap();
    assert!(run_page.contains("known\\-failures"));
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert_eq!(
        run(&["man", &file.to_string_lossy()]).status.code(),
        Some(2)
    );
}

#[test]
fn a_filter_that_selects_cases_is_no_misspelt_subcommand() {
    // Near `man`, and a part of ids.
    let output = run(&["--list", "many"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("many"));
}
