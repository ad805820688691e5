//! The HTTP clients of a fetcher, each made when it is first needed: to make one reads the certificate authorities of the system,
//! which takes tens of milliseconds.

use std::sync::{Arc, OnceLock};

use reqwest::{Certificate, Client, redirect};
use tokio_native_tls::native_tls::TlsConnector;
use url::Url;

use super::{
    FetchOptions, FetchSetupError, FetchTrouble, HostPort, NameResolver,
    address::names_private_host, resolver::ClientResolver,
};

/// Trusts what the system trusts; one for the whole process.
static SYSTEM_TRUST: OnceLock<TlsConnector> = OnceLock::new();

/// Clients that connect anywhere and, where private addresses are denied, clients whose names lead to public addresses only.
pub(super) struct Clients {
    names: Arc<dyn NameResolver>,
    extra: Vec<Certificate>,
    /// By whether their names lead to public addresses only, then by whether they trust the extra authorities.
    made: [[OnceLock<Client>; 2]; 2],
}

impl Clients {
    pub(super) fn new(
        options: &FetchOptions,
        names: &Arc<dyn NameResolver>,
    ) -> Result<Self, FetchSetupError> {
        let extra = match &options.extra_ca_pem {
            Some(pem) => {
                Certificate::from_pem_bundle(pem).map_err(FetchSetupError::Certificates)?
            }
            None => Vec::new(),
        };
        Ok(Self {
            names: Arc::clone(names),
            extra,
            made: Default::default(),
        })
    }

    fn client(&self, url: &Url, public_only: bool) -> Result<&Client, FetchTrouble> {
        let trusts_extra = url.scheme() == "https" && !self.extra.is_empty();
        let slot = &self.made[usize::from(public_only)][usize::from(trusts_extra)];
        if let Some(client) = slot.get() {
            return Ok(client);
        }
        let client = self.build(public_only, trusts_extra)?;
        Ok(slot.get_or_init(|| client))
    }

    fn build(&self, public_only: bool, trusts_extra: bool) -> Result<Client, FetchTrouble> {
        let builder = Client::builder()
            .dns_resolver(ClientResolver {
                names: Arc::clone(&self.names),
                public_only,
            })
            .user_agent(concat!("mock-registry/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .http1_only()
            // Every fetch makes its own connection: one that was left open may be dead, or belong to another check.
            .pool_max_idle_per_host(0);
        let builder = if trusts_extra {
            builder.tls_certs_merge(self.extra.clone())
        } else {
            builder.tls_backend_preconfigured(system_trust()?.clone())
        };
        builder
            .build()
            .map_err(|error| FetchTrouble::NotConnected(error.to_string()))
    }

    /// Makes the client that a source will need, if it is not there; what is wrong shows when it is used.
    pub(super) fn prepare(&self, url: &Url, options: &FetchOptions) {
        let _ = self.for_hop(url, 0, options);
    }

    /// The client for a hop (0 is the source itself), or the refusal of its address.
    pub(super) fn for_hop(
        &self,
        url: &Url,
        hop: u32,
        options: &FetchOptions,
    ) -> Result<&Client, FetchTrouble> {
        let policy = &options.policy;
        let may_go_anywhere = !options.deny_private
            || is_exempt(url, options)
            || hop > 0 && policy.follows_redirects_to_private;
        if !may_go_anywhere {
            check_literal(url, options)?;
        }
        self.client(
            url,
            !may_go_anywhere && !policy.checks_literal_addresses_only,
        )
    }
}

fn system_trust() -> Result<&'static TlsConnector, FetchTrouble> {
    if let Some(connector) = SYSTEM_TRUST.get() {
        return Ok(connector);
    }
    let connector =
        TlsConnector::new().map_err(|error| FetchTrouble::NotConnected(error.to_string()))?;
    Ok(SYSTEM_TRUST.get_or_init(|| connector))
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
