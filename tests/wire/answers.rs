//! What an answer is, where it ends, and what of it is kept.

use registry_conformance::wire::{Request, WireError};
use tokio::io::AsyncWriteExt as _;
use url::Url;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::support::{answering, client, get, read_head, server};

#[tokio::test]
async fn an_answer_comes_as_it_was_sent() {
    let url = answering(
        b"HTTP/1.1 201 Made\r\nLocation: /a\r\nX-Odd: \xe9\r\nx-odd: two\r\n\
        content-type: Application/JSON; charset=x\r\nContent-Length: 8\r\n\r\n{\"a\": 1}",
    )
    .await;
    let answer = get(url).await.expect("an answer");
    assert_eq!(
        (answer.status, answer.reason.as_str(), answer.complete),
        (201, "Made", true)
    );
    assert_eq!(answer.header("location"), Some("/a"));
    assert_eq!(
        answer.headers_named("X-ODD").collect::<Vec<_>>(),
        [&b"\xe9"[..], b"two"]
    );
    assert_eq!(answer.media_type().as_deref(), Some("application/json"));
    assert_eq!(answer.json(), Ok(&serde_json::json!({"a": 1})));
}

#[tokio::test]
async fn bodies_end_where_their_framing_says() {
    let table: [(&str, &str, bool); 10] = [
        ("Content-Length: 3\r\n\r\nabc", "abc", true),
        ("Content-Length: 3\r\n\r\nab", "ab", false),
        ("Content-Length: 3, 3\r\n\r\nabc", "abc", true),
        ("\r\nuntil close", "until close", true),
        (
            "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: x\r\n\r\n",
            "abc0123456789",
            true,
        ),
        (
            "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
            "abc",
            false,
        ),
        (
            "Transfer-Encoding: chunked\r\n\r\n3\r\nabcX\r\n0\r\n\r\n",
            "abc",
            false,
        ),
        ("Transfer-Encoding: chunked\r\n\r\nxyz\r\n", "", false),
        (
            "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
            "",
            false,
        ),
        (
            "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n1\r\na\r\n0\r\n\r\n",
            "a",
            true,
        ),
    ];
    for (rest, body, complete) in table {
        let answer = get(answering(format!("HTTP/1.1 200 OK\r\n{rest}")).await)
            .await
            .expect("an answer");
        assert_eq!(
            (&answer.body[..], answer.complete),
            (body.as_bytes(), complete),
            "{rest:?}"
        );
        assert_eq!(answer.trouble.is_none(), complete, "{rest:?}");
    }
}

#[tokio::test]
async fn what_is_not_http_is_named_so() {
    let endless_head = format!("HTTP/1.1 200 OK\r\nA: {}", "x".repeat(1_000_000));
    let many_fields = format!("HTTP/1.1 200 OK\r\n{}\r\n", "A: b\r\n".repeat(1000));
    for octets in [
        "HTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 020 OK\r\n\r\n",
        "hello\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        &endless_head,
        &many_fields,
    ] {
        let answer = get(answering(octets).await).await;
        assert!(
            matches!(answer, Err(WireError::Malformed(_))),
            "{:?}: {answer:?}",
            &octets[..octets.len().min(60)]
        );
    }
}

#[tokio::test]
async fn an_answer_that_ends_within_its_head_is_a_closed_connection() {
    let interim = "HTTP/1.1 100 Continue\r\n\r\n".repeat(1000);
    for octets in ["HTTP/1.1 200 OK\r\nContent-Le", &interim] {
        assert_eq!(get(answering(octets).await).await, Err(WireError::Closed));
    }
}

#[tokio::test]
async fn interim_answers_are_passed_over() {
    let answer = get(answering(
        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
    )
    .await)
    .await;
    assert_eq!(
        answer.map(|answer| (answer.status, answer.complete)),
        Ok((204, true))
    );
}

#[tokio::test]
async fn an_endless_body_is_cut_off_at_the_limit() {
    for head in ["\r\n", "Content-Length: 99999999999\r\n\r\n"] {
        let url = server(move |mut stream| async move {
            read_head(&mut stream).await;
            let _ = stream
                .write_all(format!("HTTP/1.1 200 OK\r\n{head}").as_bytes())
                .await;
            while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
        })
        .await;
        let answer = get(url).await.expect("an answer");
        assert_eq!(
            (answer.truncated_by_us, answer.complete, answer.body.len()),
            (true, false, 1 << 20)
        );
    }
}

#[tokio::test]
async fn a_body_after_head_shows() {
    let url = answering("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody").await;
    let answer = client()
        .send(&Request::new("head", "HEAD", url))
        .await
        .answer
        .expect("an answer");
    assert_eq!(
        (answer.complete, answer.body.len(), answer.surplus),
        (true, 0, 4)
    );
    let url = answering("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n").await;
    let answer = client()
        .send(&Request::new("head", "HEAD", url))
        .await
        .answer
        .expect("an answer");
    assert_eq!((answer.complete, answer.surplus), (true, 0));
}

#[tokio::test]
async fn redirects_are_not_followed_and_bodies_not_unpacked() {
    let registry = MockServer::start().await;
    let answer = ResponseTemplate::new(302)
        .insert_header("Location", "/elsewhere")
        .insert_header("Content-Encoding", "gzip")
        .insert_header("Set-Cookie", "a=b")
        .set_body_bytes(*b"\x1f\x8bnot unpacked");
    Mock::given(method("GET"))
        .respond_with(answer)
        .expect(1)
        .mount(&registry)
        .await;
    let answer = get(Url::parse(&registry.uri()).expect("a URL"))
        .await
        .expect("an answer");
    assert_eq!(
        (answer.status, &answer.body[..]),
        (302, &b"\x1f\x8bnot unpacked"[..])
    );
}
