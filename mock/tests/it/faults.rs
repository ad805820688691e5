//! Faults: which requests they meet, what they answer, and what control tells of them. What the connection itself shows is in
//! `fault_wire`.

use std::time::Duration;

use mock_registry::{CannedAnswer, Fault, MockRegistry, Operation};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{EMPTY_COMPONENT, Harness, NAMESPACE, OWNER, manifest};

impl Harness {
    /// Sets faults; returns their names.
    pub(crate) async fn set_faults(&self, faults: &Value) -> Vec<String> {
        let answer = self.admin("POST", "faults", faults).await.expect(201);
        serde_json::from_value(answer.body["ids"].clone()).unwrap()
    }

    /// Number of releases that the registry holds, by status.
    pub(crate) fn releases(&self) -> Vec<String> {
        let state = self.registry.state();
        let releases = state["releases"].as_array().unwrap();
        releases
            .iter()
            .map(|release| release["status"].as_str().unwrap().to_owned())
            .collect()
    }
}

#[tokio::test]
async fn no_fault_is_set_by_default() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let faults = harness.admin("GET", "faults", &Value::Null).await;
    assert_eq!(faults.expect(200).body, json!({"faults": []}));
    let state = harness.registry.state();
    assert_eq!(
        (&state["faults"], &state["holds"], &state["answers"]),
        (&json!([]), &json!([]), &json!([]))
    );
    harness.published(EMPTY_COMPONENT).await;
}

#[tokio::test]
async fn status_comes_before_the_work_with_a_problem_document() {
    let harness = Harness::start(MockRegistry::builder()).await;
    harness
        .set_faults(&json!([
            {"operation": "create", "when": {"times": 1}, "fault": {"status": 503, "retry-after": 2}},
            {"operation": "create", "when": {"times": 1}, "fault": {"status": 429, "retry-after": "date:30s"}},
            {"operation": "create", "when": {"times": 1}, "fault": {"status": 502, "body": "<h1>Bad Gateway</h1>",
                "headers": {"content-type": "text/html", "X-Proxy": "front"}}},
            {"operation": "create", "when": {"times": 1}, "fault": {"status": 500, "body": {"error": 1}}},
            {"operation": "create", "when": {"times": 1}, "fault": {"status": 302, "headers": [["location", "{base}/elsewhere"]]}},
        ]))
        .await;
    let manifest = manifest(EMPTY_COMPONENT);

    let busy = harness.create(&manifest).await.expect(503);
    assert_eq!(busy.header("retry-after"), "2");
    assert_eq!(busy.header("content-type"), "application/problem+json");
    assert_eq!(
        (
            &busy.body["type"],
            &busy.body["title"],
            &busy.body["status"]
        ),
        (
            &json!("about:blank"),
            &json!("Service Unavailable"),
            &json!(503)
        )
    );
    let limited = harness
        .create(&manifest)
        .await
        .expect_problem(429, "too-many-requests");
    assert!(
        limited.header("retry-after").ends_with(" GMT"),
        "{}",
        limited.header("retry-after")
    );
    let gateway = harness.create(&manifest).await.expect(502);
    assert_eq!(
        (
            gateway.header("content-type"),
            gateway.header("x-proxy"),
            gateway.bytes.as_slice()
        ),
        ("text/html", "front", b"<h1>Bad Gateway</h1>".as_slice())
    );
    let internal = harness.create(&manifest).await.expect(500);
    assert_eq!(
        (internal.header("content-type"), &internal.body),
        ("application/json", &json!({"error": 1}))
    );
    let moved = harness.create(&manifest).await.expect(302);
    assert_eq!(moved.header("location"), harness.url("elsewhere"));
    assert!(moved.bytes.is_empty());

    assert!(harness.releases().is_empty());
    harness.create(&manifest).await.expect(201);
}

#[tokio::test]
async fn status_after_the_work_loses_a_committed_answer() {
    let harness = Harness::start(MockRegistry::builder()).await;
    harness
        .set_faults(&json!({"when": {"times": 3}, "phase": "after", "fault": {"status": 504}}))
        .await;
    let manifest = manifest(EMPTY_COMPONENT);
    harness.create(&manifest).await.expect(504);
    assert_eq!(harness.releases(), ["pending"]);
    let sources = json!([{"url": "http://127.0.0.1:9/never-fetched"}]);
    harness.add_sources(&manifest, &sources).await.expect(504);
    let state = harness.registry.state();
    assert_eq!(state["releases"][0]["contentSources"], sources);
    // A refusal is no commit: the status is the fault's all the same.
    harness.create(&manifest).await.expect(504);
    harness
        .create(&manifest)
        .await
        .expect_problem(409, "release-exists");
}

#[tokio::test]
async fn a_lost_answer_to_publish_has_published() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let (manifest, _) = harness.prepared(EMPTY_COMPONENT).await;
    harness
        .registry
        .inject(Fault::status(503).on(Operation::Publish).times(1).after())
        .unwrap();
    harness.publish(&manifest).await.expect(503);
    harness
        .get(&harness.release_url(&manifest), None)
        .await
        .expect(200);
}

#[tokio::test]
async fn every_operation_is_told_from_the_others() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let published = harness.published(EMPTY_COMPONENT).await;
    let release = harness.release_url(&published);
    let (pending, created) = harness.prepared(EMPTY_COMPONENT).await;
    let pending = harness.release_url(&pending);
    let upload = harness.resolve(created.body["uploadUrl"].as_str().unwrap());
    let location = harness.resolve(created.header("location"));
    let requests = [
        ("create", Method::POST, harness.url("releases")),
        ("status", Method::GET, format!("{pending}/unpublished")),
        ("status", Method::HEAD, location),
        ("upload", Method::POST, upload),
        (
            "add-sources",
            Method::POST,
            format!("{release}/content-sources"),
        ),
        (
            "replace-sources",
            Method::PUT,
            format!("{release}/content-sources"),
        ),
        ("publish", Method::POST, release.clone()),
        ("get", Method::GET, release.clone()),
        ("get", Method::HEAD, release.clone()),
        ("cancel", Method::DELETE, format!("{pending}/unpublished")),
        ("content", Method::GET, format!("{release}/content")),
    ];
    for operation in Operation::ALL {
        let id = harness
            .set_faults(&json!({"operation": operation.name(), "fault": {"status": 418}}))
            .await;
        for (name, method, url) in &requests {
            // With an unknown token nothing changes that the next request would find changed.
            let answer = harness
                .request(method.clone(), url, Some("unknown"), "", "")
                .await;
            assert_eq!(
                answer.status == 418,
                *name == operation.name(),
                "{operation}: {method} {url}"
            );
        }
        harness
            .admin("DELETE", &format!("faults/{}", id[0]), &Value::Null)
            .await
            .expect(204);
    }
    // Any request is any, also what is no operation; but never control.
    harness
        .set_faults(&json!({"operation": ["get", "*"], "fault": {"status": 418}}))
        .await;
    for (_, method, url) in &requests {
        let answer = harness.request(method.clone(), url, None, "", "").await;
        assert_eq!(answer.status, 418, "{method} {url}");
    }
    harness.get(&harness.url("nowhere"), None).await.expect(418);
    harness.get(&harness.resolve("/"), None).await.expect(418);
    for path in ["health", "state", "faults", "holds", "answers"] {
        let answer = harness.admin("GET", path, &Value::Null).await;
        answer.expect(200);
    }
}

#[tokio::test]
async fn faults_are_for_the_releases_that_they_name() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let name = format!("{NAMESPACE}:unlucky");
    harness
        .set_faults(&json!([
            {"operation": "create", "match": {"name": name}, "fault": {"status": 503}},
            {"match": {"version": "2.0.0"}, "fault": {"status": 500}},
        ]))
        .await;
    let named = |name: &str, version: &str| {
        let mut manifest = manifest(EMPTY_COMPONENT);
        manifest["name"] = json!(name);
        manifest["version"] = json!(version);
        manifest
    };
    harness.create(&named(&name, "1.0.0")).await.expect(503);
    let lucky = named(&format!("{NAMESPACE}:lucky"), "1.0.0");
    harness.create(&lucky).await.expect(201);
    let second = named(&format!("{NAMESPACE}:lucky"), "2.0.0");
    harness.create(&second).await.expect(500);
    // A signed create says it in the payload.
    let signed = crate::support::jws(
        &["owner-es256"],
        named(&name, "1.0.0").to_string().as_bytes(),
    );
    let answer = harness
        .request(
            Method::POST,
            &harness.url("releases"),
            Some(OWNER),
            "application/jose+json",
            signed.to_string(),
        )
        .await;
    answer.expect(503);
    harness
        .get(&harness.release_url(&second), None)
        .await
        .expect(500);
    harness
        .get(&harness.release_url(&lucky), None)
        .await
        .expect(404);
}

#[tokio::test]
async fn control_shows_what_was_consumed() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let ids = harness
        .set_faults(&json!([
            {"operation": "get", "when": {"times": 2}, "fault": {"status": 503, "retry-after": 1}},
            {"operation": "get", "when": {"nth": 5}, "phase": "after", "fault": {"delay": "0"}},
            {"operation": ["publish", "cancel"], "match": {"name": "a:b", "version": "1.0.0"}, "fault": {"truncate": 100}},
            {"operation": "get", "when": {"probability": 0.0}, "fault": {"dribble": {"bytes": 16, "every": "50ms"}}},
        ]))
        .await;
    let url = harness.url("components/a.b:c/v1.0.0");
    for expected in [503, 503, 404] {
        harness.get(&url, None).await.expect(expected);
    }
    let shown = harness
        .admin("GET", "faults", &Value::Null)
        .await
        .expect(200);
    assert_eq!(shown.header("cache-control"), "no-store");
    insta::assert_snapshot!(serde_json::to_string_pretty(&shown.body).unwrap());
    assert_eq!(shown.body["faults"], harness.registry.state()["faults"]);
    let one = harness
        .admin("GET", &format!("faults/{}", ids[1]), &Value::Null)
        .await
        .expect(200);
    assert_eq!(one.body, shown.body["faults"][1]);

    harness
        .admin("DELETE", &format!("faults/{}", ids[0]), &Value::Null)
        .await
        .expect(204);
    for method in ["GET", "DELETE"] {
        harness
            .admin(method, &format!("faults/{}", ids[0]), &Value::Null)
            .await
            .expect_problem(404, "not-found");
    }
    harness
        .admin("PUT", "faults", &Value::Null)
        .await
        .expect_problem(405, "method-not-allowed");
    harness
        .admin("DELETE", "faults", &Value::Null)
        .await
        .expect(204);
    assert!(harness.registry.faults().is_empty());
    let again = harness.set_faults(&json!({"fault": {"status": 500}})).await;
    assert!(!ids.contains(&again[0]), "{again:?}");
    harness
        .admin("POST", "reset", &Value::Null)
        .await
        .expect(204);
    harness.get(&url, None).await.expect(404);
}

#[tokio::test]
async fn what_is_shown_can_be_set_again() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let faults = json!([
        {"operation": "*", "phase": "before", "fault": {"status": 503, "retry-after": "date:30000ms", "headers": [["a", "b"], ["a", "c"]], "body": {"x": 1}}},
        {"operation": "create", "phase": "after", "fault": {"delay": "300ms"}},
        {"operation": ["create", "get"], "match": {"name": "a:b"}, "when": {"nth": 2, "times": 3}, "phase": "before", "fault": {"stall": "30000ms"}},
        {"operation": "get", "when": {"probability": 0.25}, "phase": "before", "fault": {"hold": "a-b.c_1"}},
        {"operation": "get", "phase": "before", "fault": {"connection": "EMPTY_RESPONSE"}},
        {"operation": "get", "phase": "before", "fault": {"truncate": 100}},
        {"operation": "get", "phase": "after", "fault": {"dribble": {"bytes": 16, "every": "50ms"}}},
    ]);
    harness.set_faults(&faults).await;
    let shown: Vec<Value> = harness
        .registry
        .faults()
        .iter()
        .map(|state| state.fault.to_json())
        .collect();
    assert_eq!(json!(shown), faults);
}

#[tokio::test]
async fn delayed_requests_come_in_the_end() {
    let harness = Harness::start(MockRegistry::builder()).await;
    harness
        .set_faults(&json!([
            {"operation": "create", "when": {"times": 1}, "fault": {"delay": "60ms"}},
            {"operation": "create", "when": {"times": 1}, "phase": "after", "fault": {"delay": "60ms"}},
        ]))
        .await;
    for _ in 0..2 {
        let begun = std::time::Instant::now();
        harness.create(&manifest(EMPTY_COMPONENT)).await.expect(201);
        assert!(begun.elapsed() >= Duration::from_millis(60));
    }
}

#[tokio::test]
async fn a_refused_body_does_not_cost_the_client_its_answer() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let (_, created) = harness.prepared(EMPTY_COMPONENT).await;
    let url = harness.resolve(created.body["uploadUrl"].as_str().unwrap());
    harness
        .set_faults(&json!({"operation": "upload", "fault": {"status": 503}}))
        .await;
    for _ in 0..3 {
        let body = vec![0; 8 << 20];
        let answer = harness
            .request(Method::POST, &url, Some(OWNER), "application/wasm", body)
            .await;
        answer.expect(503);
    }
}

#[tokio::test]
async fn the_journal_and_the_metrics_tell_what_disturbed_a_request() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let url = harness.url("components/a:b/v1.0.0");
    harness
        .set_faults(&json!([
            {"when": {"times": 1}, "fault": {"status": 503}},
            {"when": {"times": 1}, "fault": {"connection": "CONNECTION_RESET_BY_PEER"}},
            {"when": {"times": 1}, "fault": {"truncate": 1}},
        ]))
        .await;
    harness
        .admin(
            "POST",
            "answers",
            &json!({"when": {"times": 1}, "answer": {"json": {}}}),
        )
        .await
        .expect(201);
    harness.get(&url, None).await.expect(503);
    harness.http.get(&url).send().await.unwrap_err();
    let cut = harness.http.get(&url).send().await.unwrap();
    cut.bytes().await.unwrap_err();
    harness.get(&url, None).await.expect(404);

    let journal = harness.admin("GET", "requests", &Value::Null).await;
    let journal = journal.expect(200).body;
    let told: Vec<Value> = journal["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|request| json!([request["status"], request["fault"]]))
        .collect();
    assert_eq!(
        json!(told),
        json!([
            [503, {"id": "f1", "kind": "status"}],
            [null, {"id": "f2", "kind": "connection"}],
            // The canned answer, cut short.
            [200, {"id": "f3", "kind": "truncate"}],
            [404, null],
        ])
    );
    let metrics = harness.admin("GET", "metrics", &Value::Null).await;
    let metrics = String::from_utf8(metrics.expect(200).bytes).unwrap();
    for kind in ["status", "connection", "truncate", "answer"] {
        let line = format!("mock_registry_faults_applied_total{{kind=\"{kind}\"}} 1");
        assert!(metrics.contains(&line), "{metrics}");
    }
}

#[tokio::test]
async fn sessions_in_process_have_faults_of_their_own() {
    let registry = MockRegistry::builder().start().await.unwrap();
    let session = registry.new_session(|_| {}).unwrap();
    session.inject(Fault::status(503).times(1)).unwrap();
    session
        .answer(CannedAnswer::new(418).path("teapot"))
        .unwrap();
    let status = async |url: String| {
        let answer = reqwest::get(url).await.unwrap();
        answer.status().as_u16()
    };
    assert_eq!(status(format!("{}teapot", registry.url())).await, 404);
    assert_eq!(status(format!("{}teapot", session.url())).await, 503);
    assert_eq!(status(format!("{}teapot", session.url())).await, 418);
    assert!(session.faults()[0].is_consumed());
    assert!(registry.faults().is_empty() && registry.answers().is_empty());
}
