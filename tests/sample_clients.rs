//! The sample clients keep the rules for clients: each whose interpreter is there is judged by the whole suite.
#![cfg(unix)]

mod clients;

use std::path::Path;
use std::process::Command;

use clients::{missing, root, rust_client, skip, without_proxy};

/// Cases at a time. Most of them wait; with more, interpreters would start too slowly on a small machine.
const THREADS: &str = "8";

fn judge(client: &Path) {
    let mut harness = Command::new(env!("CARGO_BIN_EXE_registry-conformance"));
    harness.args(["client", "--quiet", "--test-threads", THREADS, "--"]);
    let output = without_proxy(harness.arg(client)).output().unwrap();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    // A client that implements nothing is skipped, and would pass.
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.contains(" 0 ignored"), "{stdout}");
}

fn judge_sample(name: &str, path: &str, tools: &[&[&str]]) {
    match missing(tools) {
        Some(tool) => skip(&format!("the sample client in {name}"), &tool),
        None => judge(&root().join("examples/clients").join(path)),
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
    judge_sample("bash", "bash/publish_client.sh", tools);
}

#[test]
fn python_conforms() {
    let tools: &[&[&str]] = &[&["python3", "-c", "import cryptography"]];
    judge_sample("Python", "python/publish_client.py", tools);
}

#[test]
fn javascript_conforms() {
    let old = "if (parseInt(process.versions.node) < 20) process.exit(1)";
    let tools: &[&[&str]] = &[&["node", "-e", old]];
    judge_sample("JavaScript", "javascript/publish_client.mjs", tools);
}

#[test]
fn rust_conforms() {
    judge(&rust_client());
}
