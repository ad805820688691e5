//! The scripts of the GitHub Action, with programs in the place of `gh` and of the suite that say how they were called.
#![cfg(unix)]

use std::fmt::Write as _;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A runner's folders and files, with programs of our own on its PATH.
struct Runner {
    folder: tempfile::TempDir,
}

impl Runner {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in ["bin", "work", "temp"] {
            fs::create_dir(folder.path().join(name)).expect("a folder of the runner");
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn program(&self, name: &str, script: &str) {
        let path = self.path("bin").join(name);
        fs::write(&path, format!("#!/usr/bin/env bash\n{script}\n")).expect("a program");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("permissions");
    }

    fn run(&self, script: &str, action: &Path, variables: &[(&str, &str)]) -> Output {
        let root = Path::new(REPOSITORY_FOLDER);
        let path = std::env::var("PATH").expect("PATH");
        Command::new("bash")
            .arg(root.join(".github/action").join(script))
            .current_dir(self.path("work"))
            .env_clear()
            .env("PATH", format!("{}:{path}", self.path("bin").display()))
            .env("GITHUB_ACTION_PATH", action)
            .env("GITHUB_OUTPUT", self.path("output"))
            .env("GITHUB_PATH", self.path("path"))
            .env("RUNNER_TEMP", self.path("temp"))
            .env("RUNNER_OS", "Linux")
            .env("RUNNER_ARCH", "X64")
            .envs(variables.iter().copied())
            .output()
            .expect("bash runs")
    }

    fn output(&self) -> String {
        fs::read_to_string(self.path("output")).unwrap_or_default()
    }
}

/// The inputs of a run, all of them as empty as an action leaves them.
fn inputs<'a>(given: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all: Vec<(&str, &str)> = [
        "INPUT_REGISTRY",
        "INPUT_TARGET",
        "INPUT_CLIENT",
        "INPUT_KNOWN_FAILURES",
        "INPUT_FILTER",
        "INPUT_STRICT",
        "INPUT_SEED",
        "INPUT_ARGUMENTS",
        "INPUT_REPORTS",
    ]
    .map(|name| (name, ""))
    .to_vec();
    all.extend_from_slice(given);
    all
}

const REPOSITORY_FOLDER: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn inputs_become_arguments_word_by_word() {
    let runner = Runner::new();
    runner.program("registry-conformance", r#"printf '[%s]\n' "$@"; exit 1"#);
    let output = runner.run(
        "run.sh",
        Path::new(REPOSITORY_FOLDER),
        &inputs(&[
            ("INPUT_TARGET", "a target.yaml"),
            ("INPUT_STRICT", "true"),
            ("INPUT_FILTER", "digest/\n\nsources/refuses; rm -rf .\n"),
            ("INPUT_ARGUMENTS", "--test-threads\n4"),
            (
                "INPUT_REPORTS",
                "json=out/report.json\njunit=out/deep/junit.xml\n",
            ),
        ]),
    );
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stdout), @"
    [--target]
    [a target.yaml]
    [--strict]
    [--report]
    [json=out/report.json]
    [--report]
    [junit=out/deep/junit.xml]
    [--test-threads]
    [4]
    [digest/]
    [sources/refuses; rm -rf .]
    ");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(runner.output(), "exit-code=1\n");
    assert!(runner.path("work/out/deep").is_dir());
}

#[test]
fn a_client_is_judged_with_its_subcommand_behind_it() {
    let runner = Runner::new();
    runner.program(
        "registry-conformance",
        r#"while [ "$1" != -- ]; do shift; done; shift; "$@" publish"#,
    );
    let output = runner.run(
        "run.sh",
        Path::new(REPOSITORY_FOLDER),
        &inputs(&[("INPUT_CLIENT", "echo 'my client'")]),
    );
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "my client publish\n"
    );
    assert_eq!(runner.output(), "exit-code=0\n");
}

#[test]
fn no_input_is_the_bundled_mock() {
    let runner = Runner::new();
    runner.program("registry-conformance", r#"echo "$# arguments""#);
    let output = runner.run("run.sh", Path::new(REPOSITORY_FOLDER), &inputs(&[]));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "0 arguments\n");
}

#[test]
fn strict_is_true_or_false() {
    let runner = Runner::new();
    runner.program("registry-conformance", "echo ran");
    let output = runner.run(
        "run.sh",
        Path::new(REPOSITORY_FOLDER),
        &inputs(&[("INPUT_STRICT", "yes")]),
    );
    assert_eq!(output.status.code(), Some(2));
    assert!(!String::from_utf8_lossy(&output.stdout).contains("ran"));
}

/// `gh`, for which these refs have these commits; every release is there.
fn gh(runner: &Runner, commits: &[(&str, &str)]) {
    let mut script = String::from("case \"$1 $2\" in\n");
    for (reference, commit) in commits {
        let _ = writeln!(
            script,
            "  \"api repos/owner/suite/commits/{reference}\") echo {commit} ;;"
        );
    }
    script.push_str("  \"release view\") ;;\n  *) exit 1 ;;\nesac");
    runner.program("gh", &script);
}

/// The action as the runner checks it out.
fn checked_out(runner: &Runner, reference: &str) -> PathBuf {
    let folder = runner.path("_actions/owner/suite").join(reference);
    fs::create_dir_all(&folder).expect("the action's folder");
    fs::write(
        folder.join("Cargo.toml"),
        "[workspace.package]\nversion = \"1.2.3\"\n\n[dependencies]\nx = { version = \"9\" }\n",
    )
    .expect("a manifest");
    folder
}

#[test]
fn the_release_is_taken_when_the_action_is_pinned_to_its_commit() {
    let runner = Runner::new();
    gh(&runner, &[("4f5a", "4f5a"), ("v1.2.3", "4f5a")]);
    let action = checked_out(&runner, "4f5a");
    let output = runner.run("choose.sh", &action, &[("INSTALL", "auto")]);
    assert!(output.status.success(), "{output:?}");
    insta::assert_snapshot!(runner.output(), @"
    from=release
    repository=owner/suite
    commit=4f5a
    tag=v1.2.3
    archive=registry-conformance-v1.2.3-x86_64-unknown-linux-musl.tar.gz
    ");
}

#[test]
fn another_commit_than_the_release_is_built() {
    let runner = Runner::new();
    gh(&runner, &[("main", "beef"), ("v1.2.3", "4f5a")]);
    let action = checked_out(&runner, "main");
    runner.run("choose.sh", &action, &[("INSTALL", "auto")]);
    assert!(runner.output().contains("from=build\n"));
    assert!(runner.output().contains("commit=beef\n"));

    let runner = Runner::new();
    gh(&runner, &[("main", "beef"), ("v1.2.3", "4f5a")]);
    let output = runner.run("choose.sh", &action, &[("INSTALL", "release")]);
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stdout), @"::error title=registry-conformance::failed to find the release v1.2.3 of owner/suite at the commit of main for Linux X64; pin the action to a release, or set `install: auto`");
}

#[test]
fn an_archive_with_another_checksum_is_not_installed() {
    let runner = Runner::new();
    runner.program(
        "gh",
        r#"[ "$2" != download ] || { echo other >"$ARCHIVE"; echo "$(printf 0%.0s {1..64})  $ARCHIVE" >SHA256SUMS; }"#,
    );
    let output = runner.run(
        "install.sh",
        Path::new(REPOSITORY_FOLDER),
        &[
            ("FROM", "release"),
            ("REPOSITORY", "owner/suite"),
            ("TAG", "v1.2.3"),
            ("ARCHIVE", "registry-conformance-v1.2.3-x.tar.gz"),
        ],
    );
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("FAILED"));
    assert!(!runner.path("path").exists());
}

#[test]
fn an_archive_with_its_checksum_is_installed() {
    let runner = Runner::new();
    runner.program(
        "gh",
        r#"[ "$2" = download ] || exit 0
name=${ARCHIVE%.tar.gz}
mkdir -p "$name/bin" "$name/share"
printf '#!/bin/sh\necho %s 1.2.3\n' registry-conformance >"$name/bin/registry-conformance"
cp "$name/bin/registry-conformance" "$name/bin/mock-registry"
echo not-a-program >"$name/share/registry-conformance.bash"
chmod +x "$name"/bin/*
tar -czf "$ARCHIVE" "$name"
rm -r "$name"
sha256sum "$ARCHIVE" >SHA256SUMS"#,
    );
    let output = runner.run(
        "install.sh",
        Path::new(REPOSITORY_FOLDER),
        &[
            ("FROM", "release"),
            ("REPOSITORY", "owner/suite"),
            ("TAG", "v1.2.3"),
            ("ARCHIVE", "registry-conformance-v1.2.3-x.tar.gz"),
        ],
    );
    assert!(output.status.success(), "{output:?}");
    let programs = runner.path("temp/registry-conformance-bin");
    let mut names: Vec<_> = fs::read_dir(&programs)
        .expect("the programs")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .collect();
    names.sort();
    assert_eq!(names, ["mock-registry", "registry-conformance"]);
    assert_eq!(
        fs::read_to_string(runner.path("path")).expect("GITHUB_PATH"),
        format!("{}\n", programs.display())
    );
}
