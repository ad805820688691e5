//! `--seed` repeats a run: the same requests, to the octet, but for ports and for what the registry made up.

use std::process::Command;
use std::sync::LazyLock;

use mock_registry::MockRegistry;
use mock_registry::config::BadMirror;
use regex::Regex;
use serde_json::Value;

/// Parts of the ids of the cases that are compared: some of every area, with contents, archives, hosts, signatures and races.
const CASES: &[&str] = &[
    "access/upload",
    "assets/accepts-any-order",
    "create/keeps",
    "digest/verifies",
    "publish/upload",
    "publish/several",
    "hostile/jws-create-signature",
    "signature/keeps",
    "signature/refuses-embedded",
    "signature/refuses-impostor",
    "signature/refuses-unknown",
    "signature/signed-create-keeps",
    "sources/keeps",
    "upload/",
];

/// Requests of a run against a fresh registry, each as one line; sorted, since cases run side by side.
async fn requests(seed: &str) -> Vec<String> {
    let registry = MockRegistry::builder()
        .seed(7)
        .bad_mirror(BadMirror::Fail)
        .start()
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    let arguments = [
        "--registry",
        registry.url(),
        "--skip",
        "client/",
        "--seed",
        seed,
        "--report",
        &format!("json={}", report.display()),
    ]
    .map(str::to_owned);
    let output = tokio::task::spawn_blocking(move || {
        Command::new(env!("CARGO_BIN_EXE_registry-conformance"))
            .args(arguments)
            .args(CASES)
            .output()
            .unwrap()
    })
    .await
    .unwrap();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let report: Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    let mut lines = Vec::new();
    for case in report["cases"].as_array().unwrap() {
        for exchange in case["exchanges"].as_array().unwrap() {
            let request = &exchange["request"];
            if !request.is_null() {
                let line = format!("{} {} {request}", case["id"], exchange["name"]);
                lines.push(comparable(&line));
            }
        }
    }
    lines.sort();
    lines
}

/// Without ports and without what the registry made up.
fn comparable(line: &str) -> String {
    static RULES: LazyLock<[(Regex, &str); 2]> = LazyLock::new(|| {
        [
            (r"(127\.0\.0\.1|localhost):\d+", "$1:PORT"),
            (r"/(uploads|unpublished)/[0-9a-f]{32}", "/$1/TOKEN"),
        ]
        .map(|(pattern, replacement)| (Regex::new(pattern).unwrap(), replacement))
    });
    RULES
        .iter()
        .fold(line.to_owned(), |line, (rule, replacement)| {
            rule.replace_all(&line, *replacement).into_owned()
        })
}

#[tokio::test(flavor = "multi_thread")]
async fn one_seed_repeats_a_run_and_another_does_not() {
    let (first, second) = (requests("42").await, requests("42").await);
    assert!(first.len() > 200, "only {} requests", first.len());
    let only = |these: &[String], those: &[String]| -> Vec<String> {
        let lacks = |line: &&String| those.binary_search(line).is_err();
        these.iter().filter(lacks).take(5).cloned().collect()
    };
    let (gone, new) = (only(&first, &second), only(&second, &first));
    assert!(gone.is_empty() && new.is_empty(), "{gone:#?}\n{new:#?}");
    assert_eq!(first.len(), second.len());
    let other = requests("43").await;
    let is_create = |line: &&String| line.contains("/releases\"");
    let repeated: Vec<&String> = first
        .iter()
        .filter(is_create)
        .filter(|line| other.binary_search(line).is_ok())
        .collect();
    assert!(repeated.is_empty(), "{repeated:#?}");
}
