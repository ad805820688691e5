//! Addresses that are refused: literal, by name, by redirect.

use mock_registry::fetch::{FetchPolicy, FetchTrouble, Fetcher};
use url::Url;

use crate::{
    host::{Answer, Host},
    names::{FixedNames, TurningNames},
    support::{denying, get, options},
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

/// Addresses that only the inside of a network can reach, in every writing that a URL has for them.
const PRIVATE_HOSTS: &[&str] = &[
    // Loopback: plain, short, decimal, octal, hexadecimal, mixed, with a final dot, percent-encoded, in other digits.
    "127.0.0.1",
    "127.255.255.254",
    "127.1",
    "127.0.1",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "0x7f000001",
    "0x7f.0.0.0x1",
    "0X7F.1",
    "127.0.0.1.",
    "%31%32%37.0.0.1",
    "\u{ff11}\u{ff12}\u{ff17}.0.0.1",
    "localhost",
    "LocalHost.",
    "a.localhost",
    // This network, private, shared with a carrier, link-local with its metadata service.
    "0.0.0.0",
    "0",
    "10.1.2.3",
    "012.1.2.3",
    "172.16.0.1",
    "192.168.0.1",
    "3232235521",
    "100.64.0.1",
    "169.254.169.254",
    "0xa9fea9fe",
    "168.63.129.16",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    // IPv6: unspecified, loopback, link-local, site-local, unique-local, multicast.
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[fe80::1]",
    "[fec0::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    // IPv4 inside of it: mapped, compatible, translated, NAT64 (well-known and local), 6to4, Teredo.
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:169.254.169.254]",
    "[::ffff:100.64.0.1]",
    "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[2001:0:7f00:1::]",
];

#[tokio::test]
async fn every_writing_of_a_private_address_is_refused() {
    let inside = Host::start(|_| Answer::ok("secret")).await;
    let port = inside.port;
    let targets: Vec<String> = PRIVATE_HOSTS
        .iter()
        .map(|host| format!("http://{host}:{port}/"))
        .collect();
    let redirects = targets.clone();
    let outside = Host::start(move |path| {
        let number: usize = path.trim_start_matches('/').parse().unwrap();
        // Header fields hold ASCII.
        let target = Url::parse(&redirects[number]).unwrap();
        Answer::redirect(target.as_str())
    })
    .await;
    let exempt = format!("127.0.0.1:{}", outside.port);
    let strict = Fetcher::new(denying(&[&exempt], FetchPolicy::default())).unwrap();
    for (number, target) in targets.iter().enumerate() {
        let url = Url::parse(target).unwrap();
        assert!(
            strict.check_literal_address(&url).is_err(),
            "{target} when it is added"
        );
        let direct = get(&strict, target).await.unwrap_err();
        assert_eq!(direct.problem(), "source-forbidden", "{target}");
        let redirected = get(&strict, &outside.url(&format!("/{number}")))
            .await
            .unwrap_err();
        assert_eq!(redirected.problem(), "source-forbidden", "to {target}");
    }
    assert!(inside.heads().is_empty());
    assert_eq!(outside.heads().len(), targets.len());
}

#[tokio::test]
async fn names_that_lead_inside_are_refused_whatever_the_address() {
    let inside = Host::start(|_| Answer::ok("secret")).await;
    for address in [
        "127.0.0.1",
        "0.0.0.0",
        "10.0.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "168.63.129.16",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "fe80::1",
        "fd00:ec2::254",
    ] {
        let names = FixedNames::new(&[("inside.test", &[address])]);
        let strict =
            Fetcher::with_resolver(denying(&[], FetchPolicy::default()), names.clone()).unwrap();
        let url = format!("http://inside.test:{}/", inside.port);
        let error = get(&strict, &url).await.unwrap_err();
        assert_eq!(error.problem(), "source-forbidden", "{address}");
        assert_eq!(names.asked(), ["inside.test"], "looked up once");
    }
    assert!(inside.heads().is_empty());
}

/// Between a check and the connection no second look-up stands, that could be answered otherwise.
#[tokio::test]
async fn a_name_is_looked_up_once_for_a_connection() {
    let host = Host::start(|_| Answer::ok("x")).await;
    let names = TurningNames::new(&["127.0.0.1", "127.0.0.2"]);
    let fetcher = Fetcher::with_resolver(options(FetchPolicy::default()), names.clone()).unwrap();
    let url = format!("http://turning.test:{}/", host.port);
    assert_eq!(get(&fetcher, &url).await.unwrap(), "x");
    assert_eq!(names.asked(), 1);
    // The next fetch asks again, and does not go by what an earlier one was told.
    assert!(get(&fetcher, &url).await.is_err());
    assert_eq!(names.asked(), 2);
}
