//! Faults: which requests they meet, what they answer, and what control tells of them. What the connection itself shows is in
//! `fault_wire`.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use mock_registry::{Fault, MockRegistry, Operation};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, EMPTY_COMPONENT, Harness, NAMESPACE, OWNER, manifest};

impl Harness {
    /// Calls control; the path is relative to `__admin/`.
    pub(crate) async fn control(&self, method: Method, path: &str, body: &Value) -> Answer {
        let url = self.url(&format!("__admin/{path}"));
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.request(method, &url, None, "application/json", body)
            .await
    }

    /// Sets faults; returns their names.
    pub(crate) async fn set_faults(&self, faults: &Value) -> Vec<String> {
        let answer = self
            .control(Method::POST, "faults", faults)
            .await
            .expect(201);
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
    let faults = harness.control(Method::GET, "faults", &Value::Null).await;
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
            .control(Method::DELETE, &format!("faults/{}", id[0]), &Value::Null)
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
        let answer = harness.control(Method::GET, path, &Value::Null).await;
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
        .control(Method::GET, "faults", &Value::Null)
        .await
        .expect(200);
    assert_eq!(shown.header("cache-control"), "no-store");
    insta::assert_snapshot!(serde_json::to_string_pretty(&shown.body).unwrap());
    assert_eq!(shown.body["faults"], harness.registry.state()["faults"]);
    let one = harness
        .control(Method::GET, &format!("faults/{}", ids[1]), &Value::Null)
        .await
        .expect(200);
    assert_eq!(one.body, shown.body["faults"][1]);

    harness
        .control(Method::DELETE, &format!("faults/{}", ids[0]), &Value::Null)
        .await
        .expect(204);
    for method in [Method::GET, Method::DELETE] {
        harness
            .control(method, &format!("faults/{}", ids[0]), &Value::Null)
            .await
            .expect_problem(404, "not-found");
    }
    harness
        .control(Method::PUT, "faults", &Value::Null)
        .await
        .expect_problem(405, "method-not-allowed");
    harness
        .control(Method::DELETE, "faults", &Value::Null)
        .await
        .expect(204);
    assert!(harness.registry.faults().is_empty());
    let again = harness.set_faults(&json!({"fault": {"status": 500}})).await;
    assert!(!ids.contains(&again[0]), "{again:?}");
    harness
        .control(Method::POST, "reset", &Value::Null)
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
async fn a_bad_fault_is_named_with_what_is_right() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let good = json!({"status": 503});
    let cases = [
        (json!(1), ""),
        (json!({}), "fault"),
        (json!({"fault": {}}), "fault"),
        (json!({"fault": good, "Phase": "after"}), "Phase"),
        (json!({"fault": good, "phase": "during"}), "phase"),
        (json!({"fault": good, "operation": "Publish"}), "operation"),
        (json!({"fault": good, "operation": []}), "operation"),
        (
            json!({"fault": good, "operation": ["get", "put"]}),
            "operation[1]",
        ),
        (json!({"fault": good, "when": {}}), "when"),
        (json!({"fault": good, "when": {"nth": 0}}), "when.nth"),
        (json!({"fault": good, "when": {"times": -1}}), "when.times"),
        (json!({"fault": good, "when": {"time": 1}}), "when.time"),
        (
            json!({"fault": good, "when": {"probability": 1.1}}),
            "when.probability",
        ),
        (
            json!({"fault": good, "match": {"label": "x"}}),
            "match.label",
        ),
        (json!({"fault": good, "match": {"name": ""}}), "match.name"),
        (json!({"fault": {"status": 199}}), "fault.status"),
        (json!({"fault": {"status": "503"}}), "fault.status"),
        (
            json!({"fault": {"status": 503, "retry-after": "soon"}}),
            "fault.retry-after",
        ),
        (
            json!({"fault": {"status": 503, "retry_after": 1}}),
            "fault.retry_after",
        ),
        (
            json!({"fault": {"status": 503, "headers": {"a b": "c"}}}),
            "fault.headers.a b",
        ),
        (
            json!({"fault": {"status": 503, "headers": {"content-length": "3"}}}),
            "fault.headers.content-length",
        ),
        (json!({"fault": {"status": 204, "body": "x"}}), "fault.body"),
        (
            json!({"fault": {"status": 503, "delay": "1s"}}),
            "fault.delay",
        ),
        (
            json!({"fault": {"delay": "1s", "retry-after": 1}}),
            "fault.retry-after",
        ),
        (json!({"fault": {"delay": 300}}), "fault.delay"),
        (json!({"fault": {"stall": "1 fortnight"}}), "fault.stall"),
        (json!({"fault": {"hold": "a/b"}}), "fault.hold"),
        (
            json!({"fault": {"connection": "RESET"}}),
            "fault.connection",
        ),
        (json!({"fault": {"truncate": -1}}), "fault.truncate"),
        (json!({"fault": {"dribble": 16}}), "fault.dribble"),
        (
            json!({"fault": {"dribble": {"bytes": 16}}}),
            "fault.dribble.every",
        ),
        (
            json!({"fault": {"dribble": {"bytes": 0, "every": "1s"}}}),
            "fault.dribble.bytes",
        ),
    ];
    let mut details = Vec::new();
    for (document, at) in cases {
        let answer = harness
            .control(Method::POST, "faults", &document)
            .await
            .expect_problem(400, "malformed-request");
        let shown = answer.body["member"].as_str().unwrap();
        assert_eq!(shown.trim_start_matches("the document"), at, "{document}");
        details.push(answer.body["detail"].as_str().unwrap().to_owned());
        // In a list, the place says which; and the good one beside it is not set.
        let list = json!([{"fault": good}, document]);
        let answer = harness
            .control(Method::POST, "faults", &list)
            .await
            .expect_problem(400, "malformed-request");
        let shown = answer.body["member"].as_str().unwrap();
        assert!(shown.starts_with("[1]") && shown.ends_with(at), "{shown}");
    }
    insta::assert_snapshot!(details.join("\n"));
    let broken = harness
        .request(
            Method::POST,
            &harness.url("__admin/faults"),
            None,
            "application/json",
            "{\"fault\": ",
        )
        .await;
    broken.expect_problem(400, "malformed-request");
    assert!(harness.registry.faults().is_empty());
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

/// A request on its way, which is not waited for.
fn create_later(harness: &Arc<Harness>, manifest: &Value) -> tokio::task::JoinHandle<Answer> {
    let (harness, manifest) = (harness.clone(), manifest.clone());
    tokio::spawn(async move { harness.create(&manifest).await })
}

#[tokio::test]
async fn held_requests_wait_until_they_are_released() {
    let harness = Arc::new(Harness::start(MockRegistry::builder()).await);
    harness
        .set_faults(&json!([
            {"operation": "create", "when": {"times": 1}, "fault": {"hold": "before"}},
            {"operation": "create", "when": {"times": 1}, "phase": "after", "fault": {"hold": "after"}},
        ]))
        .await;
    let manifest = manifest(EMPTY_COMPONENT);
    let first = create_later(&harness, &manifest);
    harness.registry.held("before", 1).await.unwrap();
    assert!(harness.releases().is_empty());
    let second = create_later(&harness, &manifest);
    harness.registry.held("after", 1).await.unwrap();
    assert_eq!(harness.releases(), ["pending"]);

    let holds = harness
        .control(Method::GET, "holds", &Value::Null)
        .await
        .expect(200);
    let [after, before] = holds.body["holds"].as_array().unwrap().as_slice() else {
        panic!("{}", holds.body);
    };
    assert_eq!(after["name"], "after");
    assert_eq!(
        (
            &before["name"],
            &before["released"],
            &before["waiting"][0]["operation"],
            &before["waiting"][0]["method"],
            &before["waiting"][0]["path"],
            &before["waiting"][0]["fault"],
        ),
        (
            &json!("before"),
            &json!(false),
            &json!("create"),
            &json!("POST"),
            &json!("releases"),
            &json!("f1"),
        )
    );
    assert!(!first.is_finished() && !second.is_finished());

    let released = harness
        .control(Method::POST, "holds/after/release", &Value::Null)
        .await
        .expect(200);
    assert_eq!(released.body, json!({"name": "after", "released": 1}));
    second.await.unwrap().expect(201);
    harness
        .control(Method::POST, "holds/before/release", &Value::Null)
        .await
        .expect(200);
    first.await.unwrap().expect_problem(409, "release-exists");
    for path in ["holds/nobody/release", "holds/before/unknown"] {
        harness
            .control(Method::POST, path, &Value::Null)
            .await
            .expect_problem(404, "not-found");
    }
}

#[tokio::test]
async fn a_hold_that_was_released_stays_open_until_it_is_set_anew() {
    let harness = Arc::new(Harness::start(MockRegistry::builder()).await);
    let hold = json!({"operation": "create", "fault": {"hold": "gate"}});
    let first = harness.set_faults(&hold).await;
    let released = harness
        .control(Method::POST, "holds/gate/release", &Value::Null)
        .await
        .expect(200);
    assert_eq!(released.body["released"], 0);
    harness.create(&manifest(EMPTY_COMPONENT)).await.expect(201);

    harness.set_faults(&hold).await;
    let held = create_later(&harness, &manifest(EMPTY_COMPONENT));
    harness.registry.held("gate", 1).await.unwrap();
    // Another fault still holds under this name.
    harness
        .control(
            Method::DELETE,
            &format!("faults/{}", first[0]),
            &Value::Null,
        )
        .await
        .expect(204);
    assert!(!held.is_finished());
    harness.registry.clear_faults();
    held.await.unwrap().expect(201);
    harness.registry.release("gate").unwrap_err();

    // So does a reset.
    harness.set_faults(&hold).await;
    let held = create_later(&harness, &manifest(EMPTY_COMPONENT));
    harness.registry.held("gate", 1).await.unwrap();
    harness.registry.reset();
    held.await.unwrap().expect(201);
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

/// How many of the attempts at each release were hit, with so many requests under way at once.
async fn hits(connections: usize, seed: u64) -> BTreeMap<String, usize> {
    use futures::StreamExt;

    const RELEASES: usize = 60;
    const ATTEMPTS: usize = 3;
    let registry = MockRegistry::builder().seed(seed).start().await.unwrap();
    registry
        .inject(Fault::status(503).on(Operation::Create).probability(0.3))
        .unwrap();
    registry
        .inject(
            Fault::status(500)
                .on(Operation::Create)
                .on(Operation::Get)
                .probability(0.3),
        )
        .unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let requests = (0..ATTEMPTS).flat_map(|_| 0..RELEASES).map(|number| {
        let (http, url) = (http.clone(), registry.url().to_owned());
        async move {
            let mut manifest = manifest(EMPTY_COMPONENT);
            let name = format!("{NAMESPACE}:release-{number}");
            manifest["name"] = json!(name);
            let created = http
                .post(format!("{url}releases"))
                .bearer_auth(OWNER)
                .header("content-type", "application/json")
                .body(manifest.to_string())
                .send();
            let created = created.await.unwrap().status();
            let got = http.get(format!("{url}components/{name}/v1.0.0")).send();
            let got = got.await.unwrap().status();
            [
                (format!("create {number} {}", created.as_u16()), created),
                (format!("get {number} {}", got.as_u16()), got),
            ]
        }
    });
    let answers: Vec<_> = futures::stream::iter(requests)
        .buffer_unordered(connections)
        .collect()
        .await;
    let mut hits = BTreeMap::new();
    for (key, status) in answers.into_iter().flatten() {
        if status.is_server_error() {
            *hits.entry(key).or_default() += 1;
        }
    }
    hits
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chance_repeats_under_concurrency() {
    let alone = hits(1, 7).await;
    assert!(alone.len() > 60, "{alone:?}");
    assert_eq!(alone, hits(16, 7).await);
    assert_ne!(alone, hits(1, 8).await);
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
        .control(
            Method::POST,
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

    let journal = harness.control(Method::GET, "requests", &Value::Null).await;
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
    let metrics = harness.control(Method::GET, "metrics", &Value::Null).await;
    let metrics = String::from_utf8(metrics.expect(200).bytes).unwrap();
    for kind in ["status", "connection", "truncate", "answer"] {
        let line = format!("mock_registry_faults_applied_total{{kind=\"{kind}\"}} 1");
        assert!(metrics.contains(&line), "{metrics}");
    }
}

#[tokio::test]
async fn sessions_have_faults_of_their_own() {
    let harness = Arc::new(Harness::start(MockRegistry::builder()).await);
    let session = harness
        .control(Method::POST, "sessions", &json!({}))
        .await
        .expect(201)
        .body;
    let base = session["url"].as_str().unwrap().to_owned();
    let faults = json!([
        {"operation": "get", "fault": {"status": 503}},
        {"operation": "create", "fault": {"hold": "gate"}},
    ]);
    harness
        .post_json(&format!("{base}__admin/faults"), None, &faults)
        .await
        .expect(201);
    let path = "components/a:b/v1.0.0";
    harness
        .get(&format!("{base}{path}"), None)
        .await
        .expect(503);
    harness.get(&harness.url(path), None).await.expect(404);
    assert!(harness.registry.faults().is_empty());

    // Who is held goes on when the session ends.
    let held = tokio::spawn({
        let (harness, url) = (harness.clone(), format!("{base}releases"));
        async move {
            harness
                .post_json(&url, Some(OWNER), &manifest(EMPTY_COMPONENT))
                .await
        }
    });
    loop {
        let holds = harness.get(&format!("{base}__admin/holds"), None).await;
        if holds.body["holds"][0]["waiting"] != json!([]) {
            break;
        }
    }
    let id = session["id"].as_str().unwrap();
    harness
        .control(Method::DELETE, &format!("sessions/{id}"), &Value::Null)
        .await
        .expect(204);
    held.await.unwrap().expect_problem(404, "not-found");
}
