//! Fetchers and requests.

use std::time::Duration;

use mock_registry::fetch::{
    Credentials, FetchError, FetchOptions, FetchPolicy, FetchRequest, FetchTrouble, Fetcher,
};
use tokio::net::TcpListener;
use url::Url;

/// Long enough for anything on loopback.
pub(crate) const AMPLE: Duration = Duration::from_secs(30);

pub(crate) fn options(policy: FetchPolicy) -> FetchOptions {
    FetchOptions {
        deadline: AMPLE,
        policy,
        ..FetchOptions::default()
    }
}

pub(crate) fn fetcher() -> Fetcher {
    Fetcher::new(options(FetchPolicy::default())).unwrap()
}

pub(crate) fn mistaken(policy: FetchPolicy) -> Fetcher {
    Fetcher::new(options(policy)).unwrap()
}

pub(crate) fn request(url: &str) -> FetchRequest {
    FetchRequest::new(Url::parse(url).unwrap())
}

pub(crate) async fn get(fetcher: &Fetcher, url: &str) -> Result<String, FetchError> {
    let (answer, bytes) = fetcher.fetch_bytes(&request(url)).await?;
    assert_eq!(answer.length, bytes.len() as u64);
    Ok(String::from_utf8(bytes).unwrap())
}

pub(crate) async fn trouble(fetcher: &Fetcher, url: &str) -> FetchTrouble {
    let error = get(fetcher, url).await.unwrap_err();
    assert!(error.to_string().contains(&error.url), "{error}");
    error.trouble
}

/// An address where nobody listens.
pub(crate) async fn closed_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

pub(crate) fn basic() -> Credentials {
    Credentials::Basic {
        username: "us\u{e9}r".to_owned(),
        password: "p:w".to_owned(),
    }
}

pub(crate) fn with_credentials(url: &str, credentials: Credentials) -> FetchRequest {
    FetchRequest {
        credentials: Some(credentials),
        ..request(url)
    }
}

pub(crate) fn denying(allowed: &[&str], policy: FetchPolicy) -> FetchOptions {
    let allowed = allowed.iter().map(|pair| pair.parse().unwrap()).collect();
    FetchOptions {
        deny_private: true,
        allowed,
        ..options(policy)
    }
}
