//! What is kept and shown of answers, however long they are.

use bytes::Bytes;
use registry_conformance::credentials::Secret;
use registry_conformance::wire::render::{self, BodyLimit};
use registry_conformance::wire::{Answer, Body, Client, Exchange, Redactor, Request, WireOptions};
use sha2::{Digest as _, Sha256};
use url::Url;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

const KEPT: usize = 1000;

fn client() -> Client {
    let options = WireOptions {
        kept_body: KEPT,
        max_body: 4 << 20,
        ..WireOptions::default()
    };
    Client::new(&options).expect("a client")
}

async fn serving(body: Vec<u8>) -> (MockServer, Url) {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_bytes(body))
        .mount(&server)
        .await;
    let url = Url::parse(&server.uri()).expect("a URL");
    (server, url)
}

fn octets(length: usize) -> Vec<u8> {
    (0..length)
        .map(|index| u8::try_from(index % 251).expect("below 256"))
        .collect()
}

async fn get(client: &Client, url: &Url) -> Answer {
    let exchange = client.send(&Request::new("get", "GET", url.clone())).await;
    exchange.answer.expect("an answer")
}

#[tokio::test]
async fn a_long_body_is_known_by_its_beginning_and_digest() {
    for length in [0, 1, KEPT - 1, KEPT, KEPT + 1, 300_000] {
        let body = octets(length);
        let (_server, mut url) = serving(body.clone()).await;
        // By the library, and (since it would make a field of the user) octet by octet.
        for user in ["", "user"] {
            url.set_username(user).expect("a user");
            let answer = get(&client(), &url).await;
            assert!(answer.complete, "{length}");
            assert_eq!(answer.octets(), length);
            assert_eq!(answer.body, &body[..length.min(KEPT)]);
            assert_eq!(answer.whole.is_some(), length > KEPT);
            if let Some(whole) = answer.whole {
                assert_eq!(whole.sha256, <[u8; 32]>::from(Sha256::digest(&body)));
            }
            assert!(answer.has_body(&body), "{length}");
            let mut other = body.clone();
            other.push(0);
            assert!(!answer.has_body(&other), "{length}");
            other.pop();
            if let Some(last) = other.last_mut() {
                *last ^= 1;
                assert!(!answer.has_body(&other), "{length}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_read_of_an_answer_grows_with_what_a_case_has_sent() {
    let (_server, url) = serving(vec![b' '; 2 << 20]).await;
    let case = client().for_case();
    let answer = get(&case, &url).await;
    assert!(answer.truncated_by_us);
    assert_eq!(answer.octets(), 256 * 1024);
    assert!(!get(&client(), &url).await.truncated_by_us);
    let sent = Request::new("post", "POST", url.clone())
        .body(Body::Bytes(Bytes::from(vec![b' '; 320 * 1024])));
    case.send(&sent).await;
    assert!(!get(&case, &url).await.truncated_by_us);
    assert!(get(&case.for_case(), &url).await.truncated_by_us);
}

#[tokio::test]
async fn however_much_comes_little_is_shown_and_no_secret() {
    let (_server, url) = serving(Vec::new()).await;
    let token = "owner-token";
    let redactor = Redactor::new([Secret::new("TOKEN_OWNER", token)]);
    let request =
        Request::new("get", "GET", url)
            .body(Body::Chunked(vec![Bytes::from("x".repeat(100)); 500]));
    let answer = client().send(&request).await.answer.expect("an answer");
    // Wherever the cut falls, it is beside no part of the token.
    for filler in 1990..2060 {
        let mut answer = answer.clone();
        answer.body = format!("{}{token}{}", "x".repeat(filler), "y".repeat(100_000)).into();
        answer.headers = (0..300)
            .map(|_| {
                (
                    "X-Long".to_owned(),
                    format!("{}{token}", "z".repeat(filler)).into_bytes(),
                )
            })
            .collect();
        let exchange = Exchange {
            name: "get".to_owned(),
            request: registry_conformance::wire::RequestRecord {
                method: "GET".to_owned(),
                url: request.url.clone(),
                target: None,
                headers: Vec::new(),
                credentials: None,
                body: request.body.clone(),
                raw: None,
            },
            answer: Ok(answer),
            started: std::time::Duration::ZERO,
            duration: std::time::Duration::ZERO,
            retries: 0,
            gave_up: false,
        };
        let text = render::http_text(&exchange, &redactor, BodyLimit::default());
        let report = render::to_report(&exchange, &redactor).to_value();
        for shown in [&text, &report.to_string()] {
            assert!(!shown.contains("owner-"), "{filler}");
            assert!(shown.len() < 15_000, "{}", shown.len());
        }
        let left_out = &report["response"]["headers_left_out"];
        assert!(
            left_out.as_u64().is_some_and(|left| left > 295),
            "{left_out}"
        );
        assert!(
            text.contains(&format!("! and {left_out} header fields more")),
            "{text}"
        );
        let body = &report["response"]["body"];
        assert_eq!(body["octets"], filler + token.len() + 100_000);
        let shown = body["text"].as_str().expect("a text").len();
        assert!(
            body["left_out"].as_u64().is_some_and(|left| left > 97_000),
            "{shown}"
        );
        assert_eq!(report["request"]["body"]["octets"], 50_000);
    }
}
