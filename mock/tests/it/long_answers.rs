//! Answers of control that are long: made in pieces, and the same as in one.

use mock_registry::{CannedAnswer, Matcher, MockRegistry, Operation};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{EMPTY_COMPONENT, Harness, OWNER, component, manifest, sha256};

/// More than are looked at at a time, of releases and of requests.
const MANY: usize = 150;

/// A registry with so many unpublished releases, whose requests are in the journal.
async fn filled() -> (Harness, Vec<Value>) {
    let harness = Harness::start(MockRegistry::builder()).await;
    let mut manifests = Vec::new();
    for number in 0..MANY {
        let mut manifest = manifest(EMPTY_COMPONENT);
        manifest["number"] = json!(number);
        harness.create(&manifest).await.expect(201);
        manifests.push(manifest);
    }
    (harness, manifests)
}

fn ids(listed: &Value) -> Vec<u64> {
    listed["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|request| request["id"].as_u64().unwrap())
        .collect()
}

#[tokio::test]
async fn the_state_of_many_releases_is_whole_and_in_order() {
    let (harness, manifests) = filled().await;
    let answer = CannedAnswer::new(418).text("canned").path("none");
    harness.registry.answer(answer).unwrap();
    let fault = json!({"operation": "cancel", "fault": {"status": 503}});
    harness.admin("POST", "faults", &fault).await.expect(201);
    let state = harness.admin("GET", "state", &Value::Null).await;
    let state = state.expect(200);
    assert_eq!(state.header("content-type"), "application/json");
    let releases: Vec<&Value> = state.body["releases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|release| &release["release"])
        .collect();
    assert!(releases.into_iter().eq(&manifests));
    // In process it comes at once, and is the same, in the same order.
    assert_eq!(state.body, harness.registry.state());
    let in_process = harness.registry.state().to_string();
    assert_eq!(String::from_utf8(state.bytes).unwrap(), in_process);
    let head = harness.admin("HEAD", "state", &Value::Null).await;
    assert_eq!(head.expect(200).bytes, b"");
}

#[tokio::test]
async fn a_long_journal_is_whole_and_in_order() {
    let (harness, _) = filled().await;
    let all: Vec<u64> = (1..=MANY as u64).collect();
    let listed = harness.admin("GET", "requests", &Value::Null).await;
    let listed = listed.expect(200).body;
    assert_eq!(ids(&listed), all);
    assert_eq!(
        (&listed["count"], &listed["dropped"]),
        (&json!(MANY), &json!(0))
    );
    for (query, expected) in [
        ("?after=100", &all[100..]),
        ("?limit=70", &all[..70]),
        ("?after=20&limit=64", &all[20..84]),
        ("?after=150", &[]),
        ("?limit=0", &[]),
        ("?after=18446744073709551615", &[]),
    ] {
        let url = format!("requests{query}");
        let part = harness.admin("GET", &url, &Value::Null).await.expect(200);
        assert_eq!(ids(&part.body), expected, "{query}");
        assert_eq!(part.body["count"], expected.len(), "{query}");
    }
    for (matcher, expected) in [
        (json!({"body": {"number": 149}}), vec![150]),
        (json!({"method": "POST", "status": "4xx"}), vec![]),
        (
            json!({"operation": "create", "body": {"number": 3}}),
            vec![4],
        ),
    ] {
        let found = harness.admin("POST", "requests/find", &matcher).await;
        assert_eq!(ids(&found.expect(200).body), expected, "{matcher}");
        let counted = harness.admin("POST", "requests/count", &matcher).await;
        assert_eq!(counted.expect(200).body["count"], expected.len());
    }
}

/// Each of them is more than is looked at at a time.
#[tokio::test]
async fn a_journal_of_long_documents_is_whole_and_in_order() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let long = |number: usize| json!({"number": number, "zeros": vec![0; 50_000]});
    for number in 0..20 {
        let path = format!("nothing/{number}");
        let url = format!("{}{path}", harness.registry.url());
        let client = reqwest::Client::new();
        let answer = client
            .post(url)
            .body(long(number).to_string())
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 404);
    }
    let listed = harness.admin("GET", "requests", &Value::Null).await;
    let listed = listed.expect(200).body;
    let documents = listed["requests"].as_array().unwrap().iter();
    let documents: Vec<&Value> = documents.map(|request| &request["body"]["json"]).collect();
    let sent: Vec<Value> = (0..20).map(long).collect();
    assert!(documents.into_iter().eq(&sent));
    for (matcher, expected) in [
        (json!({"body": {"number": 17}}), vec![18]),
        (json!({"body": {"other": 1}}), vec![]),
    ] {
        let found = harness.admin("POST", "requests/find", &matcher).await;
        assert_eq!(ids(&found.expect(200).body), expected, "{matcher}");
        let counted = harness.admin("POST", "requests/count", &matcher).await;
        assert_eq!(counted.expect(200).body["count"], expected.len());
    }
}

#[tokio::test]
async fn many_canned_answers_are_shown_in_order() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let answers: Vec<Value> = (0..100)
        .map(|number| json!({"answer": {"text": format!("{number} {}", "x".repeat(1000))}}))
        .collect();
    let set = harness.admin("POST", "answers", &json!(answers)).await;
    let set = set.expect(201).body;
    let listed = harness.admin("GET", "answers", &Value::Null).await;
    assert_eq!(listed.expect(200).body["answers"], set["answers"]);
    harness
        .admin("DELETE", "answers", &Value::Null)
        .await
        .expect(204);
    let listed = harness.admin("GET", "answers", &Value::Null).await;
    assert_eq!(listed.expect(200).body, json!({"answers": []}));
}

#[tokio::test]
async fn a_long_part_of_content_is_known_by_its_digest() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let section = component(&[7; 100]).split_off(EMPTY_COMPONENT.len());
    let content = [EMPTY_COMPONENT, &section.repeat(6000)].concat();
    let manifest = harness.published(&content).await;
    let url = format!("{}/content", harness.release_url(&manifest));
    let part = reqwest::Client::builder().no_proxy().build().unwrap();
    let part = part.get(&url).header("range", "bytes=9-");
    let part = harness.send(part.bearer_auth(OWNER)).await;
    assert_eq!(part.status, 206);
    let matcher = json!({"method": Method::GET.as_str(), "operation": "content"});
    let found = harness.admin("POST", "requests/find", &matcher).await;
    let body = &found.expect(200).body["requests"][0]["response"]["body"];
    assert_eq!(body["sha256"], sha256(&content[9..]));
}

/// What is found without looking at more than is asked for is what one finds who looks at everything.
#[tokio::test]
async fn what_is_found_is_what_the_whole_requests_say() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let manifest = harness.published(EMPTY_COMPONENT).await;
    let release = harness.release_url(&manifest);
    harness.get(&release, None).await.expect(200);
    harness.get(&release, Some("nobody-s")).await;
    let secret = format!("{release}/conformance-owner?token=conformance-owner");
    harness.get(&secret, Some(OWNER)).await.expect(404);
    harness.create(&json!({"name": "a"})).await.expect(400);
    harness
        .request(
            Method::POST,
            &harness.url("releases"),
            Some(OWNER),
            "text/plain",
            "x",
        )
        .await
        .expect(415);
    let (name, version) = (&manifest["name"], &manifest["version"]);
    let (name, version) = (name.as_str().unwrap(), version.as_str().unwrap());
    let all = harness.registry.received_requests().requests;
    assert_eq!(all.len(), 8);
    let mut found_any = 0;
    for matcher in [
        Matcher::new(),
        Matcher::new().operation(Operation::Create),
        Matcher::new().unmatched(),
        Matcher::new().method("GET").status(404),
        Matcher::new().path("components/**"),
        Matcher::new().path("**/conformance-owner"),
        Matcher::new().path("**[hidden]"),
        Matcher::new().identity("owner"),
        Matcher::new().identity("unknown"),
        Matcher::new().anonymous(),
        Matcher::new().problem("malformed-manifest"),
        Matcher::new().problem("unsupported-media-type"),
        Matcher::new().release(name, version),
        Matcher::new()
            .release(name, version)
            .operation(Operation::Create),
        Matcher::new().header_present("Authorization"),
        Matcher::new().header_absent("authorization"),
        Matcher::new().header("content-type", "application/wasm"),
        Matcher::new().header("authorization", "Bearer conformance-owner"),
        Matcher::new().body(json!({"packageType": "component"})),
        Matcher::new()
            .body(json!({"name": "a"}))
            .problem("malformed-manifest"),
        Matcher::new().complete(true),
        Matcher::new().complete(false),
    ] {
        let expected: Vec<u64> = all
            .iter()
            .filter(|request| matcher.matches(request))
            .map(|request| request.id)
            .collect();
        let document: Value = serde_json::from_str(&matcher.to_string()).unwrap();
        let found = harness.admin("POST", "requests/find", &document).await;
        assert_eq!(ids(&found.expect(200).body), expected, "{matcher}");
        found_any += usize::from(!expected.is_empty());
    }
    assert!(found_any >= 15, "{found_any}");
}
