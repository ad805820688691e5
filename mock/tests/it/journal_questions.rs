//! What can be asked of the journal, and what it says about what it has lost.

use futures::future::join_all;
use mock_registry::MockRegistry;
use serde_json::{Value, json};

use crate::{
    journal::{count, requests},
    support::{EMPTY_COMPONENT, Harness, component, manifest},
};

#[tokio::test]
async fn finds_and_counts_what_matches() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let one = harness.published(EMPTY_COMPONENT).await;
    let two = harness.published(&component(b"two")).await;
    harness.publish(&one).await.expect(409);
    harness
        .get(&harness.release_url(&two), None)
        .await
        .expect(200);
    harness
        .get(&harness.url("nowhere"), Some("nobody's"))
        .await
        .expect(404);
    for (matcher, expected) in [
        (json!({}), 9),
        (json!({"operation": "publish"}), 3),
        (json!({"operation": "publish", "status": 201}), 2),
        (json!({"status": "4xx"}), 2),
        (json!({"problem": "already-published"}), 1),
        (json!({"operation": null}), 1),
        (json!({"identity": null}), 1),
        (json!({"identity": "unknown"}), 1),
        (json!({"method": "GET"}), 2),
        (json!({"release": {"name": one["name"]}}), 4),
        (
            json!({"release": {"name": two["name"], "version": "1.0.0"}, "operation": "get"}),
            1,
        ),
        (json!({"path": "releases"}), 2),
        (json!({"path": "components/*/v1.0.0"}), 4),
        (json!({"path": "components/**"}), 6),
        (json!({"headers": {"authorization": false}}), 1),
        (json!({"headers": {"Content-Type": "application/wasm"}}), 2),
        (json!({"body": {"name": one["name"]}}), 1),
        (
            json!({"body": {"releaseSignature": {"signatures": [{}]}}}),
            3,
        ),
        (json!({"origin": "uploads"}), 0),
        (json!({"complete": true, "fault": false}), 9),
    ] {
        let counted = count(&harness, matcher.clone()).await;
        assert_eq!(counted["count"], expected, "{matcher}");
        assert!(counted.get("satisfied").is_none());
        let found = harness
            .admin("POST", "requests/find", &matcher)
            .await
            .expect(200);
        assert_eq!(
            found.body["requests"].as_array().unwrap().len(),
            expected,
            "{matcher}"
        );
        assert_eq!(found.body["dropped"], 0);
    }
    for (expectation, satisfied) in [
        (json!({"expected": 3}), true),
        (json!({"expected": 2}), false),
        (json!({"at-least": 3}), true),
        (json!({"at-most": 2}), false),
        (json!({"at-least": 1, "at-most": 3}), true),
    ] {
        let mut matcher = expectation.clone();
        matcher["operation"] = json!("publish");
        assert_eq!(
            count(&harness, matcher).await["satisfied"],
            satisfied,
            "{expectation}"
        );
    }
    for bad in [
        json!({"operations": "publish"}),
        json!({"operation": "delete"}),
        json!({"status": "bad"}),
    ] {
        harness
            .admin("POST", "requests/count", &bad)
            .await
            .expect_problem(400, "malformed-request");
    }
    harness
        .admin("POST", "requests/find", &json!({"expected": 1}))
        .await
        .expect_problem(400, "malformed-request");
}

#[tokio::test]
async fn pages_and_clears() {
    let harness = Harness::start(MockRegistry::builder()).await;
    for _ in 0..5 {
        harness.get(&harness.url("nowhere"), None).await.expect(404);
    }
    let ids = |answer: &Value| -> Vec<u64> {
        let requests = answer["requests"].as_array().unwrap();
        requests
            .iter()
            .map(|request| request["id"].as_u64().unwrap())
            .collect()
    };
    for (query, expected) in [
        ("", vec![1, 2, 3, 4, 5]),
        ("?limit=2", vec![1, 2]),
        ("?after=3", vec![4, 5]),
        ("?after=1&limit=1", vec![2]),
        ("?after=9", vec![]),
        ("?limit=0", vec![]),
    ] {
        let answer = harness
            .admin("GET", &format!("requests{query}"), &Value::Null)
            .await;
        assert_eq!(ids(&answer.expect(200).body), expected, "{query}");
    }
    for query in ["?limit=some", "?from=1"] {
        harness
            .admin("GET", &format!("requests{query}"), &Value::Null)
            .await
            .expect_problem(400, "malformed-request");
    }
    harness
        .admin("DELETE", "requests", &Value::Null)
        .await
        .expect(204);
    assert!(requests(&harness).await.is_empty());
    harness.get(&harness.url("nowhere"), None).await.expect(404);
    assert_eq!(requests(&harness).await[0]["id"], 6);
}

#[tokio::test]
async fn is_bounded_and_confirms_nothing_over_what_it_dropped() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let session = harness.session(&json!({"journal-entries": 3})).await;
    join_all((0..10).map(|_| async {
        session.get(&session.url("nowhere"), None).await.expect(404);
    }))
    .await;
    let kept = session.admin("GET", "requests", &Value::Null).await;
    assert_eq!(kept.body["requests"].as_array().unwrap().len(), 3);
    assert_eq!(kept.body["dropped"], 7);
    let expected = |count: u64| json!({"status": 404, "expected": count});
    assert_eq!(
        count(&session, expected(10)).await["satisfied"],
        "inconclusive"
    );
    assert_eq!(
        count(&session, expected(3)).await["satisfied"],
        "inconclusive"
    );
    assert_eq!(count(&session, expected(2)).await["satisfied"], false);
    assert_eq!(count(&session, expected(11)).await["satisfied"], false);
    assert_eq!(count(&session, expected(3)).await["dropped"], 7);
    session
        .admin("DELETE", "requests", &Value::Null)
        .await
        .expect(204);
    assert_eq!(count(&session, expected(0)).await["satisfied"], true);

    // By bytes: documents of 50 kB, of which 16 MiB by default would hold many.
    let small = harness.session(&json!({"journal-bytes": "300 KiB"})).await;
    let mut large = manifest(EMPTY_COMPONENT);
    large["x"] = json!("x".repeat(50_000));
    for _ in 0..20 {
        small.create(&large).await;
    }
    let kept = small.admin("GET", "requests", &Value::Null).await;
    let entries = kept.body["requests"].as_array().unwrap().len();
    assert!((1..=6).contains(&entries), "{entries}");
    assert_eq!(kept.body["dropped"], 20 - entries);

    let none = harness.session(&json!({"journal-entries": 0})).await;
    none.get(&none.url("nowhere"), None).await.expect(404);
    let kept = none.admin("GET", "requests", &Value::Null).await;
    assert_eq!(
        (&kept.body["requests"], &kept.body["dropped"]),
        (&json!([]), &json!(1))
    );
}

#[tokio::test]
async fn a_document_that_is_too_large_to_keep_is_undecided() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let mut large = manifest(EMPTY_COMPONENT);
    large["x"] = json!("x".repeat(300_000));
    harness.create(&large).await.expect(201);
    let request = requests(&harness).await.pop().unwrap();
    assert_eq!(request["body"]["truncated"], true);
    assert_eq!(request["body"]["length"], large.to_string().len());
    let counted = count(
        &harness,
        json!({"body": {"version": "1.0.0"}, "at-least": 1}),
    )
    .await;
    assert_eq!(counted["undecided"], 1);
    assert_eq!(counted["satisfied"], "inconclusive");
}
