//! Answers as JSON.

use registry_conformance::wire::{Answer, Client, Request};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

use super::support::{client, read_head, server};

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
        format!("[{}0]", "{\"\":0},".repeat(3_000)),
        format!("[{}0]", "0,".repeat(1_000_000)),
        format!("[{}0]", "[{}],".repeat(40_000)),
        format!("{{{}\"z\":0}}", "\"a\":0,".repeat(200_000)),
    ] {
        let error = json(wide).unwrap_err();
        assert!(error.contains("more than 25000 values"), "{error}");
    }
    assert!(json(format!("[{}0]", "0,".repeat(20_000))).is_ok());
    assert!(json(format!("[{}0]", "{\"\":0},".repeat(2_000))).is_ok());
    assert!(json(format!("\"{}\"", ",[{\\\"".repeat(200_000))).is_ok());
}

/// A case reads what is repeated once; what only looks like it is read for itself.
#[tokio::test]
async fn answers_are_read_by_what_is_in_them_however_often_they_come() {
    let documents = [
        json!({"a": 1}),
        json!({"a": 2}),
        json!([]),
        json!("x".repeat(70_000)),
    ];
    let url = {
        let documents = documents.clone();
        server(move |mut stream| {
            let documents = documents.clone();
            async move {
                let head = read_head(&mut stream).await;
                let wanted = usize::from(head[b"GET /".len()] - b'0');
                let body = documents[wanted].to_string();
                let length = body.len();
                let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        })
        .await
    };
    let of_case = client().for_case();
    let read = async |client: &Client, wanted: usize| -> Value {
        let url = url.join(&wanted.to_string()).expect("a URL");
        let exchange = client.send(&Request::new("get", "GET", url)).await;
        let answer = exchange.answer.expect("an answer");
        answer.json().expect("JSON").clone()
    };
    for wanted in [0, 0, 1, 0, 2, 2, 3, 3, 1, 0] {
        assert_eq!(read(&of_case, wanted).await, documents[wanted]);
    }
}
