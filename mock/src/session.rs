//! One registry with everything that is its own: state, time, arbitrary choices, and the work that goes on in the background.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::{
    clock::Clock,
    config::Config,
    fetch::{FetchOptions, FetchSetupError, Fetcher},
    links::Links,
    oddity::Oddities,
    policy::Policy,
    registry::{Access, ManifestRules, PublishWork, Registry, RegistrySettings, SourceRules},
    tasks::Tasks,
    verify::{ContentCheck, SignatureCheck, Verifier},
    wire::Rendering,
};

/// Releases whose content is verified at a time.
const VERIFICATIONS_AT_A_TIME: usize = 256;

/// One registry with everything that is its own.
pub(crate) struct Session {
    /// The operator's settings.
    pub config: Config,
    /// How it behaves.
    pub policy: Policy,
    /// Its time.
    pub clock: Clock,
    /// Its arbitrary choices.
    pub oddities: Oddities,
    /// Its URLs.
    pub links: Links,
    /// What it wants of manifests.
    pub manifest_rules: ManifestRules,
    /// Who may do what.
    pub access: Access,
    /// Judges signatures.
    pub signatures: SignatureCheck,
    /// Compares content with manifests.
    pub content: ContentCheck,
    fetcher: Fetcher,
    verifier: Verifier,
    verifications: Semaphore,
    registry: Mutex<Registry>,
    tasks: Tasks,
    /// Packages whose lock was left behind. Set by a defect alone.
    locked: Mutex<HashSet<String>>,
}

impl Session {
    /// A registry without releases, at these URLs.
    pub(crate) fn new(config: Config, links: Links) -> Result<Arc<Self>, FetchSetupError> {
        let policy = Policy::from_config(&config);
        let oddities = Oddities::new(config.seed.unwrap_or_else(rand::random), config.plain);
        let fetcher = Fetcher::new(FetchOptions {
            deadline: config.fetch_deadline,
            max_bytes: config.max_content,
            schemes: config.source_schemes.clone(),
            deny_private: config.deny_private_sources,
            allowed: config.allow_sources.clone(),
            extra_ca_pem: config.trust_ca_pem.clone(),
            policy: policy.fetch.clone(),
            ..FetchOptions::default()
        })?;
        let access = Access::new(&config, &policy.access);
        let content = ContentCheck::new(&config, &policy);
        let registry = Registry::new(
            RegistrySettings::new(&config),
            policy.clone(),
            access.clone(),
            links.clone(),
            oddities,
        );
        Ok(Arc::new(Self {
            manifest_rules: ManifestRules::new(&config, &policy),
            signatures: SignatureCheck::new(&config, &policy),
            verifier: Verifier::new(&config, content.clone(), fetcher.clone(), policy.sources),
            verifications: Semaphore::new(VERIFICATIONS_AT_A_TIME),
            registry: Mutex::new(registry),
            clock: Clock::default(),
            tasks: Tasks::default(),
            locked: Mutex::default(),
            access,
            content,
            fetcher,
            oddities,
            links,
            policy,
            config,
        }))
    }

    /// The state machine. Never held across an await.
    pub(crate) fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a request that failed has left the lock of the package behind.
    pub(crate) fn is_locked(&self, package: &str) -> bool {
        self.locked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(package)
    }

    /// Leaves the lock of a package behind: what no registry may do (ERR-4).
    pub(crate) fn lock(&self, package: String) {
        self.locked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(package);
    }

    /// The session's time.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What it wants of sources.
    pub(crate) fn source_rules(&self) -> SourceRules<'_> {
        SourceRules {
            schemes: &self.config.source_schemes,
            credentials: self.config.source_credentials,
            per_entry: self.config.per_entry_sources,
            fetcher: &self.fetcher,
            policy: &self.policy.sources,
            crash: &self.policy.crash,
        }
    }

    /// What rendering its documents needs.
    pub(crate) fn rendering(&self) -> Rendering<'_> {
        Rendering {
            links: &self.links,
            oddities: &self.oddities,
            policy: &self.policy,
            problem_type_prefix: &self.config.problem_type_prefix,
        }
    }

    /// Fetches and judges content.
    pub(crate) fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// Verifies the content of a release; waits its turn when many are verified.
    pub(crate) async fn verify(&self, work: &PublishWork) -> crate::registry::Verdict {
        if let Some(verdict) = self.registry().verdict_without_fetching(work) {
            return verdict;
        }
        // The semaphore is never closed; without a permit the work is merely not limited.
        let _permit = self.verifications.acquire().await;
        self.verifier.verify(work).await
    }

    /// Work that goes on whatever becomes of the request that began it, until the session ends.
    pub(crate) fn tasks(&self) -> &Tasks {
        &self.tasks
    }

    /// Everything that it holds, without secrets.
    pub(crate) fn state(&self) -> Value {
        let mut state = self.registry().snapshot(self.now());
        state["seed"] = json!(self.oddities.seed());
        state["defects"] = self
            .config
            .defects
            .iter()
            .map(|defect| defect.name())
            .collect();
        state["processing"] = json!(self.config.processing.to_string());
        state
    }

    /// Forgets all releases and ends all work.
    pub(crate) fn reset(&self) {
        self.tasks.abort_all();
        self.registry().reset();
    }
}
