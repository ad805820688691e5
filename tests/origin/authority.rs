//! The CA of the content hosts, kept in a file for registries to trust.

use std::fs;
use std::path::Path;

use registry_conformance::origin::{
    Authority, AuthorityError, Behaviour, Body, Origin, OriginError, OriginOptions, Scheme, Slot,
};

fn options(ca: &Path) -> OriginOptions {
    OriginOptions {
        tls: true,
        ca: Some(ca.to_owned()),
        ..OriginOptions::default()
    }
}

async fn start(ca: &Path) -> Result<Origin, OriginError> {
    Origin::start(options(ca)).await
}

async fn refused(ca: &Path) -> AuthorityError {
    match start(ca).await {
        Err(OriginError::Authority(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_kept_ca_is_made_once_and_certifies_every_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ca.pem");
    Authority::kept(&path).expect("a CA");
    let installed = fs::read(&path).expect("a certificate");
    let trusting = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([reqwest::Certificate::from_pem(&installed).expect("a certificate")])
        .build()
        .expect("a client");
    for _ in 0..2 {
        let origin = start(&path).await.expect("an origin");
        let host = origin
            .host_with_scheme(
                "c",
                Slot::A,
                Scheme::Https,
                Behaviour::Serve(Body {
                    bytes: "content".into(),
                    media_type: "text/plain".to_owned(),
                }),
            )
            .expect("a host");
        let answer = trusting.get(host.url()).send().await.expect("an answer");
        assert_eq!(answer.text().await.expect("a body"), "content");
        assert_eq!(origin.ca_pem().as_bytes(), installed);
    }
    assert_eq!(fs::read(&path).expect("a certificate"), installed);
}

#[cfg(unix)]
#[test]
fn the_private_key_is_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ca.pem");
    Authority::kept(&path).expect("a CA");
    let mode = |name: &str| {
        let metadata = fs::metadata(folder.path().join(name)).expect("a file");
        metadata.permissions().mode() & 0o777
    };
    assert_eq!((mode("ca.pem.key"), mode("ca.pem")), (0o600, 0o644));
    let certificate = fs::read_to_string(&path).expect("a certificate");
    assert!(!certificate.contains("PRIVATE"));
}

/// As `cargo nextest` starts a process for each case.
#[test]
fn those_who_start_together_agree_on_one_ca() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ca.pem");
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| Authority::kept(&path).map(drop)))
            .collect();
        for one in all {
            one.join().expect("no panic").expect("a CA");
        }
    });
    let names: Vec<_> = fs::read_dir(folder.path()).expect("a folder").collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[tokio::test]
async fn half_a_ca_or_another_ones_key_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let [one, two] = ["one.pem", "two.pem"].map(|name| folder.path().join(name));
    let [key_of_one, key_of_two] =
        ["one.pem.key", "two.pem.key"].map(|name| folder.path().join(name));
    Authority::kept(&one).expect("a CA");
    Authority::kept(&two).expect("a CA");
    // The certificate alone can be lost: it is made of what stands beside the key.
    let certificate = fs::read(&one).expect("a certificate");
    fs::remove_file(&one).expect("a file");
    start(&one).await.expect("an origin");
    assert_eq!(fs::read(&one).expect("a certificate"), certificate);

    fs::copy(&key_of_two, &key_of_one).expect("a copy");
    assert!(matches!(
        refused(&one).await,
        AuthorityError::OtherKey { .. }
    ));
    fs::remove_file(&key_of_one).expect("a file");
    let error = refused(&one).await;
    assert!(matches!(error, AuthorityError::NoKey { .. }));
    assert!(error.to_string().contains("one.pem.key"), "{error}");
    fs::write(&key_of_one, "no key").expect("a file");
    assert!(matches!(refused(&one).await, AuthorityError::NotPem { .. }));
    let nowhere = folder.path().join("missing/ca.pem");
    assert!(matches!(
        refused(&nowhere).await,
        AuthorityError::Write { .. }
    ));
}
