//! The registries of one server: its own, and those that clients made beside it.

use std::sync::{
    Arc, PoisonError, RwLock,
    atomic::{AtomicU64, Ordering},
};

use indexmap::IndexMap;

use crate::{config::Config, fetch::FetchSetupError, session::Session};

/// Under which sessions stand, below the base URL.
pub(crate) const PREFIX: &str = "s/";

/// Why there is no further session.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// There are as many as there may be.
    #[error(
        "failed to make a session: there are {0}, which is the limit (--max-sessions); delete those that are done with"
    )]
    TooMany(usize),
    /// Nothing can be fetched.
    #[error("failed to make a session")]
    Fetch(#[from] FetchSetupError),
}

/// The registries of one server.
pub(crate) struct Sessions {
    root: Arc<Session>,
    limit: usize,
    made: AtomicU64,
    /// In the order in which they were made.
    others: RwLock<IndexMap<String, Arc<Session>>>,
}

impl Sessions {
    /// The server's own registry, and room for so many others.
    pub(crate) fn new(root: Arc<Session>, limit: usize) -> Self {
        Self {
            root,
            limit,
            made: AtomicU64::new(0),
            others: RwLock::default(),
        }
    }

    /// The server's own registry.
    pub(crate) fn root(&self) -> &Arc<Session> {
        &self.root
    }

    /// The session of that id.
    pub(crate) fn get(&self, id: &str) -> Option<Arc<Session>> {
        self.others
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(id)
            .cloned()
    }

    /// All sessions but the server's own, oldest first.
    pub(crate) fn list(&self) -> Vec<(String, Arc<Session>)> {
        self.others
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .map(|(id, session)| (id.clone(), session.clone()))
            .collect()
    }

    /// How many were made so far.
    pub(crate) fn made(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }

    /// Makes a session.
    pub(crate) fn create(&self, config: Config) -> Result<(String, Arc<Session>), SessionError> {
        let full = |count: usize| (count >= self.limit).then_some(SessionError::TooMany(count));
        // Before the work as well: a full server should not do it in vain.
        if let Some(error) = full(
            self.others
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .len(),
        ) {
            return Err(error);
        }
        let number = self.made.fetch_add(1, Ordering::Relaxed) + 1;
        let id = if self.root.config.plain {
            number.to_string()
        } else {
            hex::encode(rand::random::<[u8; 16]>())
        };
        let links = self.root.links.below(&format!("{PREFIX}{id}"));
        let session = Session::new(config, links, Some(&self.root))?;

        let mut others = self.others.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = full(others.len()) {
            return Err(error);
        }
        others.insert(id.clone(), session.clone());
        Ok((id, session))
    }

    /// Takes a session out, which is the caller's to end then.
    pub(crate) fn take(&self, id: &str) -> Option<Arc<Session>> {
        self.others
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .shift_remove(id)
    }

    /// Ends a session; `false` where there is none of that id.
    pub(crate) fn remove(&self, id: &str) -> bool {
        self.take(id).inspect(|session| session.end()).is_some()
    }

    /// Ends every session.
    pub(crate) fn end_all(&self) {
        let others =
            std::mem::take(&mut *self.others.write().unwrap_or_else(PoisonError::into_inner));
        for session in others.values() {
            session.end();
        }
        self.root.end();
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::Weak,
        time::{Duration, Instant},
    };

    use serde_json::json;

    use super::*;
    use crate::{MockRegistry, config::ProcessingMode};

    #[tokio::test]
    async fn a_deleted_session_is_let_go_of() {
        let registry = MockRegistry::builder().start().await.unwrap();
        let sessions = registry.app().sessions();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut ended: Vec<Weak<Session>> = Vec::new();
        for _ in 0..20 {
            let mut config = sessions.root().config.clone();
            config.processing = ProcessingMode::Manual;
            let (id, session) = sessions.create(config).unwrap();
            // A connection stays open, and work waits that nobody will ever let through.
            let manifest = json!({
                "packageType": "component", "name": "conformance-owner.test:a", "version": "1.0.0",
                "contentDigest": {"sha256": "0".repeat(64)},
            });
            let created = http
                .post(format!("{}releases", session.links.base()))
                .header("content-type", "application/json")
                .bearer_auth("conformance-owner")
                .body(manifest.to_string())
                .send()
                .await
                .unwrap();
            assert_eq!(created.status(), 201);
            let held = session.clone();
            drop(session.tasks().spawn(async move {
                std::future::pending::<()>().await;
                drop(held);
            }));
            ended.push(Arc::downgrade(&session));
            drop(session);
            assert!(sessions.remove(&id));
        }
        let deadline = Instant::now() + Duration::from_secs(10);
        while ended.iter().any(|session| session.strong_count() > 0) {
            assert!(Instant::now() < deadline, "sessions are still held");
            tokio::task::yield_now().await;
        }
    }
}
