//! Settings of a registry in process.

use std::time::Duration;

use crate::{
    MockRegistry,
    config::{BadMirror, Config, DigestForm, ProcessingMode, Verification},
    defect::Defect,
    fetch::{FetchSetupError, HostPort, HostPortError},
    identity::Identities,
    jws::{KeyStore, KeyStoreError},
    network::Network,
    server::{ListenError, TlsError},
};

/// Why a registry does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The publishers' keys can not be loaded.
    #[error("failed to load the publishers' keys")]
    Keys(#[from] KeyStoreError),
    /// Nothing can be fetched.
    #[error("failed to set up fetching")]
    Fetch(#[from] FetchSetupError),
    /// An address can not be served.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// There is no TLS.
    #[error("failed to set up TLS")]
    Tls(#[from] TlsError),
    /// An exempt source is not `HOST:PORT`.
    #[error("failed to read the sources that are exempt from the address policy")]
    AllowSource(#[from] HostPortError),
    /// A path that clients can not call.
    #[error("failed to use {path:?} as the path of the base URL: {reason}")]
    BasePath {
        /// The text that was given.
        path: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A URL that the registry should call itself by is none of http or https.
    #[error("failed to use {url:?} as a base URL: {reason}")]
    BaseUrl {
        /// The text that was given.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// Settings of a registry that is about to start; what is not set has the defaults of [`Config`].
#[derive(Debug)]
pub struct MockRegistryBuilder {
    config: Result<Config, StartError>,
    network: Network,
}

impl Default for MockRegistryBuilder {
    fn default() -> Self {
        Self {
            config: Config::new().map_err(StartError::from),
            network: Network::default(),
        }
    }
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $type:ty => $field:ident = $value:expr;)*) => {
        $($(#[$doc])*
        #[must_use]
        pub fn $name(self, $name: $type) -> Self {
            self.configure(|config| config.$field = $value)
        })*
    };
}

impl MockRegistryBuilder {
    /// All settings at once, in the place of those so far.
    #[must_use]
    pub fn config(mut self, config: Config) -> Self {
        self.config = Ok(config);
        self
    }

    /// Changes any of the settings; for those that have no method of their own.
    #[must_use]
    pub fn configure(mut self, change: impl FnOnce(&mut Config)) -> Self {
        if let Ok(config) = &mut self.config {
            change(config);
        }
        self
    }

    setters! {
        /// When the outcome of publishing shows.
        processing: ProcessingMode => processing = processing;
        /// What is checked of the content.
        verification: Verification => verification = verification;
        /// What digests are digests of.
        digest_form: DigestForm => digest_form = digest_form;
        /// Bytes of all entries of a content together.
        max_content: u64 => max_content = max_content;
        /// Bytes of a manifest.
        max_manifest: u64 => max_manifest = max_manifest;
        /// After which a pending release expires.
        expiry: Duration => expiry = Some(expiry);
        /// How long failed and expired releases stay readable.
        retention: Duration => retention = retention;
        /// For fetching one source, redirects included.
        fetch_deadline: Duration => fetch_deadline = fetch_deadline;
        /// Refuses sources on addresses that are not public.
        deny_private_sources: bool => deny_private_sources = deny_private_sources;
        /// Certificate authorities to trust beside the system's when fetching, PEM.
        trust_ca_pem: Vec<u8> => trust_ca_pem = Some(trust_ca_pem);
        /// What a mirror with other bytes does to a release with a good one.
        bad_mirror: BadMirror => bad_mirror = bad_mirror;
        /// Sources that a release may have.
        max_sources: usize => max_sources = Some(max_sources);
        /// Whether uploads may come in chunks.
        chunked_uploads: bool => chunked_uploads = chunked_uploads;
        /// Whether sources added after publishing are fetched and compared.
        recheck_sources: bool => recheck_sources = recheck_sources;
        /// Answers 404 where a caller is denied, instead of 403.
        hides: bool => hides = hides;
        /// No oddities: readable URLs, members in order, `Retry-After` in seconds.
        plain: bool => plain = plain;
        /// Shows states that no client knows while a release is processed (rule CLI-3); not with `plain`.
        unknown_states: bool => unknown_states = unknown_states;
        /// Requests that the journal keeps.
        journal_entries: usize => journal_entries = journal_entries;
        /// Bytes of memory that the journal takes, about.
        journal_bytes: u64 => journal_bytes = journal_bytes;
        /// Decides everything that is arbitrary.
        seed: u64 => seed = Some(seed);
        /// Who may call.
        identities: Identities => identities = identities;
        /// Keys of the publishers.
        keys: KeyStore => keys = keys;
    }

    /// Makes a namespace of the owner's private: only the owner reads its releases, and the manifest-reader their manifests.
    #[must_use]
    pub fn private_namespace(self, namespace: impl Into<String>) -> Self {
        self.configure(|config| config.private_namespace = Some(namespace.into()))
    }

    /// Switches a defect on; may be repeated.
    #[must_use]
    pub fn defect(self, defect: Defect) -> Self {
        self.configure(|config| config.defects.push(defect))
    }

    /// Exempts a `HOST:PORT` from the address policy of sources; may be repeated.
    #[must_use]
    pub fn allow_source(mut self, host_port: &str) -> Self {
        match host_port.parse::<HostPort>() {
            Ok(host_port) => self.configure(|config| config.allow_sources.push(host_port)),
            Err(error) => {
                self.config = Err(error.into());
                self
            }
        }
    }

    /// Where it is served.
    #[must_use]
    pub fn network(mut self, network: Network) -> Self {
        self.network = network;
        self
    }

    /// Port to listen on; 0, the default, takes a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.network.port = port;
        self
    }

    /// Sessions that there may be at a time, beside the registry itself.
    #[must_use]
    pub fn max_sessions(mut self, count: usize) -> Self {
        self.network.max_sessions = Some(count);
        self
    }

    /// Path of the base URL.
    #[must_use]
    pub fn base_path(mut self, path: impl Into<String>) -> Self {
        self.network.base_path = Some(path.into());
        self
    }

    /// Takes uploads on an origin of its own, where the URL alone authorises them; port 0 takes a free one.
    #[must_use]
    pub fn upload_url(mut self, url: impl Into<String>) -> Self {
        self.network.upload_url = Some(url.into());
        self
    }

    /// Serves https with a certificate authority of its own; see [`MockRegistry::ca_pem`].
    #[must_use]
    pub fn tls(mut self) -> Self {
        self.network.tls = true;
        self
    }

    /// Starts it; returns when it takes connections. Must be called within a Tokio runtime, and serves as long as that runs.
    ///
    /// # Errors
    ///
    /// When a setting can not be used or an address is taken.
    pub async fn start(self) -> Result<MockRegistry, StartError> {
        MockRegistry::start(self.config?, &self.network).await
    }
}
