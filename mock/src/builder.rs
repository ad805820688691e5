//! Starting a registry in process.

use std::{sync::Arc, time::Duration};

use jiff::SignedDuration;
use url::Url;

use crate::{
    clock::Clock,
    config::{BadMirror, Config, DigestForm, ProcessingMode, Verification},
    defect::Defect,
    expectations::{Expectations, PendingExpectation, UnmetExpectations},
    fetch::{FetchSetupError, HostPort, HostPortError},
    identity::Identities,
    journal::{Matcher, ReceivedBy, Recorded},
    jws::{KeyStore, KeyStoreError},
    links::Links,
    server::{App, Bound, ListenError, Origin, Server, TlsError, TlsIdentity},
    session::Session,
    sessions::Sessions,
};

/// Sessions at a time, where nothing else is said.
const MAX_SESSIONS: usize = 1000;

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

/// Where a registry is served.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// Address to listen on; `127.0.0.1` when absent.
    pub host: Option<String>,
    /// Port to listen on; 0 takes a free one.
    pub port: u16,
    /// Base URL in the registry's own references, when it is reached by another than where it listens.
    pub external_url: Option<String>,
    /// Origin of uploads, when it is another than the API's.
    pub upload_url: Option<String>,
    /// Where the upload origin listens as `HOST:PORT`, when that is not what its URL says.
    pub upload_bind: Option<String>,
    /// Path of the base URL.
    pub base_path: Option<String>,
    /// Serves https with a certificate authority of its own.
    pub tls: bool,
    /// Sessions that clients may make at a time, beside the registry itself; 1000 when absent.
    pub max_sessions: Option<usize>,
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

/// A registry that runs until it is dropped, and then checks what was expected of it.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use mock_registry::{Matcher, MockRegistry, Operation};
///
/// let registry = MockRegistry::builder().start().await?;
/// registry.expect(Matcher::new().operation(Operation::Get)).times(2);
/// registry.expect(Matcher::new().unmatched()).never();
///
/// let release = format!("{}components/a.test:b/v1.0.0", registry.url());
/// for _ in 0..2 {
///     assert_eq!(reqwest::get(&release).await?.status(), 404);
/// }
/// let received = registry.received_requests();
/// assert_eq!(received.requests[0].problem.as_deref(), Some("not-found"));
/// # Ok(())
/// # } // panics here if it was called in any other way
/// ```
pub struct MockRegistry {
    app: Arc<App>,
    /// None once it was stopped.
    server: Option<Server>,
    expectations: Expectations,
    ca_pem: Option<Vec<u8>>,
    port: u16,
}

impl MockRegistry {
    /// Settings to start one with.
    pub fn builder() -> MockRegistryBuilder {
        MockRegistryBuilder::default()
    }

    /// Starts one; see [`MockRegistryBuilder::start`].
    ///
    /// # Errors
    ///
    /// When a setting can not be used or an address is taken.
    pub async fn start(config: Config, network: &Network) -> Result<Self, StartError> {
        let host = network.host.as_deref().unwrap_or("127.0.0.1");
        let scheme = if network.tls { "https" } else { "http" };
        let api = Bound::bind(host, network.port).await?;
        let port = api.address().port();
        let base_path = parse_base_path(network.base_path.as_deref().unwrap_or_default())?;
        let base = match &network.external_url {
            Some(url) => parse_base(url)?,
            None => parse_base(&format!("{scheme}://{}:{port}{base_path}", reachable(host)))?,
        };
        let mut uploads = None;
        let mut upload_base = None;
        let mut hosts = vec![reachable(host), "localhost".to_owned()];
        hosts.extend(base.host_str().map(str::to_owned));
        if let Some(url) = &network.upload_url {
            let (bound, url) = bind_uploads(url, network.upload_bind.as_deref()).await?;
            hosts.extend(url.host_str().map(str::to_owned));
            uploads = Some(bound);
            upload_base = Some(url);
        }
        let tls = network
            .tls
            .then(|| TlsIdentity::generate(&hosts))
            .transpose()?;

        let links = Links::new(base.as_str(), upload_base.as_ref().map(Url::as_str));
        let session = Session::new(config, links, None)?;
        let sessions = Sessions::new(session, network.max_sessions.unwrap_or(MAX_SESSIONS));
        let app = Arc::new(App::new(sessions));
        let origin = |kind, path: &str, tls: Option<&TlsIdentity>| Origin {
            kind,
            base_path: with_slash(path),
            tls: tls.is_some(),
        };
        let api_origin = origin(ReceivedBy::Api, &base_path, tls.as_ref());
        let mut listeners = vec![(api, api_origin, tls.as_ref())];
        if let (Some(bound), Some(url)) = (uploads, &upload_base) {
            let tls = tls.as_ref().filter(|_| url.scheme() == "https");
            listeners.push((bound, origin(ReceivedBy::Uploads, url.path(), tls), tls));
        }
        let server = Server::start(&app, listeners);
        Ok(Self {
            app,
            server: Some(server),
            expectations: Expectations::default(),
            ca_pem: tls.map(|tls| tls.ca_pem),
            port,
        })
    }

    /// The base URL, with a slash at the end.
    pub fn url(&self) -> &str {
        self.app.sessions().root().links.base()
    }

    /// Where it is controlled.
    pub fn admin_url(&self) -> String {
        format!("{}__admin/", self.url())
    }

    pub(crate) fn session(&self) -> &Session {
        self.app.sessions().root()
    }

    /// The port that the API listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificate authority to trust, PEM, where it serves https.
    pub fn ca_pem(&self) -> Option<&[u8]> {
        self.ca_pem.as_deref()
    }

    /// The time that it believes in.
    pub fn clock(&self) -> &Clock {
        &self.app.sessions().root().clock
    }

    /// Everything that it holds, as JSON without tokens and credentials: `{"releases": [...], ...}`, oldest first.
    pub fn state(&self) -> serde_json::Value {
        self.app.sessions().root().state()
    }

    /// Lets the outcome of everything that is processed show as soon as it is there, whatever the processing mode. Returns how many
    /// releases that concerned.
    pub fn process_held(&self) -> usize {
        let session = self.app.sessions().root();
        session.registry().process_held(session.now())
    }

    /// Moves its time forward; what became due by that has happened when this returns. `false` when the verification of content, which
    /// takes real time, did not come to its end.
    pub async fn advance(&self, by: SignedDuration) -> bool {
        let session = self.app.sessions().root();
        session.clock.advance(by);
        session.settle().await
    }

    /// The requests that it has received, in order of arrival, without secrets. Those of sessions are not among them.
    pub fn received_requests(&self) -> Recorded {
        self.app.sessions().root().journal.all()
    }

    /// Expects requests that match, at least one unless told otherwise; checked when the registry is dropped or stopped.
    pub fn expect(&self, matcher: Matcher) -> PendingExpectation<'_> {
        self.expectations.expect(matcher)
    }

    /// Whether the requests so far are what was expected.
    ///
    /// # Errors
    ///
    /// When expectations do not hold; the message says what came instead.
    pub fn verify(&self) -> Result<(), UnmetExpectations> {
        self.expectations.verify(self.app.sessions().root())
    }

    /// Forgets all releases, requests and changes of the clock, and ends all work. Expectations stay, and count from here.
    pub fn reset(&self) {
        self.app.sessions().root().reset();
    }

    /// Takes no further connections, lets requests that are under way come to their end, and returns then.
    ///
    /// # Panics
    ///
    /// When expectations do not hold, as when it is dropped.
    pub async fn stop(mut self) {
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
    }

    pub(crate) fn app(&self) -> &Arc<App> {
        &self.app
    }
}

impl Drop for MockRegistry {
    /// Panics when expectations do not hold, unless a panic is under way, whose message matters more.
    fn drop(&mut self) {
        let unmet = self.verify();
        drop(self.server.take());
        self.app.sessions().end_all();
        if let Err(error) = unmet
            && !std::thread::panicking()
        {
            panic!("{error}");
        }
    }
}

async fn bind_uploads(url: &str, bind: Option<&str>) -> Result<(Bound, Url), StartError> {
    let mut parsed = parse_base(url)?;
    let bad = |reason: &str| StartError::BaseUrl {
        url: url.to_owned(),
        reason: reason.to_owned(),
    };
    let (host, port) = if let Some(bind) = bind {
        bind.rsplit_once(':')
            .and_then(|(host, port)| Some((host.to_owned(), port.parse().ok()?)))
            .ok_or_else(|| bad("its address to listen on is not HOST:PORT"))?
    } else {
        let host = parsed.host_str().ok_or_else(|| bad("it has no host"))?;
        let port = parsed
            .port_or_known_default()
            .ok_or_else(|| bad("it has no port"))?;
        (host.to_owned(), port)
    };
    let bound = Bound::bind(&host, port).await?;
    if parsed.port() == Some(0) {
        parsed
            .set_port(Some(bound.address().port()))
            .map_err(|()| bad("it can not have a port"))?;
    }
    Ok((bound, parsed))
}

fn parse_base(url: &str) -> Result<Url, StartError> {
    let bad = |reason: String| StartError::BaseUrl {
        url: url.to_owned(),
        reason,
    };
    let parsed = Url::parse(url).map_err(|error| bad(error.to_string()))?;
    if !matches!(parsed.scheme(), "http" | "https") {
        return Err(bad("it is neither http nor https".to_owned()));
    }
    if parsed.query().is_some() || parsed.fragment().is_some() {
        return Err(bad("it has a query or a fragment".to_owned()));
    }
    Ok(parsed)
}

/// A path as it stands in a URL, without a slash at the end.
fn parse_base_path(path: &str) -> Result<String, StartError> {
    let bad = |reason| StartError::BasePath {
        path: path.to_owned(),
        reason,
    };
    let trimmed = path.trim_matches('/');
    for segment in trimmed.split('/').filter(|_| !trimmed.is_empty()) {
        let decoded = percent_encoding::percent_decode_str(segment).decode_utf8_lossy();
        match decoded.as_ref() {
            "" => return Err(bad("it has an empty segment")),
            "." | ".." => return Err(bad("clients leave the segments . and .. out")),
            _ => {}
        }
    }
    let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%/".contains(&byte);
    if !trimmed.bytes().all(is_fit) {
        return Err(bad(
            "it has characters that can not stand in the path of a URL (RFC 3986)",
        ));
    }
    Ok(format!("/{trimmed}"))
}

/// A host to connect to for one to listen on: nobody connects to "all addresses".
fn reachable(host: &str) -> String {
    match host {
        "0.0.0.0" => "127.0.0.1".to_owned(),
        "::" | "[::]" => "[::1]".to_owned(),
        host if host.contains(':') && !host.starts_with('[') => format!("[{host}]"),
        host => host.to_owned(),
    }
}

fn with_slash(path: &str) -> String {
    format!("{}/", path.trim_end_matches('/'))
}
