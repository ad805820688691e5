//! Rules SRC: content by URL.

use std::time::Duration;

use mock_registry::{
    MockRegistry,
    config::{BadMirror, Config, ProcessingMode, Verification},
};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, net::TcpListener};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{header, path},
};

use crate::support::{EMPTY_COMPONENT, Harness, OTHER, OWNER, component, manifest};

/// A host with the right content at `/good`, and trouble at other paths.
async fn origin(content: &[u8]) -> MockServer {
    let origin = MockServer::start().await;
    let serve = |at: &'static str, response: ResponseTemplate| {
        Mock::given(path(at)).respond_with(response).mount(&origin)
    };
    serve("/good", ResponseTemplate::new(200).set_body_bytes(content)).await;
    serve(
        "/mirror",
        ResponseTemplate::new(200).set_body_bytes(content),
    )
    .await;
    serve(
        "/other",
        ResponseTemplate::new(200).set_body_bytes(component(b"other bytes")),
    )
    .await;
    serve(
        "/html",
        ResponseTemplate::new(200).set_body_raw("<html>sorry</html>", "text/html"),
    )
    .await;
    serve("/forbidden", ResponseTemplate::new(403)).await;
    serve("/broken", ResponseTemplate::new(500)).await;
    serve(
        "/stall",
        ResponseTemplate::new(200)
            .set_body_bytes(content)
            .set_delay(Duration::from_mins(1)),
    )
    .await;
    serve(
        "/redirect",
        ResponseTemplate::new(302).insert_header("location", "/good"),
    )
    .await;
    serve(
        "/loop",
        ResponseTemplate::new(302).insert_header("location", "/loop"),
    )
    .await;
    Mock::given(path("/private"))
        .and(header("authorization", "Basic dXNlcjpwYXNzd29yZA=="))
        .respond_with(ResponseTemplate::new(200).set_body_bytes(content))
        .mount(&origin)
        .await;
    origin
}

/// A host that answers with these bytes and hangs up.
async fn raw_origin(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(&answer).await;
            let _ = stream.shutdown().await;
        }
    });
    url
}

fn builder() -> mock_registry::MockRegistryBuilder {
    // Long enough for a busy machine; what stalls is tested with a registry of less patience.
    MockRegistry::builder().fetch_deadline(Duration::from_mins(1))
}

fn urls(origin: &MockServer, paths: &[&str]) -> Value {
    paths
        .iter()
        .map(|path| json!({"url": format!("{}/{path}", origin.uri())}))
        .collect()
}

#[tokio::test]
async fn publishes_from_sources_in_the_order_given() {
    let content = component(b"from sources");
    let (harness, origin) = (Harness::start(builder()).await, origin(&content).await);
    let manifest = manifest(&content);
    harness.create(&manifest).await.expect(201);
    harness
        .add_sources(&manifest, &urls(&origin, &["mirror"]))
        .await
        .expect(200);
    let answer = harness
        .add_sources(
            &manifest,
            &urls(&origin, &["redirect", "mirror", "good", "good"]),
        )
        .await
        .expect(200);
    let expected = urls(&origin, &["mirror", "redirect", "good"]);
    assert_eq!(answer.body["contentSources"], expected);
    assert_eq!(
        harness.status(&manifest).await.body["contentSources"],
        expected
    );
    assert_eq!(
        harness.publish(&manifest).await.expect(201).body["contentSources"],
        expected
    );
}

#[tokio::test]
async fn says_why_a_source_does_not_do() {
    let content = component(b"trouble");
    let (harness, origin) = (Harness::start(builder()).await, origin(&content).await);
    let truncated =
        raw_origin(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".to_vec()).await;
    let reset = raw_origin(Vec::new()).await;
    let url = |path: &str| format!("{}/{path}", origin.uri());
    for (url, problem) in [
        (
            "http://127.0.0.1:1/refused".to_owned(),
            "source-unreachable",
        ),
        ("http://nowhere.invalid/".to_owned(), "source-unreachable"),
        (url("forbidden"), "source-unreachable"),
        (url("gone"), "source-unreachable"),
        (url("broken"), "source-unreachable"),
        (url("loop"), "source-unreachable"),
        (url("private"), "source-unreachable"),
        (truncated, "source-unreachable"),
        (reset, "source-unreachable"),
        (url("html"), "digest-mismatch"),
        (url("other"), "digest-mismatch"),
    ] {
        let manifest = manifest(&content);
        harness.create(&manifest).await.expect(201);
        harness
            .add_sources(&manifest, &json!([{"url": url}]))
            .await
            .expect(200);
        let refusal = harness
            .publish(&manifest)
            .await
            .expect_problem(422, problem);
        assert!(
            refusal.body.to_string().contains(&url),
            "{:?}",
            refusal.body
        );
        assert_eq!(harness.status(&manifest).await.body["status"], "pending");

        // A good mirror beside it heals what is only silent, and not what lies.
        harness
            .add_sources(&manifest, &urls(&origin, &["good"]))
            .await
            .expect(200);
        let healed = harness.publish(&manifest).await;
        assert_eq!(
            healed.problem(),
            if problem == "digest-mismatch" {
                problem
            } else {
                ""
            },
            "{url}"
        );
    }
}

#[tokio::test]
async fn does_not_wait_for_ever() {
    let content = component(b"stall");
    let origin = origin(&content).await;
    let impatient = MockRegistry::builder().fetch_deadline(Duration::from_millis(200));
    let harness = Harness::start(impatient).await;
    let manifest = manifest(&content);
    harness.create(&manifest).await.expect(201);
    let stall = urls(&origin, &["stall"]);
    harness.add_sources(&manifest, &stall).await.expect(200);
    let refusal = harness.publish(&manifest).await;
    let refusal = refusal.expect_problem(422, "source-unreachable");
    assert_eq!(refusal.body["sources"][0]["url"], stall[0]["url"]);
}

#[tokio::test]
async fn drops_bad_mirrors_where_that_is_the_policy() {
    let content = component(b"drop");
    let (harness, origin) = (
        Harness::start(builder().bad_mirror(BadMirror::Drop)).await,
        origin(&content).await,
    );
    let manifest = manifest(&content);
    harness.create(&manifest).await.expect(201);
    harness
        .add_sources(&manifest, &urls(&origin, &["other", "good", "gone"]))
        .await
        .expect(200);
    let release = harness.publish(&manifest).await.expect(201);
    assert_eq!(
        release.body["contentSources"],
        urls(&origin, &["good", "gone"])
    );
}

#[tokio::test]
async fn an_asynchronous_failure_has_the_synchronous_type() {
    let content = component(b"async");
    let origin = origin(&content).await;
    let harness = Harness::start(builder().processing(ProcessingMode::Polls(1))).await;
    for (path, problem) in [("gone", "source-unreachable"), ("other", "digest-mismatch")] {
        let manifest = manifest(&content);
        harness.create(&manifest).await.expect(201);
        harness
            .add_sources(&manifest, &urls(&origin, &[path]))
            .await
            .expect(200);
        harness.publish(&manifest).await.expect(202);
        let failed = harness.settled(&manifest).await;
        assert_eq!(failed.body["status"], "failed");
        assert_eq!(
            failed.body["error"]["type"],
            format!("urn:publish-api:problem:{problem}")
        );
        harness
            .get(&harness.release_url(&manifest), None)
            .await
            .expect_problem(404, "not-found");
        harness
            .publish(&manifest)
            .await
            .expect_problem(409, problem);
        harness
            .add_sources(&manifest, &urls(&origin, &["good"]))
            .await
            .expect_problem(409, problem);
        harness.create(&manifest).await.expect(201);
        assert_eq!(harness.status(&manifest).await.body["status"], "pending");
    }
}

#[tokio::test]
async fn refuses_what_is_no_source_and_keeps_the_list_as_it_was() {
    let harness = Harness::start(builder().max_sources(3)).await;
    let manifest = manifest(EMPTY_COMPONENT);
    harness.create(&manifest).await.expect(201);
    let good = json!([{"url": "http://mirror.test/a"}]);
    harness.add_sources(&manifest, &good).await.expect(200);
    for (source, problem) in [
        (json!({"url": "ipfs://bafy"}), "unsupported-source-scheme"),
        (
            json!({"url": "file:///etc/passwd"}),
            "unsupported-source-scheme",
        ),
        (
            json!({"url": "data:text/plain,x"}),
            "unsupported-source-scheme",
        ),
        (
            json!({"url": "FTP://mirror.test/"}),
            "unsupported-source-scheme",
        ),
        (json!({"url": "not a url"}), "invalid-source"),
        (json!({"url": "/relative"}), "invalid-source"),
        (json!({"url": "http://"}), "invalid-source"),
        (json!({"url": "http:///no-host"}), "invalid-source"),
        (json!({"url": "http:mirror.test"}), "invalid-source"),
        (json!({"url": "http://mirror.test/a b"}), "invalid-source"),
        (json!({"url": ""}), "invalid-source"),
        (json!({"url": 7}), "invalid-source"),
        (json!({}), "invalid-source"),
        (json!("http://mirror.test/"), "invalid-source"),
        (
            json!({"url": "http://mirror.test/", "credentials": {"type": "magic"}}),
            "invalid-source",
        ),
        (
            json!({"url": "http://mirror.test/", "path": 7}),
            "invalid-source",
        ),
    ] {
        let sources = json!([{"url": "http://mirror.test/b"}, source]);
        harness
            .add_sources(&manifest, &sources)
            .await
            .expect_problem(422, problem);
    }
    harness
        .add_sources(&manifest, &json!([]))
        .await
        .expect_problem(422, "invalid-source");
    let many: Value = (0..4)
        .map(|n| json!({"url": format!("http://mirror.test/{n}")}))
        .collect();
    harness
        .add_sources(&manifest, &many)
        .await
        .expect_problem(422, "invalid-source");
    let url = format!("{}/content-sources", harness.release_url(&manifest));
    for body in [json!({}), json!([]), json!({"contentSources": {}})] {
        harness
            .post_json(&url, Some(OWNER), &body)
            .await
            .expect_problem(400, "malformed-request");
    }
    assert_eq!(harness.status(&manifest).await.body["contentSources"], good);
}

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
async fn changes_sources_after_publishing_and_nothing_else() {
    let content = component(b"after");
    let (harness, origin) = (Harness::start(builder()).await, origin(&content).await);
    let manifest = harness.published(&content).await;
    let before = harness.get(&harness.release_url(&manifest), None).await;
    let own = before.body["contentSources"][0].clone();

    let url = format!("{}/content-sources", harness.release_url(&manifest));
    let added = harness
        .add_sources(&manifest, &urls(&origin, &["good"]))
        .await
        .expect(200);
    assert_eq!(
        added.body["contentSources"],
        json!([own, urls(&origin, &["good"])[0]])
    );
    harness
        .add_sources(&manifest, &urls(&origin, &["mirror", "other"]))
        .await
        .expect_problem(422, "digest-mismatch");
    harness
        .add_sources(&manifest, &urls(&origin, &["gone"]))
        .await
        .expect(200);

    let put = |token: &'static str, sources: Value| {
        harness.request(
            Method::PUT,
            &url,
            Some(token),
            "application/json",
            json!({"contentSources": sources}).to_string(),
        )
    };
    put(OTHER, urls(&origin, &["good"]))
        .await
        .expect_problem(403, "forbidden");
    put(OWNER, json!([]))
        .await
        .expect_problem(422, "invalid-source");
    put(OWNER, urls(&origin, &["mirror"])).await.expect(200);
    let after = harness.get(&harness.release_url(&manifest), None).await;
    assert_eq!(after.body["contentSources"], urls(&origin, &["mirror"]));
    assert_eq!(after.body["release"], before.body["release"]);
    assert_eq!(
        after.body["releaseSignature"],
        before.body["releaseSignature"]
    );
    harness
        .get(own["url"].as_str().unwrap(), None)
        .await
        .expect_problem(404, "not-found");
    put(OWNER, json!([own])).await.expect(200);
    assert_eq!(
        harness
            .get(own["url"].as_str().unwrap(), None)
            .await
            .expect(200)
            .bytes,
        content
    );
}

#[tokio::test]
async fn replaces_a_bad_source_before_publishing() {
    let content = component(b"replace");
    let (harness, origin) = (Harness::start(builder()).await, origin(&content).await);
    let manifest = manifest(&content);
    harness.create(&manifest).await.expect(201);
    harness
        .add_sources(&manifest, &urls(&origin, &["other", "good"]))
        .await
        .expect(200);
    harness
        .publish(&manifest)
        .await
        .expect_problem(422, "digest-mismatch");
    let url = format!("{}/content-sources", harness.release_url(&manifest));
    let put = |sources: Value| {
        harness.request(
            Method::PUT,
            &url,
            Some(OWNER),
            "application/json",
            json!({"contentSources": sources}).to_string(),
        )
    };
    put(json!([])).await.expect(200);
    harness
        .publish(&manifest)
        .await
        .expect_problem(409, "missing-content");
    put(urls(&origin, &["good"])).await.expect(200);
    harness.publish(&manifest).await.expect(201);
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
async fn fetches_nothing_where_uploads_alone_are_verified() {
    let origin = origin(EMPTY_COMPONENT).await;
    let harness = Harness::start(builder().verification(Verification::Uploads)).await;
    let manifest = manifest(EMPTY_COMPONENT);
    harness.create(&manifest).await.expect(201);
    harness
        .add_sources(&manifest, &urls(&origin, &["other", "gone"]))
        .await
        .expect(200);
    harness.publish(&manifest).await.expect(201);
    assert_eq!(origin.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn what_a_registry_lacks_is_not_there() {
    let lacking =
        |change: fn(&mut Config)| Harness::start(MockRegistry::builder().configure(change));
    let manifest = manifest(EMPTY_COMPONENT);
    let source = json!([{"url": "http://mirror.test/"}]);

    let harness = lacking(|config| config.sources = false).await;
    harness.create(&manifest).await.expect(201);
    harness
        .add_sources(&manifest, &source)
        .await
        .expect_problem(404, "not-found");

    let harness = lacking(|config| config.replace_sources = false).await;
    harness.create(&manifest).await.expect(201);
    let url = format!("{}/content-sources", harness.release_url(&manifest));
    let answer = harness
        .request(
            Method::PUT,
            &url,
            Some(OWNER),
            "application/json",
            json!({"contentSources": source}).to_string(),
        )
        .await;
    assert_eq!(
        answer
            .expect_problem(405, "method-not-allowed")
            .header("allow"),
        "POST"
    );

    let harness = lacking(|config| config.source_credentials = false).await;
    harness.create(&manifest).await.expect(201);
    harness
        .add_sources(&manifest, &json!([{"url": "http://user:pw@mirror.test/"}]))
        .await
        .expect_problem(422, "invalid-source");
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
