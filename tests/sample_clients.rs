//! The sample clients keep the rules for clients: each whose interpreter is there is judged by the whole suite.
#![cfg(unix)]

mod clients;

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use clients::{missing, root, rust_client, skip, without_proxy};

/// How many failures can be those of a machine that is busy with something else.
const FEW: usize = 12;

/// `at_once`: cases at the same time. Most of them wait; with more, clients would start too slowly on a small machine for
/// the cases about giving up in time.
fn judge(client: &Path, at_once: &str) {
    let failed = failures(client, &["--test-threads", at_once]);
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

fn judge_sample(name: &str, path: &str, tools: &[&[&str]], at_once: &str) {
    match missing(tools) {
        Some(tool) => skip(&format!("the sample client in {name}"), &tool),
        None => judge(&root().join("examples/clients").join(path), at_once),
    }
}

#[test]
fn bash_conforms() {
    let tools: &[&[&str]] = &[
        &["bash", "--version"],
        &["curl", "--version"],
        &["jq", "--version"],
        &["openssl", "version"],
    ];
    judge_sample("bash", "bash/publish_client.sh", tools, "4");
}

#[test]
fn python_conforms() {
    let tools: &[&[&str]] = &[&["python3", "-c", "import cryptography"]];
    judge_sample("Python", "python/publish_client.py", tools, "6");
}

#[test]
fn javascript_conforms() {
    let old = "if (parseInt(process.versions.node) < 20) process.exit(1)";
    let tools: &[&[&str]] = &[&["node", "-e", old]];
    judge_sample("JavaScript", "javascript/publish_client.mjs", tools, "6");
}

#[test]
fn rust_conforms() {
    judge(&rust_client(), "8");
}
