//! 429, and when to ask again.

use std::time::Duration;

use registry_conformance::wire::{Answer, Request, retry_after};
use url::Url;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::support::client;

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

/// What was waited and what is asked for have to be added up.
#[tokio::test]
async fn a_429_may_ask_for_any_time_after_it_was_waited_out_once() {
    let registry = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(429))
        .up_to_n_times(1)
        .mount(&registry)
        .await;
    let busy = ResponseTemplate::new(429).insert_header("Retry-After", "18446744073709551615");
    Mock::given(method("GET"))
        .respond_with(busy)
        .mount(&registry)
        .await;
    let url = Url::parse(&registry.uri()).expect("a URL");
    let exchange = client().send(&Request::new("get", "GET", url)).await;
    assert_eq!(
        (exchange.status(), exchange.retries, exchange.gave_up),
        (Some(429), 1, true)
    );
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    let now = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    for (value, expected) in [
        ("7", Some(7)),
        ("18446744073709551615", Some(u64::from(u32::MAX))),
        ("99999999999999999999999", Some(u64::from(u32::MAX))),
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
