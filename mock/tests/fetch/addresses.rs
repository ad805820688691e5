//! Addresses that are refused: literal, by name, by redirect.

use mock_registry::fetch::{FetchPolicy, FetchTrouble, Fetcher};
use url::Url;

use crate::{
    host::{Answer, Host},
    names::FixedNames,
    support::{denying, get},
};

#[tokio::test]
async fn private_addresses_are_refused_unless_exempt() {
    let host = Host::start(|_| Answer::ok("x")).await;
    let strict = Fetcher::new(denying(&[], FetchPolicy::default())).unwrap();
    let decimal = format!("http://2130706433:{}/", host.port);
    let mapped = format!("http://[::ffff:127.0.0.1]:{}/", host.port);
    let named = format!("http://localhost:{}/", host.port);
    for url in [&host.url("/"), &decimal, &mapped, &named] {
        let error = get(&strict, url).await.unwrap_err();
        assert_eq!(error.problem(), "source-forbidden", "{error}");
        assert_eq!(
            strict
                .check_literal_address(&Url::parse(url).unwrap())
                .unwrap_err()
                .trouble,
            error.trouble
        );
    }
    assert!(host.heads().is_empty());

    let pair = format!("127.0.0.1:{}", host.port);
    let exempting = Fetcher::new(denying(&[&pair], FetchPolicy::default())).unwrap();
    assert_eq!(get(&exempting, &host.url("/")).await.unwrap(), "x");
    assert!(
        exempting
            .check_literal_address(&Url::parse(&host.url("/")).unwrap())
            .is_ok()
    );
    assert!(get(&exempting, &named).await.is_err());

    let elsewhere = format!("127.0.0.1:{}", host.port ^ 1);
    let exact = Fetcher::new(denying(&[&elsewhere], FetchPolicy::default())).unwrap();
    assert_eq!(
        get(&exact, &host.url("/")).await.unwrap_err().problem(),
        "source-forbidden"
    );
    let whole_hosts = FetchPolicy {
        exempts_whole_hosts: true,
        ..FetchPolicy::default()
    };
    let whole = Fetcher::new(denying(&[&elsewhere], whole_hosts)).unwrap();
    assert_eq!(get(&whole, &host.url("/")).await.unwrap(), "x");
}

#[tokio::test]
async fn names_of_private_addresses_are_refused() {
    let host = Host::start(|_| Answer::ok("x")).await;
    let table: &[(&str, &[&str])] = &[
        ("loopback.test", &["127.0.0.1"]),
        ("metadata.test", &["169.254.169.254"]),
        ("mapped.test", &["::ffff:10.0.0.1"]),
        ("mixed.test", &["93.184.215.14", "127.0.0.1"]),
    ];
    let build = |options| Fetcher::with_resolver(options, FixedNames::new(table)).unwrap();
    let strict = build(denying(&[], FetchPolicy::default()));
    for (name, _) in table {
        let url = format!("http://{name}:{}/", host.port);
        let error = get(&strict, &url).await.unwrap_err();
        assert_eq!(
            error.trouble,
            FetchTrouble::Forbidden(format!("{name}:{}", host.port))
        );
        assert!(
            strict
                .check_literal_address(&Url::parse(&url).unwrap())
                .is_ok()
        );
    }
    assert!(host.heads().is_empty());

    let url = format!("http://loopback.test:{}/", host.port);
    let pair = format!("loopback.test:{}", host.port);
    assert_eq!(
        get(&build(denying(&[&pair], FetchPolicy::default())), &url)
            .await
            .unwrap(),
        "x"
    );
    // An exempt address is not an exempt name.
    let pair = format!("127.0.0.1:{}", host.port);
    assert!(
        get(&build(denying(&[&pair], FetchPolicy::default())), &url)
            .await
            .is_err()
    );
    let literal_only = FetchPolicy {
        checks_literal_addresses_only: true,
        ..FetchPolicy::default()
    };
    assert_eq!(
        get(&build(denying(&[], literal_only)), &url).await.unwrap(),
        "x"
    );
}

#[tokio::test]
async fn redirects_to_private_addresses_are_refused() {
    let hidden = Host::start(|_| Answer::ok("secret")).await;
    let literal = hidden.url("/");
    let named = format!("http://inside.test:{}/", hidden.port);
    let (to_literal, to_named) = (literal.clone(), named.clone());
    let host = Host::start(move |path| match path {
        "/literal" => Answer::redirect(&to_literal),
        "/metadata" => Answer::redirect("http://169.254.169.254/latest/meta-data/"),
        _ => Answer::redirect(&to_named),
    })
    .await;
    let pair = format!("127.0.0.1:{}", host.port);
    let inside = || FixedNames::new(&[("inside.test", &["127.0.0.1"])]);
    let strict =
        Fetcher::with_resolver(denying(&[&pair], FetchPolicy::default()), inside()).unwrap();
    for path in ["/literal", "/metadata", "/named"] {
        let error = get(&strict, &host.url(path)).await.unwrap_err();
        assert_eq!(error.problem(), "source-forbidden", "{error}");
        assert_eq!(error.url, host.url(path));
    }
    assert!(hidden.heads().is_empty());
    let follows = FetchPolicy {
        follows_redirects_to_private: true,
        ..FetchPolicy::default()
    };
    let lax = Fetcher::with_resolver(denying(&[&pair], follows), inside()).unwrap();
    for path in ["/literal", "/named"] {
        assert_eq!(get(&lax, &host.url(path)).await.unwrap(), "secret");
    }
}
