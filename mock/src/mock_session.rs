//! Sessions of a registry in process.

use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::Value;

use crate::{
    MockRegistry,
    clock::Clock,
    config::Config,
    expectations::{Expectations, PendingExpectation, UnmetExpectations},
    journal::{Matcher, Recorded},
    server::App,
    session::Session,
    sessions::SessionError,
};

/// A registry of its own below the URL of another: releases, clock and journal belong to it alone. Ends when it is dropped, and
/// checks then what was expected of it.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use mock_registry::{Matcher, MockRegistry, Operation, config::ProcessingMode};
///
/// let registry = MockRegistry::builder().start().await?;
/// let session = registry.new_session(|config| config.processing = ProcessingMode::Manual)?;
/// session.expect(Matcher::new().operation(Operation::Get).status(404)).times(1);
/// reqwest::get(format!("{}components/a.test:b/v1.0.0", session.url())).await?;
/// assert_eq!(registry.received_requests().requests.len(), 0); // the other registry saw nothing
/// # Ok(())
/// # }
/// ```
pub struct MockSession {
    app: Arc<App>,
    id: String,
    session: Arc<Session>,
    expectations: Expectations,
}

impl std::fmt::Debug for MockSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MockSession")
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}

impl MockSession {
    /// Makes a session with the server's settings as they are changed.
    pub(crate) fn new(
        app: &Arc<App>,
        change: impl FnOnce(&mut Config),
    ) -> Result<Self, SessionError> {
        let sessions = app.sessions();
        let mut config = sessions.root().config.clone();
        change(&mut config);
        let (id, session) = sessions.create(config)?;
        Ok(Self {
            app: app.clone(),
            id,
            session,
            expectations: Expectations::default(),
        })
    }

    /// Name in the URL.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The base URL, with a slash at the end.
    pub fn url(&self) -> &str {
        self.session.links.base()
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// Where it is controlled.
    pub fn admin_url(&self) -> String {
        format!("{}__admin/", self.url())
    }

    /// The time that it believes in.
    pub fn clock(&self) -> &Clock {
        &self.session.clock
    }

    /// As [`MockRegistry::advance`].
    pub async fn advance(&self, by: SignedDuration) -> bool {
        self.session.clock.advance(by);
        self.session.settle().await
    }

    /// As [`MockRegistry::state`].
    pub fn state(&self) -> Value {
        crate::state::state(&self.session)
    }

    /// As [`MockRegistry::process_held`].
    pub fn process_held(&self) -> usize {
        self.session.process_held()
    }

    /// As [`MockRegistry::received_requests`].
    pub fn received_requests(&self) -> Recorded {
        self.session.journal.all()
    }

    /// As [`MockRegistry::expect`].
    pub fn expect(&self, matcher: Matcher) -> PendingExpectation<'_> {
        self.expectations.expect(matcher)
    }

    /// As [`MockRegistry::verify`].
    ///
    /// # Errors
    ///
    /// When expectations do not hold.
    pub fn verify(&self) -> Result<(), UnmetExpectations> {
        self.expectations.verify(&self.session)
    }
}

impl Drop for MockSession {
    fn drop(&mut self) {
        // Before the session ends and forgets; afterwards it ends also if this panics.
        let unmet = self.expectations.verify(&self.session);
        self.app.sessions().remove(&self.id);
        if let Err(error) = unmet
            && !std::thread::panicking()
        {
            panic!("{error}");
        }
    }
}

impl MockRegistry {
    /// Makes a session: a registry of its own below the URL of this one, with the settings of this one as they are changed.
    ///
    /// # Errors
    ///
    /// When there are as many as there may be (`Network::max_sessions`), or nothing can be fetched with these settings.
    pub fn new_session(
        &self,
        change: impl FnOnce(&mut Config),
    ) -> Result<MockSession, SessionError> {
        MockSession::new(self.app(), change)
    }
}
