//! Fetching from hosts that serve, misbehave, redirect, and ask for credentials.

mod fetch_support;

use std::{convert::Infallible, sync::Arc, time::Duration};

use fetch_support::{Answer, FixedNames, Host, TlsHost};
use mock_registry::{
    content::{ContentFormat, ContentOptions, ContentReader},
    digest::DigestAlgorithm,
    fetch::{
        Credentials, FetchError, FetchFailure, FetchOptions, FetchPolicy, FetchRequest,
        FetchTrouble, Fetched, Fetcher,
    },
};
use tokio::net::TcpListener;
use url::Url;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{header, method, path},
};

/// Long enough for anything on loopback.
const AMPLE: Duration = Duration::from_secs(30);

fn options(policy: FetchPolicy) -> FetchOptions {
    FetchOptions {
        deadline: AMPLE,
        policy,
        ..FetchOptions::default()
    }
}

fn fetcher() -> Fetcher {
    Fetcher::new(options(FetchPolicy::default())).unwrap()
}

fn mistaken(policy: FetchPolicy) -> Fetcher {
    Fetcher::new(options(policy)).unwrap()
}

fn request(url: &str) -> FetchRequest {
    FetchRequest::new(Url::parse(url).unwrap())
}

async fn get(fetcher: &Fetcher, url: &str) -> Result<String, FetchError> {
    let (fetched, bytes) = fetcher.fetch_bytes(&request(url)).await?;
    assert_eq!(fetched.length, bytes.len() as u64);
    Ok(String::from_utf8(bytes).unwrap())
}

async fn trouble(fetcher: &Fetcher, url: &str) -> FetchTrouble {
    let error = get(fetcher, url).await.unwrap_err();
    assert!(error.to_string().contains(&error.url), "{error}");
    error.trouble
}

/// An address where nobody listens.
async fn closed_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

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
async fn a_few_redirects_are_followed() {
    let host = Host::start(|path| match path.trim_start_matches('/').parse::<u32>() {
        Ok(0) => Answer::ok("here"),
        Ok(hops) => Answer::redirect(&(hops - 1).to_string()),
        Err(_) => Answer::redirect(path),
    })
    .await;
    assert_eq!(get(&fetcher(), &host.url("/5")).await.unwrap(), "here");
    for path in ["/6", "/loop"] {
        assert_eq!(
            trouble(&fetcher(), &host.url(path)).await,
            FetchTrouble::TooManyRedirects(5)
        );
    }
    let never = mistaken(FetchPolicy {
        follows_no_redirects: true,
        ..FetchPolicy::default()
    });
    assert_eq!(
        trouble(&never, &host.url("/1")).await,
        FetchTrouble::Status(302)
    );
}

#[tokio::test]
async fn every_kind_of_redirect_is_followed_and_others_are_not() {
    for status in [301, 302, 303, 307, 308] {
        let host = Host::start(move |path| match path {
            "/b" => Answer::ok("b"),
            _ => Answer::text(&format!(
                "HTTP/1.1 {status} X\r\nLocation: b\r\nContent-Length: 0\r\n\r\n"
            )),
        })
        .await;
        assert_eq!(
            get(&fetcher(), &host.url("/a")).await.unwrap(),
            "b",
            "{status}"
        );
    }
    let table = [
        ("", "BadRedirect"),
        ("Location: http://\r\n", "BadRedirect"),
        ("Location: \u{e9}\r\n", "BadRedirect"),
        ("Location: ftp://127.0.0.1/x\r\n", "UnsupportedScheme"),
        ("Location: file:///etc/passwd\r\n", "UnsupportedScheme"),
        ("Location: data:text/plain,x\r\n", "UnsupportedScheme"),
    ];
    for (location, expected) in table {
        let answer = Answer::text(&format!(
            "HTTP/1.1 302 X\r\n{location}Content-Length: 0\r\n\r\n"
        ));
        let host = Host::start(move |_| answer.clone()).await;
        let error = get(&fetcher(), &host.url("/")).await.unwrap_err();
        assert!(
            format!("{:?}", error.trouble).starts_with(expected),
            "{location} {error}"
        );
        assert_eq!(error.problem(), "source-unreachable");
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

fn basic() -> Credentials {
    Credentials::Basic {
        username: "us\u{e9}r".to_owned(),
        password: "p:w".to_owned(),
    }
}

fn with_credentials(url: &str, credentials: Credentials) -> FetchRequest {
    FetchRequest {
        credentials: Some(credentials),
        ..request(url)
    }
}

#[tokio::test]
async fn credentials_are_sent_to_their_origin() {
    let host = Host::start(|_| Answer::ok("x")).await;
    let bearer = Credentials::Bearer {
        token: "t0ken".to_owned(),
    };
    let userinfo = |userinfo: &str| host.url("/").replace("127", &format!("{userinfo}@127"));
    let table = [
        (
            with_credentials(&host.url("/"), basic()),
            Some("Basic dXPDqXI6cDp3"),
        ),
        (
            with_credentials(&host.url("/"), bearer.clone()),
            Some("Bearer t0ken"),
        ),
        (request(&userinfo("user:p%20w")), Some("Basic dXNlcjpwIHc=")),
        (request(&userinfo("user")), Some("Basic dXNlcjo=")),
        (
            with_credentials(&userinfo("user:pw"), bearer),
            Some("Bearer t0ken"),
        ),
        (request(&host.url("/")), None),
    ];
    for (request, expected) in table {
        fetcher().fetch_bytes(&request).await.unwrap();
        let head = host.heads().pop().unwrap();
        let sent = head
            .lines()
            .find_map(|line| line.strip_prefix("authorization: "));
        assert_eq!(sent, expected.map(str::to_lowercase).as_deref());
        assert!(!head.contains('@'), "{head}");
    }
    let none = mistaken(FetchPolicy {
        omits_credentials: true,
        ..FetchPolicy::default()
    });
    none.fetch_bytes(&with_credentials(&host.url("/"), basic()))
        .await
        .unwrap();
    assert!(!host.heads().pop().unwrap().contains("authorization"));
}

#[tokio::test]
async fn credentials_stay_with_their_origin() {
    let other = Host::start(|_| Answer::ok("x")).await;
    let target = other.url("/x");
    let stranger = Host::start(|_| Answer::ok("y")).await;
    let userinfo_target = stranger.url("/").replace("127", "mallory:pw@127");
    let host = Host::start(move |path| match path {
        "/same" => Answer::redirect("/here"),
        "/here" => Answer::ok("x"),
        "/userinfo" => Answer::redirect(&userinfo_target),
        _ => Answer::redirect(&target),
    })
    .await;
    let requests = |path: &str| {
        [
            with_credentials(&host.url(path), basic()),
            request(&host.url(path).replace("127", "user:pw@127")),
        ]
    };
    for request in requests("/same") {
        fetcher().fetch_bytes(&request).await.unwrap();
        assert!(host.heads().pop().unwrap().contains("authorization: basic"));
    }
    for request in requests("/away") {
        fetcher().fetch_bytes(&request).await.unwrap();
        assert!(!other.heads().pop().unwrap().contains("authorization"));
        let forwards = mistaken(FetchPolicy {
            forwards_credentials: true,
            ..FetchPolicy::default()
        });
        forwards.fetch_bytes(&request).await.unwrap();
        assert!(
            other
                .heads()
                .pop()
                .unwrap()
                .contains("authorization: basic")
        );
    }
    fetcher()
        .fetch_bytes(&request(&host.url("/userinfo")))
        .await
        .unwrap();
    assert!(!stranger.heads().pop().unwrap().contains("authorization"));
}

#[tokio::test]
async fn credentials_do_not_come_back_with_a_redirect() {
    let names = FixedNames::new(&[
        ("first.test", &["127.0.0.1"]),
        ("second.test", &["127.0.0.1"]),
    ]);
    let host = Host::start(|path| {
        let port = path.split('/').nth(1).unwrap().to_owned();
        match path.rsplit('/').next() {
            Some("start") => Answer::redirect(&format!("http://second.test:{port}/{port}/middle")),
            Some("middle") => Answer::redirect(&format!("http://first.test:{port}/{port}/end")),
            _ => Answer::ok("x"),
        }
    })
    .await;
    let fetcher =
        Fetcher::with_resolver(options(FetchPolicy::default()), Arc::clone(&names) as _).unwrap();
    let url = format!("http://first.test:{0}/{0}/start", host.port);
    fetcher
        .fetch_bytes(&with_credentials(&url, basic()))
        .await
        .unwrap();
    let sent: Vec<_> = host
        .heads()
        .iter()
        .map(|head| head.contains("authorization"))
        .collect();
    assert_eq!(sent, [true, false, false]);
    // Each hop is looked up once, so that what is checked is what is connected to.
    assert_eq!(names.asked(), ["first.test", "second.test", "first.test"]);
}

#[tokio::test]
async fn secrets_are_in_no_message() {
    let port = closed_port().await;
    let url = format!("http://user:s3cret@127.0.0.1:{port}/x?signed=1#frag");
    let token = Credentials::Bearer {
        token: "s3cret".to_owned(),
    };
    let error = fetcher()
        .fetch_bytes(&with_credentials(&url, token.clone()))
        .await
        .unwrap_err();
    assert_eq!(error.url, format!("http://127.0.0.1:{port}/x?signed=1"));
    let shown = format!("{error} {error:?} {token:?} {:?}", basic());
    assert!(
        !shown.contains("s3cret") && !shown.contains("p:w"),
        "{shown}"
    );

    let broken = Credentials::Bearer {
        token: "s3cret\r\nX: y".to_owned(),
    };
    let error = fetcher()
        .fetch_bytes(&with_credentials(&url, broken))
        .await
        .unwrap_err();
    assert_eq!(error.trouble, FetchTrouble::UnusableCredentials);
    assert!(!format!("{error} {error:?}").contains("s3cret"));
}

fn denying(allowed: &[&str], policy: FetchPolicy) -> FetchOptions {
    let allowed = allowed.iter().map(|pair| pair.parse().unwrap()).collect();
    FetchOptions {
        deny_private: true,
        allowed,
        ..options(policy)
    }
}

#[tokio::test]
async fn private_addresses_are_refused_unless_exempt() {
    let host = Host::start(|_| Answer::ok("x")).await;
    let strict = Fetcher::new(denying(&[], FetchPolicy::default())).unwrap();
    let decimal = format!("http://2130706433:{}/", host.port);
    let mapped = format!("http://[::ffff:127.0.0.1]:{}/", host.port);
    let named = format!("http://localhost:{}/", host.port);
    for url in [&host.url("/"), &decimal, &mapped, &named] {
        let error = get(&strict, url).await.unwrap_err();
        assert_eq!(error.problem(), "source-forbidden", "{error}");
        assert_eq!(
            strict
                .check_literal_address(&Url::parse(url).unwrap())
                .unwrap_err()
                .trouble,
            error.trouble
        );
    }
    assert!(host.heads().is_empty());

    let pair = format!("127.0.0.1:{}", host.port);
    let exempting = Fetcher::new(denying(&[&pair], FetchPolicy::default())).unwrap();
    assert_eq!(get(&exempting, &host.url("/")).await.unwrap(), "x");
    assert!(
        exempting
            .check_literal_address(&Url::parse(&host.url("/")).unwrap())
            .is_ok()
    );
    assert!(get(&exempting, &named).await.is_err());

    let elsewhere = format!("127.0.0.1:{}", host.port ^ 1);
    let exact = Fetcher::new(denying(&[&elsewhere], FetchPolicy::default())).unwrap();
    assert_eq!(
        get(&exact, &host.url("/")).await.unwrap_err().problem(),
        "source-forbidden"
    );
    let whole_hosts = FetchPolicy {
        exempts_whole_hosts: true,
        ..FetchPolicy::default()
    };
    let whole = Fetcher::new(denying(&[&elsewhere], whole_hosts)).unwrap();
    assert_eq!(get(&whole, &host.url("/")).await.unwrap(), "x");
}

#[tokio::test]
async fn names_of_private_addresses_are_refused() {
    let host = Host::start(|_| Answer::ok("x")).await;
    let table: &[(&str, &[&str])] = &[
        ("loopback.test", &["127.0.0.1"]),
        ("metadata.test", &["169.254.169.254"]),
        ("mapped.test", &["::ffff:10.0.0.1"]),
        ("mixed.test", &["93.184.215.14", "127.0.0.1"]),
    ];
    let build = |options| Fetcher::with_resolver(options, FixedNames::new(table)).unwrap();
    let strict = build(denying(&[], FetchPolicy::default()));
    for (name, _) in table {
        let url = format!("http://{name}:{}/", host.port);
        let error = get(&strict, &url).await.unwrap_err();
        assert_eq!(
            error.trouble,
            FetchTrouble::Forbidden(format!("{name}:{}", host.port))
        );
        assert!(
            strict
                .check_literal_address(&Url::parse(&url).unwrap())
                .is_ok()
        );
    }
    assert!(host.heads().is_empty());

    let url = format!("http://loopback.test:{}/", host.port);
    let pair = format!("loopback.test:{}", host.port);
    assert_eq!(
        get(&build(denying(&[&pair], FetchPolicy::default())), &url)
            .await
            .unwrap(),
        "x"
    );
    // An exempt address is not an exempt name.
    let pair = format!("127.0.0.1:{}", host.port);
    assert!(
        get(&build(denying(&[&pair], FetchPolicy::default())), &url)
            .await
            .is_err()
    );
    let literal_only = FetchPolicy {
        checks_literal_addresses_only: true,
        ..FetchPolicy::default()
    };
    assert_eq!(
        get(&build(denying(&[], literal_only)), &url).await.unwrap(),
        "x"
    );
}

#[tokio::test]
async fn redirects_to_private_addresses_are_refused() {
    let hidden = Host::start(|_| Answer::ok("secret")).await;
    let literal = hidden.url("/");
    let named = format!("http://inside.test:{}/", hidden.port);
    let (to_literal, to_named) = (literal.clone(), named.clone());
    let host = Host::start(move |path| match path {
        "/literal" => Answer::redirect(&to_literal),
        "/metadata" => Answer::redirect("http://169.254.169.254/latest/meta-data/"),
        _ => Answer::redirect(&to_named),
    })
    .await;
    let pair = format!("127.0.0.1:{}", host.port);
    let names = || FixedNames::new(&[("inside.test", &["127.0.0.1"])]);
    let strict =
        Fetcher::with_resolver(denying(&[&pair], FetchPolicy::default()), names()).unwrap();
    for path in ["/literal", "/metadata", "/named"] {
        let error = get(&strict, &host.url(path)).await.unwrap_err();
        assert_eq!(error.problem(), "source-forbidden", "{error}");
        assert_eq!(error.url, host.url(path));
    }
    assert!(hidden.heads().is_empty());
    let follows = FetchPolicy {
        follows_redirects_to_private: true,
        ..FetchPolicy::default()
    };
    let lax = Fetcher::with_resolver(denying(&[&pair], follows), names()).unwrap();
    for path in ["/literal", "/named"] {
        assert_eq!(get(&lax, &host.url(path)).await.unwrap(), "secret");
    }
}

#[tokio::test]
async fn https_needs_a_trusted_authority() {
    let host = TlsHost::start().await;
    let url = format!("https://127.0.0.1:{}/", host.port);
    let refused = trouble(&fetcher(), &url).await;
    assert!(
        matches!(refused, FetchTrouble::NotConnected(_)),
        "{refused:?}"
    );
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
