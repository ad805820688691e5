//! Hosts and origins: which there are, how they go by name and scheme, and whom they survive.

use std::io::ErrorKind;
use std::time::Duration;

use registry_conformance::origin::{
    Behaviour, Body, Host, Origin, OriginError, OriginOptions, Scheme, Slot,
};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use url::Url;

use crate::support::{CONTENT, body, client, drain, get, host, origin};

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
