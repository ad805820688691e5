//! Rules PUB and ASY: what happens at the same time, and afterwards.

use std::time::Duration;

use futures::future::join_all;
use jiff::SignedDuration;
use mock_registry::{MockRegistry, config::ProcessingMode};
use reqwest::Method;
use serde_json::json;

use crate::support::{
    Answer, EMPTY_COMPONENT, Harness, HeldHost, OTHER, OWNER, component, jws, manifest,
};

#[tokio::test]
async fn of_many_publishes_one_makes_the_release() {
    for mode in [
        ProcessingMode::Immediate,
        ProcessingMode::Delay(Duration::from_millis(20)),
    ] {
        let harness = Harness::start(MockRegistry::builder().processing(mode)).await;
        for _ in 0..5 {
            let (manifest, _) = harness.prepared(EMPTY_COMPONENT).await;
            let answers = join_all((0..12).map(|_| harness.publish(&manifest))).await;
            let accepted = answers
                .iter()
                .filter(|answer| answer.status.is_success())
                .count();
            assert_eq!(accepted, 1);
            assert!(
                answers
                    .iter()
                    .all(|answer| answer.status.is_success() || answer.status == 409)
            );
            assert_eq!(harness.settled(&manifest).await.body["status"], "published");
        }
    }
}

#[tokio::test]
async fn publishing_again_changes_nothing() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let manifest = harness.published(EMPTY_COMPONENT).await;
    let before = harness.get(&harness.release_url(&manifest), None).await;
    let again = harness
        .publish_signed(
            &manifest,
            &jws(&["owner-ed25519"], manifest.to_string().as_bytes()),
        )
        .await;
    let again = again.expect_problem(409, "already-published");
    assert_eq!(
        harness.resolve(again.header("location")),
        harness.release_url(&manifest)
    );
    assert_eq!(
        harness
            .get(&harness.release_url(&manifest), None)
            .await
            .body,
        before.body
    );
}

#[tokio::test]
async fn nothing_can_be_published_that_is_not_there() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let manifest = manifest(EMPTY_COMPONENT);
    harness
        .publish(&manifest)
        .await
        .expect_problem(404, "not-found");
    harness
        .status(&manifest)
        .await
        .expect_problem(404, "not-found");
    harness.create(&manifest).await.expect(201);
    harness
        .publish(&manifest)
        .await
        .expect_problem(409, "missing-content");
}

#[tokio::test]
async fn nothing_changes_while_the_content_is_verified() {
    let content = component(b"held up");
    let host = HeldHost::start(content.clone()).await;
    let source = json!([{"url": host.url}]);
    for mode in [ProcessingMode::Immediate, ProcessingMode::Polls(0)] {
        let patient = MockRegistry::builder().fetch_deadline(Duration::from_mins(1));
        let harness = Harness::start(patient.processing(mode)).await;
        let manifest = manifest(&content);
        let created = harness.create(&manifest).await.expect(201);
        harness.add_sources(&manifest, &source).await.expect(200);
        let (published, ()) = tokio::join!(harness.publish(&manifest), async {
            host.arrival().await;
            let immediate = mode == ProcessingMode::Immediate;
            let shown = if immediate { "pending" } else { "processing" };
            assert_eq!(harness.status(&manifest).await.body["status"], shown);
            let busy = |answer: Answer| answer.expect_problem(409, "processing");
            busy(harness.publish(&manifest).await);
            busy(harness.upload(&created, &content).await);
            let other = json!([{"url": "http://a.test/"}]);
            busy(harness.add_sources(&manifest, &other).await);
            let url = format!("{}/unpublished", harness.release_url(&manifest));
            busy(
                harness
                    .request(Method::DELETE, &url, Some(OWNER), "", "")
                    .await,
            );
            let conflict = harness.create(&manifest).await;
            conflict.expect_problem(409, "release-exists");
            host.release();
        });
        assert!(published.status.is_success());
        let settled = harness.settled(&manifest).await;
        assert_eq!(settled.body["status"], "published");
        assert_eq!(settled.body["contentSources"], source);
        assert!(settled.body["processedAt"].as_str() >= settled.body["createdAt"].as_str());
    }
}

#[tokio::test]
async fn delays_follow_the_clock_of_the_registry() {
    let harness = Harness::start(
        MockRegistry::builder().processing(ProcessingMode::Delay(Duration::from_hours(1))),
    )
    .await;
    harness.registry.clock().freeze();
    let (manifest, _) = harness.prepared(EMPTY_COMPONENT).await;
    let accepted = harness.publish(&manifest).await.expect(202);
    assert_ne!(accepted.header("retry-after"), "");
    harness
        .registry
        .clock()
        .advance(SignedDuration::from_secs(3599));
    assert_eq!(harness.status(&manifest).await.body["status"], "processing");
    harness
        .registry
        .clock()
        .advance(SignedDuration::from_secs(1));
    assert_eq!(harness.settled(&manifest).await.body["status"], "published");
}

#[tokio::test]
async fn by_hand_nothing_ends_until_it_is_told() {
    let harness = Harness::start(MockRegistry::builder().processing(ProcessingMode::Manual)).await;
    let (manifest, _) = harness.prepared(EMPTY_COMPONENT).await;
    harness.publish(&manifest).await.expect(202);
    for _ in 0..3 {
        assert_eq!(harness.status(&manifest).await.body["status"], "processing");
    }
    let process = harness.url("__admin/process");
    let released = harness
        .request(Method::POST, &process, None, "", "")
        .await
        .expect(200);
    assert_eq!(released.body["released"], 1);
    assert_eq!(harness.settled(&manifest).await.body["status"], "published");
}

#[tokio::test]
async fn a_failure_is_forgotten_after_its_retention() {
    let builder = MockRegistry::builder()
        .processing(ProcessingMode::Polls(0))
        .retention(Duration::from_mins(1));
    let harness = Harness::start(builder).await;
    harness.registry.clock().freeze();
    let manifest = manifest(EMPTY_COMPONENT);
    let created = harness.create(&manifest).await.expect(201);
    harness
        .add_sources(&manifest, &json!([{"url": "http://127.0.0.1:1/"}]))
        .await
        .expect(200);
    harness.publish(&manifest).await.expect(202);
    assert_eq!(harness.settled(&manifest).await.body["status"], "failed");
    let old = harness.resolve(created.header("location"));

    harness.create(&manifest).await.expect(201);
    assert_eq!(harness.status(&manifest).await.body["status"], "pending");
    assert_eq!(
        harness.get(&old, Some(OWNER)).await.expect(200).body["status"],
        "failed"
    );
    harness
        .registry
        .clock()
        .advance(SignedDuration::from_secs(61));
    harness
        .get(&old, Some(OWNER))
        .await
        .expect_problem(404, "not-found");
    assert_eq!(harness.status(&manifest).await.body["status"], "pending");
}

#[tokio::test]
async fn cancel_frees_the_name_of_what_is_not_published() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let (pending, _) = harness.prepared(EMPTY_COMPONENT).await;
    let url = |manifest| format!("{}/unpublished", harness.release_url(manifest));
    harness
        .request(Method::DELETE, &url(&pending), Some(OTHER), "", "")
        .await
        .expect_problem(403, "forbidden");
    harness
        .request(Method::DELETE, &url(&pending), Some(OWNER), "", "")
        .await
        .expect(204);
    harness
        .status(&pending)
        .await
        .expect_problem(404, "not-found");
    harness.create(&pending).await.expect(201);
    let published = harness.published(EMPTY_COMPONENT).await;
    harness
        .request(Method::DELETE, &url(&published), Some(OWNER), "", "")
        .await
        .expect_problem(409, "already-published");
    harness
        .get(&harness.release_url(&published), None)
        .await
        .expect(200);
}

#[tokio::test]
async fn a_publish_whose_client_is_gone_comes_to_its_end() {
    let content = component(b"impatient");
    let host = HeldHost::start(content.clone()).await;
    let patient = MockRegistry::builder().fetch_deadline(Duration::from_mins(1));
    let harness = Harness::start(patient).await;
    let manifest = manifest(&content);
    harness.create(&manifest).await.expect(201);
    let source = json!([{"url": host.url}]);
    harness.add_sources(&manifest, &source).await.expect(200);
    tokio::select! {
        _ = harness.publish(&manifest) => panic!("answered before the content was fetched"),
        () = host.arrival() => {}
    }
    host.release();
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    while harness.status(&manifest).await.body["status"] != "published" {
        assert!(std::time::Instant::now() < deadline);
    }
}
