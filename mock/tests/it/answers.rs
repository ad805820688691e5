//! Canned answers: what is served in the place of the registry's own.

use base64::{Engine, engine::general_purpose::STANDARD};
use mock_registry::{CannedAnswer, Fault, MockRegistry, Operation};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{EMPTY_COMPONENT, Harness, OWNER, manifest};

impl Harness {
    async fn set_answers(&self, answers: &Value) -> Value {
        self.admin("POST", "answers", answers)
            .await
            .expect(201)
            .body
    }
}

#[tokio::test]
async fn a_wrong_release_is_served_on_purpose() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let wanted = harness.published(EMPTY_COMPONENT).await;
    let other = harness.published(EMPTY_COMPONENT).await;
    let url = harness.release_url(&wanted);
    let mut document = harness.get(&url, None).await.expect(200).body;
    document["release"]["name"] = other["name"].clone();
    let set = harness
        .set_answers(&json!({
            "operation": "get",
            "release": {"name": wanted["name"], "version": wanted["version"]},
            "when": {"times": 1},
            "answer": {"json": document, "headers": {"etag": "\"forged\""}},
        }))
        .await;
    assert_eq!(set["id"], set["ids"][0]);

    let untouched = harness.get(&harness.release_url(&other), None).await;
    assert_eq!(untouched.expect(200).body["release"], other);
    let served = harness.get(&url, None).await.expect(200);
    assert_eq!(served.body, document);
    assert_eq!(
        (served.header("content-type"), served.header("etag")),
        ("application/json", "\"forged\"")
    );
    let own = harness.get(&url, None).await.expect(200);
    assert_eq!(own.body["release"], wanted);
}

#[tokio::test]
async fn bodies_and_headers_come_as_they_were_written() {
    let harness = Harness::start(MockRegistry::builder().base_path("/deep/")).await;
    let bytes: Vec<u8> = (0..=255).collect();
    harness
        .set_answers(&json!([
            {"path": "/mirror/a b.wasm", "answer": {"base64": STANDARD.encode(&bytes), "headers": [["content-type", "application/wasm"]]}},
            {"path": "text", "answer": {"status": 404, "text": "{base}x {base}/y"}},
            {"path": "json", "answer": {"json": {"url": "{base}z", "number": 1.0}}},
            {"path": "moved", "answer": {"status": 308, "headers": {"Location": "{base}/here"}}},
            {"path": "cookies", "answer": {"headers": [["set-cookie", "a=1"], ["set-cookie", "b=2"], ["cache-control", "max-age=60"]]}},
        ]))
        .await;
    let served = harness.get(&harness.url("mirror/a%20b.wasm"), None).await;
    let served = served.expect(200);
    assert_eq!(served.bytes, bytes);
    assert_eq!(served.header("content-type"), "application/wasm");
    let base = harness.registry.url();
    let text = harness.get(&harness.url("text"), None).await.expect(404);
    assert_eq!(
        String::from_utf8(text.bytes).unwrap(),
        format!("{base}x {base}y")
    );
    let answer = harness.get(&harness.url("json"), None).await.expect(200);
    assert_eq!(
        answer.body,
        json!({"url": format!("{base}z"), "number": 1.0})
    );
    let moved = harness.get(&harness.url("moved"), None).await.expect(308);
    assert_eq!(moved.header("location"), format!("{base}here"));
    assert!(moved.bytes.is_empty());
    let cookies = harness.get(&harness.url("cookies"), None).await;
    let cookies = cookies.expect(200);
    let all: Vec<_> = cookies.headers.get_all("set-cookie").iter().collect();
    assert_eq!(all, ["a=1", "b=2"]);
    assert_eq!(cookies.header("cache-control"), "max-age=60");
}

#[tokio::test]
async fn the_registry_does_its_work_after_and_not_before() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let answer = |phase: &str| json!({"operation": "create", "phase": phase, "when": {"times": 1}, "answer": {"status": 201, "json": {"status": "odd"}}});
    harness
        .set_answers(&json!([answer("before"), answer("after")]))
        .await;
    let manifest = manifest(EMPTY_COMPONENT);
    for expected in [0, 1] {
        let answer = harness.create(&manifest).await.expect(201);
        assert_eq!(answer.body, json!({"status": "odd"}));
        assert_eq!(harness.releases().len(), expected);
    }
    harness
        .create(&manifest)
        .await
        .expect_problem(409, "release-exists");
}

#[tokio::test]
async fn faults_disturb_canned_answers_like_others() {
    let harness = Harness::start(MockRegistry::builder()).await;
    harness
        .registry
        .answer(CannedAnswer::new(200).text("canned").path("x").times(1))
        .unwrap();
    harness
        .registry
        .inject(Fault::status(503).times(1))
        .unwrap();
    // The fault comes first, so that the answer is still there for the next.
    harness.get(&harness.url("x"), None).await.expect(503);
    assert_eq!(harness.registry.answers()[0].applied, 0);
    harness
        .registry
        .inject(Fault::status(504).times(1).after())
        .unwrap();
    harness.get(&harness.url("x"), None).await.expect(504);
    assert!(harness.registry.answers()[0].is_consumed());
    harness.get(&harness.url("x"), None).await.expect(404);
}

#[tokio::test]
async fn control_lists_and_removes() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let answers = json!([
        {"operation": "status", "when": {"nth": 2}, "phase": "after", "answer": {"status": 200, "json": {"status": "queued"}}},
        {"operation": ["get", "content"], "release": {"name": "a:b"}, "path": "x/y", "answer": {"status": 500, "headers": [["a", "b"]], "base64": "AAE="}},
    ]);
    let set = harness.set_answers(&answers).await;
    let url = harness.url("components/a:b/v1.0.0/unpublished");
    for _ in 0..2 {
        harness.get(&url, Some(OWNER)).await;
    }
    let shown = harness
        .admin("GET", "answers", &Value::Null)
        .await
        .expect(200)
        .body;
    insta::assert_snapshot!(serde_json::to_string_pretty(&shown).unwrap());
    assert_eq!(shown["answers"], harness.registry.state()["answers"]);
    let first = format!("answers/{}", set["ids"][0].as_str().unwrap());
    let one = harness.admin("GET", &first, &Value::Null).await;
    assert_eq!(one.expect(200).body, shown["answers"][0]);
    harness
        .admin("DELETE", &first, &Value::Null)
        .await
        .expect(204);
    harness
        .admin("DELETE", &first, &Value::Null)
        .await
        .expect_problem(404, "not-found");
    assert_eq!(harness.registry.answers().len(), 1);
    harness
        .admin("DELETE", "answers", &Value::Null)
        .await
        .expect(204);
    assert!(harness.registry.answers().is_empty());
}

#[tokio::test]
async fn a_bad_answer_is_named_with_what_is_right() {
    let harness = Harness::start(MockRegistry::builder()).await;
    for (document, at) in [
        (json!({}), "answer"),
        (json!({"answer": 1}), "answer"),
        (json!({"answer": {}, "match": {}}), "match"),
        (json!({"answer": {}, "path": ""}), "path"),
        (
            json!({"answer": {}, "release": {"label": "x"}}),
            "release.label",
        ),
        (json!({"answer": {"status": 99}}), "answer.status"),
        (json!({"answer": {"body": "x"}}), "answer.body"),
        (json!({"answer": {"text": 1}}), "answer.text"),
        (json!({"answer": {"base64": "*"}}), "answer.base64"),
        (json!({"answer": {"json": 1, "text": "1"}}), "answer.text"),
        (json!({"answer": {"headers": [["a"]]}}), "answer.headers[0]"),
        (
            json!({"answer": {"headers": {"a": "b\nc"}}}),
            "answer.headers.a",
        ),
        (
            json!({"answer": {"headers": {"Transfer-Encoding": "chunked"}}}),
            "answer.headers.Transfer-Encoding",
        ),
    ] {
        let answer = harness
            .admin("POST", "answers", &document)
            .await
            .expect_problem(400, "malformed-request");
        assert_eq!(answer.body["member"], at, "{document}");
    }
    assert!(harness.registry.answers().is_empty());
}

#[tokio::test]
async fn a_head_request_gets_the_head() {
    let harness = Harness::start(MockRegistry::builder()).await;
    harness
        .registry
        .answer(
            CannedAnswer::new(200)
                .bytes(vec![0; 10])
                .header("x-canned", "yes")
                .on(Operation::Get)
                .release("a:b", "1.0.0"),
        )
        .unwrap();
    let url = harness.url("components/a:b/v1.0.0");
    let head = harness.request(Method::HEAD, &url, None, "", "").await;
    assert_eq!(
        (head.header("x-canned"), head.header("content-length")),
        ("yes", "10")
    );
}
