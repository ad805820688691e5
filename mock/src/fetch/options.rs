//! What a fetcher may do.

use std::{str::FromStr, time::Duration};

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
    pub fn of_url(url: &Url) -> Option<Self> { todo!() }
}

impl FromStr for HostPort {
    type Err = HostPortError;
    fn from_str(_text: &str) -> Result<Self, Self::Err> { todo!() }
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
    fn default() -> Self { todo!() }
}

/// How sources are fetched; the default conforms, any other value is a mistake.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a mistake of its own")]
pub struct FetchPolicy {
    /// Sends credentials to wherever a redirect leads (SRC-14).
    pub forwards_credentials: bool,
    /// Never sends credentials (SRC-16).
    pub omits_credentials: bool,
    /// Takes what arrived of a truncated body as all of it (SRC-7, DIG-7).
    pub ignores_truncation: bool,
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
