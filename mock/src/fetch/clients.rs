//! The HTTP clients of a fetcher.

use std::sync::Arc;

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
    guarded: Option<Client>,
}

impl Clients {
    pub(super) fn build(
        options: &FetchOptions,
        names: &Arc<dyn NameResolver>,
    ) -> Result<Self, FetchSetupError> {
        let certificates = match &options.extra_ca_pem {
            Some(pem) => {
                Certificate::from_pem_bundle(pem).map_err(FetchSetupError::Certificates)?
            }
            None => Vec::new(),
        };
        let build = |public_only| {
            Client::builder()
                .dns_resolver(ClientResolver {
                    names: Arc::clone(names),
                    public_only,
                })
                .tls_certs_merge(certificates.clone())
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
        };
        Ok(Self {
            open: build(false)?,
            guarded: options.deny_private.then(|| build(true)).transpose()?,
        })
    }

    /// The client for a hop (0 is the source itself), or the refusal of its address.
    pub(super) fn for_hop(
        &self,
        url: &Url,
        hop: u32,
        options: &FetchOptions,
    ) -> Result<&Client, FetchTrouble> {
        let Some(guarded) = &self.guarded else {
            return Ok(&self.open);
        };
        let policy = &options.policy;
        if is_exempt(url, options) || hop > 0 && policy.follows_redirects_to_private {
            return Ok(&self.open);
        }
        check_literal(url, options)?;
        if policy.checks_literal_addresses_only {
            return Ok(&self.open);
        }
        Ok(guarded)
    }
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
