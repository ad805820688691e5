//! The journal, by its control.

use mock_registry::MockRegistry;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{EMPTY_COMPONENT, Harness, OTHER, OWNER, manifest, sha256};

pub(crate) async fn requests(harness: &Harness) -> Vec<Value> {
    let answer = harness
        .admin("GET", "requests", &Value::Null)
        .await
        .expect(200);
    answer.body["requests"].as_array().unwrap().clone()
}

pub(crate) async fn count(harness: &Harness, matcher: Value) -> Value {
    harness
        .admin("POST", "requests/count", &matcher)
        .await
        .expect(200)
        .body
}

#[tokio::test]
async fn tells_the_whole_story() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let (manifest, created) = harness.prepared(EMPTY_COMPONENT).await;
    harness
        .get(&format!("{}?x=1", harness.release_url(&manifest)), None)
        .await
        .expect(404);
    let requests = requests(&harness).await;
    let operations: Vec<&Value> = requests
        .iter()
        .map(|request| &request["operation"])
        .collect();
    assert_eq!(operations, ["create", "upload", "get"]);
    let create = &requests[0];
    let members: Vec<&String> = create.as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        [
            "id",
            "at",
            "elapsed_ms",
            "origin",
            "method",
            "url",
            "path",
            "operation",
            "release",
            "identity",
            "headers",
            "body",
            "complete",
            "status",
            "problem",
            "fault",
            "duration_ms",
            "response"
        ]
    );
    assert_eq!(create["id"], 1);
    assert_eq!(create["origin"], "api");
    assert_eq!(create["method"], "POST");
    assert_eq!(create["url"], harness.url("releases"));
    assert_eq!(create["path"], "releases");
    assert_eq!(create["identity"], "owner");
    assert_eq!(
        create["release"],
        json!({"name": manifest["name"], "version": "1.0.0"})
    );
    assert_eq!(create["body"]["json"], manifest);
    assert_eq!(create["body"]["length"], manifest.to_string().len());
    assert_eq!(
        create["body"]["sha256"],
        sha256(manifest.to_string().as_bytes())
    );
    assert_eq!(create["body"]["truncated"], false);
    assert_eq!(
        (&create["complete"], &create["status"]),
        (&json!(true), &json!(201))
    );
    assert_eq!(
        (&create["problem"], &create["fault"]),
        (&Value::Null, &Value::Null)
    );
    assert!(create["duration_ms"].as_f64().unwrap() >= 0.0);
    assert!(create["elapsed_ms"].as_f64().unwrap() <= requests[1]["elapsed_ms"].as_f64().unwrap());
    create["at"]
        .as_str()
        .unwrap()
        .parse::<jiff::Timestamp>()
        .unwrap();
    assert_eq!(create["response"]["body"]["json"], created.body);
    let header = |entry: &Value, name: &str| {
        entry["headers"]
            .as_array()
            .unwrap()
            .iter()
            .find(|field| field[0] == name)
            .map(|field| field[1].clone())
    };
    assert_eq!(header(create, "authorization"), Some(json!("[hidden]")));
    assert_eq!(
        header(create, "content-type"),
        Some(json!("application/json"))
    );
    assert_eq!(
        header(&create["response"], "location"),
        Some(json!(created.header("location")))
    );
}

#[tokio::test]
async fn tells_of_bodies_and_urls() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let (manifest, created) = harness.prepared(EMPTY_COMPONENT).await;
    harness
        .get(&format!("{}?x=1", harness.release_url(&manifest)), None)
        .await
        .expect(404);
    let requests = requests(&harness).await;
    let upload = &requests[1];
    assert_eq!(upload["body"]["sha256"], sha256(EMPTY_COMPONENT));
    assert!(upload["body"].get("json").is_none());
    assert_eq!(upload["url"], created.body["uploadUrl"]);
    let get = &requests[2];
    assert_eq!(
        (&get["identity"], &get["body"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        get["path"],
        harness.release_url(&manifest).replace(harness.base(), "")
    );
    assert!(get["url"].as_str().unwrap().ends_with("?x=1"));
}

#[tokio::test]
async fn never_keeps_a_secret() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let manifest = manifest(EMPTY_COMPONENT);
    harness.create(&manifest).await.expect(201);
    let sources = json!([
        {"url": "http://127.0.0.1:9/a", "credentials": {"type": "basic", "username": "user-s3cret", "password": "pass-s3cret"}},
        {"url": "http://user-s3cret:pass-s3cret@127.0.0.1:9/b"},
        {"url": "http://127.0.0.1:9/c", "credentials": {"type": "bearer", "token": "token-s3cret"}},
        {"url": "http://127.0.0.1:9/d?sig=signed-s3cret", "Password": "member-s3cret", "clientSecret": ["list-s3cret"]},
    ]);
    harness.add_sources(&manifest, &sources).await.expect(200);
    let request = harness
        .http
        .get(harness.url(&format!(
            "nowhere/{OWNER}?token={OWNER}&access_token=a-s3cret&x=1&X-Amz-Signature=b-s3cret&sig=c-s3cret"
        )))
        .header("cookie", "session-s3cret")
        .header("proxy-authorization", "Basic proxy-s3cret")
        .header("x-api-key", "key-s3cret")
        .header("referer", "http://elsewhere.test/?code=d-s3cret")
        .header("x-note", format!("mine is {OTHER}"))
        .bearer_auth("unknown-s3cret");
    harness.send(request).await.expect(404);

    let kept = harness.admin("GET", "requests", &Value::Null).await;
    let text = String::from_utf8(kept.bytes).unwrap();
    for secret in ["s3cret", OWNER, OTHER] {
        // The namespaces of the identities begin like their tokens.
        let text = text.replace("conformance-owner.test", "");
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    let last = &kept.body["requests"][2];
    assert_eq!(last["identity"], "unknown");
    let url = last["url"].as_str().unwrap();
    assert!(
        url.ends_with(
            "?token=[hidden]&access_token=[hidden]&x=1&X-Amz-Signature=[hidden]&sig=[hidden]"
        ),
        "{url}"
    );
    // That a field was there is no secret.
    for (field, expected) in [
        ("x-api-key", 1),
        ("Proxy-Authorization", 1),
        ("x-other-key", 0),
    ] {
        let matcher = json!({"operation": null, "headers": {field: true}, "expected": expected});
        let counted = harness.admin("POST", "requests/count", &matcher).await;
        assert_eq!(counted.body["satisfied"], true, "{field}: {counted:?}");
    }
    assert_eq!(
        kept.body["requests"][1]["body"]["json"]["contentSources"][0]["credentials"]["type"],
        "basic"
    );
}

#[tokio::test]
async fn says_what_a_request_was_perhaps_meant_for() {
    let harness = Harness::start(MockRegistry::builder()).await;
    for (method, path, status, operation, why) in [
        (
            "GET",
            "component/a.test:b/v1.0.0",
            404,
            json!("get"),
            "did you mean `components`?",
        ),
        (
            "GET",
            "components/a.test:b/1.0.0",
            404,
            json!("get"),
            "as in `v1.0.0`",
        ),
        (
            "PUT",
            "components/a.test:b/v1.0.0",
            405,
            json!("get"),
            "takes GET, HEAD, POST",
        ),
        (
            "POST",
            "release",
            404,
            json!("create"),
            "did you mean `releases`?",
        ),
        (
            "BREW",
            "releases",
            501,
            Value::Null,
            "no registry knows this method",
        ),
        ("GET", "s/none/releases", 404, Value::Null, "no session"),
    ] {
        let answer = harness
            .request(
                Method::from_bytes(method.as_bytes()).unwrap(),
                &harness.url(path),
                None,
                "",
                "",
            )
            .await
            .expect(status);
        assert!(
            answer.body["detail"].as_str().unwrap().contains(why),
            "{:?}",
            answer.body
        );
        let last = requests(&harness).await.pop().unwrap();
        assert_eq!(last["operation"], Value::Null);
        assert_eq!(last["nearest"]["operation"], operation, "{path}");
        assert!(
            last["nearest"]["why"].as_str().unwrap().contains(why),
            "{last}"
        );
        assert_eq!(last["status"], status);
    }
    let answer = harness.get(&harness.url("zzzzzz"), None).await;
    let detail = answer.body["detail"].as_str().unwrap();
    assert!(
        detail.starts_with("Nothing is at this address (") && detail.ends_with(")."),
        "{detail}"
    );
    let plain = harness.session(&json!({"plain": true})).await;
    let answer = plain.get(&plain.url("component/a:b/v1"), None).await;
    assert_eq!(answer.body["detail"], "Nothing is at this address.");
    assert!(requests(&plain).await[0]["nearest"]["why"].is_string());
}

#[tokio::test]
async fn a_request_without_a_host_is_400() {
    let harness = Harness::start(MockRegistry::builder()).await;
    for head in [
        "GET /releases HTTP/1.1\r\n",
        "GET /releases HTTP/1.1\r\nHost: a\r\nHost: b\r\n",
    ] {
        let mut stream = TcpStream::connect(("127.0.0.1", harness.registry.port()))
            .await
            .unwrap();
        stream
            .write_all(format!("{head}Connection: close\r\n\r\n").as_bytes())
            .await
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        assert!(answer.contains("urn:publish-api:problem:malformed-request"));
    }
    assert_eq!(requests(&harness).await[1]["problem"], "malformed-request");
}

#[tokio::test]
async fn a_body_that_breaks_off_is_not_complete() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let created = harness.create(&manifest(EMPTY_COMPONENT)).await.expect(201);
    let url =
        reqwest::Url::parse(&harness.resolve(created.body["uploadUrl"].as_str().unwrap())).unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", harness.registry.port()))
        .await
        .unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {OWNER}\r\nContent-Length: 8\r\nContent-Type: application/wasm\r\n\r\n\0asm",
        url.path()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let upload = requests(&harness).await.pop().unwrap();
    assert_eq!(
        (&upload["complete"], &upload["body"]["length"]),
        (&json!(false), &json!(4))
    );
}

#[tokio::test]
async fn a_request_under_way_is_there_already() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let mut stream = TcpStream::connect(("127.0.0.1", harness.registry.port()))
        .await
        .unwrap();
    let head = format!(
        "POST /releases HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {OWNER}\r\nContent-Length: 8\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let under_way = loop {
        if let Some(request) = requests(&harness).await.pop() {
            break request;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(under_way["operation"], "create");
    for member in ["status", "duration_ms", "response"] {
        assert_eq!(under_way[member], Value::Null);
    }
    assert_eq!(
        count(&harness, json!({"status": null, "expected": 1})).await["satisfied"],
        true
    );
    stream.write_all(b"nonsense").await.unwrap();
    stream.read_to_end(&mut Vec::new()).await.unwrap();
    let done = requests(&harness).await.pop().unwrap();
    assert_eq!(
        (&done["status"], &done["complete"]),
        (&json!(400), &json!(true))
    );
    assert_eq!(done["problem"], "malformed-manifest");
}

#[tokio::test]
async fn control_is_not_recorded() {
    let harness = Harness::start(MockRegistry::builder()).await;
    for path in ["state", "nowhere", "requests"] {
        harness.admin("GET", path, &Value::Null).await;
    }
    assert!(requests(&harness).await.is_empty());
}
