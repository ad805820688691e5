//! Exchanges as people read them.

use std::time::Duration;

use bytes::Bytes;
use registry_conformance::credentials::Secret;
use registry_conformance::wire::render::BodyLimit;
use registry_conformance::wire::{Answer, Body, Ending, RawRequest, Redactor, WireError, render};

use super::support::{answering, client, exchange};

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
