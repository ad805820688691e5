//! Rules SIG, through publish. How documents are judged in all its detail is tested beside the judge.

use mock_registry::MockRegistry;
use serde_json::{Value, json};

use crate::support::{Harness, OWNER, component, jws, sha256, signature, signature_with_header};

#[expect(clippy::too_many_lines, reason = "most of them are a table")]
#[tokio::test]
async fn refuses_bad_signatures_and_takes_the_right_one_then() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let (manifest, _) = harness.prepared(&component(b"signatures")).await;
    let payload = manifest.to_string();
    let bytes = payload.as_bytes();
    let good = jws(&["owner-es256"], bytes);
    let document =
        |signatures: Value| json!({"payload": good["payload"], "signatures": signatures});
    let mut altered = good.clone();
    altered["payload"] = jws(&[], b"{}")["payload"].clone();
    let mut other_version = manifest.clone();
    other_version["version"] = json!("1.0.1");
    let mut both_forms = good.clone();
    both_forms["signature"] = good["signatures"][0]["signature"].clone();
    let none = signature_with_header(
        "owner-es256",
        &json!({"alg": "none", "kid": "owner-es256"}),
        bytes,
    );
    let no_kid = signature_with_header("owner-es256", &json!({"alg": "ES256"}), bytes);
    let unknown_kid = signature_with_header(
        "owner-es256",
        &json!({"alg": "ES256", "kid": "nobody"}),
        bytes,
    );
    let crit = signature_with_header(
        "owner-es256",
        &json!({"alg": "ES256", "kid": "owner-es256", "crit": ["x"], "x": 1}),
        bytes,
    );
    let mut broken = signature("owner-ed25519", bytes);
    broken["signature"] = signature("owner-ed25519", b"{}")["signature"].clone();

    for (what, document, problems) in [
        (
            "no signatures",
            document(json!([])),
            ["missing-signature", ""],
        ),
        (
            "alg none",
            document(json!([none])),
            ["unsupported-algorithm", "bad-signature"],
        ),
        (
            "no kid",
            document(json!([no_kid])),
            ["bad-signature", "untrusted-key"],
        ),
        (
            "unknown kid",
            document(json!([unknown_kid])),
            ["untrusted-key", ""],
        ),
        (
            "crit",
            document(json!([crit])),
            ["bad-signature", "unsupported-algorithm"],
        ),
        ("altered payload", altered, ["bad-signature", ""]),
        (
            "another publisher",
            jws(&["other-es256"], bytes),
            ["untrusted-key", "forbidden"],
        ),
        (
            "another manifest",
            jws(&["owner-es256"], other_version.to_string().as_bytes()),
            ["signature-payload-mismatch", ""],
        ),
        (
            "no manifest",
            jws(&["owner-es256"], b"no JSON"),
            ["signature-payload-mismatch", ""],
        ),
        (
            "a bad one beside",
            document(json!([good["signatures"][0], broken])),
            ["bad-signature", ""],
        ),
        ("both forms", both_forms, ["malformed-request", ""]),
        ("not a JWS", json!({}), ["malformed-request", ""]),
    ] {
        let answer = harness.publish_signed(&manifest, &document).await;
        assert!(
            problems.contains(&answer.problem()) && !answer.problem().is_empty(),
            "{what}: {:?}",
            answer.body
        );
        assert_eq!(
            harness.status(&manifest).await.body["status"],
            "pending",
            "{what}"
        );
    }
    harness
        .post_json(&harness.release_url(&manifest), Some(OWNER), &json!({}))
        .await
        .expect_problem(422, "missing-signature");

    let several = document(json!([
        unknown_kid,
        signature("owner-ed25519", bytes),
        signature("other-es256", bytes),
        good["signatures"][0]
    ]));
    let release = harness
        .publish_signed(&manifest, &several)
        .await
        .expect(201);
    assert_eq!(release.body["releaseSignature"], several);
}

#[tokio::test]
async fn compares_manifests_as_values_after_a_naked_create() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let content = component(b"values");
    let mut manifest = crate::support::manifest(&content);
    manifest["number"] = json!(1);
    let created = harness.create(&manifest).await.expect(201);
    harness.upload(&created, &content).await.expect(204);
    let reformatted = format!("{manifest:#}").replace("\"number\": 1", "\"number\": 1.0");
    assert!(reformatted.contains("1.0"));
    let signature = jws(&["owner-ed25519"], reformatted.as_bytes());
    let release = harness
        .publish_signed(&manifest, &signature)
        .await
        .expect(201);
    assert_eq!(release.body["releaseSignature"], signature);
    assert_eq!(release.body["release"]["number"], 1);
}

#[tokio::test]
async fn takes_the_flattened_form_and_shows_the_general() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let (manifest, _) = harness.prepared(&component(b"flattened")).await;
    let general = jws(&["owner-es256"], manifest.to_string().as_bytes());
    let mut flattened = general["signatures"][0].clone();
    flattened["payload"] = general["payload"].clone();
    let release = harness
        .publish_signed(&manifest, &flattened)
        .await
        .expect(201);
    assert_eq!(release.body["releaseSignature"], general);
}

#[tokio::test]
async fn holds_the_release_digest_against_the_signed_bytes() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let (manifest, _) = harness.prepared(&component(b"release digest")).await;
    let bytes = manifest.to_string();
    let good = jws(&["owner-es256"], bytes.as_bytes());
    let mut bad = good.clone();
    bad["signatures"][0]["signature"] =
        jws(&["owner-es256"], b"{}")["signatures"][0]["signature"].clone();
    let publish = |signature: Value, digest: Value| {
        let body = json!({"releaseSignature": signature, "releaseDigest": digest});
        let (harness, url) = (&harness, harness.release_url(&manifest));
        async move { harness.post_json(&url, Some(OWNER), &body).await }
    };
    let right = json!({"sha256": sha256(bytes.as_bytes())});
    publish(good.clone(), json!({"sha256": sha256(b"{}")}))
        .await
        .expect_problem(422, "release-digest-mismatch");
    publish(bad, right.clone())
        .await
        .expect_problem(422, "bad-signature");
    publish(good.clone(), json!({}))
        .await
        .expect_problem(400, "malformed-request");
    publish(good.clone(), json!("sha256"))
        .await
        .expect_problem(400, "malformed-request");
    publish(good, right).await.expect(201);
}
