//! Faults that chance decides on: the same ones in every run, however many requests are under way.

use std::collections::BTreeMap;

use mock_registry::{Fault, MockRegistry, Operation};
use serde_json::json;

use crate::support::{EMPTY_COMPONENT, NAMESPACE, OWNER, manifest};

/// How many of the attempts at each release were hit, with so many requests under way at once.
async fn hits(connections: usize, seed: u64) -> BTreeMap<String, usize> {
    use futures::StreamExt;

    const RELEASES: usize = 60;
    const ATTEMPTS: usize = 3;
    let registry = MockRegistry::builder().seed(seed).start().await.unwrap();
    registry
        .inject(Fault::status(503).on(Operation::Create).probability(0.3))
        .unwrap();
    registry
        .inject(
            Fault::status(500)
                .on(Operation::Create)
                .on(Operation::Get)
                .probability(0.3),
        )
        .unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let requests = (0..ATTEMPTS).flat_map(|_| 0..RELEASES).map(|number| {
        let (http, url) = (http.clone(), registry.url().to_owned());
        async move {
            let mut manifest = manifest(EMPTY_COMPONENT);
            let name = format!("{NAMESPACE}:release-{number}");
            manifest["name"] = json!(name);
            let created = http
                .post(format!("{url}releases"))
                .bearer_auth(OWNER)
                .header("content-type", "application/json")
                .body(manifest.to_string())
                .send();
            let created = created.await.unwrap().status();
            let got = http.get(format!("{url}components/{name}/v1.0.0")).send();
            let got = got.await.unwrap().status();
            [
                (format!("create {number} {}", created.as_u16()), created),
                (format!("get {number} {}", got.as_u16()), got),
            ]
        }
    });
    let answers: Vec<_> = futures::stream::iter(requests)
        .buffer_unordered(connections)
        .collect()
        .await;
    let mut hits = BTreeMap::new();
    for (key, status) in answers.into_iter().flatten() {
        if status.is_server_error() {
            *hits.entry(key).or_default() += 1;
        }
    }
    hits
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chance_repeats_under_concurrency() {
    let alone = hits(1, 7).await;
    assert!(alone.len() > 60, "{alone:?}");
    assert_eq!(alone, hits(16, 7).await);
    assert_ne!(alone, hits(1, 8).await);
}
