//! The registry in process: what it received, and what was expected of it.

use std::panic::AssertUnwindSafe;

use jiff::SignedDuration;
use mock_registry::{Matcher, MockRegistry, Operation, config::ProcessingMode};
use serde_json::json;

use crate::support::{EMPTY_COMPONENT, Harness, manifest};

/// What a panic says.
fn message(result: Result<(), Box<dyn std::any::Any + Send>>) -> String {
    let panic = result.expect_err("it panics");
    panic.downcast_ref::<String>().cloned().unwrap()
}

#[tokio::test]
async fn received_requests_are_typed() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let manifest = harness.published(EMPTY_COMPONENT).await;
    let received = harness.registry.received_requests();
    let operations: Vec<_> = received
        .requests
        .iter()
        .map(|request| request.operation)
        .collect();
    assert_eq!(
        operations,
        [
            Some(Operation::Create),
            Some(Operation::Upload),
            Some(Operation::Publish)
        ]
    );
    let create = &received.requests[0];
    assert_eq!(create.identity.as_deref(), Some("owner"));
    assert_eq!(create.header("Authorization"), Some("[hidden]"));
    assert_eq!(create.body.as_ref().unwrap().json, Some(manifest.clone()));
    assert!(
        Matcher::new()
            .body(json!({"name": manifest["name"]}))
            .matches(create)
    );
    harness.registry.reset();
    assert!(harness.registry.received_requests().requests.is_empty());
}

#[tokio::test]
async fn what_was_expected_came() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let registry = &harness.registry;
    registry
        .expect(Matcher::new().operation(Operation::Create).status(201))
        .times(1);
    registry
        .expect(Matcher::new().operation(Operation::Upload))
        .times(1..=2);
    registry.expect(Matcher::new().operation(Operation::Publish));
    registry.expect(Matcher::new().identity("other")).never();
    registry.expect(Matcher::new().unmatched()).times(..=0);
    registry.verify().unwrap_err();
    harness.published(EMPTY_COMPONENT).await;
    registry.verify().unwrap();
}

#[tokio::test]
async fn what_did_not_come_is_a_panic_that_says_what_came() {
    let registry = MockRegistry::builder().plain(true).start().await.unwrap();
    registry
        .expect(Matcher::new().operation(Operation::Publish))
        .times(2);
    registry.expect(Matcher::new().unmatched()).never();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}component/a.test:b/v1.0.0", registry.url());
    http.get(url).send().await.unwrap();
    let panic = std::panic::catch_unwind(AssertUnwindSafe(move || drop(registry)));
    insta::assert_snapshot!(message(panic), @r#"
    the registry was not called as expected:
      expected exactly 2 of {"operation":"publish"}, received 0
      expected exactly 0 of {"operation":null}, received 1
    It received 1 requests:
      GET component/a.test:b/v1.0.0 (no operation: `component`: did you mean `components`?) -> 404 not-found
    "#);
}

#[tokio::test]
async fn a_panic_under_way_is_not_covered() {
    let registry = MockRegistry::builder().start().await.unwrap();
    registry.expect(Matcher::new());
    let panic = std::panic::catch_unwind(AssertUnwindSafe(move || {
        let _registry = registry;
        panic!("{}", "the first".to_owned());
    }));
    assert_eq!(message(panic), "the first");
}

#[tokio::test]
async fn a_journal_with_gaps_confirms_nothing() {
    let registry = MockRegistry::builder()
        .journal_entries(1)
        .start()
        .await
        .unwrap();
    registry.expect(Matcher::new()).times(2);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for _ in 0..2 {
        http.get(registry.url()).send().await.unwrap();
    }
    let error = registry.verify().unwrap_err().to_string();
    assert!(error.contains("inconclusive"), "{error}");
    registry.reset();
    // As many as were expected, so that nothing is left to complain of.
    registry.expect(Matcher::new()).never();
    let panic = std::panic::catch_unwind(AssertUnwindSafe(move || drop(registry)));
    assert!(message(panic).contains("received no request"));
}

#[tokio::test]
async fn sessions_end_with_their_handles() {
    let registry = MockRegistry::builder()
        .max_sessions(1)
        .start()
        .await
        .unwrap();
    let harness = Harness::of(
        registry,
        reqwest::Client::builder().no_proxy().build().unwrap(),
    );
    let session = harness
        .registry
        .new_session(|config| {
            config.processing = ProcessingMode::Delay(std::time::Duration::from_hours(1));
        })
        .unwrap();
    assert_eq!(session.url(), harness.url(&format!("s/{}/", session.id())));
    assert_eq!(session.admin_url(), format!("{}__admin/", session.url()));
    let full = harness
        .registry
        .new_session(|_| ())
        .unwrap_err()
        .to_string();
    assert!(full.contains("limit"), "{full}");

    session
        .expect(Matcher::new().operation(Operation::Publish))
        .times(1);
    let client = harness.in_session(session.url());
    let (manifest, _) = client.prepared(EMPTY_COMPONENT).await;
    session.clock().freeze();
    client.publish(&manifest).await.expect(202);
    assert!(session.advance(SignedDuration::from_hours(1)).await);
    assert_eq!(session.state()["releases"][0]["status"], "published");
    assert_eq!(session.received_requests().requests.len(), 3);
    session.verify().unwrap();
    drop(session);
    client.create(&manifest).await.expect(404);

    let session = harness.registry.new_session(|_| ()).unwrap();
    session.expect(Matcher::new());
    let panic = std::panic::catch_unwind(AssertUnwindSafe(move || drop(session)));
    assert!(message(panic).contains("expected at least 1"));
    harness.registry.new_session(|_| ()).unwrap();
}

#[tokio::test]
async fn held_outcomes_of_a_session_can_be_let_through() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let session = harness
        .registry
        .new_session(|config| config.processing = ProcessingMode::Manual)
        .unwrap();
    let client = harness.in_session(session.url());
    let manifest = manifest(EMPTY_COMPONENT);
    let created = client.create(&manifest).await.expect(201);
    client.upload(&created, EMPTY_COMPONENT).await.expect(204);
    client.publish(&manifest).await.expect(202);
    assert_eq!(session.process_held(), 1);
    assert_eq!(client.settled(&manifest).await.body["status"], "published");
}
