//! Requests are on the wire as they were made.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use registry_conformance::credentials::{Credentials, Secret};
use registry_conformance::wire::{Body, Ending, RawRequest, Request, WireError};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use url::Url;

use super::support::{client, read_head, server};

#[tokio::test]
async fn what_a_library_refuses_is_sent_all_the_same() {
    let url = echo().await;
    let plain = || Request::new("r", "POST", url.clone());
    let mut odd_method = plain();
    odd_method.method = "P@ST".to_owned();
    let mut with_userinfo = plain();
    with_userinfo
        .url
        .set_username("user")
        .expect("a URL with a host");
    let table = [
        (odd_method, "P@ST / HTTP/1.1\r\n"),
        (plain().header("X Odd", "1"), "\r\nX Odd: 1\r\n"),
        (plain().header("X-Odd", *b"a\x01"), "\r\nX-Odd: a\u{1}\r\n"),
        (
            plain().header("Content-Length", "00"),
            "\r\nContent-Length: 00\r\n",
        ),
        (
            plain().header("Connection", "close"),
            "\r\nConnection: close\r\n",
        ),
        (with_userinfo, "POST / HTTP/1.1\r\n"),
    ];
    for (request, expected) in table {
        let answer = client().send(&request).await.answer.expect("an echo");
        let got = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(got.contains(expected), "{expected:?} in {got:?}");
        assert!(!got.contains("Authorization"), "{got:?}");
    }
}

/// A server that answers with the octets that it got until the client's side was quiet or ended.
async fn echo() -> Url {
    server(|mut stream| async move {
        let mut got = read_head(&mut stream).await;
        let mut buffer = [0; 1024];
        while let Ok(Ok(read)) =
            tokio::time::timeout(Duration::from_millis(200), stream.read(&mut buffer)).await
        {
            if read == 0 {
                got.extend_from_slice(b"<end>");
                break;
            }
            got.extend_from_slice(&buffer[..read]);
        }
        let _ = stream
            .write_all(
                format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", got.len()).as_bytes(),
            )
            .await;
        let _ = stream.write_all(&got).await;
    })
    .await
}

#[tokio::test]
async fn requests_are_on_the_wire_exactly_as_they_were_made() {
    let url = echo().await;
    let owner = Arc::new(Credentials::bearer(
        "owner",
        Secret::new("TOKEN_OWNER", "owner-token"),
    ));
    let request = |body| {
        Request::new("r", "POST", url.join("x?y=1").expect("a URL"))
            .header("X-Case", *b"a\xff")
            .credentials(Some(Arc::clone(&owner)))
            .body(body)
    };
    let bytes = Bytes::from_static(b"data");
    let mut overridden = request(Body::Empty);
    overridden.target_override = Some("/a/../b%00".to_owned());
    let table = [
        (
            request(Body::Bytes(bytes.clone())),
            "POST /x?y=1 HTTP/1.1",
            "Content-Length: 4",
            "data",
        ),
        (
            overridden,
            "POST /a/../b%00 HTTP/1.1",
            "Content-Length: 0",
            "",
        ),
        (
            request(Body::Chunked(vec![
                bytes.clone(),
                Bytes::new(),
                bytes.clone(),
            ])),
            "POST /x?y=1 HTTP/1.1",
            "Transfer-Encoding: chunked",
            "4\r\ndata\r\n4\r\ndata\r\n0\r\n\r\n",
        ),
        (
            request(Body::Cut {
                declared: 9,
                sent: bytes.clone(),
            }),
            "POST /x?y=1 HTTP/1.1",
            "Content-Length: 9",
            "data<end>",
        ),
        (
            request(Body::Declared {
                length: "+4".to_owned(),
                bytes: bytes.clone(),
            }),
            "POST /x?y=1 HTTP/1.1",
            "Content-Length: +4",
            "data",
        ),
    ];
    for (request, line, framing, body) in table {
        let answer = client().send(&request).await.answer.expect("an echo");
        let got = String::from_utf8_lossy(&answer.body).into_owned();
        let (head, sent) = got.split_once("\r\n\r\n").expect("a head");
        let fields: Vec<&str> = head.split("\r\n").collect();
        assert_eq!(fields[0], line);
        for field in [
            framing,
            "X-Case: a\u{fffd}",
            "Authorization: Bearer owner-token",
        ] {
            assert!(fields.contains(&field), "{field} in {fields:?}");
        }
        assert_eq!(sent, body);
    }
}

#[tokio::test]
async fn a_field_that_the_request_names_is_not_added() {
    let owner = Arc::new(Credentials::bearer(
        "owner",
        Secret::new("TOKEN_OWNER", "owner-token"),
    ));
    let request = Request::new("r", "GET", echo().await)
        .header("host", "elsewhere")
        .header("authorization", "one")
        .header("Authorization", "two")
        .credentials(Some(owner));
    let answer = client().send(&request).await.answer.expect("an echo");
    let got = String::from_utf8_lossy(&answer.body).to_lowercase();
    assert_eq!(
        (
            got.matches("host:").count(),
            got.matches("authorization:").count()
        ),
        (1, 2)
    );
    assert!(!got.contains("owner-token"));
}

#[tokio::test]
async fn raw_octets_go_out_as_they_are() {
    let url = echo().await;
    let raw = |ending| RawRequest {
        name: "raw".to_owned(),
        origin: url.clone(),
        pieces: vec![
            Bytes::from_static(b"BAD \x00 line\r\n"),
            Bytes::from_static(b"\r\n"),
        ],
        ending,
    };
    let answer = client()
        .send_raw(&raw(Ending::HalfClose))
        .await
        .answer
        .expect("an echo");
    assert_eq!(&answer.body[..], b"BAD \x00 line\r\n\r\n<end>");
    assert_eq!(
        client().send_raw(&raw(Ending::Reset)).await.answer,
        Err(WireError::NotAwaited)
    );
}
