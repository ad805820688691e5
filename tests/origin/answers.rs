//! What HTTP can say: contents, statuses, redirects, demands.

use registry_conformance::origin::{Behaviour, Credentials, Redirect, Slot};

use crate::support::{CONTENT, body, client, connect, drain, get, host, origin};

#[tokio::test]
async fn content_is_served_and_the_request_is_known() {
    let origin = origin().await;
    let host = host(&origin, Behaviour::Serve(body()));
    let answer = client()
        .get(host.url())
        .header("X-Probe", "1")
        .header("Authorization", "Bearer x")
        .send()
        .await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "application/wasm");
    assert_eq!(answer.content_length(), Some(CONTENT.len() as u64));
    assert_eq!(answer.bytes().await.expect("a body"), CONTENT);
    let received = host.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].method, "GET");
    assert_eq!(received[0].target, host.url().path());
    assert_eq!(received[0].header("x-probe"), Some("1"));
    assert_eq!(received[0].header("Authorization"), Some("Bearer x"));
    assert!(host.url().path().ends_with("/content.wasm"));
    assert!(origin.strays().is_empty());
}

#[tokio::test]
async fn head_has_the_head_only() {
    let origin = origin().await;
    for behaviour in [
        Behaviour::Serve(body()),
        Behaviour::Truncate {
            body: body(),
            after: 5,
        },
    ] {
        let host = host(&origin, behaviour);
        let (seen, end) = drain(&mut connect(&host.url(), "HEAD").await).await;
        let seen = String::from_utf8(seen).expect("text").to_ascii_lowercase();
        assert!(
            seen.contains("content-length: 37\r\n") && seen.ends_with("\r\n\r\n"),
            "{seen}"
        );
        assert_eq!(end, Ok(()));
    }
}

#[tokio::test]
async fn other_methods_are_refused_and_known() {
    let origin = origin().await;
    let host = host(&origin, Behaviour::Serve(body()));
    let answer = client()
        .post(host.url())
        .body("stolen")
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 405);
    assert_eq!(answer.headers()["allow"], "GET, HEAD");
    assert_eq!(
        (
            host.received()[0].method.as_str(),
            host.received()[0].body_len
        ),
        ("POST", 6)
    );
}

#[tokio::test]
async fn statuses_are_sent() {
    let origin = origin().await;
    for status in [403, 404, 410, 500, 503] {
        let host = host(&origin, Behaviour::Status(status));
        assert_eq!(get(host.url()).await.status(), status);
    }
}

#[tokio::test]
async fn redirects_lead_where_they_should() {
    let origin = origin().await;
    let goal = origin
        .host("goal.wasm", Slot::B, Behaviour::Serve(body()))
        .expect("a host");
    for status in [301, 302, 303, 307, 308] {
        let redirect = Redirect {
            to: goal.url().to_string(),
            status,
        };
        let answer = get(host(&origin, Behaviour::Redirect(redirect)).url()).await;
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers()["location"], goal.url().as_str());
    }
    let following = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    let chain = Behaviour::RedirectChain {
        hops: 3,
        then: Box::new(Behaviour::Serve(body())),
    };
    let chain = host(&origin, chain);
    let answer = following.get(chain.url()).send().await.expect("an answer");
    assert_eq!(answer.bytes().await.expect("a body"), CONTENT);
    assert_eq!(chain.request_count(), 4);
    let circle = host(&origin, Behaviour::RedirectLoop);
    let error = following
        .get(circle.url())
        .send()
        .await
        .expect_err("no end");
    assert!(error.is_redirect());
    assert!(circle.request_count() > 5);
}

#[tokio::test]
async fn demanded_credentials_are_looked_at() {
    let origin = origin().await;
    let then = Box::new(Behaviour::Serve(body()));
    let basic = Credentials::Basic {
        username: "user".to_owned(),
        password: "pass:word".to_owned(),
    };
    let basic = host(
        &origin,
        Behaviour::Demand {
            credentials: basic,
            then: then.clone(),
        },
    );
    let answer = get(basic.url()).await;
    assert_eq!(answer.status(), 401);
    assert!(
        answer.headers()["www-authenticate"]
            .to_str()
            .expect("text")
            .starts_with("Basic ")
    );
    let with = |password: &'static str| {
        client()
            .get(basic.url())
            .basic_auth("user", Some(password))
            .send()
    };
    assert_eq!(with("wrong").await.expect("an answer").status(), 403);
    assert_eq!(with("pass:word").await.expect("an answer").status(), 200);
    let userinfo = basic.url_with_userinfo("user", "pass:word");
    assert_eq!(get(userinfo.clone()).await.status(), 200);
    assert_eq!(userinfo.password(), Some("pass%3Aword"));

    let bearer = Credentials::Bearer {
        token: "t".to_owned(),
    };
    assert!(!format!("{bearer:?}").contains("\"t\""));
    let bearer = host(
        &origin,
        Behaviour::Demand {
            credentials: bearer,
            then,
        },
    );
    assert_eq!(get(bearer.url()).await.status(), 401);
    assert_eq!(
        client()
            .get(bearer.url())
            .basic_auth("t", Some(""))
            .send()
            .await
            .expect("an answer")
            .status(),
        403
    );
    assert_eq!(
        client()
            .get(bearer.url())
            .bearer_auth("t")
            .send()
            .await
            .expect("an answer")
            .status(),
        200
    );
}

#[tokio::test]
async fn gzip_is_true_or_a_lie() {
    use std::io::Read as _;
    let origin = origin().await;
    let coded = get(host(&origin, Behaviour::Gzip(body())).url()).await;
    assert_eq!(coded.headers()["content-encoding"], "gzip");
    let coded = coded.bytes().await.expect("a body");
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(coded.as_ref())
        .read_to_end(&mut plain)
        .expect("gzip");
    assert_eq!(plain, CONTENT);
    let lie = get(host(&origin, Behaviour::FalseGzip(body())).url()).await;
    assert_eq!(lie.headers()["content-encoding"], "gzip");
    assert_eq!(lie.bytes().await.expect("a body"), CONTENT);
}
