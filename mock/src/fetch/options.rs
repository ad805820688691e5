//! What a fetcher may do.

use std::{fmt, str::FromStr, time::Duration};

use url::Url;

/// An exact pair of host and port as written in a URL.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HostPort {
    /// Host as the URL standard normalises it: lower case, IPv6 in brackets.
    pub host: String,
    /// Port.
    pub port: u16,
}

impl HostPort {
    /// The pair of a URL, its default port included; `None` without a host.
    pub fn of_url(url: &Url) -> Option<Self> {
        Some(Self {
            host: url.host_str()?.to_owned(),
            port: url.port_or_known_default()?,
        })
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl FromStr for HostPort {
    type Err = HostPortError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || HostPortError(text.to_owned());
        let (host, port) = text.rsplit_once(':').ok_or_else(error)?;
        // A port is digits only: `parse` would take a sign.
        if port.is_empty() || !port.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(error());
        }
        let host = url::Host::parse(host).map_err(|_| error())?.to_string();
        let port = port.parse().map_err(|_| error())?;
        Ok(Self { host, port })
    }
}

/// Text that is no `HOST:PORT`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("failed to read {0:?} as HOST:PORT")]
pub struct HostPortError(pub String);

/// What a fetcher may do.
#[derive(Debug, Clone)]
pub struct FetchOptions {
    /// For the whole fetch, redirects included.
    pub deadline: Duration,
    /// Bytes of a body, unless the request says otherwise.
    pub max_bytes: u64,
    /// Redirects that are followed.
    pub max_redirects: u32,
    /// Schemes, lower case; redirects may use no others.
    pub schemes: Vec<String>,
    /// Refuses addresses that are not public (`sources.private: refused`).
    pub deny_private: bool,
    /// Exempt from `deny_private`.
    pub allowed: Vec<HostPort>,
    /// Certificate authorities to trust beside the system's, PEM.
    pub extra_ca_pem: Option<Vec<u8>>,
    /// Mistakes, none by default.
    pub policy: FetchPolicy,
}

impl Default for FetchOptions {
    /// 10 s, 64 MiB, 5 redirects, `http` and `https`, any address.
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(10),
            max_bytes: 64 << 20,
            max_redirects: 5,
            schemes: vec!["http".to_owned(), "https".to_owned()],
            deny_private: false,
            allowed: Vec::new(),
            extra_ca_pem: None,
            policy: FetchPolicy::default(),
        }
    }
}

/// How sources are fetched; the default conforms, any other value is a mistake that implementers make.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a mistake of its own"
)]
pub struct FetchPolicy {
    /// Sends credentials to wherever a redirect leads (SRC-14).
    pub forwards_credentials: bool,
    /// Never sends credentials (SRC-16).
    pub omits_credentials: bool,
    /// Takes what arrived of a truncated body as all of it (SRC-7, DIG-7).
    pub ignores_truncation: bool,
    /// Reads no body: a status of 200 is enough (SRC-7).
    pub ignores_body: bool,
    /// Takes the body of any status (SRC-6).
    pub ignores_status: bool,
    /// Checks the address of the first URL only (SRC-15).
    pub follows_redirects_to_private: bool,
    /// Checks addresses that are written in the URL, and not those of names (SRC-15).
    pub checks_literal_addresses_only: bool,
    /// Exempts a host on every port (SRC-15).
    pub exempts_whole_hosts: bool,
    /// Waits for ever (SRC-6, ASY-3).
    pub no_deadline: bool,
    /// Follows no redirect (SRC-9).
    pub follows_no_redirects: bool,
    /// Takes any amount (UPL-7 for sources).
    pub no_size_limit: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_as_urls_write_them() {
        let table = [
            ("localhost:80", "http://LOCALHOST/"),
            ("LocalHost:8080", "http://localhost:8080/x"),
            ("127.0.0.1:443", "https://u:p@127.0.0.1/"),
            ("[::1]:9", "http://[0:0::1]:9/"),
            ("bücher.test:1", "http://xn--bcher-kva.test:1/"),
        ];
        for (text, url) in table {
            let pair: HostPort = text.parse().unwrap();
            assert_eq!(
                Some(&pair),
                HostPort::of_url(&Url::parse(url).unwrap()).as_ref()
            );
            assert_eq!(pair.to_string().parse(), Ok(pair));
        }
    }

    #[test]
    fn what_is_no_pair_is_refused() {
        for text in [
            "", "a", ":80", "a:", "a:+1", "a:65536", "a:b", "::1:80", "a/b:80", "u@a:80", "a b:80",
        ] {
            assert_eq!(
                text.parse::<HostPort>(),
                Err(HostPortError(text.to_owned()))
            );
        }
    }
}
