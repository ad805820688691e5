//! Rules DIG and UPL: uploads and what they must hash to.

use crate::support::{
    EMPTY_COMPONENT, Harness, OTHER, OWNER, component, component_digest, index_digest_512,
    manifest, sha256,
};
use mock_registry::{
    MockRegistry,
    config::{Config, DigestForm, Verification},
};
use reqwest::{Body, Method};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

#[tokio::test]
async fn knows_the_known_answer() {
    assert_eq!(
        component_digest(EMPTY_COMPONENT),
        "8be52cd5195fdc3ae833c0472ccb7683242a2c6c1f39adc743c269b73724858b"
    );
    let harness = Harness::start(MockRegistry::builder()).await;
    harness.published(EMPTY_COMPONENT).await;
}

#[tokio::test]
async fn refuses_other_bytes_and_takes_the_right_ones_then() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let content = component(b"right");
    let manifest = manifest(&content);
    let created = harness.create(&manifest).await.expect(201);
    harness
        .upload(&created, &component(b"wrong"))
        .await
        .expect_problem(422, "digest-mismatch");
    harness
        .upload(&created, b"")
        .await
        .expect_problem(422, "digest-mismatch");
    harness
        .publish(&manifest)
        .await
        .expect_problem(409, "missing-content");
    harness.upload(&created, &content).await.expect(204);
    harness.upload(&created, &content).await.expect(204);
    harness
        .upload(&created, &component(b"wrong"))
        .await
        .expect_problem(422, "digest-mismatch");
    harness.publish(&manifest).await.expect(201);
    harness
        .upload(&created, &content)
        .await
        .expect_problem(409, "already-published");
}

#[tokio::test]
async fn compares_every_digest_in_any_order() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let content = component(b"two digests");
    let (sha256, sha512) = (
        component_digest(&content),
        index_digest_512(&[("component.wasm", &content)]),
    );
    for (digests, good) in [
        (json!({"sha512": sha512}), true),
        (json!({"sha256": sha256, "sha512": sha512}), true),
        (json!({"sha512": "0".repeat(128), "sha256": sha256}), false),
        (json!({"sha256": sha256, "sha512": "0".repeat(128)}), false),
        (json!({"sha256": "0".repeat(64), "sha512": sha512}), false),
        (json!({"blake3": "kept", "sha256": sha256}), true),
    ] {
        let mut manifest = manifest(&content);
        manifest["contentDigest"] = digests.clone();
        let created = harness.create(&manifest).await.expect(201);
        let upload = harness.upload(&created, &content).await;
        if good {
            upload.expect(204);
            assert_eq!(
                harness.publish(&manifest).await.expect(201).body["release"]["contentDigest"],
                digests
            );
        } else {
            upload.expect_problem(422, "digest-mismatch");
        }
    }
}

#[tokio::test]
async fn digests_are_of_the_index_or_of_the_bytes() {
    let content = component(b"form");
    for (form, right, wrong) in [
        (
            DigestForm::Index,
            component_digest(&content),
            sha256(&content),
        ),
        (
            DigestForm::Raw,
            sha256(&content),
            component_digest(&content),
        ),
    ] {
        let harness = Harness::start(MockRegistry::builder().digest_form(form)).await;
        for (digest, status) in [(right, 204), (wrong, 422)] {
            let mut manifest = manifest(&content);
            manifest["contentDigest"]["sha256"] = json!(digest);
            let created = harness.create(&manifest).await.expect(201);
            harness.upload(&created, &content).await.expect(status);
        }
    }
}

#[tokio::test]
async fn only_components_are_content() {
    for (validates, status) in [(true, 422), (false, 204)] {
        let harness = Harness::start(
            MockRegistry::builder().configure(|config| config.validate_components = validates),
        )
        .await;
        for content in [
            b"no component".as_slice(),
            b"\0asm\x01\0\0\0",
            b"\0asm\x0d\0\x01\0\0\x7f",
        ] {
            let created = harness.create(&manifest(content)).await.expect(201);
            let answer = harness.upload(&created, content).await.expect(status);
            assert_eq!(
                answer.problem(),
                if validates { "invalid-content" } else { "" }
            );
        }
    }
}

#[tokio::test]
async fn without_verification_nothing_is_hashed() {
    let harness = Harness::start(MockRegistry::builder().verification(Verification::None)).await;
    let manifest = manifest(&component(b"promised"));
    let created = harness.create(&manifest).await.expect(201);
    harness.upload(&created, b"delivered").await.expect(204);
    harness.publish(&manifest).await.expect(201);
}

#[tokio::test]
async fn holds_uploads_against_the_limit() {
    let harness = Harness::start(MockRegistry::builder().max_content(64)).await;
    let longest = component(&[b'x'; 64 - 12]);
    assert_eq!(longest.len(), 64);
    let created = harness.create(&manifest(&longest)).await.expect(201);
    harness.upload(&created, &longest).await.expect(204);

    let too_long = component(&[b'x'; 64 - 11]);
    let created = harness.create(&manifest(&too_long)).await.expect(201);
    harness
        .upload(&created, &too_long)
        .await
        .expect_problem(413, "content-too-large");
    let url = harness.resolve(created.body["uploadUrl"].as_str().unwrap());
    let chunks = too_long
        .chunks(7)
        .map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()))
        .collect::<Vec<_>>();
    let body = Body::wrap_stream(futures::stream::iter(chunks));
    let request = harness
        .http
        .post(&url)
        .bearer_auth(OWNER)
        .header("content-type", "application/wasm")
        .body(body);
    harness
        .send(request)
        .await
        .expect_problem(413, "content-too-large");
}

#[tokio::test]
async fn takes_chunks_or_wants_a_length() {
    for (chunked, status) in [(true, 204), (false, 411)] {
        let harness = Harness::start(
            MockRegistry::builder()
                .configure(move |config: &mut Config| config.chunked_uploads = chunked),
        )
        .await;
        let content = component(b"in chunks");
        let created = harness.create(&manifest(&content)).await.expect(201);
        let url = harness.resolve(created.body["uploadUrl"].as_str().unwrap());
        let body = Body::wrap_stream(futures::stream::iter(
            content
                .chunks(3)
                .map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()))
                .collect::<Vec<_>>(),
        ));
        let answer = harness
            .send(harness.http.post(&url).bearer_auth(OWNER).body(body))
            .await
            .expect(status);
        assert_eq!(
            answer.problem(),
            if chunked { "" } else { "length-required" }
        );
    }
}

#[tokio::test]
async fn an_upload_that_is_cut_off_is_no_content() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let content = component(b"all that was promised");
    let manifest = manifest(&content);
    let created = harness.create(&manifest).await.expect(201);
    let url = reqwest::Url::parse(created.body["uploadUrl"].as_str().unwrap()).unwrap();
    let mut stream = TcpStream::connect((url.host_str().unwrap(), url.port().unwrap()))
        .await
        .unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: registry\r\nauthorization: Bearer {OWNER}\r\ncontent-type: application/wasm\r\ncontent-length: {}\r\n\r\n",
        url.path(),
        content.len() + 1,
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&content).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(
        !answer.starts_with(b"HTTP/1.1 2"),
        "{}",
        String::from_utf8_lossy(&answer)
    );
    harness
        .publish(&manifest)
        .await
        .expect_problem(409, "missing-content");
    harness.upload(&created, &content).await.expect(204);
}

#[tokio::test]
async fn looks_at_the_content_type() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let content = component(b"typed");
    let created = harness.create(&manifest(&content)).await.expect(201);
    let url = harness.resolve(created.body["uploadUrl"].as_str().unwrap());
    let upload = |content_type: &'static str| {
        harness.request(
            Method::POST,
            &url,
            Some(OWNER),
            content_type,
            content.clone(),
        )
    };
    upload("text/plain")
        .await
        .expect_problem(415, "unsupported-media-type");
    upload("Application/WASM").await.expect(204);
}

#[tokio::test]
async fn wants_authorization_on_its_own_origin_and_none_elsewhere() {
    let content = component(b"elsewhere");
    let harness = Harness::start(MockRegistry::builder()).await;
    let created = harness.create(&manifest(&content)).await.expect(201);
    let url = harness.resolve(created.body["uploadUrl"].as_str().unwrap());
    let anonymous = harness
        .request(
            Method::POST,
            &url,
            None,
            "application/wasm",
            content.clone(),
        )
        .await;
    assert!(
        !anonymous
            .expect_problem(401, "unauthenticated")
            .header("www-authenticate")
            .is_empty()
    );
    harness
        .request(
            Method::POST,
            &url,
            Some(OTHER),
            "application/wasm",
            content.clone(),
        )
        .await
        .expect_problem(403, "forbidden");

    let harness =
        Harness::start(MockRegistry::builder().upload_url("http://127.0.0.1:0/bucket/")).await;
    let manifest = manifest(&content);
    let created = harness.create(&manifest).await.expect(201);
    let url = created.body["uploadUrl"].as_str().unwrap();
    assert!(
        !url.starts_with(harness.registry.url()) && url.contains("/bucket/"),
        "{url}"
    );
    harness
        .request(Method::POST, url, None, "text/plain", content.clone())
        .await
        .expect_problem(415, "unsupported-media-type");
    harness
        .request(Method::POST, url, None, "application/wasm", content.clone())
        .await
        .expect(204);
    let base = url.split("components").next().unwrap();
    harness
        .get(&format!("{base}releases"), None)
        .await
        .expect_problem(404, "not-found");
    harness.publish(&manifest).await.expect(201);
}
