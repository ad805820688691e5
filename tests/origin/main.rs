//! Content hosts do what their behaviour says, and know what they received.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

mod authority;
mod spec;

use bytes::Bytes;
use registry_conformance::origin::{
    Behaviour, Body, Credentials, Host, Origin, OriginError, OriginOptions, Redirect, Scheme, Slot,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

const CONTENT: &[u8] = b"the content of the release, all of it";
/// Long enough for a busy machine; nothing waits so long when all is well.
const PATIENCE: Duration = Duration::from_secs(20);

fn body() -> Body {
    Body {
        bytes: Bytes::from_static(CONTENT),
        media_type: "application/wasm".to_owned(),
    }
}

async fn origin() -> Origin {
    Origin::start(OriginOptions::default())
        .await
        .expect("an origin")
}

fn host(origin: &Origin, behaviour: Behaviour) -> Host {
    origin
        .host("content.wasm", Slot::A, behaviour)
        .expect("a host")
}

fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client")
}

async fn get(url: Url) -> reqwest::Response {
    client()
        .get(url)
        .timeout(PATIENCE)
        .send()
        .await
        .expect("an answer")
}

/// Sends a request by hand.
async fn connect(url: &Url, method: &str) -> TcpStream {
    let port = url.port().expect("a port");
    let mut stream = TcpStream::connect(("127.0.0.1", port))
        .await
        .expect("a connection");
    let request = format!(
        "{method} {} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n",
        url.path()
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    stream
}

/// Everything until the end of the connection, and how it ended.
async fn drain(stream: &mut TcpStream) -> (Vec<u8>, Result<(), ErrorKind>) {
    let mut seen = Vec::new();
    let reading = async {
        loop {
            match stream.read_buf(&mut seen).await {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(error) => return Err(error.kind()),
            }
        }
    };
    let end = tokio::time::timeout(PATIENCE, reading)
        .await
        .expect("an end");
    (seen, end)
}

async fn raw(behaviour: Behaviour) -> (Vec<u8>, Result<(), ErrorKind>) {
    let origin = origin().await;
    let host = host(&origin, behaviour);
    drain(&mut connect(&host.url(), "GET").await).await
}

/// Reads until `expected` has come, and no further.
async fn read_until(stream: &mut TcpStream, expected: &[u8]) {
    let mut seen = Vec::new();
    let reading = async {
        while !seen.ends_with(expected) {
            assert_ne!(
                stream.read_buf(&mut seen).await.expect("bytes"),
                0,
                "{}",
                String::from_utf8_lossy(&seen)
            );
        }
    };
    tokio::time::timeout(PATIENCE, reading)
        .await
        .expect("the bytes in time");
}

#[tokio::test]
async fn content_is_served_and_the_request_is_known() {
    let origin = origin().await;
    let host = host(&origin, Behaviour::Serve(body()));
    let answer = client()
        .get(host.url())
        .header("X-Probe", "1")
        .header("Authorization", "Bearer x")
        .send()
        .await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "application/wasm");
    assert_eq!(answer.content_length(), Some(CONTENT.len() as u64));
    assert_eq!(answer.bytes().await.expect("a body"), CONTENT);
    let received = host.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].method, "GET");
    assert_eq!(received[0].target, host.url().path());
    assert_eq!(received[0].header("x-probe"), Some("1"));
    assert_eq!(received[0].header("Authorization"), Some("Bearer x"));
    assert!(host.url().path().ends_with("/content.wasm"));
    assert!(origin.strays().is_empty());
}

#[tokio::test]
async fn head_has_the_head_only() {
    let origin = origin().await;
    for behaviour in [
        Behaviour::Serve(body()),
        Behaviour::Truncate {
            body: body(),
            after: 5,
        },
    ] {
        let host = host(&origin, behaviour);
        let (seen, end) = drain(&mut connect(&host.url(), "HEAD").await).await;
        let seen = String::from_utf8(seen).expect("text").to_ascii_lowercase();
        assert!(
            seen.contains("content-length: 37\r\n") && seen.ends_with("\r\n\r\n"),
            "{seen}"
        );
        assert_eq!(end, Ok(()));
    }
}

#[tokio::test]
async fn other_methods_are_refused_and_known() {
    let origin = origin().await;
    let host = host(&origin, Behaviour::Serve(body()));
    let answer = client()
        .post(host.url())
        .body("stolen")
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 405);
    assert_eq!(answer.headers()["allow"], "GET, HEAD");
    assert_eq!(
        (
            host.received()[0].method.as_str(),
            host.received()[0].body_len
        ),
        ("POST", 6)
    );
}

#[tokio::test]
async fn statuses_are_sent() {
    let origin = origin().await;
    for status in [403, 404, 410, 500, 503] {
        let host = host(&origin, Behaviour::Status(status));
        assert_eq!(get(host.url()).await.status(), status);
    }
}

#[tokio::test]
async fn redirects_lead_where_they_should() {
    let origin = origin().await;
    let goal = origin
        .host("goal.wasm", Slot::B, Behaviour::Serve(body()))
        .expect("a host");
    for status in [301, 302, 303, 307, 308] {
        let redirect = Redirect {
            to: goal.url().to_string(),
            status,
        };
        let answer = get(host(&origin, Behaviour::Redirect(redirect)).url()).await;
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers()["location"], goal.url().as_str());
    }
    let following = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    let chain = Behaviour::RedirectChain {
        hops: 3,
        then: Box::new(Behaviour::Serve(body())),
    };
    let chain = host(&origin, chain);
    let answer = following.get(chain.url()).send().await.expect("an answer");
    assert_eq!(answer.bytes().await.expect("a body"), CONTENT);
    assert_eq!(chain.request_count(), 4);
    let circle = host(&origin, Behaviour::RedirectLoop);
    let error = following
        .get(circle.url())
        .send()
        .await
        .expect_err("no end");
    assert!(error.is_redirect());
    assert!(circle.request_count() > 5);
}

#[tokio::test]
async fn demanded_credentials_are_looked_at() {
    let origin = origin().await;
    let then = Box::new(Behaviour::Serve(body()));
    let basic = Credentials::Basic {
        username: "user".to_owned(),
        password: "pass:word".to_owned(),
    };
    let basic = host(
        &origin,
        Behaviour::Demand {
            credentials: basic,
            then: then.clone(),
        },
    );
    let answer = get(basic.url()).await;
    assert_eq!(answer.status(), 401);
    assert!(
        answer.headers()["www-authenticate"]
            .to_str()
            .expect("text")
            .starts_with("Basic ")
    );
    let with = |password: &'static str| {
        client()
            .get(basic.url())
            .basic_auth("user", Some(password))
            .send()
    };
    assert_eq!(with("wrong").await.expect("an answer").status(), 403);
    assert_eq!(with("pass:word").await.expect("an answer").status(), 200);
    let userinfo = basic.url_with_userinfo("user", "pass:word");
    assert_eq!(get(userinfo.clone()).await.status(), 200);
    assert_eq!(userinfo.password(), Some("pass%3Aword"));

    let bearer = Credentials::Bearer {
        token: "t".to_owned(),
    };
    assert!(!format!("{bearer:?}").contains("\"t\""));
    let bearer = host(
        &origin,
        Behaviour::Demand {
            credentials: bearer,
            then,
        },
    );
    assert_eq!(get(bearer.url()).await.status(), 401);
    assert_eq!(
        client()
            .get(bearer.url())
            .basic_auth("t", Some(""))
            .send()
            .await
            .expect("an answer")
            .status(),
        403
    );
    assert_eq!(
        client()
            .get(bearer.url())
            .bearer_auth("t")
            .send()
            .await
            .expect("an answer")
            .status(),
        200
    );
}

#[tokio::test]
async fn gzip_is_true_or_a_lie() {
    use std::io::Read as _;
    let origin = origin().await;
    let coded = get(host(&origin, Behaviour::Gzip(body())).url()).await;
    assert_eq!(coded.headers()["content-encoding"], "gzip");
    let coded = coded.bytes().await.expect("a body");
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(coded.as_ref())
        .read_to_end(&mut plain)
        .expect("gzip");
    assert_eq!(plain, CONTENT);
    let lie = get(host(&origin, Behaviour::FalseGzip(body())).url()).await;
    assert_eq!(lie.headers()["content-encoding"], "gzip");
    assert_eq!(lie.bytes().await.expect("a body"), CONTENT);
}

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

#[tokio::test]
async fn sequences_go_on_and_stay_at_the_last() {
    let origin = origin().await;
    let steps = vec![
        Behaviour::Status(503),
        Behaviour::Serve(body()),
        Behaviour::Serve(Body {
            bytes: "other".into(),
            ..body()
        }),
    ];
    let host = host(&origin, Behaviour::Sequence(steps.clone()));
    let mut seen = Vec::new();
    for _ in 0..4 {
        let answer = get(host.url()).await;
        seen.push((
            answer.status().as_u16(),
            answer.bytes().await.expect("a body").len(),
        ));
    }
    assert_eq!(seen, [(503, 4), (200, 37), (200, 5), (200, 5)]);
    host.set(Behaviour::Sequence(steps));
    assert_eq!(get(host.url()).await.status(), 503, "anew");
}

#[tokio::test]
async fn hosts_vanish_when_dropped() {
    let origin = origin().await;
    let host = host(&origin, Behaviour::Serve(body()));
    let url = host.url();
    assert!(!host.wait_for_request(Duration::ZERO).await);
    drop(host);
    assert_eq!(get(url.clone()).await.status(), 404);
    assert_eq!(origin.strays()[0].target, url.path());
}

#[tokio::test]
async fn slots_are_origins_of_their_own() {
    let origin = origin().await;
    assert_eq!(origin.origins(), 3);
    let slots = [Slot::A, Slot::B, Slot::C, Slot::Forbidden];
    let hosts: Vec<Host> = slots
        .into_iter()
        .flat_map(|slot| [(slot, Scheme::Http), (slot, Scheme::Https)])
        .map(|(slot, scheme)| {
            origin
                .host_with_scheme("c", slot, scheme, Behaviour::Serve(body()))
                .expect("there is such an origin")
        })
        .collect();
    let mut ports: Vec<u16> = hosts.iter().filter_map(|host| host.url().port()).collect();
    let exempt = origin.host_ports();
    for (index, port) in ports.iter().enumerate() {
        for name in ["127.0.0.1", "localhost"] {
            assert_eq!(
                exempt.contains(&format!("{name}:{port}")),
                index < 6,
                "all but the forbidden one"
            );
        }
    }
    ports.sort_unstable();
    ports.dedup();
    assert_eq!(ports.len(), 8);
    // A host is at its own origin only.
    let mut elsewhere = hosts[0].url();
    elsewhere.set_port(hosts[2].url().port()).expect("a port");
    assert_eq!(get(elsewhere).await.status(), 404);
    assert_eq!(hosts[0].request_count(), 0);
}

#[tokio::test]
async fn https_is_trusted_by_the_ca_alone() {
    let origin = origin().await;
    let host = |behaviour| {
        origin
            .host_with_scheme("c", Slot::A, Scheme::Https, behaviour)
            .expect("a host")
    };
    let ca = reqwest::Certificate::from_pem(origin.ca_pem().as_bytes()).expect("a certificate");
    let trusting = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([ca])
        .build()
        .expect("a client");
    let serving = host(Behaviour::Serve(body()));
    for url in [serving.url(), serving.localhost_url()] {
        let answer = trusting.get(url).send().await.expect("an answer");
        assert_eq!(answer.bytes().await.expect("a body"), CONTENT);
    }
    client()
        .get(serving.url())
        .send()
        .await
        .expect_err("nobody else trusts it");
    let cut = host(Behaviour::Truncate {
        body: body(),
        after: 10,
    });
    trusting
        .get(cut.url())
        .send()
        .await
        .expect("a head")
        .bytes()
        .await
        .expect_err("a cut body");
    trusting
        .get(host(Behaviour::Reset).url())
        .send()
        .await
        .expect_err("a reset");
}

#[tokio::test]
async fn a_host_goes_by_the_name_localhost_too() {
    let origin = origin().await;
    let host = host(&origin, Behaviour::Serve(body()));
    assert_eq!(host.localhost_url().host_str(), Some("localhost"));
    assert_eq!(get(host.localhost_url()).await.status(), 200);
}

#[tokio::test]
async fn dead_urls_are_dead() {
    let origin = origin().await;
    let refused = origin.refused_url();
    let port = refused.port().expect("a port");
    let error = TcpStream::connect(("127.0.0.1", port))
        .await
        .expect_err("nothing listens");
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    std::net::TcpListener::bind(("127.0.0.1", port)).expect_err("nobody can take the port");
    assert_eq!(origin.refused_host_port(), format!("127.0.0.1:{port}"));
    assert!(!origin.host_ports().contains(&origin.refused_host_port()));
    assert!(
        origin
            .unresolvable_url()
            .host_str()
            .expect("a name")
            .ends_with(".invalid")
    );
}

#[tokio::test]
async fn a_fixed_port_or_a_public_url_is_one_origin() {
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .expect("a port")
        .local_addr()
        .expect("an address");
    let fixed = Origin::start(OriginOptions {
        bind: free,
        ..OriginOptions::default()
    })
    .await
    .expect("an origin");
    assert_eq!(fixed.origins(), 1);
    assert!(fixed.offers(Slot::A, Scheme::Http) && !fixed.offers(Slot::B, Scheme::Http));
    assert!(matches!(
        fixed.host("c", Slot::B, Behaviour::Reset),
        Err(OriginError::NoSuchOrigin {
            slot: Slot::B,
            scheme: Scheme::Http
        })
    ));
    let taken = Origin::start(OriginOptions {
        bind: free,
        ..OriginOptions::default()
    })
    .await;
    assert!(matches!(taken, Err(OriginError::Bind { .. })));

    let public_url = Some(Url::parse("https://content.example.test/behind/").expect("a URL"));
    let public = Origin::start(OriginOptions {
        public_url,
        ..OriginOptions::default()
    })
    .await
    .expect("an origin");
    let host = public
        .host("a b.wasm", Slot::A, Behaviour::Serve(body()))
        .expect("a host");
    assert!(
        host.url()
            .as_str()
            .starts_with("https://content.example.test/behind/h/")
    );
    assert!(host.url().as_str().ends_with("/a%20b.wasm"));
    assert_eq!(host.localhost_url(), host.url());
    assert_eq!(public.host_ports(), ["content.example.test:443"]);
    let refused = OriginOptions {
        public_url: Some(Url::parse("ftp://x/").expect("a URL")),
        ..OriginOptions::default()
    };
    assert!(matches!(
        Origin::start(refused).await,
        Err(OriginError::PublicUrl { .. })
    ));
}

#[tokio::test]
async fn hostile_clients_get_an_answer_and_hurt_nobody() {
    let origin = origin().await;
    let host = host(&origin, Behaviour::Serve(body()));
    let port = host.url().port().expect("a port");
    for nonsense in [
        b"\x16\x03\x01\x02\x00\x01".to_vec(),
        b"GET\r\n\r\n".to_vec(),
        vec![b'a'; 100_000],
    ] {
        let mut stream = TcpStream::connect(("127.0.0.1", port))
            .await
            .expect("a connection");
        _ = stream.write_all(&nonsense).await;
        _ = stream.shutdown().await;
        let (seen, _) = drain(&mut stream).await;
        assert!(
            seen.is_empty() || seen.starts_with(b"HTTP/1.1 400 "),
            "{}",
            String::from_utf8_lossy(&seen)
        );
    }
    let _silent = TcpStream::connect(("127.0.0.1", port))
        .await
        .expect("a connection");
    assert_eq!(get(host.url()).await.status(), 200);
    let client = client();
    for _ in 0..250 {
        client.get(host.url()).send().await.expect("an answer");
    }
    assert_eq!(
        (host.received().len(), host.request_count()),
        (200, 251),
        "what is kept is bounded"
    );
}
