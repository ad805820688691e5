//! Rules ACC: who may do what, and what the others learn.

use mock_registry::MockRegistry;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    Answer, EMPTY_COMPONENT, Harness, MANIFEST_READER, OTHER, OWNER, READER, component, jws,
    manifest, manifest_in,
};

/// What an answer tells, apart from the time.
fn told(answer: &Answer) -> (u16, Value, Vec<String>) {
    let headers = answer.headers.keys().map(ToString::to_string).collect();
    (answer.status.as_u16(), answer.body.clone(), headers)
}

/// Every request about one release that only its owner may make.
async fn owner_only(harness: &Harness, manifest: &Value, token: Option<&str>) -> Vec<Answer> {
    let release = harness.release_url(manifest);
    let signature = jws(&["owner-es256"], manifest.to_string().as_bytes());
    vec![
        harness
            .post_json(&harness.url("releases"), token, manifest)
            .await,
        harness.get(&format!("{release}/unpublished"), token).await,
        harness
            .post_json(
                &format!("{release}/content-sources"),
                token,
                &json!({"contentSources": [{"url": "http://a.test/"}]}),
            )
            .await,
        harness
            .request(
                Method::PUT,
                &format!("{release}/content-sources"),
                token,
                "application/json",
                "{\"contentSources\":[]}",
            )
            .await,
        harness
            .post_json(&release, token, &json!({"releaseSignature": signature}))
            .await,
        harness
            .request(
                Method::DELETE,
                &format!("{release}/unpublished"),
                token,
                "application/json",
                "",
            )
            .await,
    ]
}

#[tokio::test]
async fn a_denial_is_the_same_whether_the_release_exists_or_not() {
    for (hides, status, problem) in [(false, 403, "forbidden"), (true, 404, "not-found")] {
        let harness = Harness::start(MockRegistry::builder().hides(hides)).await;
        let (pending, _) = harness.prepared(EMPTY_COMPONENT).await;
        let published = harness.published(EMPTY_COMPONENT).await;
        let absent = manifest(EMPTY_COMPONENT);
        for token in [OTHER, READER, MANIFEST_READER] {
            let expected: Vec<_> = owner_only(&harness, &absent, Some(token))
                .await
                .iter()
                .map(told)
                .collect();
            for manifest in [&pending, &published] {
                let answers = owner_only(&harness, manifest, Some(token)).await;
                assert!(
                    answers
                        .iter()
                        .all(|answer| answer.status == status && answer.problem() == problem)
                );
                assert_eq!(answers.iter().map(told).collect::<Vec<_>>(), expected);
            }
        }
        for answer in owner_only(&harness, &pending, None).await {
            assert!(
                !answer
                    .expect_problem(401, "unauthenticated")
                    .header("www-authenticate")
                    .is_empty()
            );
        }
        let status = harness.status(&pending).await.expect(200);
        assert_eq!(status.body["status"], "pending");
        assert_eq!(status.body["contentSources"].as_array().unwrap().len(), 1);
        harness.publish(&pending).await.expect(201);
    }
}

#[tokio::test]
async fn unknown_credentials_are_refused() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let manifest = manifest(EMPTY_COMPONENT);
    for authorization in [
        "Bearer nobody",
        "Bearer",
        "Basic b3duZXI6",
        "conformance-owner",
        "Bearer conformance-ownerX",
    ] {
        let request = harness
            .http
            .post(harness.url("releases"))
            .header("authorization", authorization);
        let answer = harness
            .send(
                request
                    .header("content-type", "application/json")
                    .body(manifest.to_string()),
            )
            .await;
        let answer = answer.expect_problem(401, "unauthenticated");
        assert!(!answer.header("www-authenticate").is_empty());
        assert!(!answer.body.to_string().contains("nobody"));
    }
    let lower_case = harness
        .http
        .post(harness.url("releases"))
        .header("authorization", format!("bearer {OWNER}"));
    harness
        .send(
            lower_case
                .header("content-type", "application/json")
                .body(manifest.to_string()),
        )
        .await
        .expect(201);
}

#[tokio::test]
async fn a_private_release_is_there_for_its_owner_only() {
    const PRIVATE: &str = "secret.conformance-owner.test";
    let harness = Harness::start(MockRegistry::builder().private_namespace(PRIVATE)).await;
    let content = component(b"private");
    let private = manifest_in(PRIVATE, &content);
    let created = harness.create(&private).await.expect(201);
    harness.upload(&created, &content).await.expect(204);
    harness
        .add_sources(
            &private,
            &json!([{"url": "http://127.0.0.1:1/signed?secret"}]),
        )
        .await
        .expect(200);
    harness.publish(&private).await.expect(201);
    let url = harness.release_url(&private);
    let content_url =
        harness.get(&url, Some(OWNER)).await.expect(200).body["contentSources"][0]["url"]
            .as_str()
            .unwrap()
            .to_owned();
    assert_eq!(
        harness
            .get(&content_url, Some(OWNER))
            .await
            .expect(200)
            .bytes,
        content
    );

    let absent = harness.release_url(&manifest_in(PRIVATE, &content));
    for token in [None, Some(OTHER), Some(READER)] {
        let expected = told(
            &harness
                .get(&absent, token)
                .await
                .expect_problem(404, "not-found"),
        );
        assert_eq!(told(&harness.get(&url, token).await), expected);
        assert_eq!(told(&harness.get(&content_url, token).await), expected);
    }
    let seen = harness.get(&url, Some(MANIFEST_READER)).await.expect(200);
    assert_eq!(seen.body["release"], private);
    assert!(!seen.body.to_string().contains("signed?secret"));
    harness
        .get(&content_url, Some(MANIFEST_READER))
        .await
        .expect_problem(403, "forbidden");
}

#[tokio::test]
async fn reading_may_need_authentication() {
    let harness =
        Harness::start(MockRegistry::builder().configure(|config| config.anonymous_reads = false))
            .await;
    let manifest = harness.published(EMPTY_COMPONENT).await;
    let url = harness.release_url(&manifest);
    harness
        .get(&url, None)
        .await
        .expect_problem(401, "unauthenticated");
    harness.get(&url, Some(READER)).await.expect(200);
}

#[tokio::test]
async fn the_token_may_come_in_another_header() {
    let harness = Harness::start(
        MockRegistry::builder().configure(|config| config.auth_header = "X-Api-Key".to_owned()),
    )
    .await;
    let manifest = manifest(EMPTY_COMPONENT);
    let request = |token: &'static str| {
        let request = harness
            .http
            .post(harness.url("releases"))
            .header("x-api-key", token);
        harness.send(
            request
                .header("content-type", "application/json")
                .body(manifest.to_string()),
        )
    };
    request("nobody")
        .await
        .expect_problem(401, "unauthenticated");
    request(OWNER).await.expect(201);
    harness
        .post_json(&harness.url("releases"), Some(OWNER), &manifest)
        .await
        .expect_problem(401, "unauthenticated");
}
