//! Changes of the sources of a release (rules SRC-12, SRC-19).

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    sources::{builder, origin, urls},
    support::{Harness, OTHER, OWNER, component, manifest},
};

#[tokio::test]
async fn changes_sources_after_publishing_and_nothing_else() {
    let content = component(b"after");
    let (harness, origin) = (Harness::start(builder()).await, origin(&content).await);
    let manifest = harness.published(&content).await;
    let before = harness.get(&harness.release_url(&manifest), None).await;
    let own = before.body["contentSources"][0].clone();

    let url = format!("{}/content-sources", harness.release_url(&manifest));
    let added = harness
        .add_sources(&manifest, &urls(&origin, &["good"]))
        .await
        .expect(200);
    assert_eq!(
        added.body["contentSources"],
        json!([own, urls(&origin, &["good"])[0]])
    );
    harness
        .add_sources(&manifest, &urls(&origin, &["mirror", "other"]))
        .await
        .expect_problem(422, "digest-mismatch");
    harness
        .add_sources(&manifest, &urls(&origin, &["gone"]))
        .await
        .expect(200);

    let put = |token: &'static str, sources: Value| {
        harness.request(
            Method::PUT,
            &url,
            Some(token),
            "application/json",
            json!({"contentSources": sources}).to_string(),
        )
    };
    put(OTHER, urls(&origin, &["good"]))
        .await
        .expect_problem(403, "forbidden");
    put(OWNER, json!([]))
        .await
        .expect_problem(422, "invalid-source");
    put(OWNER, urls(&origin, &["mirror"])).await.expect(200);
    let after = harness.get(&harness.release_url(&manifest), None).await;
    assert_eq!(after.body["contentSources"], urls(&origin, &["mirror"]));
    assert_eq!(after.body["release"], before.body["release"]);
    assert_eq!(
        after.body["releaseSignature"],
        before.body["releaseSignature"]
    );
    harness
        .get(own["url"].as_str().unwrap(), None)
        .await
        .expect_problem(404, "not-found");
    put(OWNER, json!([own])).await.expect(200);
    assert_eq!(
        harness
            .get(own["url"].as_str().unwrap(), None)
            .await
            .expect(200)
            .bytes,
        content
    );
}

#[tokio::test]
async fn replaces_a_bad_source_before_publishing() {
    let content = component(b"replace");
    let (harness, origin) = (Harness::start(builder()).await, origin(&content).await);
    let manifest = manifest(&content);
    harness.create(&manifest).await.expect(201);
    harness
        .add_sources(&manifest, &urls(&origin, &["other", "good"]))
        .await
        .expect(200);
    harness
        .publish(&manifest)
        .await
        .expect_problem(422, "digest-mismatch");
    let url = format!("{}/content-sources", harness.release_url(&manifest));
    let put = |sources: Value| {
        harness.request(
            Method::PUT,
            &url,
            Some(OWNER),
            "application/json",
            json!({"contentSources": sources}).to_string(),
        )
    };
    put(json!([])).await.expect(200);
    harness
        .publish(&manifest)
        .await
        .expect_problem(409, "missing-content");
    put(urls(&origin, &["good"])).await.expect(200);
    harness.publish(&manifest).await.expect(201);
}
