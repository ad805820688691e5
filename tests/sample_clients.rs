//! The sample clients keep the rules for clients: each whose interpreter is there is judged by a share of the case files, another
//! one for each client, and by all cases with `cargo test --test sample_clients -- --ignored`.
#![cfg(unix)]

mod clients;

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use clients::{missing, root, rust_client, skip, without_proxy};

/// How many failures can be those of a machine that is busy with something else.
const FEW: usize = 12;

/// Which cases a client is judged by.
#[derive(Clone, Copy)]
enum Share {
    /// The first value of every so manieth file, from this one on.
    Every(usize, usize),
    Whole,
}

/// `at_once`: cases at the same time. Most of them wait; with more, clients would start too slowly on a small machine for
/// the cases about giving up in time.
fn judge(client: &Path, at_once: &str, share: Share) {
    let shared = match share {
        Share::Every(nth, from) => first_values(nth, from),
        Share::Whole => Vec::new(),
    };
    let mut arguments = vec!["--test-threads", at_once];
    if !shared.is_empty() {
        arguments.push("--exact");
        arguments.extend(shared.iter().map(String::as_str));
    }
    let failed = failures(client, &arguments);
    let ids: Vec<_> = failed.iter().map(|(id, _)| id.as_str()).collect();
    if ids.is_empty() {
        return;
    }
    assert!(ids.len() <= FEW, "{failed:#?}");
    // A mistake of the client is there again when nothing else runs; a moment without a processor is not.
    eprintln!("once more, one at a time: {}", ids.join(" "));
    let alone = [&["--test-threads", "1", "--exact"], ids.as_slice()].concat();
    let failed = failures(client, &alone);
    assert!(failed.is_empty(), "{failed:#?}");
}

/// The first value of every `nth` case file, beginning with the file `from`.
fn first_values(nth: usize, from: usize) -> Vec<String> {
    let mut harness = Command::new(env!("CARGO_BIN_EXE_registry-conformance"));
    let output = harness
        .args(["client", "--list", "--", "true"])
        .output()
        .unwrap();
    let listed = String::from_utf8(output.stdout).unwrap();
    let mut files = std::collections::BTreeSet::new();
    let first: Vec<String> = listed
        .lines()
        .filter_map(|line| line.strip_suffix(": test"))
        .filter(|id| files.insert(id.split('[').next().unwrap_or(id).to_owned()))
        .map(str::to_owned)
        .collect();
    let shared: Vec<String> = first.into_iter().skip(from).step_by(nth).collect();
    assert!(!shared.is_empty(), "{listed}");
    shared
}

/// The cases that did not pass, and why.
fn failures(client: &Path, arguments: &[&str]) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    let mut harness = Command::new(env!("CARGO_BIN_EXE_registry-conformance"));
    harness.args(["client", "--quiet", "--report"]);
    harness.arg(format!("json={}", report.display()));
    harness.args(arguments).arg("--").arg(client);
    let output = without_proxy(&mut harness).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let Ok(report) = std::fs::read_to_string(report) else {
        panic!("{}: {said}", output.status);
    };
    let report: Value = serde_json::from_str(&report).unwrap();
    let cases = report["cases"].as_array().unwrap();
    // A client that implements nothing of it is skipped, and has not passed.
    let failed: Vec<_> = cases
        .iter()
        .filter(|case| case["verdict"] != "pass")
        .map(|case| {
            (
                case["id"].as_str().unwrap().to_owned(),
                case["reason"].to_string(),
            )
        })
        .collect();
    assert!(!cases.is_empty(), "{said}");
    assert!(
        output.status.success() || !failed.is_empty(),
        "{}: {said}",
        output.status
    );
    failed
}

fn judge_sample(name: &str, path: &str, tools: &[&[&str]], at_once: &str, share: Share) {
    match missing(tools) {
        Some(tool) => skip(&format!("the sample client in {name}"), &tool),
        None => judge(&root().join("examples/clients").join(path), at_once, share),
    }
}

fn judge_bash(share: Share) {
    let tools: &[&[&str]] = &[
        &["bash", "--version"],
        &["curl", "--version"],
        &["jq", "--version"],
        &["openssl", "version"],
    ];
    judge_sample("bash", "bash/publish_client.sh", tools, "4", share);
}

fn judge_python(share: Share) {
    let tools: &[&[&str]] = &[&["python3", "-c", "import cryptography"]];
    judge_sample("Python", "python/publish_client.py", tools, "6", share);
}

fn judge_javascript(share: Share) {
    let old = "if (parseInt(process.versions.node) < 20) process.exit(1)";
    let tools: &[&[&str]] = &[&["node", "-e", old]];
    judge_sample(
        "JavaScript",
        "javascript/publish_client.mjs",
        tools,
        "6",
        share,
    );
}

/// A wrong place would only cost the matrix time, so nothing else would tell.
#[test]
fn mistakes_are_sought_in_cases_that_carry_their_rule() {
    if let Some(tool) = missing(&[&["python3", "-c", "import cryptography"]]) {
        return skip("the sample client's mistakes", &tool);
    }
    let output = Command::new("python3")
        .arg(root().join("examples/clients/python/defects.py"))
        .arg("--list")
        .output()
        .unwrap();
    let listed: Value = serde_json::from_slice(&output.stdout).unwrap();
    let cases = registry_conformance::case::built_in().unwrap();
    for defect in listed.as_array().unwrap() {
        let rule = defect["rule"].as_str().unwrap();
        for part in defect["seen-by"].as_array().unwrap() {
            let part = part.as_str().unwrap();
            let is_there = |case: &registry_conformance::case::Case| {
                case.id.contains(part) && case.requirements.iter().any(|carried| carried == rule)
            };
            assert!(
                cases.iter().any(is_there),
                "{}: no case of {rule} is called {part}",
                defect["name"]
            );
        }
    }
}

#[test]
fn bash_conforms() {
    judge_bash(Share::Every(8, 0));
}

#[test]
fn python_conforms() {
    judge_python(Share::Every(4, 1));
}

#[test]
fn javascript_conforms() {
    judge_javascript(Share::Every(4, 3));
}

#[test]
fn rust_conforms() {
    judge(&rust_client(), "8", Share::Every(2, 0));
}

#[test]
#[ignore = "minutes"]
fn bash_conforms_to_everything() {
    judge_bash(Share::Whole);
}

#[test]
#[ignore = "minutes"]
fn python_conforms_to_everything() {
    judge_python(Share::Whole);
}

#[test]
#[ignore = "minutes"]
fn javascript_conforms_to_everything() {
    judge_javascript(Share::Whole);
}

#[test]
#[ignore = "minutes"]
fn rust_conforms_to_everything() {
    judge(&rust_client(), "8", Share::Whole);
}
