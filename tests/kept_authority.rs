//! A registry trusts the content hosts of every run by one file that was made beforehand (`origin.ca`).

use std::process::{Command, Output};

use mock_registry::MockRegistry;

async fn suite(arguments: Vec<String>) -> Output {
    tokio::task::spawn_blocking(move || {
        Command::new(env!("CARGO_BIN_EXE_registry-conformance"))
            .args(arguments)
            .output()
            .unwrap()
    })
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_that_was_given_the_ca_fetches_over_https() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("target.yaml");
    let text = "registry: http://127.0.0.1:9/\norigin: {tls: true, ca: hosts.pem}\ncapabilities: {sources.schemes: [https]}\n";
    std::fs::write(&target, text).unwrap();
    let target = target.display().to_string();

    let keys = suite(vec!["keys".into(), "--target".into(), target.clone()]).await;
    assert_eq!(keys.status.code(), Some(0));
    let said = String::from_utf8_lossy(&keys.stderr).into_owned();
    assert!(said.contains("hosts.pem"), "{said}");
    assert!(keys.stdout.starts_with(b"{"));
    let ca = std::fs::read(folder.path().join("hosts.pem")).unwrap();

    for (trusted, code) in [(Some(ca), 0), (None, 1)] {
        let mut builder = MockRegistry::builder();
        if let Some(ca) = trusted {
            builder = builder.trust_ca_pem(ca);
        }
        let registry = builder.start().await.unwrap();
        let run = suite(vec![
            "--target".into(),
            target.clone(),
            "--registry".into(),
            registry.url().to_owned(),
            "--exact".into(),
            "sources/publishes-from-source-alone".into(),
        ])
        .await;
        let said = String::from_utf8_lossy(&run.stdout).into_owned();
        assert_eq!(run.status.code(), Some(code), "{said}");
    }
}
