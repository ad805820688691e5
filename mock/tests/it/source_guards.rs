//! What is kept from content hosts, and from whom: credentials, tokens, addresses of the inside.

use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::path};

use crate::{
    sources::{builder, origin, urls},
    support::{Harness, OWNER, component, manifest},
};

#[tokio::test]
async fn uses_credentials_and_shows_them_to_nobody() {
    let content = component(b"secret");
    let (harness, origin) = (Harness::start(builder()).await, origin(&content).await);
    let credentials = json!({"type": "basic", "username": "user", "password": "password"});
    let with_userinfo =
        format!("{}/private", origin.uri()).replace("http://", "http://user:password@");
    for (source, good) in [
        (
            json!({"url": format!("{}/private", origin.uri()), "credentials": credentials, "label": "kept"}),
            true,
        ),
        (json!({"url": with_userinfo, "label": "kept"}), true),
        (
            json!({"url": format!("{}/private", origin.uri()), "credentials": {"type": "bearer", "token": "password"}, "label": "kept"}),
            false,
        ),
    ] {
        let manifest = manifest(&content);
        harness.create(&manifest).await.expect(201);
        let shown = json!([{"url": format!("{}/private", origin.uri()), "label": "kept"}]);
        let added = harness
            .add_sources(&manifest, &json!([source]))
            .await
            .expect(200);
        let published = harness
            .publish(&manifest)
            .await
            .expect(if good { 201 } else { 422 });
        let status = harness.status(&manifest).await;
        for answer in [&added, &status] {
            assert_eq!(answer.body["contentSources"], shown);
        }
        let state = harness.registry.state().to_string();
        for text in [
            added.body.to_string(),
            status.body.to_string(),
            published.body.to_string(),
            state,
        ] {
            assert!(!text.contains("password"), "{text}");
        }
    }
    for request in origin.received_requests().await.unwrap() {
        let authorization = request
            .headers
            .get("authorization")
            .map(|value| value.to_str().unwrap());
        assert!(!authorization.is_some_and(|value| value.contains(OWNER)));
    }
}

#[tokio::test]
async fn refuses_private_addresses_but_those_exempt() {
    let content = component(b"private");
    let origin = origin(&content).await;
    let exempt = origin.address().to_string();
    let other = MockServer::start().await;
    Mock::given(path("/to-private"))
        .respond_with(
            ResponseTemplate::new(302).insert_header("location", format!("{}/good", other.uri())),
        )
        .mount(&origin)
        .await;
    let harness = Harness::start(builder().deny_private_sources(true).allow_source(&exempt)).await;
    let manifest = manifest(&content);
    harness.create(&manifest).await.expect(201);
    for url in [
        format!("{}/good", other.uri()),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "http://[::1]:1/".to_owned(),
    ] {
        harness
            .add_sources(&manifest, &json!([{"url": url}]))
            .await
            .expect_problem(422, "source-forbidden");
    }
    let by_name = format!("http://localhost:{}/good", other.address().port());
    harness
        .add_sources(&manifest, &json!([{"url": by_name}]))
        .await
        .expect_problem(422, "source-forbidden");

    let mut redirected = manifest.clone();
    redirected["version"] = json!("2.0.0");
    harness.create(&redirected).await.expect(201);
    harness
        .add_sources(&redirected, &urls(&origin, &["to-private"]))
        .await
        .expect(200);
    harness
        .publish(&redirected)
        .await
        .expect_problem(422, "source-forbidden");
    assert_eq!(other.received_requests().await.unwrap().len(), 0);

    harness
        .add_sources(&manifest, &urls(&origin, &["good"]))
        .await
        .expect(200);
    harness.publish(&manifest).await.expect(201);
}

#[tokio::test]
async fn no_secret_travels_to_another_origin() {
    let content = component(b"elsewhere");
    let (harness, far) = (Harness::start(builder()).await, origin(&content).await);
    let near = MockServer::start().await;
    Mock::given(path("/redirect"))
        .respond_with(
            ResponseTemplate::new(302).insert_header("location", format!("{}/good", far.uri())),
        )
        .mount(&near)
        .await;
    for credentials in [
        Value::Null,
        json!({"type": "bearer", "token": "secret"}),
        json!({"type": "basic", "username": "user", "password": "secret"}),
    ] {
        let manifest = manifest(&content);
        harness.create(&manifest).await.expect(201);
        let mut source = json!({"url": format!("{}/redirect", near.uri())});
        if !credentials.is_null() {
            source["credentials"] = credentials;
        }
        harness
            .add_sources(&manifest, &json!([source]))
            .await
            .expect(200);
        harness.publish(&manifest).await.expect(201);
    }
    let authorized = |requests: Vec<wiremock::Request>| {
        let sent = requests
            .iter()
            .filter(|request| request.headers.contains_key("authorization"));
        sent.count()
    };
    assert_eq!(authorized(near.received_requests().await.unwrap()), 2);
    assert_eq!(authorized(far.received_requests().await.unwrap()), 0);
}
