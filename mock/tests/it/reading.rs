//! Rules REL: reading releases and content.

use mock_registry::MockRegistry;
use reqwest::Method;

use crate::support::{EMPTY_COMPONENT, Harness, OWNER, component, manifest};

#[tokio::test]
async fn head_is_get_without_the_body() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let manifest = harness.published(EMPTY_COMPONENT).await;
    let release = harness.release_url(&manifest);
    for url in [
        release.clone(),
        format!("{release}/content"),
        format!("{release}/unpublished"),
        format!("{release}/nothing"),
    ] {
        let get = harness.get(&url, Some(OWNER)).await;
        let head = harness
            .send(harness.http.head(&url).bearer_auth(OWNER))
            .await;
        assert_eq!(head.status, get.status, "{url}");
        assert_eq!(head.header("content-type"), get.header("content-type"));
        assert_eq!(head.header("content-length"), get.header("content-length"));
        assert!(head.bytes.is_empty());
    }
}

#[tokio::test]
async fn an_entity_tag_spares_the_body() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let manifest = harness.published(EMPTY_COMPONENT).await;
    let release = harness.release_url(&manifest);
    for url in [release.clone(), format!("{release}/content")] {
        let first = harness.get(&url, None).await.expect(200);
        let tag = first.header("etag").to_owned();
        for (condition, status) in [
            (tag.clone(), 304),
            (format!("\"x\", W/{tag}"), 304),
            ("*".to_owned(), 304),
            ("\"x\"".to_owned(), 200),
        ] {
            let answer = harness
                .send(harness.http.get(&url).header("if-none-match", condition))
                .await
                .expect(status);
            assert_eq!(answer.header("etag"), tag);
            assert_eq!(answer.bytes.is_empty(), status == 304);
        }
    }
    let before = harness.get(&release, None).await.header("etag").to_owned();
    harness
        .add_sources(
            &manifest,
            &serde_json::json!([{"url": "http://127.0.0.1:1/"}]),
        )
        .await
        .expect(200);
    assert_ne!(harness.get(&release, None).await.header("etag"), before);
}

#[tokio::test]
async fn ranges_of_content_are_right() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let content = component(b"0123456789");
    let manifest = harness.published(&content).await;
    let url = format!("{}/content", harness.release_url(&manifest));
    let range = |range: &'static str| harness.send(harness.http.get(&url).header("range", range));
    let part = range("bytes=2-5").await.expect(206);
    assert_eq!(part.bytes, &content[2..=5]);
    assert_eq!(
        part.header("content-range"),
        format!("bytes 2-5/{}", content.len())
    );
    assert_eq!(
        range("bytes=-3").await.expect(206).bytes,
        &content[content.len() - 3..]
    );
    let outside = range("bytes=1000-")
        .await
        .expect_problem(416, "malformed-request");
    assert_eq!(
        outside.header("content-range"),
        format!("bytes */{}", content.len())
    );
    let stale = harness
        .http
        .get(&url)
        .header("range", "bytes=0-1")
        .header("if-range", "\"stale\"");
    assert_eq!(harness.send(stale).await.expect(200).bytes, content);
}

#[tokio::test]
async fn caches_are_told_what_changes() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let manifest = harness.published(EMPTY_COMPONENT).await;
    let release = harness.get(&harness.release_url(&manifest), None).await;
    assert_eq!(release.header("cache-control"), "public, no-cache");
    assert_eq!(
        harness.status(&manifest).await.header("cache-control"),
        "no-store"
    );
}

#[tokio::test]
async fn content_is_its_owners_until_it_is_published() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let (manifest, _) = harness.prepared(EMPTY_COMPONENT).await;
    let url = format!("{}/content", harness.release_url(&manifest));
    harness
        .get(&url, None)
        .await
        .expect_problem(404, "not-found");
    harness.get(&url, Some(OWNER)).await.expect(200);
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let harness = Harness::start(MockRegistry::builder()).await;
    harness
        .get(&harness.release_url(&manifest(EMPTY_COMPONENT)), None)
        .await
        .expect_problem(404, "not-found");
    for path in [
        "",
        "nothing",
        "components",
        "components/a:b",
        "components/a:b/1.0.0",
        "releases/",
        "__admin/nothing",
    ] {
        harness
            .request(Method::GET, &harness.url(path), None, "", "")
            .await
            .expect_problem(404, "not-found");
    }
}

/// Content of pieces that look like answers of the HTTP library's own to broken requests is content all the same.
#[tokio::test]
async fn content_may_look_like_an_answer() {
    const PIECE: usize = 64 << 10;
    const PIECES: usize = 24;
    let mut answer = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nx-padding: ".to_vec();
    answer.resize(PIECE - 4, b'x');
    answer.extend_from_slice(b"\r\n\r\n");
    // A component with a custom section, whose size takes five octets.
    let section = PIECES * PIECE - EMPTY_COMPONENT.len() - 6;
    let mut content = EMPTY_COMPONENT.to_vec();
    content.push(0);
    let groups = (0..4).map(|group| (section >> (7 * group)) % 0x80 + 0x80);
    content.extend(groups.map(|group| u8::try_from(group).unwrap()));
    content.extend([0, 1, b'x']);
    content.resize(PIECE, b'x');
    for _ in 1..PIECES {
        content.extend_from_slice(&answer);
    }
    let harness = Harness::start(MockRegistry::builder()).await;
    let manifest = harness.published(&content).await;
    let release = harness.release_url(&manifest);
    for _ in 0..4 {
        let answer = harness.get(&format!("{release}/content"), None).await;
        assert_eq!(answer.status, 200);
        assert!(
            answer.bytes == content,
            "{} other octets",
            answer.bytes.len()
        );
        harness.get(&release, None).await.expect(200);
    }
}
