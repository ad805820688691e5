//! Rules ERR: whatever comes, a problem document goes back and the registry serves on.

use mock_registry::{MockRegistry, config::Config};
use reqwest::Method;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{EMPTY_COMPONENT, Harness, OWNER, manifest};

/// Sends bytes as they are and reads until the connection ends: status, head and body.
async fn raw(harness: &Harness, bytes: &[u8]) -> (u16, String, Value) {
    let mut stream = TcpStream::connect(("127.0.0.1", harness.registry.port()))
        .await
        .unwrap();
    stream.write_all(bytes).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let text = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = text
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("no answer: {text:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (
        status,
        head.to_ascii_lowercase(),
        serde_json::from_str(body).unwrap_or_default(),
    )
}

#[tokio::test]
async fn methods_that_are_not_supported_name_those_that_are() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let release = harness.release_url(&manifest(EMPTY_COMPONENT));
    for (method, url, allow) in [
        ("GET", harness.url("releases"), "POST"),
        ("OPTIONS", harness.url("releases"), "POST"),
        ("PUT", release.clone(), "GET, HEAD, POST"),
        ("PATCH", release.clone(), "GET, HEAD, POST"),
        (
            "POST",
            format!("{release}/unpublished"),
            "GET, HEAD, DELETE",
        ),
        ("GET", format!("{release}/content-sources"), "POST, PUT"),
        ("DELETE", format!("{release}/content"), "GET, HEAD"),
        ("POST", harness.url("__admin/health"), "GET, HEAD"),
    ] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let answer = harness
            .request(method, &url, Some(OWNER), "application/json", "{}")
            .await;
        assert_eq!(
            answer
                .expect_problem(405, "method-not-allowed")
                .header("allow"),
            allow,
            "{url}"
        );
    }
    let unknown = Method::from_bytes(b"BREW").unwrap();
    harness
        .request(unknown, &release, None, "", "")
        .await
        .expect_problem(501, "method-not-allowed");
}

#[expect(clippy::too_many_lines, reason = "most of them are a table")]
#[tokio::test]
async fn odd_requests_get_a_problem() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let request = |line: &str, headers: &str| {
        format!("{line} HTTP/1.1\r\nhost: registry\r\nconnection: close\r\n{headers}\r\n")
            .into_bytes()
    };
    let long = "x".repeat(80_000);
    for (what, bytes, status) in [
        (
            "invalid UTF-8 in the name",
            request("GET /components/%ff/v1.0.0", ""),
            400,
        ),
        (
            "NUL in the name",
            request("GET /components/a:b%00/v1.0.0", ""),
            404,
        ),
        (
            "a slash in the name",
            request("GET /components/a%2Fb:c/v1.0.0", ""),
            404,
        ),
        (
            "half an encoding",
            request("GET /components/a%/v1.0.0", ""),
            404,
        ),
        ("dots", request("GET /components/../../etc/passwd", ""), 404),
        (
            "a long name",
            request(&format!("GET /components/{}/v1.0.0", &long[..20_000]), ""),
            404,
        ),
        (
            "a target that is too long",
            request(&format!("GET /components/{long}/v1.0.0"), ""),
            414,
        ),
        (
            "another host in the target",
            request("GET http://elsewhere.test/nothing", ""),
            404,
        ),
        ("an asterisk", request("OPTIONS *", ""), 404),
        (
            "credentials that are no text",
            request(
                "GET /components/a:b/v1.0.0",
                "authorization: \x7f\u{80}\r\n",
            ),
            400,
        ),
        (
            "credentials twice",
            request(
                "GET /components/a:b/v1.0.0",
                "authorization: Bearer a\r\nauthorization: Bearer b\r\n",
            ),
            400,
        ),
        (
            "no media type",
            request(
                "POST /releases",
                "authorization: Bearer conformance-owner\r\ncontent-length: 0\r\n",
            ),
            415,
        ),
        (
            "a negative length",
            request("POST /releases", "content-length: -1\r\n"),
            400,
        ),
        (
            "two lengths",
            request(
                "POST /releases",
                "content-length: 1\r\ncontent-length: 2\r\n",
            ),
            400,
        ),
        (
            "a broken chunk",
            request(
                "POST /releases",
                "authorization: Bearer conformance-owner\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz",
            ),
            400,
        ),
        (
            "a space in a header name",
            request("GET /", "a b: c\r\n"),
            400,
        ),
    ] {
        let (got, head, body) = raw(&harness, &bytes).await;
        assert_eq!(got, status, "{what}: {head}");
        assert!(
            head.contains("content-type: application/problem+json"),
            "{what}: {head}"
        );
        assert_eq!(body["status"], status, "{what}");
        assert!(
            body["type"]
                .as_str()
                .unwrap()
                .starts_with("urn:publish-api:problem:"),
            "{what}"
        );
    }
    harness.published(EMPTY_COMPONENT).await;
}

#[tokio::test]
async fn a_head_that_is_too_large_gets_its_answer_too() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let header = "x".repeat(2 << 20);
    let head = format!("GET /releases HTTP/1.1\r\nhost: registry\r\nx-long: {header}\r\n\r\n");
    let (status, head, body) = raw(&harness, head.as_bytes()).await;
    assert_eq!(status, 431, "{head}");
    assert_eq!(body["status"], 431);
    let head = format!("GET /releases HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(1000));
    assert_eq!(raw(&harness, head.as_bytes()).await.0, 431);
}

#[tokio::test]
async fn a_refused_body_does_not_cost_the_answer() {
    let harness = Harness::start(MockRegistry::builder().max_manifest(1024)).await;
    let body = vec![b' '; 8 << 20];
    for _ in 0..3 {
        let url = harness.url("releases");
        harness
            .request(
                Method::POST,
                &url,
                Some(OWNER),
                "application/json",
                body.clone(),
            )
            .await
            .expect_problem(413, "content-too-large");
        harness
            .request(Method::POST, &url, None, "application/json", body.clone())
            .await
            .expect_problem(401, "unauthenticated");
        harness
            .request(
                Method::POST,
                &harness.url("nothing"),
                None,
                "application/json",
                body.clone(),
            )
            .await
            .expect_problem(404, "not-found");
    }
}

#[tokio::test]
async fn a_client_that_waits_to_be_asked_hears_the_refusal_at_once() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let head = b"POST /releases HTTP/1.1\r\nhost: registry\r\ncontent-type: application/json\r\ncontent-length: 100\r\nexpect: 100-continue\r\n\r\n";
    let mut stream = TcpStream::connect(("127.0.0.1", harness.registry.port()))
        .await
        .unwrap();
    stream.write_all(head).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(
        answer.starts_with(b"HTTP/1.1 401"),
        "{}",
        String::from_utf8_lossy(&answer)
    );
}

#[tokio::test]
async fn problem_types_may_have_another_prefix() {
    let prefix = "https://registry.test/problems/";
    let harness = Harness::start(
        MockRegistry::builder().configure(move |config: &mut Config| {
            config.problem_type_prefix = prefix.to_owned();
            config.create_path = "v1/create".to_owned();
        }),
    )
    .await;
    harness
        .post_json(
            &harness.url("v1/create"),
            Some(OWNER),
            &manifest(EMPTY_COMPONENT),
        )
        .await
        .expect(201);
    let answer = harness.create(&manifest(EMPTY_COMPONENT)).await.expect(404);
    assert_eq!(answer.body["type"], format!("{prefix}not-found"));
}
