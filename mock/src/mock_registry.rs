//! A registry in process.

use std::sync::Arc;

use jiff::SignedDuration;
use url::Url;

use crate::{
    MockRegistryBuilder, Network, StartError,
    clock::Clock,
    config::Config,
    expectations::{Expectations, PendingExpectation, UnmetExpectations},
    journal::{Matcher, ReceivedBy, Recorded},
    links::Links,
    network::{bind_uploads, parse_base, parse_base_path, reachable, with_slash},
    server::{App, Bound, Origin, Server, TlsIdentity},
    session::Session,
    sessions::Sessions,
};

/// Sessions at a time, where nothing else is said.
const MAX_SESSIONS: usize = 1000;

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
        let server = Server::start(&app, listeners, network.connection_limits());
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
        crate::state::state(self.app.sessions().root())
    }

    /// Lets the outcome of everything that is processed show as soon as it is there, whatever the processing mode. Returns how many
    /// releases that concerned.
    pub fn process_held(&self) -> usize {
        self.app.sessions().root().process_held()
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
