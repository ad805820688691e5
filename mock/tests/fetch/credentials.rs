//! Credentials: to whom they go, and that they are nowhere seen.

use std::sync::Arc;

use mock_registry::fetch::{Credentials, FetchPolicy, FetchTrouble, Fetcher};

use crate::{
    host::{Answer, Host},
    names::FixedNames,
    support::{basic, closed_port, fetcher, mistaken, options, request, with_credentials},
};

#[tokio::test]
async fn credentials_are_sent_to_their_origin() {
    let host = Host::start(|_| Answer::ok("x")).await;
    let bearer = Credentials::Bearer {
        token: "t0ken".to_owned(),
    };
    let userinfo = |userinfo: &str| host.url("/").replacen("127", &format!("{userinfo}@127"), 1);
    let table = [
        (
            with_credentials(&host.url("/"), basic()),
            Some("Basic dXPDqXI6cDp3"),
        ),
        (
            with_credentials(&host.url("/"), bearer.clone()),
            Some("Bearer t0ken"),
        ),
        (request(&userinfo("user:p%20w")), Some("Basic dXNlcjpwIHc=")),
        (request(&userinfo("user")), Some("Basic dXNlcjo=")),
        (
            with_credentials(&userinfo("user:pw"), bearer),
            Some("Bearer t0ken"),
        ),
        (request(&host.url("/")), None),
    ];
    for (request, expected) in table {
        fetcher().fetch_bytes(&request).await.unwrap();
        let head = host.heads().pop().unwrap();
        let sent = head
            .lines()
            .find_map(|line| line.strip_prefix("authorization: "));
        assert_eq!(sent, expected.map(str::to_lowercase).as_deref());
        assert!(!head.contains('@'), "{head}");
    }
    let none = mistaken(FetchPolicy {
        omits_credentials: true,
        ..FetchPolicy::default()
    });
    none.fetch_bytes(&with_credentials(&host.url("/"), basic()))
        .await
        .unwrap();
    assert!(!host.heads().pop().unwrap().contains("authorization"));
}

#[tokio::test]
async fn credentials_stay_with_their_origin() {
    let other = Host::start(|_| Answer::ok("x")).await;
    let target = other.url("/x");
    let stranger = Host::start(|_| Answer::ok("y")).await;
    let userinfo_target = stranger.url("/").replacen("127", "mallory:pw@127", 1);
    let host = Host::start(move |path| match path {
        "/same" => Answer::redirect("/here"),
        "/here" => Answer::ok("x"),
        "/userinfo" => Answer::redirect(&userinfo_target),
        _ => Answer::redirect(&target),
    })
    .await;
    let requests = |path: &str| {
        [
            with_credentials(&host.url(path), basic()),
            request(&host.url(path).replacen("127", "user:pw@127", 1)),
        ]
    };
    for request in requests("/same") {
        fetcher().fetch_bytes(&request).await.unwrap();
        assert!(host.heads().pop().unwrap().contains("authorization: basic"));
    }
    for request in requests("/away") {
        fetcher().fetch_bytes(&request).await.unwrap();
        assert!(!other.heads().pop().unwrap().contains("authorization"));
        let forwards = mistaken(FetchPolicy {
            forwards_credentials: true,
            ..FetchPolicy::default()
        });
        forwards.fetch_bytes(&request).await.unwrap();
        assert!(
            other
                .heads()
                .pop()
                .unwrap()
                .contains("authorization: basic")
        );
    }
    fetcher()
        .fetch_bytes(&request(&host.url("/userinfo")))
        .await
        .unwrap();
    assert!(!stranger.heads().pop().unwrap().contains("authorization"));
}

#[tokio::test]
async fn credentials_do_not_come_back_with_a_redirect() {
    let names = FixedNames::new(&[
        ("first.test", &["127.0.0.1"]),
        ("second.test", &["127.0.0.1"]),
    ]);
    let host = Host::start(|path| {
        let port = path.split('/').nth(1).unwrap().to_owned();
        match path.rsplit('/').next() {
            Some("start") => Answer::redirect(&format!("http://second.test:{port}/{port}/middle")),
            Some("middle") => Answer::redirect(&format!("http://first.test:{port}/{port}/end")),
            _ => Answer::ok("x"),
        }
    })
    .await;
    let fetcher =
        Fetcher::with_resolver(options(FetchPolicy::default()), Arc::clone(&names) as _).unwrap();
    let url = format!("http://first.test:{0}/{0}/start", host.port);
    fetcher
        .fetch_bytes(&with_credentials(&url, basic()))
        .await
        .unwrap();
    let sent: Vec<_> = host
        .heads()
        .iter()
        .map(|head| head.contains("authorization"))
        .collect();
    assert_eq!(sent, [true, false, false]);
    // Each hop is looked up once, so that what is checked is what is connected to.
    assert_eq!(names.asked(), ["first.test", "second.test", "first.test"]);
}

#[tokio::test]
async fn secrets_are_in_no_message() {
    let port = closed_port().await;
    let url = format!("http://user:s3cret@127.0.0.1:{port}/x?signed=1#frag");
    let token = Credentials::Bearer {
        token: "s3cret".to_owned(),
    };
    let request = with_credentials(&url, token.clone());
    assert!(!format!("{request:?}").contains("s3cret"));
    let error = fetcher().fetch_bytes(&request).await.unwrap_err();
    assert_eq!(error.url, format!("http://127.0.0.1:{port}/x?signed=1"));
    let shown = format!("{error} {error:?} {token:?} {:?}", basic());
    assert!(
        !shown.contains("s3cret") && !shown.contains("p:w"),
        "{shown}"
    );

    let broken = Credentials::Bearer {
        token: "s3cret\r\nX: y".to_owned(),
    };
    let error = fetcher()
        .fetch_bytes(&with_credentials(&url, broken))
        .await
        .unwrap_err();
    assert_eq!(error.trouble, FetchTrouble::UnusableCredentials);
    assert!(!format!("{error} {error:?}").contains("s3cret"));
}
