//! Requests and answers on loopback, against well-behaved and hostile servers.

use std::{future::Future, sync::Arc, time::Duration};

use bytes::Bytes;
use registry_conformance::{
    credentials::{Credentials, Secret},
    run::RunContext,
    target::Target,
    wire::{
        Alive, Answer, Body, Client, ClientIdentity, Ending, Exchange, Phase, RawRequest, Redactor,
        Request, WireError, WireOptions,
        render::{self, BodyLimit},
        retry_after,
    },
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use url::Url;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

fn client() -> Client {
    client_with(Duration::from_secs(10))
}

fn client_with(exchange_deadline: Duration) -> Client {
    let options = WireOptions {
        exchange_deadline,
        max_body: 1 << 20,
        ..WireOptions::default()
    };
    Client::new(&options).expect("a client")
}

/// A server that handles each connection in one way, and its URL.
async fn server<F, H>(handle: H) -> Url
where
    F: Future<Output = ()> + Send + 'static,
    H: Fn(TcpStream) -> F + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(handle(stream));
        }
    });
    Url::parse(&url).expect("a URL")
}

/// A server that reads a head, then sends octets and closes.
async fn answering(octets: impl Into<Vec<u8>>) -> Url {
    let octets = Bytes::from(octets.into());
    server(move |mut stream| {
        let octets = octets.clone();
        async move {
            read_head(&mut stream).await;
            let _ = stream.write_all(&octets).await;
        }
    })
    .await
}

async fn read_head(stream: &mut TcpStream) -> Vec<u8> {
    let mut head = Vec::new();
    let mut octet = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut octet).await.is_ok_and(|read| read == 1)
    {
        head.push(octet[0]);
    }
    head
}

async fn get(url: Url) -> Result<Answer, WireError> {
    client().send(&Request::new("get", "GET", url)).await.answer
}

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

#[tokio::test]
async fn a_429_is_waited_out() {
    for retry in ["0", "Sun, 06 Nov 1994 08:49:37 GMT"] {
        let registry = MockServer::start().await;
        let busy = ResponseTemplate::new(429).insert_header("Retry-After", retry);
        Mock::given(method("POST"))
            .respond_with(busy)
            .up_to_n_times(2)
            .mount(&registry)
            .await;
        Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(201))
            .mount(&registry)
            .await;
        let url = Url::parse(&registry.uri()).expect("a URL");
        let exchange = client().send(&Request::new("create", "POST", url)).await;
        assert_eq!(
            (exchange.status(), exchange.retries, exchange.gave_up),
            (Some(201), 2, false)
        );
    }
}

#[tokio::test]
async fn a_429_that_never_ends_is_given_up() {
    for (retry, retries) in [("3600", 0), ("0", 100), ("99999999999999999999999", 0)] {
        let registry = MockServer::start().await;
        let busy = ResponseTemplate::new(429).insert_header("Retry-After", retry);
        Mock::given(method("GET"))
            .respond_with(busy)
            .mount(&registry)
            .await;
        let exchange = client()
            .send(&Request::new(
                "get",
                "GET",
                Url::parse(&registry.uri()).expect("a URL"),
            ))
            .await;
        assert_eq!(
            (exchange.status(), exchange.retries, exchange.gave_up),
            (Some(429), retries, true)
        );
    }
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    let now = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    for (value, expected) in [
        ("7", Some(7)),
        ("Sun, 06 Nov 1994 08:50:07 GMT", Some(30)),
        ("Sunday, 06-Nov-94 08:50:07 GMT", Some(30)),
        ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("", None),
    ] {
        let answer = Answer {
            headers: vec![("retry-AFTER".to_owned(), value.into())],
            ..Answer::default()
        };
        assert_eq!(
            retry_after(&answer, now),
            expected.map(Duration::from_secs),
            "{value}"
        );
    }
}

#[test]
fn deep_json_is_an_error_and_no_crash() {
    let answer = Answer {
        body: "[".repeat(1_000_000).into(),
        ..Answer::default()
    };
    assert!(answer.json().is_err());
}

/// A value takes many times the memory of its text.
#[test]
fn json_of_millions_of_values_is_an_error_and_a_long_text_is_none() {
    let json = |body: String| {
        let answer = Answer {
            body: body.into(),
            ..Answer::default()
        };
        answer.json().cloned().map_err(|error| error.to_string())
    };
    for wide in [
        format!("[{}0]", "0,".repeat(1_000_000)),
        format!("[{}0]", "[{}],".repeat(40_000)),
        format!("{{{}\"z\":0}}", "\"a\":0,".repeat(200_000)),
    ] {
        let error = json(wide).unwrap_err();
        assert!(error.contains("more than 25000 values"), "{error}");
    }
    assert!(json(format!("[{}0]", "0,".repeat(20_000))).is_ok());
    assert!(json(format!("\"{}\"", ",[{\\\"".repeat(200_000))).is_ok());
}

#[test]
fn secrets_are_found_in_every_form() {
    use base64::Engine as _;
    let value = "p\"ss w/rd+s3cret";
    let redactor = Redactor::new([
        Secret::new("TOKEN_OWNER", value),
        Secret::new("SHORT", "p\"ss"),
    ]);
    let base64 = &base64::engine::general_purpose::STANDARD;
    let mut forms = vec![
        value.to_owned(),
        "p%22ss%20w%2Frd%2Bs3cret".to_owned(),
        "p%22ss%20w%2frd%2bs3cret".to_owned(),
        "p%22ss+w%2Frd%2Bs3cret".to_owned(),
        serde_json::to_string(value).expect("JSON"),
    ];
    for user in ["", "u:", "us:", "use:", "user:"] {
        for after in ["", "x", "yz"] {
            forms.push(base64.encode(format!("{user}{value}{after}")));
        }
    }
    for form in forms {
        let redacted = redactor.text(&format!("before {form} after"));
        assert!(redacted.contains("$TOKEN_OWNER"), "{form}: {redacted}");
        for part in [
            "s3cret",
            "w/rd",
            "w%2Frd",
            &form[form.len() / 3..form.len() * 2 / 3],
        ] {
            assert!(!redacted.contains(part), "{form}: {redacted}");
        }
    }
    assert_eq!(redactor.text("p\"ss"), "$SHORT");
    assert_eq!(Redactor::default().text("nothing known"), "nothing known");
    let scoped = redactor.scoped();
    scoped.add(&Secret::new("SOURCE", "of-the-source"));
    assert_eq!(
        (scoped.text("of-the-source"), redactor.text("of-the-source")),
        ("$SOURCE".into(), "of-the-source".into())
    );
    assert_eq!(
        format!(
            "{:?} {}",
            Secret::new("A", "hidden"),
            Secret::new("A", "hidden")
        ),
        "Secret($A) $A"
    );
}

/// ERR-7 blames a registry that shows a token, and none that names a namespace, a key or itself.
#[tokio::test]
async fn what_an_error_may_name_is_no_token_although_it_holds_one() {
    use base64::Engine as _;
    let mut target = Target::with_defaults(
        "http://conformance-owner.localhost:9/"
            .parse()
            .expect("a URL"),
    );
    target.private_namespace = Some("conformance-owner-private.test".to_owned());
    let context = RunContext::new(target, 1).await.expect("a context");
    let base64 = &base64::engine::general_purpose::URL_SAFE_NO_PAD;
    for name in [
        "conformance-owner.test",
        "conformance-owner.test:dogs",
        "conformance-owner.test.evil",
        "CONFORMANCE-OWNER.TEST",
        "conformance-owner-private.test",
        "conformance-other.test",
        "conformance-owner.localhost",
        "owner-es256",
    ] {
        let hex = hex::encode(name);
        let percent: Vec<String> = name.bytes().map(|octet| format!("%{octet:02X}")).collect();
        for said in [
            format!(r#"{{"detail":"{name} is not yours"}}"#),
            format!(r#"{{"detail":"{name}"}}"#),
            base64.encode(format!(r#"{{"name":"{name}"}}"#)),
            hex,
            percent.concat(),
        ] {
            assert!(!context.shows_token(said.as_bytes()), "{name}: {said}");
        }
    }
    for said in [
        "Bearer conformance-owner",
        "the token conformance-owner is not known",
        "conformance-owner.",
        "conformance-owner.test has the token conformance-owner",
        "%63onformance-owner.test conformance-reader",
    ] {
        assert!(context.shows_token(said.as_bytes()), "{said}");
    }
}

async fn exchange() -> (Exchange, Redactor) {
    let url = answering(
        "HTTP/1.1 422 Unprocessable\r\nContent-Type: application/problem+json\r\nX-Echo: owner-token\r\nContent-Length: 68\r\n\r\n{\"detail\": \"owner-token \x1b[31m\u{202e}\", \"url\": \"http://u:owner-token@h/\"}",
    )
    .await;
    let token = Secret::new("TOKEN_OWNER", "owner-token");
    let request = Request::new("create", "POST", url)
        .header("Content-Type", "application/json")
        .header("X-Quote", "it's")
        .credentials(Some(Arc::new(Credentials::bearer("owner", token.clone()))))
        .body(Body::Bytes(Bytes::from_static(
            b"{\"it's\": \"owner-token $HOME\"}",
        )));
    (client().send(&request).await, Redactor::new([token]))
}

fn without_port(text: &str) -> String {
    let port = regex::Regex::new(r"127\.0\.0\.1:\d+").expect("a pattern");
    port.replace_all(text, "HOST:PORT").into_owned()
}

#[tokio::test]
async fn an_exchange_reads_well_and_keeps_secrets() {
    let (exchange, redactor) = exchange().await;
    let text = render::http_text(&exchange, &redactor, BodyLimit::default());
    insta::assert_snapshot!("http_text", without_port(&text));
    let curl = render::curl(&exchange, &redactor);
    insta::assert_snapshot!("curl", without_port(&curl));
    let report = render::to_report(&exchange, &redactor)
        .to_value()
        .to_string();
    for shown in [text, curl, report] {
        assert!(!shown.contains("owner-token"), "{shown}");
    }
}

/// Encoders differ in what they leave alone, and a field can be called anything.
#[tokio::test]
async fn a_secret_is_hidden_where_every_sign_is_encoded_and_in_the_name_of_a_field() {
    let (mut exchange, redactor) = exchange().await;
    exchange.answer = Ok(Answer {
        status: 200,
        headers: vec![("owner-token".to_owned(), b"owner%2Dtoken".to_vec())],
        complete: true,
        ..Answer::default()
    });
    let text = render::http_text(&exchange, &redactor, BodyLimit::default());
    let report = render::to_report(&exchange, &redactor)
        .to_value()
        .to_string();
    for shown in [text, report] {
        assert!(!shown.contains("owner-token"), "{shown}");
        assert!(!shown.contains("owner%2Dtoken"), "{shown}");
    }
}

#[tokio::test]
async fn the_report_of_an_exchange_has_the_promised_shape() {
    let (mut exchange, redactor) = exchange().await;
    exchange.duration = Duration::from_millis(12);
    let report = render::to_report(&exchange, &redactor)
        .to_value()
        .to_string();
    let report: serde_json::Value = serde_json::from_str(&without_port(&report)).expect("JSON");
    insta::assert_json_snapshot!("report", report);
    exchange.answer = Err(WireError::Closed);
    let report = render::to_report(&exchange, &redactor).to_value();
    assert_eq!(
        report["error"],
        "failed to get an answer: the connection was closed without one"
    );
    assert_eq!(report.get("response"), None);
}

#[tokio::test]
async fn long_and_binary_bodies_are_shortened() {
    let (mut exchange, redactor) = exchange().await;
    exchange.request.headers.clear();
    exchange.request.body = Body::Chunked(vec![Bytes::from(vec![0; 5000])]);
    exchange.answer = Ok(Answer {
        status: 200,
        body: format!("{}owner-token", "é".repeat(20)).into(),
        complete: true,
        ..Answer::default()
    });
    // The cut would fall into the secret if it were made first.
    let text = render::http_text(&exchange, &redactor, BodyLimit(45));
    assert!(!text.contains("own"), "{text}");
    insta::assert_snapshot!("shortened", without_port(&text));
    insta::assert_snapshot!(
        "curl_of_a_file",
        without_port(&render::curl(&exchange, &redactor))
    );
}

#[tokio::test]
async fn raw_octets_have_a_line_too() {
    let raw = RawRequest {
        name: "raw".to_owned(),
        origin: answering("HTTP/1.1 400 Bad\r\n\r\n").await,
        pieces: vec![Bytes::from_static(
            b"GET /'%\\ HTTP/1.1\r\nAuthorization: Bearer owner-token\r\n\x00\xff\r\n\r\n",
        )],
        ending: Ending::HalfClose,
    };
    let exchange = client().send_raw(&raw).await;
    let redactor = Redactor::new([Secret::new("TOKEN_OWNER", "owner-token")]);
    let line = render::curl(&exchange, &redactor);
    let line = regex::Regex::new(r"nc 127\.0\.0\.1 \d+")
        .expect("a pattern")
        .replace(&line, "nc HOST PORT")
        .into_owned();
    insta::assert_snapshot!("raw_line", line);
}

/// A key and a certificate for `localhost` that vouches for itself, in PEM.
fn certificate() -> (Vec<u8>, Vec<u8>) {
    use openssl::{
        asn1::Asn1Time,
        bn::BigNum,
        ec::{EcGroup, EcKey},
        hash::MessageDigest,
        nid::Nid,
        pkey::PKey,
        x509::{
            X509, X509NameBuilder,
            extension::{BasicConstraints, SubjectAlternativeName},
        },
    };
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).expect("a curve");
    let key = PKey::from_ec_key(EcKey::generate(&group).expect("a key")).expect("a key");
    let mut name = X509NameBuilder::new().expect("a name");
    name.append_entry_by_text("CN", "localhost")
        .expect("a name");
    let name = name.build();
    let mut builder = X509::builder().expect("a builder");
    builder.set_version(2).expect("a version");
    let serial = BigNum::from_u32(1)
        .and_then(|serial| serial.to_asn1_integer())
        .expect("a number");
    builder.set_serial_number(&serial).expect("a number");
    builder.set_subject_name(&name).expect("a subject");
    builder.set_issuer_name(&name).expect("an issuer");
    builder.set_pubkey(&key).expect("a key");
    builder
        .set_not_before(&Asn1Time::days_from_now(0).expect("a time"))
        .expect("a time");
    builder
        .set_not_after(&Asn1Time::days_from_now(1).expect("a time"))
        .expect("a time");
    builder
        .append_extension(BasicConstraints::new().critical().ca().build().expect("it"))
        .expect("it");
    let names = SubjectAlternativeName::new()
        .dns("localhost")
        .build(&builder.x509v3_context(None, None))
        .expect("it");
    builder.append_extension(names).expect("it");
    builder
        .sign(&key, MessageDigest::sha256())
        .expect("a signature");
    (
        builder.build().to_pem().expect("PEM"),
        key.private_key_to_pem_pkcs8().expect("PEM"),
    )
}

#[tokio::test]
async fn https_needs_trust_and_then_carries_the_same() {
    use tokio_native_tls::{TlsAcceptor, native_tls};
    let (certificate, key) = certificate();
    let identity = native_tls::Identity::from_pkcs8(&certificate, &key).expect("an identity");
    let acceptor = TlsAcceptor::from(native_tls::TlsAcceptor::new(identity).expect("an acceptor"));
    let plain = server(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                return;
            };
            let mut got = vec![0; 64 * 1024];
            let read = stream.read(&mut got).await.unwrap_or_default();
            let _ = stream
                .write_all(format!("HTTP/1.1 200 OK\r\nContent-Length: {read}\r\n\r\n").as_bytes())
                .await;
            let _ = stream.write_all(&got[..read]).await;
            let _ = stream.shutdown().await;
            // Closing with something unread would reset the connection.
            while stream.read(&mut got).await.is_ok_and(|read| read > 0) {}
        }
    })
    .await;
    let port = plain.port().expect("a port");
    let url = Url::parse(&format!("https://localhost:{port}/x")).expect("a URL");
    let request = Request::new("get", "GET", url.clone());
    assert!(matches!(
        client().send(&request).await.answer,
        Err(WireError::Tls { .. })
    ));

    let options = WireOptions {
        ca: Some(certificate.clone()),
        client_identity: Some(ClientIdentity { certificate, key }),
        ..WireOptions::default()
    };
    let client = Client::new(&options).expect("a client");
    let answer = client.send(&request).await.answer.expect("an answer");
    assert!(answer.complete && answer.body.starts_with(b"GET /x HTTP/1.1\r\n"));
    let raw = |ending| RawRequest {
        name: "raw".into(),
        origin: url.clone(),
        pieces: vec!["odd".into()],
        ending,
    };
    let answer = client
        .send_raw(&raw(Ending::HalfClose))
        .await
        .answer
        .expect("an answer");
    assert_eq!(&answer.body[..], b"odd");
    assert_eq!(
        client.send_raw(&raw(Ending::Reset)).await.answer,
        Err(WireError::NotAwaited)
    );
    // The certificate is for another host.
    let elsewhere = Request::new(
        "get",
        "GET",
        Url::parse(&format!("https://127.0.0.1:{port}/")).expect("a URL"),
    );
    assert!(matches!(
        client.send(&elsewhere).await.answer,
        Err(WireError::Tls { .. })
    ));
}

#[test]
fn unusable_certificates_are_refused_at_once() {
    for ca in [
        "",
        "-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n",
        "no PEM",
    ] {
        let options = WireOptions {
            ca: Some(ca.into()),
            ..WireOptions::default()
        };
        assert!(Client::new(&options).is_err(), "{ca:?}");
    }
    let client_identity = Some(ClientIdentity {
        certificate: "x".into(),
        key: "y".into(),
    });
    assert!(
        Client::new(&WireOptions {
            client_identity,
            ..WireOptions::default()
        })
        .is_err()
    );
}
