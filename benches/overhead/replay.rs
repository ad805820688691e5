//! The baseline: the same requests, with nothing but reqwest.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::EXCHANGES;

/// Flows at the same time, as many as the harness has.
const FLOWS: usize = 16;

struct Asked {
    method: reqwest::Method,
    url: reqwest::Url,
    fields: HeaderMap,
    body: Bytes,
}

/// Prints how long it took without reading the recording, in microseconds.
pub(crate) fn replay(recording: &Path) {
    let requests: Vec<Asked> = read(recording);
    let started = Instant::now();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let client = reqwest::Client::builder()
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .tcp_nodelay(true)
            .build()
            .expect("a client");
        let requests = Arc::new(requests);
        let next = Arc::new(AtomicUsize::new(0));
        let flows: Vec<_> = (0..FLOWS)
            .map(|_| {
                let (client, requests, next) =
                    (client.clone(), Arc::clone(&requests), Arc::clone(&next));
                tokio::spawn(async move {
                    loop {
                        let from = next.fetch_add(EXCHANGES, Ordering::Relaxed);
                        let Some(flow) = requests.get(from..requests.len().min(from + EXCHANGES))
                        else {
                            return;
                        };
                        if flow.is_empty() {
                            return;
                        }
                        for asked in flow {
                            let mut request =
                                reqwest::Request::new(asked.method.clone(), asked.url.clone());
                            *request.headers_mut() = asked.fields.clone();
                            if !asked.body.is_empty() {
                                *request.body_mut() = Some(asked.body.clone().into());
                            }
                            let answer = client.execute(request).await.expect("an answer");
                            answer.bytes().await.expect("a body");
                        }
                    }
                })
            })
            .collect();
        for flow in flows {
            flow.await.expect("no panic");
        }
    });
    println!("{}", started.elapsed().as_micros());
}

fn read(recording: &Path) -> Vec<Asked> {
    let text = std::fs::read(recording).expect("the recording");
    let asked: Vec<Value> = serde_json::from_slice(&text).expect("JSON");
    asked
        .iter()
        .map(|asked| {
            let text = |name: &str| asked[name].as_str().expect("a text");
            let fields = asked["fields"].as_array().expect("a list");
            Asked {
                method: text("method").parse().expect("a method"),
                url: text("url").parse().expect("a URL"),
                fields: fields
                    .iter()
                    .map(|field| {
                        let part = |index: usize| field[index].as_str().expect("a text");
                        (
                            HeaderName::from_bytes(part(0).as_bytes()).expect("a name"),
                            HeaderValue::from_str(part(1)).expect("a value"),
                        )
                    })
                    .collect(),
                body: URL_SAFE_NO_PAD.decode(text("body")).expect("base64").into(),
            }
        })
        .collect()
}
