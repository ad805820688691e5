//! Control under `__admin/`, base paths, TLS, and choices that repeat.

use mock_registry::{MockRegistry, MockRegistryBuilder};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{EMPTY_COMPONENT, Harness, OWNER, manifest};

#[tokio::test]
async fn control_tells_and_forgets() {
    let harness = Harness::start(MockRegistry::builder()).await;
    assert_eq!(harness.registry.admin_url(), harness.url("__admin/"));
    let manifest = harness.published(EMPTY_COMPONENT).await;
    assert_eq!(
        harness
            .get(&harness.url("__admin/health"), None)
            .await
            .expect(200)
            .body["status"],
        "ok"
    );
    assert!(
        harness
            .get(&harness.url("__admin/version"), None)
            .await
            .expect(200)
            .body["version"]
            .is_string()
    );
    let state = harness
        .get(&harness.url("__admin/state"), None)
        .await
        .expect(200);
    assert_eq!(state.body["releases"][0]["release"], manifest);
    assert_eq!(state.body["releases"][0]["status"], "published");
    assert_eq!(
        state.body["storedBytes"],
        EMPTY_COMPONENT.len() + manifest.to_string().len()
    );
    harness
        .request(Method::POST, &harness.url("__admin/reset"), None, "", "")
        .await
        .expect(204);
    let state = harness.get(&harness.url("__admin/state"), None).await;
    assert_eq!(
        (&state.body["releases"], &state.body["storedBytes"]),
        (&json!([]), &json!(0))
    );
    harness
        .get(&harness.release_url(&manifest), None)
        .await
        .expect_problem(404, "not-found");
    harness.published(EMPTY_COMPONENT).await;
}

#[tokio::test]
async fn everything_stands_below_the_base_path() {
    let harness = Harness::start(MockRegistry::builder().base_path("/deep/path/")).await;
    assert!(harness.registry.url().ends_with("/deep/path/"));
    let manifest = harness.published(EMPTY_COMPONENT).await;
    let release = harness
        .get(&harness.release_url(&manifest), None)
        .await
        .expect(200);
    assert!(
        release.body["contentSources"][0]["url"]
            .as_str()
            .unwrap()
            .contains("/deep/path/components/")
    );
    harness
        .get(&harness.url("__admin/health"), None)
        .await
        .expect(200);
    let root = harness.resolve("/releases");
    harness
        .post_json(&root, Some(OWNER), &manifest)
        .await
        .expect_problem(404, "not-found");
}

#[tokio::test]
async fn serves_https_with_an_authority_of_its_own() {
    let registry = MockRegistry::builder().tls().start().await.unwrap();
    let ca = reqwest::Certificate::from_pem(registry.ca_pem().unwrap()).unwrap();
    let url = format!("{}__admin/health", registry.url());
    assert!(url.starts_with("https://127.0.0.1:"));
    let trusting = reqwest::Client::builder()
        .no_proxy()
        .add_root_certificate(ca)
        .build()
        .unwrap();
    assert_eq!(trusting.get(&url).send().await.unwrap().status(), 200);
    let distrusting = reqwest::Client::builder().no_proxy().build().unwrap();
    distrusting.get(&url).send().await.unwrap_err();
}

/// What a fixed order of requests about a fixed name gets to see, ports left out.
async fn seen(builder: MockRegistryBuilder) -> Vec<String> {
    let harness = Harness::start(builder).await;
    let mut seen = Vec::new();
    for number in 0..8 {
        let mut manifest = manifest(EMPTY_COMPONENT);
        manifest["name"] = json!(format!("conformance-owner.test:fixed-{number}"));
        let created = harness.create(&manifest).await.expect(201);
        let port = harness.registry.port().to_string();
        let order: Vec<&String> = created.body.as_object().unwrap().keys().collect();
        seen.push(
            format!(
                "{order:?} {} {}",
                created.header("location"),
                created.body["uploadUrl"]
            )
            .replace(&port, "PORT"),
        );
    }
    seen
}

#[tokio::test]
async fn arbitrary_choices_follow_from_the_seed() {
    let odd = seen(MockRegistry::builder()).await;
    assert_eq!(odd, seen(MockRegistry::builder()).await);
    let shapes: std::collections::HashSet<_> = odd
        .iter()
        .map(|seen| seen.split(']').next().unwrap())
        .collect();
    assert!(shapes.len() > 1, "{odd:?}");
    assert!(
        odd.iter().any(|seen| seen.contains("] /components"))
            && odd.iter().any(|seen| seen.contains("] http"))
    );

    let plain = seen(MockRegistry::builder().plain(true)).await;
    assert!(
        plain.iter().all(|seen| seen.contains("/unpublished ")),
        "{plain:?}"
    );
    let orders: std::collections::HashSet<_> = plain
        .iter()
        .map(|seen| seen.split(']').next().unwrap())
        .collect();
    assert_eq!(orders.len(), 1);
}

#[tokio::test]
async fn settings_that_can_not_be_used_are_refused() {
    for builder in [
        MockRegistry::builder().allow_source("no port"),
        MockRegistry::builder().upload_url("ftp://127.0.0.1:0/"),
        MockRegistry::builder().upload_url("http://127.0.0.1:0/?query"),
        MockRegistry::builder().trust_ca_pem(
            b"-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n".to_vec(),
        ),
    ] {
        let error = builder.start().await.err().map(|error| error.to_string());
        assert!(
            error
                .as_deref()
                .is_some_and(|error| error.starts_with("failed to ")),
            "{error:?}"
        );
    }
    let taken = MockRegistry::builder().start().await.unwrap();
    let error = MockRegistry::builder()
        .port(taken.port())
        .start()
        .await
        .err()
        .unwrap();
    assert!(
        error.to_string().contains("failed to listen on 127.0.0.1"),
        "{error}"
    );
}

#[tokio::test]
async fn a_dropped_registry_is_gone() {
    let registry = MockRegistry::builder().start().await.unwrap();
    let address = ("127.0.0.1", registry.port());
    drop(registry);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while tokio::net::TcpStream::connect(address).await.is_ok() {
        assert!(std::time::Instant::now() < deadline);
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn full_storage_is_507() {
    let first = manifest(EMPTY_COMPONENT);
    let room = (first.to_string().len() * 2 + EMPTY_COMPONENT.len() * 2 - 1) as u64;
    let harness =
        Harness::start(MockRegistry::builder().configure(|config| config.max_storage = room)).await;
    let created = harness.create(&first).await.expect(201);
    harness.upload(&created, EMPTY_COMPONENT).await.expect(204);
    harness.upload(&created, EMPTY_COMPONENT).await.expect(204);
    let mut other = first.clone();
    other["version"] = json!("1.0.1");
    let second = harness.create(&other).await.expect(201);
    harness
        .upload(&second, EMPTY_COMPONENT)
        .await
        .expect_problem(507, "insufficient-storage");
    other["version"] = json!("1.0.2");
    harness
        .create(&other)
        .await
        .expect_problem(507, "insufficient-storage");
    let state: Value = harness.registry.state();
    assert_eq!(state["storedBytes"], room - 7);
}
