//! Metrics, and the other faces of control.

use mock_registry::MockRegistry;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{EMPTY_COMPONENT, Harness};

/// The value of a sample.
fn sample(text: &str, name: &str) -> Option<f64> {
    text.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
        .map(|value| value.parse().unwrap())
}

async fn metrics(harness: &Harness) -> String {
    let answer = harness
        .admin("GET", "metrics", &Value::Null)
        .await
        .expect(200);
    assert_eq!(
        answer.header("content-type"),
        "text/plain; version=0.0.4; charset=utf-8"
    );
    String::from_utf8(answer.bytes).unwrap()
}

#[tokio::test]
async fn counts_requests_and_what_is_kept() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let session = harness.session(&json!({"journal-entries": 2})).await;
    harness.published(EMPTY_COMPONENT).await;
    session.prepared(EMPTY_COMPONENT).await;
    session.get(&session.url("nowhere"), None).await.expect(404);

    let server = metrics(&harness).await;
    let own = metrics(&session).await;
    for (name, of_server, of_session) in [
        (
            "mock_registry_requests_total{operation=\"create\",status=\"2xx\"}",
            Some(2.0),
            Some(1.0),
        ),
        (
            "mock_registry_requests_total{operation=\"publish\",status=\"2xx\"}",
            Some(1.0),
            None,
        ),
        (
            "mock_registry_requests_total{operation=\"none\",status=\"4xx\"}",
            Some(1.0),
            Some(1.0),
        ),
        (
            "mock_registry_request_duration_seconds_count{operation=\"create\"}",
            Some(2.0),
            Some(1.0),
        ),
        (
            "mock_registry_request_duration_seconds_bucket{operation=\"create\",le=\"+Inf\"}",
            Some(2.0),
            Some(1.0),
        ),
        ("mock_registry_sessions", Some(1.0), Some(0.0)),
        ("mock_registry_sessions_created_total", Some(1.0), Some(0.0)),
        (
            "mock_registry_releases{status=\"published\"}",
            Some(1.0),
            Some(0.0),
        ),
        (
            "mock_registry_releases{status=\"pending\"}",
            Some(1.0),
            Some(1.0),
        ),
        ("mock_registry_journal_entries", Some(5.0), Some(2.0)),
        ("mock_registry_journal_dropped", Some(1.0), Some(1.0)),
    ] {
        assert_eq!(sample(&server, name), of_server, "{name}\n{server}");
        assert_eq!(sample(&own, name), of_session, "{name}\n{own}");
    }
    assert!(sample(&server, "mock_registry_received_bytes_total").unwrap() > 16.0);
    assert!(sample(&server, "mock_registry_sent_bytes_total").unwrap() > 16.0);

    // What a session has done stays counted when it is gone.
    let id = session.base().rsplit('/').nth(1).unwrap();
    harness
        .admin("DELETE", &format!("sessions/{id}"), &Value::Null)
        .await
        .expect(204);
    let after = metrics(&harness).await;
    assert_eq!(sample(&after, "mock_registry_sessions"), Some(0.0));
    assert_eq!(
        sample(
            &after,
            "mock_registry_requests_total{operation=\"create\",status=\"2xx\"}"
        ),
        Some(2.0)
    );
}

#[tokio::test]
async fn every_sample_belongs_to_a_described_metric() {
    let harness = Harness::start(MockRegistry::builder()).await;
    harness.published(EMPTY_COMPONENT).await;
    let text = metrics(&harness).await;
    assert!(text.ends_with('\n'));
    let described = |kind: &str| -> Vec<&str> {
        text.lines()
            .filter_map(|line| line.strip_prefix(kind)?.split(' ').next())
            .collect()
    };
    let (helps, types) = (described("# HELP "), described("# TYPE "));
    assert_eq!(helps, types);
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().unwrap();
        let family = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|suffix| name.strip_suffix(suffix))
            .unwrap_or(name);
        assert!(types.contains(&name) || types.contains(&family), "{line}");
        line.rsplit(' ').next().unwrap().parse::<f64>().unwrap();
    }
    let mut buckets = text
        .lines()
        .filter(|line| {
            line.starts_with("mock_registry_request_duration_seconds_bucket{operation=\"create\"")
        })
        .map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap());
    let first = buckets.next().unwrap();
    buckets.fold(first, |before, count| {
        assert!(count >= before);
        count
    });
}

#[tokio::test]
async fn the_index_lists_what_answers() {
    let harness = Harness::start(MockRegistry::builder().base_path("/api")).await;
    let session = harness.session(&Value::Null).await;
    for harness in [&harness, &session] {
        for path in ["", "/"] {
            let index = harness
                .get(&harness.url(&format!("__admin{path}")), None)
                .await
                .expect(200);
            assert_eq!(index.body["url"], harness.base());
            let endpoints = index.body["endpoints"].as_array().unwrap();
            assert!(endpoints.len() > 15);
            for endpoint in endpoints {
                let url = endpoint["url"].as_str().unwrap();
                assert!(url.starts_with(&harness.url("__admin/")), "{url}");
                assert!(!endpoint["what"].as_str().unwrap().is_empty());
            }
        }
    }
    let version = harness.admin("GET", "version", &Value::Null).await;
    assert_eq!(version.body["profile"], "0.1.0");
}

#[tokio::test]
async fn control_has_problems_of_its_own() {
    // No defect reaches it.
    let harness = Harness::start(MockRegistry::builder().configure(|config| {
        config.defects = mock_registry::defect::Defect::ALL.to_vec();
        config.problem_type_prefix = "https://errors.test/".to_owned();
    }))
    .await;
    for (method, path, status, name, allow) in [
        ("GET", "nowhere", 404, "not-found", ""),
        ("GET", "sessions/", 404, "not-found", ""),
        ("POST", "state", 405, "method-not-allowed", "GET, HEAD"),
        (
            "PATCH",
            "clock",
            405,
            "method-not-allowed",
            "GET, HEAD, PUT",
        ),
        ("GET", "requests/find", 405, "method-not-allowed", "POST"),
        (
            "PUT",
            "sessions/x",
            405,
            "method-not-allowed",
            "GET, HEAD, DELETE",
        ),
    ] {
        let answer = harness.admin(method, path, &Value::Null).await;
        assert_eq!(answer.header("allow"), allow, "{method} {path}");
        answer.expect_problem(status, name);
    }
    let head = harness
        .request(Method::HEAD, &harness.url("__admin/health"), None, "", "")
        .await;
    assert_eq!((head.status.as_u16(), head.bytes.len()), (200, 0));
}

#[tokio::test]
async fn the_committed_description_is_the_one_that_is_served() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let served = harness
        .admin("GET", "openapi.json", &Value::Null)
        .await
        .expect(200);
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/openapi.json");
    assert!(
        std::fs::read(committed).unwrap() == served.bytes,
        "schemas/openapi.json is not mock/src/openapi.json; copy that over it"
    );
}
