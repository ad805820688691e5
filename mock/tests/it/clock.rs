//! The clock, by its control.

use mock_registry::MockRegistry;
use serde_json::{Value, json};

use crate::support::{EMPTY_COMPONENT, Harness, HeldHost, manifest};

async fn clock(harness: &Harness, body: Value) -> Value {
    harness.admin("PUT", "clock", &body).await.expect(200).body
}

#[tokio::test]
async fn a_frozen_clock_moves_only_when_it_is_advanced() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let running = harness
        .admin("GET", "clock", &Value::Null)
        .await
        .expect(200);
    assert_eq!(running.body["frozen"], false);
    let frozen = clock(&harness, json!({"action": "freeze"})).await;
    assert_eq!(frozen["frozen"], true);
    let created = harness.create(&manifest(EMPTY_COMPONENT)).await.expect(201);
    assert_eq!(created.body["createdAt"], frozen["now"]);
    let again = harness.admin("GET", "clock", &Value::Null).await;
    assert_eq!(again.body["now"], frozen["now"]);

    let time = |shown: &Value| {
        shown["now"]
            .as_str()
            .unwrap()
            .parse::<jiff::Timestamp>()
            .unwrap()
    };
    let advanced = clock(&harness, json!({"action": "advance", "by": "90s"})).await;
    assert_eq!(time(&advanced).duration_since(time(&frozen)).as_secs(), 90);
    let requests = harness.admin("GET", "requests", &Value::Null).await;
    assert_eq!(requests.body["requests"][0]["at"], frozen["now"]);

    let reset = clock(&harness, json!({"action": "reset"})).await;
    assert_eq!(reset["frozen"], false);
    assert_eq!(reset["ahead_ms"], 0);
}

#[tokio::test]
async fn advancing_brings_about_what_is_due() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let session = harness
        .session(&json!({"processing": "delay:10m", "expiry": "1h", "retention": "2h"}))
        .await;
    clock(&session, json!({"action": "freeze"})).await;
    let pending = manifest(EMPTY_COMPONENT);
    session.create(&pending).await.expect(201);
    let (processed, _) = session.prepared(EMPTY_COMPONENT).await;
    session.publish(&processed).await.expect(202);
    let statuses = |session: &Harness| {
        let session = session.in_session(session.base());
        async move {
            let state = session.admin("GET", "state", &Value::Null).await;
            state.body["releases"]
                .as_array()
                .unwrap()
                .iter()
                .map(|release| release["status"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        }
    };
    clock(&session, json!({"action": "advance", "by": "599s"})).await;
    assert_eq!(statuses(&session).await, ["pending", "processing"]);
    let settled = clock(&session, json!({"action": "advance", "by": "1s"})).await;
    assert_eq!(settled["settled"], true);
    assert_eq!(statuses(&session).await, ["pending", "published"]);
    let status = session.status(&processed).await;
    assert_eq!(status.body["processedAt"], settled["now"]);

    clock(&session, json!({"action": "advance", "by": "50m"})).await;
    assert_eq!(statuses(&session).await, ["expired", "published"]);
    clock(&session, json!({"action": "advance", "by": "2h"})).await;
    assert_eq!(statuses(&session).await, ["published"]);
}

#[tokio::test]
async fn advancing_waits_for_a_verification_whose_outcome_is_due() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let session = harness.session(&json!({"processing": "delay:1h"})).await;
    clock(&session, json!({"action": "freeze"})).await;
    let host = HeldHost::start(EMPTY_COMPONENT.to_vec()).await;
    let manifest = manifest(EMPTY_COMPONENT);
    session.create(&manifest).await.expect(201);
    session
        .add_sources(&manifest, &json!([{"url": host.url}]))
        .await
        .expect(200);
    session.publish(&manifest).await.expect(202);
    host.arrival().await;
    let (advanced, ()) = futures::join!(
        clock(&session, json!({"action": "advance", "by": "1h"})),
        async {
            // The answer waits; control and status do not.
            let status = session.status(&manifest).await;
            assert_eq!(status.body["status"], "processing");
            host.release();
        }
    );
    assert_eq!(advanced["settled"], true);
    assert_eq!(session.status(&manifest).await.body["status"], "published");
}

#[tokio::test]
async fn retry_after_follows_the_clock() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let session = harness
        .session(&json!({"processing": "delay:1h", "seed": 1}))
        .await;
    clock(&session, json!({"action": "freeze"})).await;
    let shifted = clock(&session, json!({"action": "advance", "by": "365d"})).await;
    let year = &shifted["now"].as_str().unwrap()[..4];
    let mut dates = 0;
    for _ in 0..12 {
        let (manifest, _) = session.prepared(EMPTY_COMPONENT).await;
        let accepted = session.publish(&manifest).await.expect(202);
        let value = accepted.header("retry-after");
        if value.parse::<u64>().is_err() {
            dates += 1;
            assert!(value.contains(year), "{value} {year}");
        }
    }
    assert!(dates > 0);
}

#[tokio::test]
async fn what_is_no_change_is_refused() {
    let harness = Harness::start(MockRegistry::builder()).await;
    for body in [
        json!({}),
        json!({"action": "stop"}),
        json!({"action": "advance"}),
        json!({"action": "advance", "by": 90}),
        json!({"action": "advance", "by": "-90s"}),
        json!({"action": "freeze", "by": "90s"}),
        json!({"action": "freeze", "until": "tomorrow"}),
        json!([]),
    ] {
        let refused = harness.admin("PUT", "clock", &body).await;
        refused.expect_problem(400, "malformed-request");
    }
    for _ in 0..10 {
        clock(&harness, json!({"action": "advance", "by": "36500d"})).await;
    }
    let refused = harness
        .admin(
            "PUT",
            "clock",
            &json!({"action": "advance", "by": "36500d"}),
        )
        .await;
    refused.expect_problem(400, "malformed-request");
}

#[tokio::test]
async fn reset_brings_the_clock_back() {
    let harness = Harness::start(MockRegistry::builder()).await;
    clock(&harness, json!({"action": "freeze"})).await;
    clock(&harness, json!({"action": "advance", "by": "1h"})).await;
    harness
        .admin("POST", "reset", &Value::Null)
        .await
        .expect(204);
    let shown = harness.admin("GET", "clock", &Value::Null).await;
    assert_eq!(shown.body["frozen"], false);
    assert_eq!(shown.body["ahead_ms"], 0);
}
