//! What clients can not have more of: connections, patience, room.

use std::{
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use mock_registry::{CannedAnswer, Fault, MockRegistry, MockRegistryBuilder, Network, Operation};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::support::{EMPTY_COMPONENT, Harness, OWNER, component, index_digest, manifest};

const DEADLINE: Duration = Duration::from_secs(20);

fn network(change: impl FnOnce(&mut Network)) -> MockRegistryBuilder {
    let mut network = Network::default();
    change(&mut network);
    MockRegistry::builder().network(network)
}

async fn connect(harness: &Harness) -> TcpStream {
    TcpStream::connect(("127.0.0.1", harness.registry.port()))
        .await
        .unwrap()
}

/// Reads until the connection ends, in whatever way.
async fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut octets = Vec::new();
    let end = tokio::time::timeout(DEADLINE, stream.read_to_end(&mut octets)).await;
    // A reset is an end as well.
    let _ = end.expect("the connection ends");
    octets
}

/// Returns once the other side has closed the connection, of which nothing is read.
async fn closed(stream: &TcpStream) {
    let deadline = Instant::now() + DEADLINE;
    loop {
        match stream.try_write(b"x") {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
        assert!(Instant::now() < deadline, "the connection is still open");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn of_too_many_connections_the_one_that_waits_longest_goes() {
    let harness = Harness::start(network(|network| network.max_connections = Some(3))).await;
    let mut idle = Vec::new();
    for _ in 0..3 {
        let mut stream = connect(&harness).await;
        // Only what was answered is surely there.
        let head = b"GET /__admin/health HTTP/1.1\r\nhost: registry\r\n\r\n";
        stream.write_all(head).await.unwrap();
        let mut octet = [0; 1];
        stream.read_exact(&mut octet).await.unwrap();
        idle.push(stream);
    }
    for _ in 0..20 {
        let health = harness.url("__admin/health");
        harness.get(&health, None).await.expect(200);
    }
    // At least one had to go, and it was the first.
    rest(&mut idle[0]).await;
}

#[tokio::test]
async fn connections_at_work_are_kept_and_others_turned_away() {
    let harness = Harness::start(network(|network| network.max_connections = Some(2))).await;
    let fault = Fault::hold("busy").on(Operation::Get);
    harness.registry.inject(fault).unwrap();
    let mut busy = Vec::new();
    for _ in 0..2 {
        let mut stream = connect(&harness).await;
        let head =
            b"GET /components/a:b/v1.0.0 HTTP/1.1\r\nhost: registry\r\nconnection: close\r\n\r\n";
        stream.write_all(head).await.unwrap();
        busy.push(stream);
    }
    harness.registry.held("busy", 2).await.unwrap();
    let refused = rest(&mut connect(&harness).await).await;
    let refused = String::from_utf8(refused).unwrap();
    assert!(refused.starts_with("HTTP/1.1 503 "), "{refused}");
    assert!(refused.contains("application/problem+json"), "{refused}");
    assert!(refused.contains("--max-connections"), "{refused}");
    harness.registry.release("busy").unwrap();
    for mut stream in busy {
        assert!(rest(&mut stream).await.starts_with(b"HTTP/1.1 404 "));
    }
}

#[tokio::test]
async fn who_does_not_come_to_the_point_is_given_up() {
    let patience = Duration::from_millis(100);
    let harness = Harness::start(network(|network| network.idle_timeout = Some(patience))).await;
    for beginning in [
        "",
        "GET /components/a:b",
        "GET / HTTP/1.1\r\nhost: registry\r\nx-slow: ",
    ] {
        let mut stream = connect(&harness).await;
        stream.write_all(beginning.as_bytes()).await.unwrap();
        assert_eq!(rest(&mut stream).await, b"", "{beginning}");
    }
    harness.published(EMPTY_COMPONENT).await;
}

#[tokio::test]
async fn who_does_not_take_the_answer_is_given_up() {
    let patience = Duration::from_millis(200);
    let harness = Harness::start(network(|network| network.idle_timeout = Some(patience))).await;
    let large = vec![b'x'; 32 << 20];
    let answer = CannedAnswer::new(200).bytes(large);
    harness.registry.answer(answer.path("large")).unwrap();
    let get = b"GET /large HTTP/1.1\r\nhost: registry\r\n\r\n";
    let mut one = connect(&harness).await;
    one.write_all(get).await.unwrap();
    // As many requests at once as go into a packet or two, whose answers nobody takes either.
    let mut many = connect(&harness).await;
    many.write_all(&get.repeat(1000)).await.unwrap();
    closed(&one).await;
    closed(&many).await;
    let health = harness.url("__admin/health");
    harness.get(&health, None).await.expect(200);
}

#[tokio::test]
async fn what_goes_on_without_end_within_http_ends() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let chunked = "POST /releases HTTP/1.1\r\nhost: registry\r\nauthorization: Bearer conformance-owner\r\n\
                   content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    for (what, beginning, piece) in [
        ("chunk extensions", format!("{chunked}1;"), "x=y;"),
        ("trailers", format!("{chunked}0\r\n"), "x: y\r\n"),
        (
            "header fields",
            "GET / HTTP/1.1\r\nhost: registry\r\n".to_owned(),
            "x: y\r\n",
        ),
        ("the target", "GET /".to_owned(), "x"),
        // These two are read, and forgotten: what bounds them is time.
        ("the size of a chunk", chunked.to_owned(), "0"),
        ("white space before a request", String::new(), "\r\n"),
    ] {
        let mut stream = connect(&harness).await;
        let sent = tokio::time::timeout(DEADLINE, async {
            stream.write_all(beginning.as_bytes()).await?;
            let piece = piece.repeat(1000);
            // Much more than anything may have; an error is the end of the connection.
            for _ in 0..10_000 {
                stream.write_all(piece.as_bytes()).await?;
            }
            std::io::Result::Ok(())
        });
        assert!(sent.await.is_ok(), "{what}: neither read nor refused");
        if !["the size of a chunk", "white space before a request"].contains(&what) {
            // What still comes after the answer is read and forgotten for a while, and then the connection ends.
            rest(&mut stream).await;
        }
        let health = harness.url("__admin/health");
        harness.get(&health, None).await.expect(200);
    }
}

#[tokio::test]
async fn sessions_share_the_room_of_their_server() {
    let harness = Harness::start(MockRegistry::builder().configure(|config| {
        config.max_storage = 40 << 10;
        config.max_in_flight = 20 << 10;
    }))
    .await;
    let content = component(&[b'x'; 100]);
    let padded = || {
        let mut manifest = manifest(&content);
        manifest["padding"] = json!("x".repeat(15 << 10));
        manifest
    };
    let mut sessions = Vec::new();
    for _ in 0..3 {
        let session = harness.session(&Value::Null).await;
        session.create(&padded()).await.expect(201);
        sessions.push(session);
    }
    // Neither is full by itself, but all of them together are.
    let last = sessions.last().unwrap();
    last.create(&padded())
        .await
        .expect_problem(507, "insufficient-storage");
    let answers = json!({"answer": {"text": "x".repeat(100 << 10)}});
    harness
        .admin("POST", "answers", &answers)
        .await
        .expect_problem(507, "insufficient-storage");
    // It lives on: what needs no room works, and control does.
    last.admin("GET", "state", &Value::Null).await.expect(200);
    harness
        .admin("POST", "sessions", &json!({"plain": true}))
        .await
        .expect(201);
    // What is let go of is room again.
    sessions[0]
        .admin("POST", "reset", &Value::Null)
        .await
        .expect(204);
    last.create(&padded()).await.expect(201);
}

#[tokio::test]
async fn what_was_refused_or_cancelled_takes_no_room() {
    let harness = Harness::start(MockRegistry::builder().configure(|config| {
        config.max_storage = 64 << 10;
        config.max_in_flight = 8 << 10;
    }))
    .await;
    let manifest = manifest(EMPTY_COMPONENT);
    for _ in 0..20 {
        let created = harness.create(&manifest).await.expect(201);
        let other = component(&[b'y'; 100]).repeat(200);
        harness
            .upload(&created, &other)
            .await
            .expect_problem(422, "digest-mismatch");
        harness.upload(&created, EMPTY_COMPONENT).await.expect(204);
        let unpublished = harness.resolve(created.header("location"));
        harness
            .request(Method::DELETE, &unpublished, Some(OWNER), "", "")
            .await
            .expect(204);
    }
    assert_eq!(harness.registry.state()["storedBytes"], 0);
    harness.published(EMPTY_COMPONENT).await;
}

#[tokio::test]
async fn there_is_a_limit_to_sources_also_where_none_is_said() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let (manifest, _) = harness.prepared(EMPTY_COMPONENT).await;
    let sources: Vec<Value> = (0..1000)
        .map(|number| json!({"url": format!("http://mirror.test/{number}")}))
        .collect();
    harness
        .add_sources(&manifest, &json!(sources))
        .await
        .expect_problem(422, "invalid-source");
    harness
        .add_sources(&manifest, &json!(sources[..999]))
        .await
        .expect(200);
}

/// An archive of empty entries beside the component.
fn archive(entries: usize) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut add = |path: &str, bytes: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, bytes).unwrap();
    };
    add("component.wasm", EMPTY_COMPONENT);
    for number in 0..entries {
        add(&number.to_string(), b"");
    }
    builder.into_inner().unwrap()
}

#[tokio::test]
async fn entries_of_archives_take_room_beside_their_bytes() {
    let harness = Harness::start(MockRegistry::builder().configure(|config| {
        config.max_storage = 1 << 20;
        config.max_in_flight = 256 << 10;
    }))
    .await;
    let names: Vec<String> = (0..500).map(|number| number.to_string()).collect();
    let mut entries: Vec<(&str, &[u8])> =
        names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    entries.push(("component.wasm", EMPTY_COMPONENT));
    let mut manifest = manifest(EMPTY_COMPONENT);
    manifest["mediaType"] = json!("application/x-tar");
    manifest["contentDigest"]["sha256"] = json!(index_digest(&entries));
    let created = harness.create(&manifest).await.expect(201);
    let url = harness.resolve(created.body["uploadUrl"].as_str().unwrap());
    let send = |archive: Vec<u8>| {
        harness.request(
            Method::POST,
            &url,
            Some(OWNER),
            "application/x-tar",
            archive,
        )
    };
    // Its bytes would do, with a third of the room to spare.
    let many = archive(1700);
    assert!(many.len() < 900 << 10);
    for _ in 0..3 {
        send(many.clone())
            .await
            .expect_problem(507, "insufficient-storage");
    }
    send(archive(500)).await.expect(204);
    harness.publish(&manifest).await.expect(201);
}

/// A host that takes every connection and says nothing, and counts them.
async fn silent_host() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::Relaxed);
            open.push(stream);
        }
    });
    (url, asked)
}

#[tokio::test]
async fn many_slow_sources_take_no_longer_than_a_few() {
    let patience = Duration::from_millis(100);
    let harness = Harness::start(MockRegistry::builder().fetch_deadline(patience)).await;
    let (host, asked) = silent_host().await;
    let manifest = manifest(EMPTY_COMPONENT);
    harness.create(&manifest).await.expect(201);
    let sources: Vec<Value> = (0..900)
        .map(|number| json!({"url": format!("{host}{number}")}))
        .collect();
    harness
        .add_sources(&manifest, &json!(sources))
        .await
        .expect(200);
    let refusal = harness.publish(&manifest).await;
    let refusal = refusal.expect_problem(422, "source-unreachable");
    let told = refusal.body["sources"].as_array().unwrap();
    assert_eq!(told.len(), sources.len());
    // Each is accounted for; most were never asked.
    let last = told.last().unwrap()["reason"].as_str().unwrap();
    assert!(last.contains("time for all content sources"), "{last}");
    let asked = asked.load(Ordering::Relaxed);
    assert!(asked <= 128, "{asked}");
}

#[tokio::test]
async fn answers_that_are_sent_slowly_on_purpose_take_room() {
    let piece = NonZeroU32::new(70 << 10).unwrap();
    for (name, answer) in [
        ("text", CannedAnswer::new(200).text("x".repeat(200 << 10))),
        (
            "json",
            CannedAnswer::new(200).json(json!("x".repeat(200 << 10))),
        ),
    ] {
        let harness = Harness::start(MockRegistry::builder().configure(|config| {
            config.max_storage = 1 << 20;
            config.max_in_flight = 256 << 10;
        }))
        .await;
        harness.registry.answer(answer).unwrap();
        let slow = Fault::dribble(piece, Duration::from_hours(1));
        harness.registry.inject(slow).unwrap();
        // Nobody reads on.
        let mut answers = Vec::new();
        for _ in 0..8 {
            answers.push(reqwest::get(harness.url("x")).await.unwrap());
        }
        let refused = answers.iter().filter(|answer| answer.status() == 507);
        let refused = refused.count();
        assert!(
            (1..8).contains(&refused),
            "{name}: {refused} of 8 are refused"
        );
    }
}
