//! What hosts do to a connection: reset, cut, stall, dribble, hold.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use registry_conformance::origin::Behaviour;
use tokio::io::AsyncWriteExt;

use crate::support::{CONTENT, PATIENCE, body, connect, drain, get, host, origin, raw, read_until};

#[tokio::test]
async fn connections_are_reset_or_closed() {
    assert_eq!(
        raw(Behaviour::Reset).await,
        (Vec::new(), Err(ErrorKind::ConnectionReset))
    );
    assert_eq!(raw(Behaviour::Close).await, (Vec::new(), Ok(())));
    let (seen, end) = raw(Behaviour::ResetBody {
        body: body(),
        after: 5,
    })
    .await;
    assert_eq!(end, Err(ErrorKind::ConnectionReset));
    assert!(seen.is_empty() || seen.ends_with(b"\r\n\r\nthe c"));
    let (seen, _) = raw(Behaviour::Garbage).await;
    assert!(!seen.starts_with(b"HTTP/"));
}

#[tokio::test]
async fn bodies_are_cut_short_of_what_was_declared() {
    let (seen, end) = raw(Behaviour::Truncate {
        body: body(),
        after: 10,
    })
    .await;
    let seen = String::from_utf8(seen).expect("text");
    assert_eq!(end, Ok(()));
    assert!(
        seen.contains("Content-Length: 37\r\n") && seen.ends_with("\r\n\r\nthe conten"),
        "{seen}"
    );
    let (seen, end) = raw(Behaviour::TruncateChunked {
        body: body(),
        after: 10,
    })
    .await;
    let seen = String::from_utf8(seen).expect("text");
    assert_eq!(end, Ok(()));
    assert!(
        seen.contains("Transfer-Encoding: chunked\r\n")
            && seen.ends_with("\r\n\r\na\r\nthe conten\r\n"),
        "{seen}"
    );
    let origin = origin().await;
    let cut = host(
        &origin,
        Behaviour::Truncate {
            body: body(),
            after: 10,
        },
    );
    get(cut.url())
        .await
        .bytes()
        .await
        .expect_err("a client notices");
    let whole = host(&origin, Behaviour::Chunked(body()));
    let answer = get(whole.url()).await;
    assert_eq!(answer.content_length(), None);
    assert_eq!(answer.bytes().await.expect("a body"), CONTENT);
}

#[tokio::test]
async fn stalls_end_with_the_client_or_the_origin() {
    let origin = origin().await;
    let silent = host(&origin, Behaviour::Stall);
    let mut first = connect(&silent.url(), "GET").await;
    assert!(silent.wait_for_request(PATIENCE).await);
    let mut byte = [0];
    assert_eq!(
        first.try_read(&mut byte).expect_err("nothing yet").kind(),
        ErrorKind::WouldBlock
    );
    let halfway = host(
        &origin,
        Behaviour::StallBody {
            body: body(),
            after: 10,
        },
    );
    let mut second = connect(&halfway.url(), "GET").await;
    read_until(&mut second, b"\r\n\r\nthe conten").await;
    assert_eq!(
        second.try_read(&mut byte).expect_err("nothing more").kind(),
        ErrorKind::WouldBlock
    );
    drop(origin);
    assert!(drain(&mut first).await.0.is_empty());
    assert!(drain(&mut second).await.0.is_empty());
}

#[tokio::test]
async fn dribbled_bodies_are_slow_and_right() {
    let every = Duration::from_millis(5);
    let origin = origin().await;
    let slow = host(
        &origin,
        Behaviour::Dribble {
            body: body(),
            bytes: 4,
            every,
        },
    );
    let started = Instant::now();
    assert_eq!(
        get(slow.url()).await.bytes().await.expect("a body"),
        CONTENT
    );
    assert!(started.elapsed() >= every * 9, "37 bytes are ten pieces");
}

#[tokio::test]
async fn endless_bodies_go_on() {
    let origin = origin().await;
    let endless = host(&origin, Behaviour::Endless);
    let mut answer = get(endless.url()).await;
    let mut seen = 0;
    while seen < 4 << 20 {
        seen += answer.chunk().await.expect("more").expect("no end").len();
    }
}

#[tokio::test]
async fn holds_wait_for_their_release() {
    let origin = origin().await;
    let held = host(&origin, Behaviour::Hold(Box::new(Behaviour::Serve(body()))));
    let waiting = tokio::spawn(get(held.url()));
    assert!(held.wait_for_request(PATIENCE).await);
    assert!(!waiting.is_finished());
    held.release();
    assert_eq!(
        waiting
            .await
            .expect("joined")
            .bytes()
            .await
            .expect("a body"),
        CONTENT
    );
    assert_eq!(
        get(held.url()).await.status(),
        200,
        "released for those to come"
    );

    held.set(Behaviour::Hold(Box::new(Behaviour::Status(404))));
    let again = tokio::spawn(get(held.url()));
    assert!(held.wait_for_requests(3, PATIENCE).await);
    assert!(!again.is_finished());
    held.set(Behaviour::Serve(body()));
    assert_eq!(
        again.await.expect("joined").status(),
        404,
        "what it was held for"
    );
    assert_eq!(get(held.url()).await.status(), 200);
}

#[tokio::test]
async fn a_client_that_gives_up_ends_its_hold() {
    let origin = origin().await;
    let held = host(&origin, Behaviour::Hold(Box::new(Behaviour::Serve(body()))));
    let mut stream = connect(&held.url(), "GET").await;
    assert!(held.wait_for_request(PATIENCE).await);
    stream.shutdown().await.expect("half closed");
    assert_eq!(drain(&mut stream).await, (Vec::new(), Ok(())));
}
