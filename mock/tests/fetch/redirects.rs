//! Redirects.

use mock_registry::fetch::{FetchPolicy, FetchTrouble};

use crate::{
    host::{Answer, Host},
    support::{fetcher, get, mistaken, trouble},
};

#[tokio::test]
async fn a_few_redirects_are_followed() {
    let host = Host::start(|path| match path.trim_start_matches('/').parse::<u32>() {
        Ok(0) => Answer::ok("here"),
        Ok(hops) => Answer::redirect(&(hops - 1).to_string()),
        Err(_) => Answer::redirect(path),
    })
    .await;
    assert_eq!(get(&fetcher(), &host.url("/5")).await.unwrap(), "here");
    for path in ["/6", "/loop"] {
        assert_eq!(
            trouble(&fetcher(), &host.url(path)).await,
            FetchTrouble::TooManyRedirects(5)
        );
    }
    let never = mistaken(FetchPolicy {
        follows_no_redirects: true,
        ..FetchPolicy::default()
    });
    assert_eq!(
        trouble(&never, &host.url("/1")).await,
        FetchTrouble::Status(302)
    );
}

#[tokio::test]
async fn every_kind_of_redirect_is_followed_and_others_are_not() {
    for status in [301, 302, 303, 307, 308] {
        let host = Host::start(move |path| match path {
            "/b" => Answer::ok("b"),
            _ => Answer::text(&format!(
                "HTTP/1.1 {status} X\r\nLocation: b\r\nContent-Length: 0\r\n\r\n"
            )),
        })
        .await;
        assert_eq!(
            get(&fetcher(), &host.url("/a")).await.unwrap(),
            "b",
            "{status}"
        );
    }
    let table = [
        ("", "BadRedirect"),
        ("Location: http://\r\n", "BadRedirect"),
        ("Location: \u{e9}\r\n", "BadRedirect"),
        ("Location: ftp://127.0.0.1/x\r\n", "UnsupportedScheme"),
        ("Location: file:///etc/passwd\r\n", "UnsupportedScheme"),
        ("Location: data:text/plain,x\r\n", "UnsupportedScheme"),
    ];
    for (location, expected) in table {
        let answer = Answer::text(&format!(
            "HTTP/1.1 302 X\r\n{location}Content-Length: 0\r\n\r\n"
        ));
        let host = Host::start(move |_| answer.clone()).await;
        let error = get(&fetcher(), &host.url("/")).await.unwrap_err();
        assert!(
            format!("{:?}", error.trouble).starts_with(expected),
            "{location} {error}"
        );
        assert_eq!(error.problem(), "source-unreachable");
    }
}
