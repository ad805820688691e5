//! Requests that faults hold, and who lets them go on.

use std::sync::Arc;

use mock_registry::MockRegistry;
use serde_json::{Value, json};

use crate::support::{Answer, EMPTY_COMPONENT, Harness, manifest};

/// A request on its way, which is not waited for.
fn create_later(harness: &Arc<Harness>, manifest: &Value) -> tokio::task::JoinHandle<Answer> {
    let (harness, manifest) = (harness.clone(), manifest.clone());
    tokio::spawn(async move { harness.create(&manifest).await })
}

#[tokio::test]
async fn held_requests_wait_until_they_are_released() {
    let harness = Arc::new(Harness::start(MockRegistry::builder()).await);
    harness
        .set_faults(&json!([
            {"operation": "create", "when": {"times": 1}, "fault": {"hold": "before"}},
            {"operation": "create", "when": {"times": 1}, "phase": "after", "fault": {"hold": "after"}},
        ]))
        .await;
    let manifest = manifest(EMPTY_COMPONENT);
    let first = create_later(&harness, &manifest);
    harness.registry.held("before", 1).await.unwrap();
    assert!(harness.releases().is_empty());
    let second = create_later(&harness, &manifest);
    harness.registry.held("after", 1).await.unwrap();
    assert_eq!(harness.releases(), ["pending"]);

    let holds = harness
        .admin("GET", "holds", &Value::Null)
        .await
        .expect(200);
    let [after, before] = holds.body["holds"].as_array().unwrap().as_slice() else {
        panic!("{}", holds.body);
    };
    assert_eq!(after["name"], "after");
    assert_eq!(
        (
            &before["name"],
            &before["released"],
            &before["waiting"][0]["operation"],
            &before["waiting"][0]["method"],
            &before["waiting"][0]["path"],
            &before["waiting"][0]["fault"],
        ),
        (
            &json!("before"),
            &json!(false),
            &json!("create"),
            &json!("POST"),
            &json!("releases"),
            &json!("f1"),
        )
    );
    assert!(!first.is_finished() && !second.is_finished());

    let released = harness
        .admin("POST", "holds/after/release", &Value::Null)
        .await
        .expect(200);
    assert_eq!(released.body, json!({"name": "after", "released": 1}));
    second.await.unwrap().expect(201);
    harness
        .admin("POST", "holds/before/release", &Value::Null)
        .await
        .expect(200);
    first.await.unwrap().expect_problem(409, "release-exists");
    for path in ["holds/nobody/release", "holds/before/unknown"] {
        harness
            .admin("POST", path, &Value::Null)
            .await
            .expect_problem(404, "not-found");
    }
}

#[tokio::test]
async fn a_hold_that_was_released_stays_open_until_it_is_set_anew() {
    let harness = Arc::new(Harness::start(MockRegistry::builder()).await);
    let hold = json!({"operation": "create", "fault": {"hold": "gate"}});
    let first = harness.set_faults(&hold).await;
    let released = harness
        .admin("POST", "holds/gate/release", &Value::Null)
        .await
        .expect(200);
    assert_eq!(released.body["released"], 0);
    harness.create(&manifest(EMPTY_COMPONENT)).await.expect(201);

    harness.set_faults(&hold).await;
    let held = create_later(&harness, &manifest(EMPTY_COMPONENT));
    harness.registry.held("gate", 1).await.unwrap();
    // Another fault still holds under this name.
    harness
        .admin("DELETE", &format!("faults/{}", first[0]), &Value::Null)
        .await
        .expect(204);
    assert!(!held.is_finished());
    harness.registry.clear_faults();
    held.await.unwrap().expect(201);
    harness.registry.release("gate").unwrap_err();

    // So does a reset.
    harness.set_faults(&hold).await;
    let held = create_later(&harness, &manifest(EMPTY_COMPONENT));
    harness.registry.held("gate", 1).await.unwrap();
    harness.registry.reset();
    held.await.unwrap().expect(201);
}

#[tokio::test]
async fn sessions_have_faults_of_their_own() {
    let harness = Arc::new(Harness::start(MockRegistry::builder()).await);
    let session = Arc::new(harness.session(&json!({})).await);
    session
        .set_faults(&json!([
            {"operation": "get", "fault": {"status": 503}},
            {"operation": "create", "fault": {"hold": "gate"}},
        ]))
        .await;
    let path = "components/a:b/v1.0.0";
    session.get(&session.url(path), None).await.expect(503);
    harness.get(&harness.url(path), None).await.expect(404);
    assert!(harness.registry.faults().is_empty());

    // Who is held goes on when the session ends.
    let held = create_later(&session, &manifest(EMPTY_COMPONENT));
    loop {
        let holds = session.admin("GET", "holds", &Value::Null).await;
        if holds.body["holds"][0]["waiting"] != json!([]) {
            break;
        }
    }
    let id = session.base().trim_end_matches('/').rsplit('/').next();
    harness
        .admin("DELETE", &format!("sessions/{}", id.unwrap()), &Value::Null)
        .await
        .expect(204);
    held.await.unwrap().expect_problem(404, "not-found");
}
