//! The `mock-registry` program.

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mock-registry"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("MOCK_REGISTRY_")) {
        command.env_remove(name);
    }
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Starts it and waits for its ready line.
fn ready(command: &mut Command) -> (Child, BufReader<std::process::ChildStdout>, Value) {
    let mut child = command.spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    if line.is_empty() {
        let mut errors = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut errors)
            .unwrap();
        panic!("{errors}");
    }
    (child, stdout, serde_json::from_str(&line).unwrap())
}

fn stop(mut child: Child, mut stdout: BufReader<std::process::ChildStdout>, signal: &str) {
    let sent = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "", "stdout has the ready line only");
}

fn run(command: &mut Command) -> Output {
    command.output().unwrap()
}

async fn get(url: &str) -> Value {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    serde_json::from_slice(&client.get(url).send().await.unwrap().bytes().await.unwrap()).unwrap()
}

#[tokio::test]
async fn says_when_it_is_ready_and_stops_when_told() {
    let folder = tempfile::tempdir().unwrap();
    for signal in ["-TERM", "-INT"] {
        let port_file = folder.path().join("port");
        let (child, stdout, line) = ready(
            program()
                .args(["--port", "0", "--port-file"])
                .arg(&port_file),
        );
        assert_eq!(line["event"], "ready");
        assert_eq!(line["pid"], child.id());
        let url = line["url"].as_str().unwrap();
        assert_eq!(line["admin"], format!("{url}__admin/"));
        let port = std::fs::read_to_string(&port_file).unwrap();
        assert_eq!(url, format!("http://127.0.0.1:{}/", port.trim()));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(get(&format!("{url}__admin/health")).await["status"], "ok");
        stop(child, stdout, signal);
    }
}

#[tokio::test]
async fn takes_options_before_environment_before_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mock.yaml");
    std::fs::write(
        &file,
        "port: 0\nseed: 1\nprocessing: polls:9\nplain: true\nmax-content: 1 KiB\nfetch-deadline: 300ms\ndefect: [accepts-alg-none]\nbase-path: /file/\n",
    )
    .unwrap();
    let mut command = program();
    command
        .arg("--config")
        .arg(&file)
        .args(["--processing", "delay:200ms"])
        .env("MOCK_REGISTRY_PROCESSING", "manual");
    let (child, stdout, line) = ready(command.env("MOCK_REGISTRY_SEED", "2"));
    let state = get(&format!("{}state", line["admin"].as_str().unwrap())).await;
    assert_eq!(state["processing"], "delay:200ms");
    assert_eq!(state["seed"], 2);
    assert_eq!(state["defects"], serde_json::json!(["accepts-alg-none"]));
    assert!(line["url"].as_str().unwrap().ends_with("/file/"));
    stop(child, stdout, "-TERM");
}

#[tokio::test]
async fn names_the_file_of_its_certificate_authority() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let (child, stdout, line) = ready(
        program()
            .args(["--port", "0", "--tls", "--ca-file"])
            .arg(&file),
    );
    let ca = std::fs::read(line["ca"].as_str().map(Path::new).unwrap()).unwrap();
    let client = reqwest::Client::builder()
        .no_proxy()
        .add_root_certificate(reqwest::Certificate::from_pem(&ca).unwrap())
        .build()
        .unwrap();
    let url = format!("{}health", line["admin"].as_str().unwrap());
    assert!(url.starts_with("https://"));
    assert_eq!(client.get(url).send().await.unwrap().status(), 200);
    stop(child, stdout, "-TERM");
}

#[test]
fn lists_its_defects() {
    let output = run(program().arg("--list-defects"));
    assert!(output.status.success());
    let defects: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let names: std::collections::HashSet<&str> = defects
        .iter()
        .map(|defect| defect["name"].as_str().unwrap())
        .collect();
    assert_eq!(names.len(), defects.len());
    for defect in &defects {
        assert_eq!(
            defect.as_object().unwrap().keys().collect::<Vec<_>>(),
            ["name", "rule", "what"]
        );
        let (area, number) = defect["rule"].as_str().unwrap().split_once('-').unwrap();
        assert!(
            [
                "CRE", "DIG", "UPL", "SRC", "SIG", "PUB", "ASY", "REL", "ERR", "ACC", "IDX"
            ]
            .contains(&area)
        );
        number.parse::<u8>().unwrap();
    }
}

#[test]
fn bad_usage_is_one_clear_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bad.yaml");
    std::fs::write(&file, "prot: 0\n").unwrap();
    let file = file.to_str().unwrap();
    for (arguments, hint) in [
        (vec!["--processing", "sometimes"], "polls:N"),
        (vec!["--defect", "none-such"], "--list-defects"),
        (vec!["--max-content", "lots"], "64 MiB"),
        (vec!["--port", "70000"], "70000"),
        (
            vec!["--config", "/does/not/exist.yaml"],
            "/does/not/exist.yaml",
        ),
        (
            vec!["--config", file],
            "bad.yaml:1:1: \"prot\" is no option; did you mean \"port\"?",
        ),
        (vec!["--port", "0", "--base-path", ".."], "\"..\""),
        (
            vec!["--port", "0", "--base-path", "a/%2E%2e/b"],
            "\"a/%2E%2e/b\"",
        ),
        (vec!["--port", "0", "--base-path", "a b"], "\"a b\""),
        (
            vec!["--port", "0", "--external-url", "nonsense"],
            "nonsense",
        ),
        (vec!["--port", "0", "--keys", file], "keys"),
        (
            vec!["--port", "0", "--ca-file", "ca.pem"],
            "add --tls to serve https, or leave --ca-file out",
        ),
        (
            vec!["--port", "0", "--expiry", "40000d"],
            "36600d (a hundred years) at most",
        ),
        (vec!["--nonsense"], "--nonsense"),
    ] {
        let output = run(program().args(&arguments));
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
        assert!(
            errors.starts_with("error: ") && errors.contains(hint),
            "{arguments:?}: {errors}"
        );
        assert!(output.stdout.is_empty());
    }
}
