//! Connections: kept, lost, and given up at the deadline.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use registry_conformance::wire::{Alive, Body, Phase, Request, WireError};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use url::Url;

use super::support::{answering, client, client_with, get, read_head, server};

#[tokio::test]
async fn what_may_have_an_effect_is_never_sent_twice() {
    let requests = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = Arc::clone(&requests);
    // Answers the first request of a connection, and closes it on the second without a word.
    let url = server(move |mut stream| {
        let counted = Arc::clone(&counted);
        async move {
            for answer in [&b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"[..], b""] {
                if read_head(&mut stream).await.is_empty() {
                    return;
                }
                counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                let _ = stream.write_all(answer).await;
            }
        }
    })
    .await;
    let client = client();
    let send = |method: &str| {
        let request = Request::new("r", method, url.clone());
        let client = client.clone();
        async move {
            client
                .send(&request)
                .await
                .answer
                .map(|answer| answer.status)
        }
    };
    assert_eq!(send("POST").await, Ok(200));
    assert_eq!(send("POST").await, Err(WireError::Closed));
    assert_eq!(requests.load(std::sync::atomic::Ordering::SeqCst), 2);
    // Reading may be repeated, on a new connection.
    assert_eq!((send("GET").await, send("GET").await), (Ok(200), Ok(200)));
    assert_eq!(requests.load(std::sync::atomic::Ordering::SeqCst), 5);
}

#[tokio::test]
async fn an_early_refusal_is_not_lost_when_the_server_closes_under_the_body() {
    let url = server(|mut stream| async move {
        read_head(&mut stream).await;
        let _ = stream
            .write_all(
                b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno",
            )
            .await;
        // Dropped with most of the body unread: the client's side is reset.
    })
    .await;
    // The first two go by the library, the others by the raw sender.
    let small = Bytes::from(vec![b'x'; 64 << 10]);
    let large = Bytes::from(vec![b'x'; 32 << 20]);
    for body in [
        Body::Bytes(small.clone()),
        Body::Chunked(vec![small.slice(..4096); 16]),
        Body::Bytes(large.clone()),
        Body::Chunked(vec![large.clone(); 2]),
    ] {
        for _ in 0..10 {
            let request = Request::new("upload", "POST", url.clone()).body(body.clone());
            let answer = client().send(&request).await.answer.expect("the refusal");
            assert_eq!((answer.status, &answer.body[..]), (413, &b"no"[..]));
        }
    }
}

#[tokio::test]
async fn lost_connections_are_told_apart() {
    let closes = server(|mut stream| async move {
        read_head(&mut stream).await;
    })
    .await;
    assert_eq!(get(closes.clone()).await, Err(WireError::Closed));
    assert_eq!(client().alive(&closes).await, Alive::Gone);

    let resets = server(|mut stream| async move {
        read_head(&mut stream).await;
        stream.set_zero_linger().expect("linger");
    })
    .await;
    assert_eq!(get(resets).await, Err(WireError::Reset));

    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let nobody = Url::parse(&format!(
        "http://{}/",
        listener.local_addr().expect("an address")
    ))
    .expect("a URL");
    drop(listener);
    assert!(matches!(
        get(nobody.clone()).await,
        Err(WireError::Connect { .. })
    ));
    assert_eq!(client().alive(&nobody).await, Alive::Gone);

    let nowhere = Url::parse("http://does-not-exist.invalid/").expect("a URL");
    assert!(matches!(get(nowhere).await, Err(WireError::Resolve { .. })));
    assert!(matches!(
        get(Url::parse("ftp://h/").expect("a URL")).await,
        Err(WireError::Url(_))
    ));

    let speaks_plain = answering("HTTP/1.1 200 OK\r\n\r\n").await;
    let greets = server(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    })
    .await;
    let over_tls = Url::parse(&greets.as_str().replace("http:", "https:")).expect("a URL");
    assert!(matches!(get(over_tls).await, Err(WireError::Tls { .. })));
    assert_eq!(client().alive(&speaks_plain).await, Alive::Answers);
}

#[tokio::test]
async fn nothing_takes_longer_than_the_deadline() {
    let silent = server(|mut stream| async move {
        let mut sink = [0; 1024];
        while stream.read(&mut sink).await.is_ok_and(|read| read > 0) {}
    })
    .await;
    let deadline = Duration::from_millis(100);
    let request = Request::new("get", "GET", silent);
    let exchange = client_with(deadline).send(&request).await;
    assert_eq!(
        exchange.answer,
        Err(WireError::Timeout {
            phase: Phase::Waiting,
            deadline
        })
    );
    assert!(exchange.duration >= deadline);

    // Each octet comes in time, but the whole never ends.
    let dribbling = server(|mut stream| async move {
        read_head(&mut stream).await;
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            .await;
        while stream.write_all(b"x").await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let answer = client_with(deadline)
        .send(&Request::new("get", "GET", dribbling))
        .await
        .answer
        .expect("its head");
    assert!(!answer.complete && !answer.truncated_by_us);
    assert_eq!(
        answer.trouble.as_deref(),
        Some("the deadline passed before the end of the body")
    );
}

#[tokio::test]
async fn connections_are_kept_for_reading_and_a_stale_one_is_no_failure() {
    let connections = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    let url = server(move |mut stream| {
        counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        async move {
            // Two answers on a connection; on the third request it is closed without a word.
            for _ in 0..2 {
                read_head(&mut stream).await;
                let _ = stream
                    .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                    .await;
            }
            read_head(&mut stream).await;
        }
    })
    .await;
    let client = client();
    for _ in 0..5 {
        assert_eq!(
            client
                .send(&Request::new("get", "GET", url.clone()))
                .await
                .status(),
            Some(200)
        );
    }
    assert_eq!(connections.load(std::sync::atomic::Ordering::SeqCst), 3);
}
