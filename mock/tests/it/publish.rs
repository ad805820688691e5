//! From create to a release, in every processing mode.

use std::time::Duration;

use crate::support::{Harness, OWNER, component, jws};
use mock_registry::{MockRegistry, config::ProcessingMode};

#[tokio::test]
async fn publishes_an_upload_synchronously() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let content = component(b"hello");
    let (manifest, created) = harness.prepared(&content).await;
    assert_eq!(created.body["status"], "pending");
    assert_eq!(created.body["release"], manifest);
    assert_eq!(created.body["creator"], "owner");
    let location = harness.resolve(created.header("location"));
    assert_eq!(
        harness.get(&location, Some(OWNER)).await.expect(200).body["release"],
        manifest
    );

    harness
        .get(&harness.release_url(&manifest), None)
        .await
        .expect_problem(404, "not-found");
    let signature = jws(&["owner-es256"], manifest.to_string().as_bytes());
    let published = harness
        .publish_signed(&manifest, &signature)
        .await
        .expect(201);
    let release = harness
        .get(&harness.resolve(published.header("location")), None)
        .await
        .expect(200);
    assert_eq!(release.body["release"], manifest);
    assert_eq!(release.body["releaseSignature"], signature);
    let source = release.body["contentSources"][0]["url"].as_str().unwrap();
    assert_eq!(harness.get(source, None).await.expect(200).bytes, content);
    assert_eq!(
        harness.status(&manifest).await.expect(200).body["status"],
        "published"
    );
}

#[tokio::test]
async fn shows_processing_for_as_many_polls_as_it_was_told() {
    let harness =
        Harness::start(MockRegistry::builder().processing(ProcessingMode::Polls(3))).await;
    let (manifest, _) = harness.prepared(&component(b"polls")).await;
    let accepted = harness.publish(&manifest).await.expect(202);
    assert_eq!(accepted.body["status"], "processing");
    let location = harness.resolve(accepted.header("location"));
    for _ in 0..3 {
        let status = harness.get(&location, Some(OWNER)).await.expect(200);
        assert_eq!(status.body["status"], "processing");
        assert_ne!(status.header("retry-after"), "");
        harness
            .get(&harness.release_url(&manifest), None)
            .await
            .expect_problem(404, "not-found");
    }
    assert_eq!(harness.settled(&manifest).await.body["status"], "published");
    harness
        .get(&harness.release_url(&manifest), None)
        .await
        .expect(200);
}

#[tokio::test]
async fn publishes_after_a_delay() {
    let harness = Harness::start(
        MockRegistry::builder().processing(ProcessingMode::Delay(Duration::from_millis(50))),
    )
    .await;
    let (manifest, _) = harness.prepared(&component(b"delay")).await;
    harness.publish(&manifest).await.expect(202);
    assert_eq!(harness.settled(&manifest).await.body["status"], "published");
}
