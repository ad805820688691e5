//! A slice of the kill matrix that covers every area, and the document of the whole of it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use registry_conformance::coverage::Inventory;
use registry_conformance::{case, requirement};
use serde_json::Value;

/// One or two defects of each area.
const SLICE: &[&str] = &[
    "drops-unknown-members",
    "conflict-without-location",
    "compares-digest-prefix",
    "takes-either-digest-form",
    "offers-no-upload-url",
    "takes-uploads-of-any-type",
    "wants-authorization-on-upload-host",
    "keeps-duplicate-sources",
    "shows-source-credentials",
    "wants-every-mirror",
    "accepts-alg-none",
    "takes-empty-crit",
    "ignores-release-digest",
    "publishes-again",
    "accepts-without-location",
    "status-readable-by-others",
    "lacks-head",
    "missing-is-null",
    "wrong-status-member",
    "method-not-allowed-without-allow",
    "lacks-challenge",
    "any-publisher-writes",
    "takes-archive-without-component",
    "takes-links",
];

fn coverage(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_registry-conformance"))
        .arg("coverage")
        .args(arguments)
        .output()
        .unwrap()
}

fn document() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/coverage.md")
}

#[test]
fn a_slice_of_the_defects_is_killed_in_every_area() {
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("coverage.json");
    let named = SLICE.join(",");
    let output = coverage(&[
        "--kills-only",
        "--unrelated",
        "0",
        "--defect",
        &named,
        "--json",
        json.to_str().unwrap(),
    ]);
    let shown = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(output.status.code(), Some(0), "{shown}");
    let matrix: Value = serde_json::from_str(&std::fs::read_to_string(json).unwrap()).unwrap();
    assert_eq!(matrix["summary"]["defects_killed"]["count"], SLICE.len());
    let areas: BTreeSet<&str> = matrix["defects"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|defect| defect["rule"].as_str()?.split('-').next())
        .collect();
    let all: BTreeSet<&str> = requirement::all()
        .filter(|rule| rule.side == requirement::Side::Registry)
        .filter_map(|rule| rule.id.split('-').next())
        .collect();
    assert_eq!(areas, all);
    for expectation in matrix["expectations"].as_array().unwrap() {
        for defect in expectation["defects"].as_array().unwrap() {
            assert!(SLICE.contains(&defect.as_str().unwrap()), "{expectation}");
        }
    }
}

#[test]
fn a_defect_that_no_selected_case_can_see_survives() {
    // The case carries the rule, and its signature is spelled as it should be: only its payload is another.
    let output = coverage(&[
        "--unrelated",
        "0",
        "--defect",
        "takes-padded-base64",
        "signature/refuses-tampered-payload",
    ]);
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{stdout}");
    assert!(stdout.contains("defects killed:           0/1"), "{stdout}");
    assert!(stdout.contains("takes-padded-base64"), "{stdout}");
}

#[test]
fn the_document_is_about_the_present_rules_cases_and_defects() {
    let path = document();
    let output = coverage(&["--check", path.to_str().unwrap()]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_document_about_other_defects_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("coverage.md");
    let text = std::fs::read_to_string(document()).unwrap();
    std::fs::write(&path, text.replace("`accepts-alg-none`", "`accepts-alg`")).unwrap();
    let output = coverage(&["--check", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("(now: | SIG-5 |"), "{stderr}");
}

#[test]
fn a_document_that_tells_of_a_hole_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("coverage.md");
    let text = std::fs::read_to_string(document()).unwrap();
    for (figure, hole) in [
        ("| neither | 0 |", "| neither | 7 |"),
        ("| defects killed | ", "| defects killed | 1"),
    ] {
        assert!(text.contains(figure));
        std::fs::write(&path, text.replace(figure, hole)).unwrap();
        let output = coverage(&["--check", path.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(1), "{hole}");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(stderr.contains("tells of a hole"), "{stderr}");
    }
}

/// A folder with one case, and the document of the matrix of it, written by the program.
fn documented() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let cases = folder.path().join("cases");
    std::fs::create_dir(&cases).unwrap();
    let case = cases.join("package-type.yaml");
    let text = "summary: An unknown package type is refused.\ngiven: {content: {component: seeded}}\nsteps:\n  - create: {set: {packageType: something}}\n    expect: {rule: CRE-7, refused: unsupported-package-type}\n";
    std::fs::write(&case, text).unwrap();
    let document = folder.path().join("coverage.md");
    let output = coverage(&[
        "--unrelated",
        "0",
        "--cases",
        cases.to_str().unwrap(),
        "--markdown",
        document.to_str().unwrap(),
    ]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    (folder, case, document)
}

/// What is said of the document.
fn checked(case: &Path, document: &Path) -> (Option<i32>, String) {
    let cases = case.parent().unwrap().to_str().unwrap();
    let output = coverage(&["--cases", cases, "--check", document.to_str().unwrap()]);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), stderr)
}

#[test]
fn a_document_about_another_text_of_the_cases_is_told() {
    let (_folder, case, document) = documented();
    assert_eq!(checked(&case, &document), (Some(0), String::new()));
    let text = std::fs::read_to_string(&case).unwrap();
    // The figures stay the same: one case, one expectation, one rule.
    let changed = text.replace("packageType: something", "packageType: anything");
    std::fs::write(&case, changed).unwrap();
    let (exit, stderr) = checked(&case, &document);
    assert_eq!(exit, Some(1));
    assert!(stderr.contains("(now: Fingerprint of the"), "{stderr}");
    assert!(
        stderr.contains("registry-conformance coverage --markdown"),
        "{stderr}"
    );
}

#[test]
fn line_ends_are_no_drift() {
    let (_folder, case, document) = documented();
    for path in [&case, &document] {
        let text = std::fs::read_to_string(path).unwrap();
        std::fs::write(path, text.replace('\n', "\r\n")).unwrap();
    }
    assert_eq!(checked(&case, &document), (Some(0), String::new()));
}

/// The exit code and the figures of a whole matrix of one case, in which `judged` is a second look, that no defect can fail.
fn matrix_of(judged: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "summary: An unknown package type is refused.\ngiven: {{content: {{component: seeded}}}}\nsteps:\n  - create: {{set: {{packageType: something}}}}\n    expect:\n      - {{rule: CRE-7, refused: unsupported-package-type}}\n      - {judged}\n"
    );
    std::fs::write(folder.path().join("package-type.yaml"), text).unwrap();
    let cases = folder.path().to_str().unwrap();
    let output = coverage(&["--unrelated", "0", "--cases", cases]);
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let figures = stdout
        .lines()
        .find_map(|line| line.strip_prefix("expectations with teeth:  "));
    (output.status.code(), figures.unwrap_or(&stdout).to_owned())
}

#[test]
fn an_expectation_needs_teeth_or_a_reason() {
    let matrices = [
        ("", Some(1), "1/2; 0 others with a reason, 1 without"),
        (
            ", control: true",
            Some(0),
            "1/2; 1 others with a reason, 0 without",
        ),
        (
            ", no-defect: It is so wide on purpose.",
            Some(0),
            "1/2; 1 others with a reason, 0 without",
        ),
    ];
    for (reason, exit, figures) in matrices {
        let judged = format!("{{rule: CRE-7, status: [2xx, 4xx]{reason}}}");
        assert_eq!(matrix_of(&judged), (exit, figures.to_owned()), "{judged}");
    }
}

#[test]
fn a_control_alone_proves_nothing() {
    // No other expectation of its rule has teeth.
    let (exit, figures) = matrix_of("{rule: PUB-8, status: [2xx, 4xx], control: true}");
    assert_eq!(exit, Some(1));
    assert_eq!(figures, "1/2; 0 others with a reason, 1 without");
}

#[test]
fn mistakes_on_the_command_line_are_told() {
    let output = coverage(&["--defect", "accepts-everything"]);
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("accepts-everything"), "{stderr}");
    assert_eq!(coverage(&["no-such-case"]).status.code(), Some(4));
}

#[test]
fn expectations_are_found_where_they_stand() {
    let text = "\
summary: A case with expectations in all places.
given: {content: {component: seeded}}
steps:
  - create:
    expect: {rule: CRE-1, status: 201}
  - attempt:
      - upload: content
        expect: [{status: 2xx}, {rule: UPL-1, status: 2xx}]
      - publish:
    expect: {rule: PUB-1, succeeds: true}
";
    let cases = case::parse(Path::new("x.yaml"), "area/x", text).unwrap();
    let inventory = Inventory::of(&cases);
    let found: Vec<(&str, &str, usize)> = inventory
        .expectations
        .iter()
        .map(|(expected, place)| {
            (
                expected.pointer.as_str(),
                expected.rule.as_str(),
                place.line,
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("/steps/0/expect", "CRE-1", 5),
            ("/steps/1/attempt/0/expect/1", "UPL-1", 8),
            ("/steps/1/expect", "PUB-1", 10),
        ]
    );
}
