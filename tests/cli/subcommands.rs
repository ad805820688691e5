//! What the subcommands write.

use serde_json::Value;

use super::support::{run, suite, text};

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
