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

use crate::support::{EMPTY_COMPONENT, Harness, OWNER, component, manifest};

/// A host with the right content at `/good`, and trouble at other paths.
pub(crate) async fn origin(content: &[u8]) -> MockServer {
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

pub(crate) fn builder() -> mock_registry::MockRegistryBuilder {
    // Long enough for a busy machine; what stalls is tested with a registry of less patience.
    MockRegistry::builder().fetch_deadline(Duration::from_mins(1))
}

pub(crate) fn urls(origin: &MockServer, paths: &[&str]) -> Value {
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
