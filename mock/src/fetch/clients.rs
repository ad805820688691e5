//! The HTTP clients of a fetcher.

use std::sync::{Arc, OnceLock};

use reqwest::{Certificate, Client, redirect};
use url::Url;

use super::{
    FetchOptions, FetchSetupError, FetchTrouble, HostPort, NameResolver,
    address::names_private_host, resolver::ClientResolver,
};

/// One client that connects anywhere and, where private addresses are denied, one whose names lead to public addresses only.
#[derive(Debug)]
pub(super) struct Clients {
    open: Client,
    /// Made when the first fetcher wants it: reading the system's certificate authorities takes its time.
    guarded: OnceLock<Client>,
}

impl Clients {
    pub(super) fn build(
        options: &FetchOptions,
        names: &Arc<dyn NameResolver>,
    ) -> Result<Self, FetchSetupError> {
        let clients = Self {
            open: client(options, names, false)?,
            guarded: OnceLock::new(),
        };
        clients.suit(options, names)?;
        Ok(clients)
    }

    /// Makes what these options need beside what is there; they differ in nothing but whom to connect to.
    pub(super) fn suit(
        &self,
        options: &FetchOptions,
        names: &Arc<dyn NameResolver>,
    ) -> Result<(), FetchSetupError> {
        if options.deny_private && self.guarded.get().is_none() {
            // Of two that are made at the same time one is as good as the other.
            let _ = self.guarded.set(client(options, names, true)?);
        }
        Ok(())
    }

    /// The client for a hop (0 is the source itself), or the refusal of its address.
    pub(super) fn for_hop(
        &self,
        url: &Url,
        hop: u32,
        options: &FetchOptions,
    ) -> Result<&Client, FetchTrouble> {
        if !options.deny_private {
            return Ok(&self.open);
        }
        let policy = &options.policy;
        if is_exempt(url, options) || hop > 0 && policy.follows_redirects_to_private {
            return Ok(&self.open);
        }
        check_literal(url, options)?;
        if policy.checks_literal_addresses_only {
            return Ok(&self.open);
        }
        self.guarded.get().ok_or_else(|| forbidden(url))
    }
}

fn client(
    options: &FetchOptions,
    names: &Arc<dyn NameResolver>,
    public_only: bool,
) -> Result<Client, FetchSetupError> {
    let certificates = match &options.extra_ca_pem {
        Some(pem) => Certificate::from_pem_bundle(pem).map_err(FetchSetupError::Certificates)?,
        None => Vec::new(),
    };
    Client::builder()
        .dns_resolver(ClientResolver {
            names: Arc::clone(names),
            public_only,
        })
        .tls_certs_merge(certificates)
        .user_agent(concat!("mock-registry/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .referer(false)
        .http1_only()
        // Every fetch makes its own connection: one that was left open may be dead, or belong to another check.
        .pool_max_idle_per_host(0)
        .build()
        .map_err(FetchSetupError::Client)
}

/// Refuses what the URL itself shows to be private, unless it is exempt.
pub(super) fn check_literal(url: &Url, options: &FetchOptions) -> Result<(), FetchTrouble> {
    let is_name = matches!(url.host(), Some(url::Host::Domain(_)));
    let overlooked = is_name && options.policy.checks_literal_addresses_only;
    if options.deny_private && names_private_host(url) && !overlooked && !is_exempt(url, options) {
        return Err(forbidden(url));
    }
    Ok(())
}

pub(super) fn forbidden(url: &Url) -> FetchTrouble {
    FetchTrouble::Forbidden(HostPort::of_url(url).map_or_else(String::new, |pair| pair.to_string()))
}

fn is_exempt(url: &Url, options: &FetchOptions) -> bool {
    let Some(pair) = HostPort::of_url(url) else {
        return false;
    };
    options.allowed.iter().any(|allowed| {
        allowed.host == pair.host
            && (allowed.port == pair.port || options.policy.exempts_whole_hosts)
    })
}
