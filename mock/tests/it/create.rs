//! Rules CRE: creating unpublished releases.

use std::time::Duration;

use crate::support::{
    EMPTY_COMPONENT, Harness, OTHER, OWNER, READER, component, component_digest, jws, manifest,
};
use futures::future::join_all;
use mock_registry::{MockRegistry, config::Config};
use reqwest::Method;
use serde_json::{Value, json};

fn with(member: &str, value: Value) -> Value {
    let mut manifest = manifest(EMPTY_COMPONENT);
    manifest[member] = value;
    manifest
}

fn without(member: &str) -> Value {
    let mut manifest = manifest(EMPTY_COMPONENT);
    manifest.as_object_mut().unwrap().remove(member);
    manifest
}

#[tokio::test]
async fn refuses_manifests_that_break_a_rule() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let digest = component_digest(EMPTY_COMPONENT);
    for (manifest, status, problem) in [
        (json!([]), 400, "malformed-manifest"),
        (json!("text"), 400, "malformed-manifest"),
        (without("name"), 400, "malformed-manifest"),
        (without("version"), 400, "malformed-manifest"),
        (without("packageType"), 400, "malformed-manifest"),
        (without("contentDigest"), 400, "malformed-manifest"),
        (with("name", json!(7)), 400, "malformed-manifest"),
        (
            with("contentDigest", json!(digest)),
            400,
            "malformed-manifest",
        ),
        (
            with("contentDigest", json!({"sha256": 7})),
            400,
            "malformed-manifest",
        ),
        (with("mediaType", json!(null)), 400, "malformed-manifest"),
        (with("name", json!("")), 422, "invalid-name"),
        (
            with("name", json!("conformance-owner.test")),
            422,
            "invalid-name",
        ),
        (
            with("name", json!("conformance-owner.test:a/b")),
            422,
            "invalid-name",
        ),
        (
            with("name", json!("conformance-owner.test:..")),
            422,
            "invalid-name",
        ),
        (with("version", json!("1.0")), 422, "invalid-version"),
        (with("version", json!("v1.0.0")), 422, "invalid-version"),
        (with("version", json!("")), 422, "invalid-version"),
        (
            with("packageType", json!("module")),
            422,
            "unsupported-package-type",
        ),
        (
            with("contentDigest", json!({})),
            422,
            "unsupported-digest-algorithm",
        ),
        (
            with(
                "contentDigest",
                json!({"md5": "d41d8cd98f00b204e9800998ecf8427e"}),
            ),
            422,
            "unsupported-digest-algorithm",
        ),
        (
            with("contentDigest", json!({"sha256": &digest[1..]})),
            422,
            "invalid-digest",
        ),
        (
            with("contentDigest", json!({"sha256": digest.to_uppercase()})),
            422,
            "invalid-digest",
        ),
        (
            with("contentDigest", json!({"sha256": digest, "sha512": digest})),
            422,
            "invalid-digest",
        ),
    ] {
        harness
            .create(&manifest)
            .await
            .expect_problem(status, problem);
    }
    assert_eq!(harness.registry.state()["releases"], json!([]));
}

#[tokio::test]
async fn refuses_bodies_that_are_no_manifest() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let url = harness.url("releases");
    let post = |content_type: &'static str, body: Vec<u8>| {
        harness.request(Method::POST, &url, Some(OWNER), content_type, body)
    };
    post("application/json", b"{".to_vec())
        .await
        .expect_problem(400, "malformed-manifest");
    post("application/json", Vec::new())
        .await
        .expect_problem(400, "malformed-manifest");
    post("application/json", b"\xff\xfe".to_vec())
        .await
        .expect_problem(400, "malformed-manifest");
    post("application/json", vec![b'['; 100_000])
        .await
        .expect_problem(400, "malformed-manifest");
    let twice = manifest(EMPTY_COMPONENT)
        .to_string()
        .replacen('{', "{\"name\":\"a:b\",", 1);
    post("application/json", twice.into_bytes())
        .await
        .expect_problem(400, "malformed-manifest");
    post(
        "text/plain",
        manifest(EMPTY_COMPONENT).to_string().into_bytes(),
    )
    .await
    .expect_problem(415, "unsupported-media-type");
    post(
        "application/json; charset=utf-8",
        manifest(EMPTY_COMPONENT).to_string().into_bytes(),
    )
    .await
    .expect(201);
}

#[tokio::test]
async fn counts_the_limit_in_bytes_of_the_manifest() {
    let harness = Harness::start(MockRegistry::builder().max_manifest(2048)).await;
    let padded = |length: usize| {
        let mut manifest = manifest(EMPTY_COMPONENT);
        manifest["padding"] = json!("");
        let padding = length - manifest.to_string().len();
        manifest["padding"] = json!("x".repeat(padding));
        assert_eq!(manifest.to_string().len(), length);
        manifest
    };
    harness.create(&padded(2048)).await.expect(201);
    harness
        .create(&padded(2049))
        .await
        .expect_problem(413, "content-too-large");
    let url = harness.url("releases");
    for (length, status) in [(2048, 201), (2049, 413)] {
        let document = jws(&["owner-es256"], padded(length).to_string().as_bytes()).to_string();
        harness
            .request(
                Method::POST,
                &url,
                Some(OWNER),
                "application/jose+json",
                document,
            )
            .await
            .expect(status);
    }
}

#[tokio::test]
async fn takes_a_signed_manifest_and_checks_its_signature() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let url = harness.url("releases");
    let content = component(b"signed");
    let signed = manifest(&content);
    let payload = signed.to_string();
    let create = |document: Value| {
        harness.request(
            Method::POST,
            &url,
            Some(OWNER),
            "application/jose+json",
            document.to_string(),
        )
    };

    create(jws(&["other-es256"], payload.as_bytes()))
        .await
        .expect_problem(422, "untrusted-key");
    let mut altered = jws(&["owner-es256"], payload.as_bytes());
    altered["payload"] = jws(&[], manifest(&content).to_string().as_bytes())["payload"].clone();
    create(altered).await.expect_problem(422, "bad-signature");
    let created = create(jws(&["owner-es256"], payload.as_bytes()))
        .await
        .expect(201);
    assert_eq!(created.body["release"], signed);

    harness.upload(&created, &content).await.expect(204);
    let release_url = harness.release_url(&signed);
    let other_bytes = jws(&["owner-ed25519"], format!("{payload} ").as_bytes());
    harness
        .publish_signed(&signed, &other_bytes)
        .await
        .expect_problem(422, "signature-payload-mismatch");
    let added = json!({"releaseSignature": jws(&["owner-ed25519"], payload.as_bytes())});
    let release = harness
        .post_json(&release_url, Some(OWNER), &added)
        .await
        .expect(201);
    assert_eq!(
        release.body["releaseSignature"]["signatures"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn publishes_with_the_signature_of_create_alone() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let content = component(b"once");
    let signed = manifest(&content);
    let document = jws(&["owner-ed25519"], signed.to_string().as_bytes()).to_string();
    let created = harness
        .request(
            Method::POST,
            &harness.url("releases"),
            Some(OWNER),
            "application/jose+json",
            document,
        )
        .await
        .expect(201);
    harness.upload(&created, &content).await.expect(204);
    harness
        .post_json(&harness.release_url(&signed), Some(OWNER), &json!({}))
        .await
        .expect(201);
}

#[tokio::test]
async fn tells_the_owner_where_the_conflict_is_and_strangers_nothing() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let (manifest, _) = harness.prepared(EMPTY_COMPONENT).await;
    let conflict = harness
        .create(&manifest)
        .await
        .expect_problem(409, "release-exists");
    let pending = harness
        .get(&harness.resolve(conflict.header("location")), Some(OWNER))
        .await
        .expect(200);
    assert_eq!(pending.body["status"], "pending");
    for token in [OTHER, READER] {
        harness
            .post_json(&harness.url("releases"), Some(token), &manifest)
            .await
            .expect_problem(403, "forbidden");
    }
    harness.publish(&manifest).await.expect(201);
    let conflict = harness
        .create(&manifest)
        .await
        .expect_problem(409, "release-exists");
    let release = harness
        .get(&harness.resolve(conflict.header("location")), None)
        .await
        .expect(200);
    assert_eq!(release.body["release"], manifest);
}

#[tokio::test]
async fn lets_one_of_many_creates_win() {
    let harness = Harness::start(MockRegistry::builder()).await;
    for _ in 0..10 {
        let manifest = manifest(EMPTY_COMPONENT);
        let answers = join_all((0..16).map(|_| harness.create(&manifest))).await;
        assert_eq!(
            answers.iter().filter(|answer| answer.status == 201).count(),
            1
        );
        assert_eq!(
            answers
                .iter()
                .filter(|answer| answer.problem() == "release-exists")
                .count(),
            15
        );
    }
}

#[tokio::test]
async fn keeps_unknown_members_and_says_who_created() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let mut manifest = manifest(EMPTY_COMPONENT);
    manifest["creator"] = json!("somebody else");
    manifest["x"] =
        json!({"deep": [1, 1.0, 9_007_199_254_740_992_i64, -0.5, null, "\u{0}\u{1f600}"]});
    let created = harness.create(&manifest).await.expect(201);
    assert_eq!(created.body["release"], manifest);
    assert_eq!(created.body["creator"], "owner");
}

#[tokio::test]
async fn knows_a_name_in_every_encoding_and_every_version() {
    let harness = Harness::start(MockRegistry::builder()).await;
    for version in ["1.0.0-rc.1", "1.0.0+build.5", "99999999999999999999999.0.0"] {
        let mut manifest = manifest(EMPTY_COMPONENT);
        manifest["version"] = json!(version);
        harness.create(&manifest).await.expect(201);
        let name = manifest["name"].as_str().unwrap();
        for name in [
            name.to_owned(),
            name.replace(':', "%3A"),
            name.replace(':', "%3a"),
        ] {
            let url = harness.url(&format!("components/{name}/v{version}/unpublished"));
            assert_eq!(
                harness.get(&url, Some(OWNER)).await.expect(200).body["release"],
                manifest
            );
        }
    }
}

#[tokio::test]
async fn an_expired_release_frees_its_name() {
    let harness = Harness::start(MockRegistry::builder().expiry(Duration::from_mins(1))).await;
    harness.registry.clock().freeze();
    let (manifest, created) = harness.prepared(EMPTY_COMPONENT).await;
    let time = |member: &str| {
        let text = created.body[member].as_str().unwrap();
        text.parse::<jiff::Timestamp>().unwrap()
    };
    let lifetime = time("expiresAt").duration_since(time("createdAt"));
    assert_eq!(lifetime, jiff::SignedDuration::from_secs(60));
    harness
        .registry
        .clock()
        .advance(jiff::SignedDuration::from_secs(61));
    assert_eq!(
        harness.status(&manifest).await.expect(200).body["status"],
        "expired"
    );
    harness
        .publish(&manifest)
        .await
        .expect_problem(410, "expired");
    harness
        .upload(&created, EMPTY_COMPONENT)
        .await
        .expect_problem(410, "expired");
    harness.create(&manifest).await.expect(201);
}

#[tokio::test]
async fn what_a_registry_lacks_is_refused() {
    let lacking =
        |change: fn(&mut Config)| Harness::start(MockRegistry::builder().configure(change));
    let url_of = |harness: &Harness| harness.url("releases");

    let harness = lacking(|config| config.signed_create = false).await;
    let manifest_bytes = manifest(EMPTY_COMPONENT).to_string();
    let document = jws(&["owner-es256"], manifest_bytes.as_bytes()).to_string();
    let url = url_of(&harness);
    harness
        .request(
            Method::POST,
            &url,
            Some(OWNER),
            "application/jose+json",
            document,
        )
        .await
        .expect_problem(415, "unsupported-media-type");

    let harness = lacking(|config| config.sha512 = false).await;
    let only_sha512 = with("contentDigest", json!({"sha512": "0".repeat(128)}));
    harness
        .create(&only_sha512)
        .await
        .expect_problem(422, "unsupported-digest-algorithm");

    let harness = lacking(|config| config.version_build = false).await;
    harness
        .create(&with("version", json!("1.0.0+a")))
        .await
        .expect_problem(422, "invalid-version");

    let harness = lacking(|config| config.tar = false).await;
    harness
        .create(&with("mediaType", json!("application/x-tar")))
        .await
        .expect_problem(415, "unsupported-media-type");

    let harness = lacking(|config| config.uploads = false).await;
    assert_eq!(
        harness
            .create(&manifest(EMPTY_COMPONENT))
            .await
            .expect(201)
            .body
            .get("uploadUrl"),
        None
    );
}
