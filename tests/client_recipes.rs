//! `docs/testing-a-client.md` says what is so: its commands and recipes are run as they stand there, with a sample client.
#![cfg(unix)]

mod clients;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use mock_registry::MockRegistry;
use registry_conformance::known_failures::KnownFailures;
use registry_conformance::yaml::Located;
use serde_json::Value;
use tempfile::TempDir;

use clients::{missing, root, rust_client, skip, without_proxy};

const GUIDE: &str = include_str!("../docs/testing-a-client.md");
/// How long a recipe may take, in seconds.
const PATIENCE: &str = "300";

/// Fenced blocks: what stands behind the language, and the text.
fn blocks() -> Vec<(&'static str, &'static str)> {
    let mut parts = GUIDE.split("\n```");
    parts.next();
    let blocks: Vec<_> = parts
        .step_by(2)
        .map(|block| {
            let (fence, text) = block.split_once('\n').unwrap();
            (fence.split_once(' ').map_or("", |(_, name)| name), text)
        })
        .collect();
    assert!(blocks.iter().all(|(name, _)| !name.is_empty()));
    blocks
}

fn block(wanted: &str) -> &'static str {
    let mut found = blocks().into_iter().filter(|(name, _)| *name == wanted);
    let (_, text) = found.next().unwrap_or_else(|| panic!("no block {wanted}"));
    assert!(found.next().is_none(), "two blocks {wanted}");
    text
}

/// What a newcomer has: both programs in PATH, a client, the key of the guide.
struct Newcomer {
    folder: TempDir,
    client: PathBuf,
}

impl Newcomer {
    fn new() -> Self {
        let newcomer = Self {
            folder: tempfile::tempdir().unwrap(),
            client: rust_client(),
        };
        let harness = env!("CARGO_BIN_EXE_registry-conformance");
        newcomer.program(
            "bin/registry-conformance",
            &format!("exec '{harness}' \"$@\""),
        );
        newcomer.program(
            "bin/mock-registry",
            &format!("exec '{harness}' mock \"$@\""),
        );
        newcomer.file("key.json", block("key.json"));
        newcomer
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    fn program(&self, name: &str, script: &str) {
        let path = self.file(name, &format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// The files of a recipe.
    fn recipe(&self, prefix: &str) {
        for (name, text) in blocks() {
            if let Some(name) = name.strip_prefix(prefix) {
                self.file(name, text);
            }
        }
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        let path = std::env::var("PATH").unwrap();
        let mut command = Command::new("timeout");
        command
            .args(["--kill-after=5", PATIENCE, program])
            .args(arguments);
        without_proxy(&mut command)
            .current_dir(self.folder.path())
            .env("PATH", format!("{}:{path}", self.path("bin").display()))
            .env("CLIENT", &self.client)
            .env("RUNNER_TEMP", self.folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }
}

fn shown(output: &Output) -> String {
    format!(
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn succeeded(output: &Output) -> String {
    let shown = shown(output);
    assert!(output.status.success(), "{}: {shown}", output.status);
    shown
}

#[test]
fn the_ten_minutes_go_as_written() {
    let tools: &[&[&str]] = &[
        &["bash", "--version"],
        &["curl", "--version"],
        &["jq", "--version"],
    ];
    if let Some(tool) = missing(tools) {
        return skip("the walk through the mock", &tool);
    }
    let commands: Vec<_> = blocks()
        .into_iter()
        .filter_map(|(name, text)| (name == "walk").then_some(text))
        .collect();
    assert!(commands.len() >= 5);
    // What fails ends it, and leaves no mock behind.
    let script = format!(
        "set -euo pipefail; trap 'kill $! 2>/dev/null || true' EXIT\n{}",
        commands.join("\n")
    );
    let newcomer = Newcomer::new();
    let shown = succeeded(&newcomer.run("bash", &["-c", &script]));
    // The client met the fault, tried again, and waited for the end.
    let met = shown.find("POST publish null connection");
    let again = shown.rfind("POST publish 409");
    let end = shown.rfind("GET status 200");
    assert!(met.is_some() && met < again && again < end, "{shown}");
}

#[test]
fn pytest_passes() {
    if let Some(tool) = missing(&[&["python3", "-m", "pytest", "--version"]]) {
        eprintln!("skipped: the recipe for pytest, as `{tool}` fails");
        return;
    }
    let newcomer = Newcomer::new();
    newcomer.recipe("pytest/");
    let shown = succeeded(&newcomer.run("python3", &["-m", "pytest", "-q"]));
    assert!(shown.contains("9 passed"), "{shown}");
}

#[test]
fn node_test_passes() {
    let old = "if (parseInt(process.versions.node) < 20) process.exit(1)";
    if let Some(tool) = missing(&[&["node", "-e", old]]) {
        return skip("the recipe for node:test", &tool);
    }
    let newcomer = Newcomer::new();
    newcomer.recipe("node/");
    let shown = succeeded(&newcomer.run("node", &["--test"]));
    assert!(
        shown.contains("pass 6") || shown.contains("pass 7"),
        "{shown}"
    );
}

#[test]
fn go_test_passes() {
    if let Some(tool) = missing(&[&["go", "version"]]) {
        eprintln!("skipped: the recipe for Go, as `{tool}` fails");
        return;
    }
    let newcomer = Newcomer::new();
    newcomer.recipe("go/");
    succeeded(&newcomer.run("go", &["mod", "init", "example.org/client"]));
    let shown = succeeded(&newcomer.run("go", &["test", "-v", "./..."]));
    assert!(
        shown.contains("--- PASS: TestBusyRegistry/upload"),
        "{shown}"
    );
    assert!(!shown.contains("FAIL"), "{shown}");
}

/// The commands of the workflow but for those that build, one step after the other, as a runner calls them.
#[test]
fn the_workflow_goes_as_written() {
    let workflow = Located::parse(block("workflow")).unwrap();
    let workflow = workflow.value;
    let steps = workflow["jobs"]["client"]["steps"].as_array().unwrap();
    let newcomer = Newcomer::new();
    newcomer.program("run-my-tests", "curl -fsS \"$1__admin/health\"");
    newcomer.program("my-client-adapter", "exec \"$CLIENT\" \"$@\"");
    newcomer.file("known.yaml", "[]\n");
    let case = "publish/publishes-what-it-was-given.yaml";
    let text = fs::read_to_string(root().join("cases/client").join(case)).unwrap();
    newcomer.file(&format!("cases/{case}"), &text);
    let mut script = String::from(
        "set -eo pipefail; trap 'kill $! 2>/dev/null || true' EXIT\n\
         export REGISTRY_CONFORMANCE_CASES=$PWD/cases GITHUB_PATH=$PWD/github-path GITHUB_ENV=$PWD/github-env\n",
    );
    let mut seen = 0;
    for step in steps.iter().filter(|step| step["id"] != "build") {
        if let Some(run) = step["run"].as_str() {
            script.push_str(run);
            script.push_str("\n[ ! -e \"$GITHUB_ENV\" ] || export $(cat \"$GITHUB_ENV\")\n");
            seen += 1;
        }
    }
    assert!(seen >= 4);
    if let Some(tool) = missing(&[&["bash", "--version"], &["curl", "--version"]]) {
        return skip("the workflow", &tool);
    }
    succeeded(&newcomer.run("bash", &["-c", &script]));
    let report = fs::read_to_string(newcomer.path("client.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    assert!(report["summary"]["pass"].as_u64().unwrap() > 0);
    assert!(newcomer.path("client.xml").exists());
}

#[test]
fn the_adapter_is_a_shell_script() {
    let newcomer = Newcomer::new();
    newcomer.program("bin/my-client", "printf '%s\\n' \"$@\"");
    newcomer.file("adapter", block("adapter"));
    let call = "CONFORMANCE_URL=u CONFORMANCE_TOKEN=t CONFORMANCE_KEY=k CONFORMANCE_NAME=n CONFORMANCE_VERSION=v CONFORMANCE_CONTENT=c sh adapter publish";
    let shown = succeeded(&newcomer.run("sh", &["-c", call]));
    let words: Vec<_> = shown.split_whitespace().collect();
    assert_eq!(
        words,
        "publish --registry u --token t --key k n@v c"
            .split(' ')
            .collect::<Vec<_>>()
    );
    assert_eq!(
        newcomer.run("sh", &["adapter", "fetch"]).status.code(),
        Some(89)
    );
}

#[test]
fn the_key_is_the_test_key() {
    let text = fs::read_to_string(root().join("src/jws/test-keys.jwks")).unwrap();
    let keys: Value = serde_json::from_str(&text).unwrap();
    let shown: Value = serde_json::from_str(block("key.json")).unwrap();
    let keys = keys["keys"].as_array().unwrap();
    let key = keys.iter().find(|key| key["kid"] == shown["kid"]).unwrap();
    for (name, value) in shown.as_object().unwrap() {
        assert_eq!(key[name], *value, "{name}");
    }
}

#[test]
fn known_failures_are_read() {
    KnownFailures::parse(block("known-failures"), Path::new("known.yaml")).unwrap();
}

/// Whoever copies a line of the table gets what it says, or at least no complaint.
#[tokio::test]
async fn everything_that_can_be_provoked_is_taken() {
    let table = GUIDE.split("\n## What I want to provoke\n").nth(1).unwrap();
    let table = table.split("\n## ").next().unwrap();
    let mock = MockRegistry::builder().start().await.unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let post = async |url: String, body: String| {
        let answer = client.post(url).body(body).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{text}");
        serde_json::from_str::<Value>(&text).unwrap()
    };
    let mut rows = 0;
    for row in table.lines().filter(|line| line.starts_with("| CLI-")) {
        let cells: Vec<_> = row.split(" | ").collect();
        let [_, _, place, body] = cells.as_slice() else {
            panic!("{row}");
        };
        let body = body.trim_end_matches(" |").trim_matches('`').to_owned();
        let url = if *place == "sessions" {
            format!("{}__admin/sessions", mock.url())
        } else {
            let session = post(format!("{}__admin/sessions", mock.url()), "{}".to_owned()).await;
            format!("{}{place}", session["admin"].as_str().unwrap())
        };
        post(url, body).await;
        rows += 1;
    }
    assert!(rows > 15, "{rows}");
}
