//! Defects that show in one place only, and in no other.

use mock_registry::{MockRegistry, defect::Defect};
use reqwest::Method;
use serde_json::json;

use crate::support::{
    Answer, EMPTY_COMPONENT, Harness, HeldHost, OTHER, OWNER, READER, component, jws, manifest,
};

async fn with(defect: Defect) -> Harness {
    Harness::start(MockRegistry::builder().defect(defect)).await
}

async fn cancel(harness: &Harness, manifest: &serde_json::Value, token: Option<&str>) -> Answer {
    let url = format!("{}/unpublished", harness.release_url(manifest));
    harness
        .request(Method::DELETE, &url, token, "application/json", "")
        .await
}

#[tokio::test]
async fn signatures_are_recorded_as_the_defect_says() {
    for (defect, kept) in [
        (Defect::KeepsFirstSignatureOnly, &[0][..]),
        (Defect::ReversesSignatures, &[1, 0]),
    ] {
        let harness = with(defect).await;
        let (manifest, _) = harness.prepared(EMPTY_COMPONENT).await;
        let document = jws(
            &["owner-es256", "owner-ed25519"],
            manifest.to_string().as_bytes(),
        );
        let published = harness
            .publish_signed(&manifest, &document)
            .await
            .expect(201);
        let expected: Vec<_> = kept.iter().map(|&at| &document["signatures"][at]).collect();
        assert_eq!(
            published.body["releaseSignature"]["signatures"],
            json!(expected),
            "{defect}"
        );
    }
}

#[tokio::test]
async fn a_refused_signature_can_be_final() {
    let harness = with(Defect::RefusalIsFinal).await;
    let (manifest, _) = harness.prepared(EMPTY_COMPONENT).await;
    harness
        .publish_signed(&manifest, &jws(&["owner-es256"], b"{}"))
        .await
        .expect_problem(422, "signature-payload-mismatch");
    assert_eq!(harness.status(&manifest).await.body["status"], "failed");
}

#[tokio::test]
async fn any_identity_may_be_let_upload() {
    let harness = with(Defect::UploadsOfAnyIdentity).await;
    let created = harness.create(&manifest(EMPTY_COMPONENT)).await.expect(201);
    let url = harness.resolve(created.body["uploadUrl"].as_str().unwrap());
    let upload = |token| {
        let type_ = "application/wasm";
        harness.request(Method::POST, &url, token, type_, EMPTY_COMPONENT)
    };
    upload(None).await.expect_problem(401, "unauthenticated");
    for token in [OTHER, READER, OWNER] {
        upload(Some(token)).await.expect(204);
    }
}

#[tokio::test]
async fn a_denial_can_tell_existence_in_a_registry_that_hides_too() {
    for hides in [false, true] {
        let builder = MockRegistry::builder().hides(hides);
        let harness = Harness::start(builder.defect(Defect::DenialTellsExistence)).await;
        let (existing, _) = harness.prepared(EMPTY_COMPONENT).await;
        let sources = json!({"contentSources": [{"url": "http://a.test/"}]});
        for (manifest, status, problem) in [
            (existing, 403, "forbidden"),
            (manifest(EMPTY_COMPONENT), 404, "not-found"),
        ] {
            let url = format!("{}/content-sources", harness.release_url(&manifest));
            harness
                .post_json(&url, Some(OTHER), &sources)
                .await
                .expect_problem(status, problem);
            harness
                .post_json(&url, None, &sources)
                .await
                .expect_problem(401, "unauthenticated");
        }
    }
}

#[tokio::test]
async fn who_may_read_the_status_may_not_cancel_for_that() {
    for defect in [Defect::StatusReadableByOthers, Defect::StatusIsPublic] {
        let harness = with(defect).await;
        let (manifest, _) = harness.prepared(EMPTY_COMPONENT).await;
        let url = format!("{}/unpublished", harness.release_url(&manifest));
        harness.get(&url, Some(OTHER)).await.expect(200);
        cancel(&harness, &manifest, Some(OTHER))
            .await
            .expect_problem(403, "forbidden");
        cancel(&harness, &manifest, None)
            .await
            .expect_problem(401, "unauthenticated");
    }
}

#[tokio::test]
async fn writing_for_others_includes_cancelling() {
    for (defect, token) in [
        (Defect::AnyPublisherWrites, Some(OTHER)),
        (Defect::ReadersWrite, Some(READER)),
        (Defect::AnonymousWrites, None),
    ] {
        let harness = with(defect).await;
        let (manifest, _) = harness.prepared(EMPTY_COMPONENT).await;
        cancel(&harness, &manifest, token).await.expect(204);
    }
}

#[tokio::test]
async fn problems_are_told_badly_in_one_place() {
    let harness = with(Defect::ProblemsArePlainJson).await;
    let url = harness.url("releases");
    let denied = harness.post_json(&url, None, &json!({})).await.expect(401);
    assert_eq!(denied.header("content-type"), "application/json");
    harness
        .create(&json!({}))
        .await
        .expect_problem(400, "malformed-manifest");

    let harness = with(Defect::WrongStatusMember).await;
    let brew = Method::from_bytes(b"BREW").unwrap();
    let url = harness.url("releases");
    let unknown = harness.request(brew, &url, Some(OWNER), "application/json", "");
    assert_eq!(unknown.await.expect(501).body["status"], 405);
    harness
        .create(&json!({}))
        .await
        .expect_problem(400, "malformed-manifest");

    let harness = with(Defect::MalformedIsInternalError).await;
    harness
        .create(&json!({}))
        .await
        .expect_problem(400, "malformed-manifest");
    let (pending, _) = harness.prepared(EMPTY_COMPONENT).await;
    let url = harness.release_url(&pending);
    harness
        .post_json(&url, Some(OWNER), &json!([]))
        .await
        .expect_problem(500, "malformed-request");

    let harness = with(Defect::RefusesWith200).await;
    let published = harness.published(EMPTY_COMPONENT).await;
    let refused = cancel(&harness, &published, Some(OWNER)).await;
    refused.expect_problem(200, "already-published");
    harness
        .create(&published)
        .await
        .expect_problem(409, "release-exists");

    let harness = with(Defect::ShowsStackTrace).await;
    let shown = harness.create(&json!({})).await;
    assert!(shown.expect(400).body["trace"].is_string());
    let absent = harness.get(&harness.url("nothing"), None).await;
    assert!(absent.expect(404).body["trace"].is_null());
}

#[tokio::test]
async fn a_signed_create_alone_lacks_its_location() {
    let harness = with(Defect::CreatesWithoutLocation).await;
    let naked = harness.create(&manifest(EMPTY_COMPONENT)).await.expect(201);
    assert!(!naked.header("location").is_empty());
    let document = jws(
        &["owner-es256"],
        manifest(EMPTY_COMPONENT).to_string().as_bytes(),
    );
    let url = harness.url("releases");
    let signed = harness.request(
        Method::POST,
        &url,
        Some(OWNER),
        "application/jose+json",
        document.to_string(),
    );
    assert_eq!(signed.await.expect(201).header("location"), "");
}

#[tokio::test]
async fn late_and_second_uploads_do_harm() {
    let (right, wrong) = (component(b"right"), component(b"wrong"));
    let harness = with(Defect::TakesUploadsAfterPublishing).await;
    let (manifest, created) = harness.prepared(&right).await;
    harness
        .upload(&created, &wrong)
        .await
        .expect_problem(422, "digest-mismatch");
    harness.publish(&manifest).await.expect(201);
    harness.upload(&created, &wrong).await.expect(204);
    let content = format!("{}/content", harness.release_url(&manifest));
    assert_eq!(harness.get(&content, None).await.expect(200).bytes, wrong);

    let harness = with(Defect::AppendsSecondUpload).await;
    let (manifest, created) = harness.prepared(&right).await;
    harness.upload(&created, &right).await.expect(204);
    harness.publish(&manifest).await.expect(201);
    let content = format!("{}/content", harness.release_url(&manifest));
    let served = harness.get(&content, None).await.expect(200).bytes;
    assert_eq!(served, [right.clone(), right].concat());
}

#[tokio::test]
async fn a_change_of_sources_can_rewrite_the_manifest() {
    let harness = with(Defect::SourcesChangeRewritesManifest).await;
    let manifest = harness.published(EMPTY_COMPONENT).await;
    let sources = json!([{"url": "http://127.0.0.1:1/"}]);
    harness.add_sources(&manifest, &sources).await.expect(200);
    let release = harness.get(&harness.release_url(&manifest), None).await;
    assert_eq!(release.body["release"]["mediaType"], "application/wasm");
}

#[tokio::test]
async fn racing_publishes_can_add_to_each_other() {
    let harness = with(Defect::RacesPublishes).await;
    let host = HeldHost::start(EMPTY_COMPONENT.to_vec()).await;
    let manifest = manifest(EMPTY_COMPONENT);
    harness.create(&manifest).await.expect(201);
    let sources = json!([{"url": host.url}]);
    harness.add_sources(&manifest, &sources).await.expect(200);
    let bytes = manifest.to_string().into_bytes();
    let (one, other) = (
        jws(&["owner-es256"], &bytes),
        jws(&["owner-ed25519"], &bytes),
    );
    let (one, other, ()) = tokio::join!(
        harness.publish_signed(&manifest, &one),
        harness.publish_signed(&manifest, &other),
        async {
            host.arrival().await;
            host.arrival().await;
            host.release();
            host.release();
        }
    );
    one.expect(201);
    other.expect(201);
    let release = harness.get(&harness.release_url(&manifest), None).await;
    let signatures = release.body["releaseSignature"]["signatures"].as_array();
    assert_eq!(signatures.map(Vec::len), Some(2));
}

#[tokio::test]
async fn publishing_a_signed_create_alone_is_answered_200() {
    let harness = with(Defect::PublishesWith200).await;
    harness.published(EMPTY_COMPONENT).await;
    let manifest = manifest(EMPTY_COMPONENT);
    let document = jws(&["owner-es256"], manifest.to_string().as_bytes());
    let url = harness.url("releases");
    let type_ = "application/jose+json";
    let created = harness
        .request(Method::POST, &url, Some(OWNER), type_, document.to_string())
        .await
        .expect(201);
    harness.upload(&created, EMPTY_COMPONENT).await.expect(204);
    let url = harness.release_url(&manifest);
    let published = harness.post_json(&url, Some(OWNER), &json!({})).await;
    published.expect(200);
}

#[tokio::test]
async fn the_upload_url_can_be_shown_once() {
    let harness = with(Defect::OffersNoUploadUrl).await;
    let manifest = manifest(EMPTY_COMPONENT);
    let created = harness.create(&manifest).await.expect(201);
    assert!(created.body["uploadUrl"].is_string());
    let status = harness.status(&manifest).await.expect(200);
    assert!(status.body["uploadUrl"].is_null());
    harness.upload(&created, EMPTY_COMPONENT).await.expect(204);
}

#[tokio::test]
async fn a_version_that_is_not_there_can_be_null() {
    let harness = with(Defect::MissingIsNull).await;
    let published = harness.published(EMPTY_COMPONENT).await;
    let url = harness.release_url(&published);
    let missing = harness.get(&format!("{url}-x"), None).await.expect(200);
    assert_eq!(missing.bytes, b"null");
    let unknown = harness.release_url(&manifest(EMPTY_COMPONENT));
    harness
        .get(&unknown, None)
        .await
        .expect_problem(404, "not-found");
}

#[tokio::test]
async fn only_what_is_fetched_from_several_is_accepted_without_location() {
    let builder = MockRegistry::builder().processing("polls:0".parse().unwrap());
    let harness = Harness::start(builder.defect(Defect::AcceptsWithoutLocation)).await;
    let (uploaded, _) = harness.prepared(EMPTY_COMPONENT).await;
    let accepted = harness.publish(&uploaded).await.expect(202);
    assert!(!accepted.header("location").is_empty());
    let fetched = manifest(EMPTY_COMPONENT);
    harness.create(&fetched).await.expect(201);
    let sources = json!([{"url": "http://127.0.0.1:1/"}, {"url": "http://127.0.0.1:1/b"}]);
    harness.add_sources(&fetched, &sources).await.expect(200);
    let accepted = harness.publish(&fetched).await.expect(202);
    assert_eq!(accepted.header("location"), "");
}
