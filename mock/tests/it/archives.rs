//! Rules IDX: content of several entries.

use crate::support::{Answer, EMPTY_COMPONENT, Harness, OWNER, index_digest, manifest};
use mock_registry::{MockRegistry, defect::Defect};
use reqwest::Method;
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::path};

fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, bytes) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn tar_manifest(entries: &[(&str, &[u8])]) -> Value {
    let mut manifest = manifest(EMPTY_COMPONENT);
    manifest["mediaType"] = json!("application/x-tar");
    manifest["contentDigest"]["sha256"] = json!(index_digest(entries));
    manifest
}

async fn upload(harness: &Harness, manifest: &Value, archive: Vec<u8>) -> Answer {
    let created = harness.create(manifest).await.expect(201);
    let url = harness.resolve(created.body["uploadUrl"].as_str().unwrap());
    harness
        .request(
            Method::POST,
            &url,
            Some(OWNER),
            "application/x-tar",
            archive,
        )
        .await
}

const ENTRIES: [(&str, &[u8]); 5] = [
    ("component.wasm", EMPTY_COMPONENT),
    ("a-", b"1"),
    ("a.b", b"2"),
    ("a/b", b"3"),
    ("a0", b"4"),
];

#[tokio::test]
async fn publishes_entries_in_any_order() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let mut reversed = ENTRIES;
    reversed.reverse();
    for entries in [ENTRIES, reversed] {
        let manifest = tar_manifest(&ENTRIES);
        upload(&harness, &manifest, archive(&entries))
            .await
            .expect(204);
        let release = harness.publish(&manifest).await.expect(201);
        let source = release.body["contentSources"][0]["url"].as_str().unwrap();
        let content = harness.get(source, None).await.expect(200);
        assert_eq!(content.header("content-type"), "application/x-tar");
        assert_eq!(content.bytes, archive(&entries));
    }
}

#[tokio::test]
async fn refuses_other_entries_and_bad_archives() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let manifest = || tar_manifest(&ENTRIES);
    let mut changed = ENTRIES;
    changed[2].1 = b"x";
    let mut renamed = ENTRIES;
    renamed[2].0 = "a.c";
    for other in [changed.as_slice(), &renamed, &ENTRIES[..4]] {
        upload(&harness, &manifest(), archive(other))
            .await
            .expect_problem(422, "digest-mismatch");
    }
    let duplicate = [ENTRIES[0], ("a", b"1".as_slice()), ("a", b"1")];
    let nested = [ENTRIES[0], ("a", b"1".as_slice()), ("a/b", b"1")];
    let no_component = [("a", b"1".as_slice())];
    for bad in [duplicate.as_slice(), &nested, &no_component] {
        upload(&harness, &tar_manifest(bad), archive(bad))
            .await
            .expect_problem(422, "invalid-content-index");
    }
    upload(&harness, &manifest(), b"<html>".repeat(200))
        .await
        .expect_problem(422, "invalid-content-index");
}

#[tokio::test]
async fn counts_entries_and_not_headers_against_the_limit() {
    let harness = Harness::start(MockRegistry::builder().max_content(100)).await;
    let full = [ENTRIES[0], ("asset", [b'x'; 92].as_slice())];
    upload(&harness, &tar_manifest(&full), archive(&full))
        .await
        .expect(204);
    let over = [ENTRIES[0], ("asset", [b'x'; 93].as_slice())];
    upload(&harness, &tar_manifest(&over), archive(&over))
        .await
        .expect_problem(413, "content-too-large");
}

#[tokio::test]
async fn takes_one_entry_from_each_source() {
    let origin = MockServer::start().await;
    let serve = |at: &'static str, bytes: &'static [u8]| {
        Mock::given(path(at))
            .respond_with(ResponseTemplate::new(200).set_body_bytes(bytes))
            .mount(&origin)
    };
    serve("/component", EMPTY_COMPONENT).await;
    serve("/asset", b"1").await;
    serve("/wrong", b"2").await;
    let source =
        |at: &str, entry: &str| json!({"url": format!("{}/{at}", origin.uri()), "path": entry});
    let entries = [
        ("component.wasm", EMPTY_COMPONENT),
        ("assets/a", b"1".as_slice()),
    ];
    let good = [
        source("component", "component.wasm"),
        source("asset", "assets/a"),
    ];

    let harness = Harness::start(MockRegistry::builder()).await;
    for (sources, problem) in [
        (json!(good), ""),
        (json!([good[0], good[1], source("gone", "assets/a")]), ""),
        (json!([good[0]]), "digest-mismatch"),
        (
            json!([good[0], source("wrong", "assets/a")]),
            "digest-mismatch",
        ),
        (
            json!([good[0], good[1], source("wrong", "assets/a")]),
            "digest-mismatch",
        ),
        (
            json!([good[0], source("gone", "assets/a")]),
            "source-unreachable",
        ),
    ] {
        let manifest = tar_manifest(&entries);
        harness.create(&manifest).await.expect(201);
        harness.add_sources(&manifest, &sources).await.expect(200);
        let answer = harness.publish(&manifest).await;
        assert_eq!(answer.problem(), problem, "{sources}: {:?}", answer.body);
        if problem.is_empty() {
            assert_eq!(answer.body["contentSources"], sources);
        }
    }
    let manifest = tar_manifest(&entries);
    harness.create(&manifest).await.expect(201);
    let mixed = json!([good[0], {"url": format!("{}/whole", origin.uri())}]);
    harness
        .add_sources(&manifest, &mixed)
        .await
        .expect_problem(422, "invalid-source");
    let traversal = json!([source("component", "../component.wasm")]);
    harness
        .add_sources(&manifest, &traversal)
        .await
        .expect_problem(422, "invalid-source");

    let dropping =
        Harness::start(MockRegistry::builder().bad_mirror(mock_registry::config::BadMirror::Drop))
            .await;
    dropping.create(&manifest).await.expect(201);
    dropping
        .add_sources(
            &manifest,
            &json!([good[0], source("wrong", "assets/a"), good[1]]),
        )
        .await
        .expect(200);
    assert_eq!(
        dropping.publish(&manifest).await.expect(201).body["contentSources"],
        json!(good)
    );
}

#[tokio::test]
async fn the_component_alone_can_be_taken_for_the_whole() {
    for (defects, status) in [
        (&[][..], 422),
        (&[Defect::TakesDigestOfComponentAlone], 204),
    ] {
        let builder = defects
            .iter()
            .fold(MockRegistry::builder(), |builder, defect| {
                builder.defect(*defect)
            });
        let harness = Harness::start(builder).await;
        let manifest = tar_manifest(&ENTRIES[..1]);
        upload(&harness, &manifest, archive(&ENTRIES))
            .await
            .expect(status);
    }
}
