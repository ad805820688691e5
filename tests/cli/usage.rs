//! Command lines and files that are wrong, and what the program says of itself.

use super::support::{file, run, text};

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
fn a_filter_that_selects_cases_is_no_misspelt_subcommand() {
    // Near `man`, and a part of ids.
    let output = run(&["--list", "many"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("many"));
}
