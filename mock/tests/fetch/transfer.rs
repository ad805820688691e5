//! Bodies that arrive whole, late, cut, or not at all.

use std::{convert::Infallible, time::Duration};

use mock_registry::{
    content::{ContentFormat, ContentOptions, ContentReader},
    digest::DigestAlgorithm,
    fetch::{
        FetchFailure, FetchOptions, FetchPolicy, FetchRequest, FetchTrouble, Fetched, Fetcher,
    },
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{header, method, path},
};

use crate::{
    host::{Answer, Host},
    names::FixedNames,
    support::{closed_port, denying, fetcher, get, mistaken, options, request, trouble},
    tls::TlsHost,
};

#[tokio::test]
async fn content_arrives_whole_and_as_it_is() {
    let server = MockServer::start().await;
    let body: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
    Mock::given(method("GET"))
        .and(path("/a.wasm"))
        .and(header("accept-encoding", "identity"))
        .respond_with(ResponseTemplate::new(200).set_body_raw(body.clone(), "application/wasm"))
        .mount(&server)
        .await;
    let (fetched, bytes) = fetcher()
        .fetch_bytes(&request(&format!("{}/a.wasm", server.uri())))
        .await
        .unwrap();
    assert_eq!(bytes, body);
    let expected = Fetched {
        length: body.len() as u64,
        content_type: Some("application/wasm".to_owned()),
        declared_length: Some(body.len() as u64),
        url: format!("{}/a.wasm", server.uri()).parse().unwrap(),
        address: Some(*server.address()),
    };
    assert_eq!(fetched, expected);
}

#[tokio::test]
async fn content_is_hashed_while_it_arrives() {
    let host = Host::start(|_| {
        Answer::text(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
        )
    })
    .await;
    let format = ContentFormat::of_media_type("application/wasm");
    let mut reader = ContentReader::new(ContentOptions::new(
        format,
        vec![DigestAlgorithm::Sha256],
        4,
    ));
    let outcome = fetcher()
        .fetch(&request(&host.url("/")), |chunk| reader.write(chunk))
        .await;
    match outcome {
        Err(FetchFailure::Receiver(error)) => assert_eq!(error.problem(), "content-too-large"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_answer_without_length_ends_with_its_connection() {
    let host = Host::start(|_| Answer::text("HTTP/1.1 200 OK\r\n\r\nabc")).await;
    assert_eq!(get(&fetcher(), &host.url("/")).await.unwrap(), "abc");
}

#[tokio::test]
async fn only_200_is_content() {
    let server = MockServer::start().await;
    let lax = mistaken(FetchPolicy {
        ignores_status: true,
        ..FetchPolicy::default()
    });
    for status in [
        201, 204, 206, 300, 304, 400, 401, 403, 404, 410, 429, 500, 503,
    ] {
        server.reset().await;
        let template = ResponseTemplate::new(status);
        // These have no body.
        let template = if matches!(status, 204 | 304) {
            template
        } else {
            template.set_body_string("x")
        };
        Mock::given(method("GET"))
            .respond_with(template)
            .mount(&server)
            .await;
        let error = get(&fetcher(), &server.uri()).await.unwrap_err();
        assert_eq!(error.trouble, FetchTrouble::Status(status));
        assert_eq!(error.problem(), "source-unreachable");
        assert!(get(&lax, &server.uri()).await.is_ok());
    }
}

#[tokio::test]
async fn an_unreachable_host_says_so() {
    let port = closed_port().await;
    let refused = trouble(&fetcher(), &format!("http://127.0.0.1:{port}/")).await;
    assert!(
        matches!(refused, FetchTrouble::NotConnected(_)),
        "{refused:?}"
    );

    let names = FixedNames::new(&[("empty.test", &[])]);
    let fetcher = Fetcher::with_resolver(options(FetchPolicy::default()), names).unwrap();
    for name in ["nowhere.test", "empty.test"] {
        assert_eq!(
            trouble(&fetcher, &format!("http://{name}/")).await,
            FetchTrouble::NotResolved
        );
    }
}

#[tokio::test]
async fn a_body_that_ends_early_is_not_content() {
    let length: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc";
    let chunk: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc";
    let no_end: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";
    let lax = mistaken(FetchPolicy {
        ignores_truncation: true,
        ..FetchPolicy::default()
    });
    for octets in [length, chunk, no_end] {
        let host = Host::start(|_| Answer::Close(octets.to_vec())).await;
        let found = trouble(&fetcher(), &host.url("/")).await;
        assert_eq!(
            found,
            FetchTrouble::Truncated { received: 3 },
            "{}",
            octets.escape_ascii()
        );
        assert_eq!(get(&lax, &host.url("/")).await.unwrap(), "abc");
    }
}

#[tokio::test]
async fn a_broken_exchange_is_no_content() {
    let answers = [
        Answer::Reset(Vec::new()),
        Answer::Close(Vec::new()),
        Answer::text("SSH-2.0-OpenSSH_9.9\r\n"),
        Answer::text("HTTP/1.1 200"),
        Answer::text("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"),
        Answer::text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
    ];
    for answer in answers {
        let shown = format!("{answer:?}");
        let host = Host::start(move |_| answer.clone()).await;
        let error = get(&fetcher(), &host.url("/")).await.unwrap_err();
        assert!(
            matches!(error.trouble, FetchTrouble::Broken(_)),
            "{shown} {error}"
        );
        assert_eq!(error.problem(), "source-unreachable");
    }
    let host =
        Host::start(|_| Answer::Reset(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc".to_vec()))
            .await;
    let error = get(&fetcher(), &host.url("/")).await.unwrap_err();
    assert!(
        matches!(
            error.trouble,
            FetchTrouble::Broken(_) | FetchTrouble::Truncated { .. }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn the_deadline_is_for_the_whole_fetch() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc".to_vec();
    let host = Host::start(move |path| match path {
        "/silent" => Answer::Stall(Vec::new()),
        "/head" => Answer::Stall(b"HTTP/1.1 200 OK\r\n".to_vec()),
        "/body" => Answer::Stall(head.clone()),
        _ => Answer::redirect("/silent"),
    })
    .await;
    let deadline = Duration::from_millis(150);
    let hasty = |policy| {
        Fetcher::new(FetchOptions {
            deadline,
            ..options(policy)
        })
        .unwrap()
    };
    for path in ["/silent", "/head", "/body", "/redirect"] {
        let found = trouble(&hasty(FetchPolicy::default()), &host.url(path)).await;
        assert_eq!(found, FetchTrouble::Deadline(deadline), "{path}");
    }
    // Without a deadline the fetch is still on when a fetch with one has long ended.
    let patient = hasty(FetchPolicy {
        no_deadline: true,
        ..FetchPolicy::default()
    });
    let (url, other) = (host.url("/silent"), host.url("/head"));
    let bounded = hasty(FetchPolicy::default());
    tokio::select! {
        outcome = get(&patient, &url) => panic!("{outcome:?}"),
        found = trouble(&bounded, &other) => {
            assert_eq!(found, FetchTrouble::Deadline(deadline));
        }
    }
}

#[tokio::test]
async fn more_than_the_limit_is_too_large() {
    let declared = "HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n";
    let host = Host::start(move |path| match path {
        "/declared" => Answer::Stall(declared.as_bytes().to_vec()),
        "/chunked" => Answer::text(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n",
        ),
        "/close" => Answer::text("HTTP/1.1 200 OK\r\n\r\nabcd"),
        _ => Answer::ok("abc"),
    })
    .await;
    let limited = |policy| {
        Fetcher::new(FetchOptions {
            max_bytes: 3,
            ..options(policy)
        })
        .unwrap()
    };
    let fetcher = limited(FetchPolicy::default());
    for path in ["/declared", "/chunked", "/close"] {
        let error = get(&fetcher, &host.url(path)).await.unwrap_err();
        assert_eq!(error.trouble, FetchTrouble::TooLarge { limit: 3 });
        assert_eq!(error.problem(), "content-too-large");
    }
    assert_eq!(get(&fetcher, &host.url("/three")).await.unwrap(), "abc");
    let more = FetchRequest {
        max_bytes: Some(4),
        ..request(&host.url("/chunked"))
    };
    assert!(fetcher.fetch_bytes(&more).await.is_ok());
    let unlimited = limited(FetchPolicy {
        no_size_limit: true,
        ..FetchPolicy::default()
    });
    assert_eq!(get(&unlimited, &host.url("/close")).await.unwrap(), "abcd");
}

#[tokio::test]
async fn https_needs_a_trusted_authority() {
    let host = TlsHost::start().await;
    let url = format!("https://127.0.0.1:{}/", host.port);
    let refused = trouble(&fetcher(), &url).await;
    let untrusted = FetchTrouble::NotConnected("the certificate is not trusted".to_owned());
    assert_eq!(refused, untrusted);
    let extra_ca_pem = Some(host.certificate_pem.clone());
    let trusting = Fetcher::new(FetchOptions {
        extra_ca_pem,
        ..options(FetchPolicy::default())
    })
    .unwrap();
    assert_eq!(get(&trusting, &url).await.unwrap(), "tls");

    let broken = Some(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_vec());
    let error = Fetcher::new(FetchOptions {
        extra_ca_pem: broken,
        ..FetchOptions::default()
    })
    .unwrap_err();
    assert!(error.to_string().starts_with("failed to "), "{error}");
}

#[tokio::test]
async fn what_is_no_tls_is_told_without_the_librarys_own_text() {
    let server = MockServer::start().await;
    let url = server.uri().replace("http://", "https://");
    let FetchTrouble::NotConnected(cause) = trouble(&fetcher(), &url).await else {
        panic!("it has connected");
    };
    assert!(cause.starts_with("TLS failed"), "{cause}");
    assert!(
        !cause.contains(".c:") && !cause.contains("error:"),
        "{cause}"
    );
}

#[tokio::test]
async fn only_the_schemes_that_were_given_are_fetched() {
    let host = Host::start(|_| Answer::ok("x")).await;
    let https = FetchOptions {
        schemes: vec!["https".to_owned()],
        ..FetchOptions::default()
    };
    let found = trouble(&Fetcher::new(https).unwrap(), &host.url("/")).await;
    assert_eq!(found, FetchTrouble::UnsupportedScheme("http".to_owned()));
    assert!(host.heads().is_empty());
}

#[tokio::test]
async fn fetches_can_be_spawned() {
    let host = Host::start(|_| Answer::ok("x")).await;
    let (fetcher, request) = (fetcher(), request(&host.url("/")));
    let task = tokio::spawn(async move {
        let mut seen = 0;
        let outcome = fetcher.fetch(&request, |chunk| {
            seen += chunk.len();
            Ok::<(), Infallible>(())
        });
        let outcome = outcome.await;
        (outcome.is_ok(), seen)
    });
    assert_eq!(task.await.unwrap(), (true, 1));
}

#[tokio::test]
async fn options_can_change() {
    let host = Host::start(|_| Answer::ok("abc")).await;
    let first = fetcher();
    let limited = FetchOptions {
        max_bytes: 2,
        ..options(FetchPolicy::default())
    };
    let limited = first.with_options(limited).unwrap();
    let found = trouble(&limited, &host.url("/")).await;
    assert_eq!(found, FetchTrouble::TooLarge { limit: 2 });
    let strict = first
        .with_options(denying(&[], FetchPolicy::default()))
        .unwrap();
    assert_eq!(
        get(&strict, &host.url("/")).await.unwrap_err().problem(),
        "source-forbidden"
    );
    assert_eq!(get(&first, &host.url("/")).await.unwrap(), "abc");
}
