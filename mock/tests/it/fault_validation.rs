//! Faults that can not be set.

use mock_registry::MockRegistry;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Harness;

/// What can not be set, and the place that is named for it.
fn cases() -> Vec<(Value, &'static str)> {
    let good = json!({"status": 503});
    vec![
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
    ]
}

#[tokio::test]
async fn a_bad_fault_is_named_with_what_is_right() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let good = json!({"status": 503});
    let mut details = Vec::new();
    for (document, at) in cases() {
        let answer = harness
            .admin("POST", "faults", &document)
            .await
            .expect_problem(400, "malformed-request");
        let shown = answer.body["member"].as_str().unwrap();
        assert_eq!(shown.trim_start_matches("the document"), at, "{document}");
        details.push(answer.body["detail"].as_str().unwrap().to_owned());
        // In a list, the place says which; and the good one beside it is not set.
        let list = json!([{"fault": good}, document]);
        let answer = harness
            .admin("POST", "faults", &list)
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
