//! Sessions: registries of their own below one URL.

use std::collections::HashSet;

use futures::future::join_all;
use mock_registry::MockRegistry;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, EMPTY_COMPONENT, Harness, component, manifest};

#[tokio::test]
async fn a_hundred_sessions_know_nothing_of_each_other() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let sessions: Vec<Harness> = join_all((0..100).map(|_| harness.session(&Value::Null))).await;
    let urls: HashSet<&str> = sessions.iter().map(Harness::base).collect();
    assert_eq!(urls.len(), 100);

    // The same name and version in each, the content of each its own.
    let name = manifest(EMPTY_COMPONENT)["name"].clone();
    let published = join_all(sessions.iter().enumerate().map(|(number, session)| {
        let name = name.clone();
        async move {
            let content = component(number.to_string().as_bytes());
            let mut manifest = manifest(&content);
            manifest["name"] = name;
            let created = session.create(&manifest).await.expect(201);
            let location = session.resolve(created.header("location"));
            assert!(location.starts_with(session.base()), "{location}");
            session.upload(&created, &content).await.expect(204);
            session.publish(&manifest).await.expect(201);
            manifest
        }
    }))
    .await;

    join_all(
        sessions
            .iter()
            .zip(&published)
            .map(|(session, manifest)| async move {
                let state = session
                    .admin("GET", "state", &Value::Null)
                    .await
                    .expect(200);
                let releases = state.body["releases"].as_array().unwrap();
                assert_eq!(releases.len(), 1);
                assert_eq!(releases[0]["release"], *manifest);
                assert_eq!(releases[0]["status"], "published");
                let requests = session.admin("GET", "requests", &Value::Null).await;
                assert_eq!(requests.body["requests"].as_array().unwrap().len(), 3);
                let release = session
                    .get(&session.release_url(manifest), None)
                    .await
                    .expect(200);
                assert_eq!(release.body["release"], *manifest);
                let content = release.body["contentSources"][0]["url"].as_str().unwrap();
                assert!(content.starts_with(session.base()));
                session.get(content, None).await.expect(200);
            }),
    )
    .await;
    assert_eq!(harness.registry.state()["releases"], json!([]));
    assert!(harness.registry.received_requests().requests.is_empty());
}

#[tokio::test]
async fn options_of_a_session_are_its_own() {
    let harness = Harness::start(MockRegistry::builder().max_manifest(400)).await;
    let session = harness
        .session(&json!({
            "processing": "manual", "defects": ["accepts-alg-none"], "expiry": "1h", "plain": true, "seed": 5,
            "private-namespace": "mine.test",
        }))
        .await;
    let state = session.admin("GET", "state", &Value::Null).await;
    assert_eq!(state.body["processing"], "manual");
    assert_eq!(state.body["defects"], json!(["accepts-alg-none"]));
    assert_eq!(state.body["seed"], 5);
    let created = session.create(&manifest(EMPTY_COMPONENT)).await.expect(201);
    assert!(created.body["expiresAt"].is_string());
    assert!(created.body.get("x-mock-registry").is_none());
    let mut private = manifest(EMPTY_COMPONENT);
    private["name"] = json!("mine.test:secret");
    session.create(&private).await.expect(201);
    harness
        .create(&private)
        .await
        .expect_problem(403, "forbidden");
    // What was not given is the server's.
    let mut large = manifest(EMPTY_COMPONENT);
    large["x"] = json!("x".repeat(400));
    session
        .create(&large)
        .await
        .expect_problem(413, "content-too-large");

    let other = harness.session(&json!({})).await;
    let state = other.admin("GET", "state", &Value::Null).await;
    assert_eq!(
        (&state.body["processing"], &state.body["defects"]),
        (&json!("immediate"), &json!([]))
    );
}

#[tokio::test]
async fn uploads_of_sessions_go_to_the_upload_origin_too() {
    let harness = Harness::start(
        MockRegistry::builder()
            .base_path("/api/")
            .upload_url("http://127.0.0.1:0/put/"),
    )
    .await;
    let session = harness.session(&Value::Null).await;
    let (manifest, created) = session.prepared(EMPTY_COMPONENT).await;
    let upload_url = created.body["uploadUrl"].as_str().unwrap();
    let id = session.base().rsplit('/').nth(1).unwrap();
    assert!(session.base().ends_with(&format!("/api/s/{id}/")));
    assert!(
        upload_url.contains(&format!("/put/s/{id}/components/")),
        "{upload_url}"
    );
    session.publish(&manifest).await.expect(201);
    let requests = session.admin("GET", "requests", &Value::Null).await;
    let origins: Vec<&Value> = requests.body["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|request| &request["origin"])
        .collect();
    assert_eq!(origins, ["api", "uploads", "api"]);
    // The upload of one session is nothing to another.
    let other = harness.session(&Value::Null).await;
    let other_id = other.base().rsplit('/').nth(1).unwrap();
    session
        .request(
            Method::POST,
            &upload_url.replace(id, other_id),
            None,
            "application/wasm",
            EMPTY_COMPONENT,
        )
        .await
        .expect_problem(404, "not-found");
}

#[tokio::test]
async fn sessions_are_listed_and_end_when_they_are_deleted() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let session = harness.session(&Value::Null).await;
    let created = harness
        .admin("POST", "sessions", &Value::Null)
        .await
        .expect(201);
    let id = created.body["id"].as_str().unwrap();
    assert_eq!(id.len(), 32);
    let url = created.body["url"].as_str().unwrap();
    assert_eq!(url, harness.url(&format!("s/{id}/")));
    assert_eq!(created.body["admin"], format!("{url}__admin/"));
    let location = created.header("location").to_owned();
    assert_eq!(
        harness.get(&location, None).await.expect(200).body["url"],
        url
    );
    let listed = harness.admin("GET", "sessions", &Value::Null).await;
    assert_eq!(listed.body["sessions"].as_array().unwrap().len(), 2);
    assert_eq!(listed.body["sessions"][0]["url"], session.base());

    harness
        .request(Method::DELETE, &location, None, "", "")
        .await
        .expect(204);
    harness
        .request(Method::DELETE, &location, None, "", "")
        .await
        .expect_problem(404, "not-found");
    let gone = harness.in_session(url);
    gone.create(&manifest(EMPTY_COMPONENT))
        .await
        .expect_problem(404, "not-found");
    gone.get(&gone.url("__admin/state"), None)
        .await
        .expect_problem(404, "not-found");
    session.published(EMPTY_COMPONENT).await;
    // Sessions have none of their own.
    session
        .admin("POST", "sessions", &Value::Null)
        .await
        .expect_problem(404, "not-found");
}

#[tokio::test]
async fn bad_options_are_named() {
    let harness = Harness::start(MockRegistry::builder()).await;
    for (options, hint) in [
        (json!({"prosessing": "manual"}), "prosessing"),
        (json!({"processing": "sometimes"}), "processing"),
        (json!({"defects": ["none-such"]}), "defects"),
        (json!({"upload-url": "http://127.0.0.1:1/"}), "upload-url"),
        (json!(["processing"]), "object"),
    ] {
        let refused = harness.admin("POST", "sessions", &options).await;
        let refused = refused.expect_problem(400, "malformed-request");
        let detail = refused.body["detail"].as_str().unwrap();
        assert!(detail.contains(hint), "{detail}");
    }
    let not_json = harness.url("__admin/sessions");
    harness
        .request(Method::POST, &not_json, None, "application/json", "{")
        .await
        .expect_problem(400, "malformed-request");
}

#[tokio::test]
async fn there_is_a_limit_to_sessions() {
    let harness = Harness::start(MockRegistry::builder().max_sessions(3)).await;
    let answers = join_all((0..10).map(|_| harness.admin("POST", "sessions", &Value::Null))).await;
    let made: Vec<&Answer> = answers
        .iter()
        .filter(|answer| answer.status == 201)
        .collect();
    assert_eq!(made.len(), 3);
    let id = made[0].body["id"].as_str().unwrap().to_owned();
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(
            (answer.status.as_u16(), answer.problem()),
            (507, "insufficient-storage")
        );
        assert!(
            answer.body["detail"]
                .as_str()
                .unwrap()
                .contains("--max-sessions")
        );
    }
    harness
        .admin("DELETE", &format!("sessions/{id}"), &Value::Null)
        .await
        .expect(204);
    harness
        .admin("POST", "sessions", &Value::Null)
        .await
        .expect(201);
}

#[tokio::test]
async fn ids_are_plain_where_all_is() {
    let harness = Harness::start(MockRegistry::builder().plain(true)).await;
    for number in 1..3 {
        let session = harness.session(&Value::Null).await;
        assert_eq!(session.base(), harness.url(&format!("s/{number}/")));
    }
}

#[tokio::test]
async fn a_request_under_way_ends_with_its_session() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let host = crate::support::HeldHost::start(EMPTY_COMPONENT.to_vec()).await;
    let session = harness.session(&Value::Null).await;
    let manifest = manifest(EMPTY_COMPONENT);
    session.create(&manifest).await.expect(201);
    session
        .add_sources(&manifest, &json!([{"url": host.url}]))
        .await
        .expect(200);
    let id = session.base().rsplit('/').nth(1).unwrap();
    let (published, ()) = futures::join!(session.publish(&manifest), async {
        host.arrival().await;
        harness
            .admin("DELETE", &format!("sessions/{id}"), &Value::Null)
            .await
            .expect(204);
    });
    published.expect_problem(404, "not-found");
}
