//! What the registry does oddly on purpose, and no longer does with `plain`.

use std::collections::BTreeSet;

use mock_registry::{MockRegistry, MockRegistryBuilder, config::ProcessingMode};
use serde_json::{Value, json};

use crate::support::{EMPTY_COMPONENT, Harness, NAMESPACE, component, manifest};

const UNKNOWN: &str = "x-mock-registry";

fn keys(document: &Value) -> Vec<&str> {
    let members = document.as_object().unwrap();
    members.keys().map(String::as_str).collect()
}

/// A manifest whose name is the same in every run.
fn fixed(number: usize, content: &[u8]) -> Value {
    let mut manifest = manifest(content);
    manifest["name"] = json!(format!("{NAMESPACE}:fixed-{number}"));
    manifest
}

/// Publishes, and reads the status until it is final: every status that was seen, and every `Retry-After`.
async fn followed(harness: &Harness, number: usize) -> (Vec<String>, Vec<String>) {
    let manifest = fixed(number, EMPTY_COMPONENT);
    let created = harness.create(&manifest).await.expect(201);
    harness.upload(&created, EMPTY_COMPONENT).await.expect(204);
    let mut answer = harness.publish(&manifest).await.expect(202);
    let location = harness.resolve(answer.header("location"));
    let (mut states, mut delays) = (Vec::new(), Vec::new());
    loop {
        let status = answer.body["status"].as_str().unwrap().to_owned();
        let done = status == "published" || status == "failed";
        states.push(status);
        if done {
            assert_eq!(states.last().unwrap(), "published");
            return (states, delays);
        }
        delays.push(answer.header("retry-after").to_owned());
        answer = harness
            .get(&location, Some(crate::support::OWNER))
            .await
            .expect(200);
    }
}

fn asynchronous() -> MockRegistryBuilder {
    MockRegistry::builder().processing(ProcessingMode::Polls(6))
}

#[tokio::test]
async fn retry_after_is_now_seconds_and_now_a_date() {
    let harness = Harness::start(asynchronous()).await;
    let mut delays = Vec::new();
    for number in 0..4 {
        delays.extend(followed(&harness, number).await.1);
    }
    let dates = delays.iter().filter(|delay| delay.ends_with(" GMT"));
    let dates = dates.count();
    let seconds = delays.iter().filter(|delay| delay.parse::<u64>().is_ok());
    assert_eq!(dates + seconds.count(), delays.len(), "{delays:?}");
    assert!(dates > 0 && dates < delays.len(), "{delays:?}");

    let plain = Harness::start(asynchronous().plain(true)).await;
    let (_, delays) = followed(&plain, 0).await;
    assert!(delays.iter().all(|delay| delay == "0"), "{delays:?}");
}

#[tokio::test]
async fn unknown_states_are_shown_on_demand_and_repeat() {
    const KNOWN: [&str; 2] = ["processing", "published"];
    let is_known = |state: &String| KNOWN.contains(&state.as_str());
    let states = async |builder: MockRegistryBuilder| {
        let harness = Harness::start(builder).await;
        followed(&harness, 0).await.0
    };
    let odd = states(asynchronous().unknown_states(true)).await;
    assert!(odd.iter().filter(|state| !is_known(state)).count() >= 3);
    assert_eq!(odd, states(asynchronous().unknown_states(true)).await);

    assert!(states(asynchronous()).await.iter().all(is_known));
    let plain = states(asynchronous().unknown_states(true).plain(true)).await;
    assert!(plain.iter().all(is_known));

    // A session can have them where the server does not.
    let server = Harness::start(MockRegistry::builder()).await;
    let options = json!({"unknown-states": true, "processing": "polls:6"});
    let session = server.session(&options).await;
    assert!(!followed(&session, 0).await.0.iter().all(is_known));
}

/// One document of each kind: unpublished, problem, sources, failed, release.
async fn documents(builder: MockRegistryBuilder, number: usize) -> Vec<Value> {
    let harness = Harness::start(builder).await;
    let manifest = fixed(number, EMPTY_COMPONENT);
    let created = harness.create(&manifest).await.expect(201);
    let conflict = harness.create(&manifest).await.expect(409);
    harness.upload(&created, EMPTY_COMPONENT).await.expect(204);
    let own = format!("{}/content", harness.release_url(&manifest));
    let sources = harness
        .add_sources(&manifest, &json!([{"url": own}]))
        .await
        .expect(200);
    harness.publish(&manifest).await.expect(202);
    harness.settled(&manifest).await;
    let release = harness.get(&harness.release_url(&manifest), None).await;

    let failing = fixed(1000 + number, &component(b"another"));
    harness.create(&failing).await.expect(201);
    harness
        .add_sources(&failing, &json!([{"url": own}]))
        .await
        .expect(200);
    harness.publish(&failing).await.expect(202);
    let failed = harness.settled(&failing).await;
    assert_eq!(failed.body["status"], "failed");
    vec![
        created.body,
        conflict.body,
        sources.body,
        failed.body["error"].clone(),
        failed.body,
        release.expect(200).body,
    ]
}

#[tokio::test]
async fn documents_have_unknown_members_in_any_order() {
    let mut orders = vec![BTreeSet::new(); 6];
    let odd = || MockRegistry::builder().processing(ProcessingMode::Polls(0));
    for number in 0..4 {
        let documents = documents(odd(), number).await;
        for (document, orders) in documents.iter().zip(&mut orders) {
            assert!(document.get(UNKNOWN).is_some(), "{document}");
            let order: Vec<String> = keys(document).into_iter().map(str::to_owned).collect();
            orders.insert(order);
        }
    }
    // A problem is shuffled by its kind, the list of sources has one member beside the unknown one.
    for index in [0, 4, 5] {
        assert!(orders[index].len() > 1, "{:?}", orders[index]);
    }
    let again = documents(odd(), 3).await;
    assert!(
        orders[0].contains(
            &keys(&again[0])
                .into_iter()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        )
    );

    let mut plain_orders = BTreeSet::new();
    for number in 0..4 {
        let documents = documents(odd().plain(true), number).await;
        for document in &documents {
            assert!(document.get(UNKNOWN).is_none(), "{document}");
        }
        plain_orders.insert(keys(&documents[0]).join(" "));
    }
    assert_eq!(plain_orders.len(), 1);
}

#[tokio::test]
async fn urls_can_not_be_guessed() {
    let urls = async |builder: MockRegistryBuilder| {
        let registry = builder.start().await.unwrap();
        let base = registry.url().to_owned();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let harness = Harness::of(registry, http);
        let created = harness.create(&fixed(0, EMPTY_COMPONENT)).await.expect(201);
        let location = harness.resolve(created.header("location"));
        let upload = created.body["uploadUrl"].as_str().unwrap().to_owned();
        [location, upload].map(|url| url.replace(&base, ""))
    };
    let first = urls(MockRegistry::builder().seed(1)).await;
    assert_eq!(first, urls(MockRegistry::builder().seed(1)).await);
    let other = urls(MockRegistry::builder().seed(2)).await;
    let random = urls(MockRegistry::builder()).await;
    for (index, part) in ["/unpublished/", "/uploads/"].into_iter().enumerate() {
        let token = |url: &str| url.split_once(part).unwrap().1.to_owned();
        assert_eq!(token(&first[index]).len(), 32);
        assert_ne!(token(&first[index]), token(&other[index]));
        assert_ne!(token(&first[index]), token(&random[index]));
    }
}

/// With `plain`: every `Location` of an unpublished release is the address that clients can build, and uploads go to the number of the
/// attempt, so that no two have the same.
#[tokio::test]
async fn plain_urls_can_be_foreseen() {
    let builder = MockRegistry::builder()
        .processing(ProcessingMode::Manual)
        .plain(true);
    let harness = Harness::start(builder).await;
    for (number, version) in [(1, "1.0.0"), (2, "2.0.0")] {
        let mut manifest = fixed(0, EMPTY_COMPONENT);
        manifest["version"] = json!(version);
        let release = harness.release_url(&manifest);
        let created = harness.create(&manifest).await.expect(201);
        assert_eq!(
            created.body["uploadUrl"],
            format!("{release}/uploads/{number}")
        );
        let conflict = harness.create(&manifest).await.expect(409);
        harness.upload(&created, EMPTY_COMPONENT).await.expect(204);
        let accepted = harness.publish(&manifest).await.expect(202);
        let again = harness.publish(&manifest).await;
        for answer in [created, conflict, accepted, again] {
            let location = harness.resolve(answer.header("location"));
            assert_eq!(location, format!("{release}/unpublished"), "{answer:?}");
        }
    }

    // The name is free again, and what was uploaded to before is nothing now.
    let manifest = fixed(1, EMPTY_COMPONENT);
    let first = harness.create(&manifest).await.expect(201);
    let location = harness.resolve(first.header("location"));
    harness
        .request(
            reqwest::Method::DELETE,
            &location,
            Some(crate::support::OWNER),
            "application/json",
            "",
        )
        .await
        .expect(204);
    let second = harness.create(&manifest).await.expect(201);
    assert_ne!(first.body["uploadUrl"], second.body["uploadUrl"]);
    harness.upload(&first, EMPTY_COMPONENT).await.expect(404);
    harness.upload(&second, EMPTY_COMPONENT).await.expect(204);
}
