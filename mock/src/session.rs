//! One registry with everything that is its own: state, time, arbitrary choices, and the work that goes on in the background.

use std::{
    collections::HashSet,
    ops::Range,
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures::FutureExt;
use http::header;
use jiff::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::{
    answer::Answers,
    clock::Clock,
    config::Config,
    fault::Faults,
    fetch::{FetchOptions, FetchSetupError, Fetcher},
    handlers::Documents,
    journal::{Journal, JournalRoom, Redactor},
    links::Links,
    metrics::SessionMetrics,
    oddity::Oddities,
    pieces::SHORT,
    policy::Policy,
    problem::{Problem, ProblemKind},
    refusal::Refusal,
    registry::{
        Access, ManifestRules, PublishClaim, PublishWork, Registry, RegistrySettings, SourceRules,
        Verdict,
    },
    room::{NoRoom, Reserved, Room},
    tasks::Tasks,
    verify::{ContentCheck, SignatureCheck, Verifier},
    wire::Rendering,
};

/// Identity that `private_namespace` belongs to.
const OWNER: &str = "owner";
/// What work may take beside fetching, when the clock was moved past its end.
const SETTLING: Duration = Duration::from_secs(5);
/// Nobody waits longer for an answer.
const LONGEST_SETTLING: Duration = Duration::from_secs(20);
/// Sources that are fetched at a time, for all sessions of a server.
const FETCHES_AT_A_TIME: usize = 512;
/// Releases that are being published at a time, in all sessions of a server.
const PUBLISHINGS_AT_A_TIME: usize = 4096;
/// The journals of all sessions together take as much as so many full ones of the server's own.
const JOURNALS: u64 = 4;

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
    /// What disturbs it.
    pub faults: Faults,
    /// What it says in the place of its own answers.
    pub answers: Answers,
    /// Its URLs.
    pub links: Links,
    /// Tells it from the other sessions of its server.
    pub number: u64,
    /// Room for what is kept and on its way, of all sessions of the server.
    pub room: Room,
    /// Room for faults and canned answers, of all sessions of the server.
    canned: Room,
    /// Documents of releases that were read lately, of all sessions of the server.
    pub documents: Arc<Documents>,
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
    publishings: Arc<Semaphore>,
    registry: Mutex<Registry>,
    /// What was asked of it.
    pub journal: Journal,
    /// What it has done, in numbers.
    pub metrics: SessionMetrics,
    /// Of the next session that shares with this one.
    next_number: AtomicU64,
    tasks: Tasks,
    /// Packages whose lock was left behind. Set by a defect alone.
    locked: Mutex<HashSet<String>>,
    ended: watch::Sender<bool>,
    /// How many verifications are under way after 202.
    verifying: watch::Sender<usize>,
}

/// A verification that is under way.
pub(crate) struct Verifying(Arc<Session>);

impl Drop for Verifying {
    fn drop(&mut self) {
        self.0.verifying.send_modify(|count| *count -= 1);
    }
}

impl Session {
    /// A registry without releases, at these URLs; shares with another session what does not concern its state.
    pub(crate) fn new(
        mut config: Config,
        links: Links,
        shared: Option<&Session>,
    ) -> Result<Arc<Self>, FetchSetupError> {
        if let Some(namespace) = &config.private_namespace {
            config.identities.grant(OWNER, namespace);
        }
        let policy = Policy::from_config(&config);
        let oddities = Oddities::new(config.seed.unwrap_or_else(rand::random), config.plain)
            .with_unknown_states(config.unknown_states);
        let options = FetchOptions {
            deadline: config.fetch_deadline,
            max_bytes: config.max_content,
            schemes: config.source_schemes.clone(),
            deny_private: config.deny_private_sources,
            allowed: config.allow_sources.clone(),
            extra_ca_pem: config.trust_ca_pem.clone(),
            policy: policy.fetch.clone(),
            ..FetchOptions::default()
        };
        let fetcher = match shared {
            Some(shared) => shared.fetcher.with_options(options)?,
            None => Fetcher::new(options)?,
        };
        let fetches = shared.map_or_else(
            || Arc::new(Semaphore::new(FETCHES_AT_A_TIME)),
            |shared| shared.verifier.fetches().clone(),
        );
        let room = shared.map_or_else(
            || Room::new(config.max_storage.saturating_add(config.max_in_flight)),
            |shared| shared.room.clone(),
        );
        let access = Access::new(&config, &policy.access);
        let content = ContentCheck::new(&config, &policy);
        let registry = Registry::new(
            RegistrySettings::new(&config).within(room.clone()),
            policy.clone(),
            access.clone(),
            links.clone(),
            oddities,
        );
        Ok(Arc::new(Self {
            manifest_rules: ManifestRules::new(&config, &policy),
            signatures: SignatureCheck::new(&config, &policy),
            verifier: Verifier::new(
                &config,
                content.clone(),
                fetcher.clone(),
                policy.sources,
                room.clone(),
                fetches,
            ),
            registry: Mutex::new(registry),
            clock: Clock::default(),
            faults: Faults::new(oddities.seed()),
            answers: Answers::new(oddities.seed()),
            journal: journal_of(&config, shared),
            metrics: SessionMetrics::of_server(
                shared.map_or_else(Arc::default, |shared| shared.metrics.server().clone()),
            ),
            number: shared.map_or(0, |shared| {
                shared.next_number.fetch_add(1, Ordering::Relaxed)
            }),
            next_number: AtomicU64::new(1),
            documents: shared.map_or_else(Arc::default, |shared| shared.documents.clone()),
            publishings: shared.map_or_else(
                || Arc::new(Semaphore::new(PUBLISHINGS_AT_A_TIME)),
                |shared| shared.publishings.clone(),
            ),
            canned: shared.map_or_else(
                || Room::new(config.max_in_flight),
                |shared| shared.canned.clone(),
            ),
            room,
            tasks: Tasks::default(),
            locked: Mutex::default(),
            ended: watch::Sender::new(false),
            verifying: watch::Sender::new(0),
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

    /// Verifies the content of a release.
    pub(crate) async fn verify(&self, work: &PublishWork) -> Verdict {
        if let Some(verdict) = self.registry().verdict_without_fetching(work) {
            return verdict;
        }
        self.verifier.verify(work).await
    }

    /// Room for what was posted to stay, in the place of that on its way.
    pub(crate) fn keep_canned(&self, posted: &Reserved) -> Result<Reserved, NoRoom> {
        let mut kept = self.canned.nothing();
        kept.grow(posted.bytes())?;
        Ok(kept)
    }

    /// Bytes of faults and canned answers, about, those of the other sessions included.
    pub(crate) fn canned_bytes(&self) -> u64 {
        self.canned.used()
    }

    /// Whether all of these are shown in no time.
    pub(crate) fn holds_little_canned(&self) -> bool {
        self.canned_bytes() <= SHORT
    }

    /// Lets a publishing begin, unless too many are under way: they go on when their clients are gone, and would pile up.
    pub(crate) fn begin_publishing(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        let permit = self.publishings.clone().try_acquire_owned();
        permit.map_err(|_| {
            Refusal::new(
                ProblemKind::TooManyRequests,
                format!("{PUBLISHINGS_AT_A_TIME} releases are being published."),
            )
            .with_header(header::RETRY_AFTER, "1")
        })
    }

    /// Publishes, or a part of it; what breaks down over it lets go of the release (of [`Registry::break_off`]).
    pub(crate) async fn guarded<T>(
        &self,
        claim: &PublishClaim,
        publishing: impl Future<Output = Result<T, Refusal>>,
    ) -> Result<T, Refusal> {
        if let Ok(result) = AssertUnwindSafe(publishing).catch_unwind().await {
            return result;
        }
        let problem = Problem::internal_error();
        self.registry()
            .break_off(self.now(), claim, problem.clone());
        Err(problem.into())
    }

    /// Work that goes on whatever becomes of the request that began it, until the session ends.
    pub(crate) fn tasks(&self) -> &Tasks {
        &self.tasks
    }

    /// Whether the session has ended.
    pub(crate) fn has_ended(&self) -> bool {
        *self.ended.borrow()
    }

    /// Returns when the session ends.
    pub(crate) async fn ended(&self) {
        // An error means that the session is gone, which ends it as well.
        let _ = self.ended.subscribe().wait_for(|ended| *ended).await;
    }

    /// Ends all work, requests under way included, and lets go of everything that it holds.
    pub(crate) fn end(&self) {
        self.ended.send_replace(true);
        self.faults.clear();
        self.answers.clear();
        self.tasks.close();
        let forgotten = self.registry().reset();
        drop(forgotten);
        self.journal.clear();
    }

    /// Brings about what is due by now, and waits for work whose outcome is due: the time of verification is real time, and not the
    /// session's. `false` when that takes longer than fetching may.
    pub(crate) async fn settle(&self) -> bool {
        let mut finished = self.verifying.subscribe();
        let work = async {
            loop {
                finished.mark_unchanged();
                let now = self.now();
                let mut attempts = self.registry().begin_sweep(now);
                let mut waits = false;
                while !attempts.is_empty() {
                    waits |= self.registry().sweep_some(&mut attempts, now);
                    // There may be many, and others who want to know something of them.
                    tokio::task::yield_now().await;
                }
                let idle = *self.verifying.borrow() == 0;
                if !waits || idle || finished.changed().await.is_err() {
                    return;
                }
            }
        };
        let patience = self
            .config
            .fetch_deadline
            .saturating_add(SETTLING)
            .min(LONGEST_SETTLING);
        tokio::time::timeout(patience, work).await.is_ok()
    }

    /// Lets the outcome of everything that is processed show as soon as it is there, whatever the processing mode. Returns how many releases
    /// that concerned.
    pub(crate) fn process_held(&self) -> usize {
        let mut attempts = self.registry().ids();
        let mut held = 0;
        while !attempts.is_empty() {
            held += self.process_some(&mut attempts);
        }
        held
    }

    /// The same of the first few of these attempts.
    pub(crate) fn process_some(&self, attempts: &mut Range<u64>) -> usize {
        self.registry().let_some_through(attempts, self.now())
    }

    /// Counts as a verification that is under way until it is dropped.
    pub(crate) fn verifying(self: &Arc<Self>) -> Verifying {
        self.verifying.send_modify(|count| *count += 1);
        Verifying(self.clone())
    }

    /// Forgets all releases, requests, changes of the clock, faults and canned answers, and ends all work.
    pub(crate) fn reset(&self) {
        self.faults.clear();
        self.answers.clear();
        self.tasks.abort_all();
        let forgotten = self.registry().reset();
        drop(forgotten);
        self.journal.clear();
        self.clock.reset();
    }
}

fn journal_of(config: &Config, shared: Option<&Session>) -> Journal {
    let room = shared.map_or_else(
        || {
            let bytes = config.journal_bytes.saturating_mul(JOURNALS);
            Arc::new(JournalRoom::new(bytes))
        },
        |shared| shared.journal.room().clone(),
    );
    let tokens = config
        .identities
        .iter()
        .map(|identity| identity.token.clone());
    Journal::new(
        config.journal_entries,
        config.journal_bytes,
        room,
        Redactor::new(tokens, &config.auth_header),
        config.problem_type_prefix.clone(),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::registry::{Manifest, Status};

    const EMPTY_COMPONENT: &str =
        "8be52cd5195fdc3ae833c0472ccb7683242a2c6c1f39adc743c269b73724858b";

    /// A session with one release, whose publishing has begun.
    fn publishing() -> (Arc<Session>, PublishWork) {
        let config = Config::new().unwrap();
        let owner = config.identities.by_token("conformance-owner").unwrap();
        let owner = crate::identity::Caller::Identity(owner);
        let session =
            Session::new(config, Links::new("http://registry.test/", None), None).unwrap();
        let document = json!({
            "packageType": "component",
            "name": "conformance-owner.test:a",
            "version": "1.0.0",
            "contentDigest": {"sha256": EMPTY_COMPONENT},
        });
        let manifest = Manifest::parse(document.to_string().as_bytes(), &session.manifest_rules);
        let manifest = manifest.unwrap();
        let key = manifest.key.clone();
        let now = session.now();
        let mut registry = session.registry();
        registry.start_attempt(now, &owner, manifest, None);
        let work = registry.begin_publish(now, &owner, &key).unwrap();
        drop(registry);
        (session, work)
    }

    fn breaks_down() -> impl Future<Output = Result<(), Refusal>> {
        std::future::poll_fn(|_| panic!("on purpose"))
    }

    fn only_state(session: &Session) -> Value {
        crate::state::state(session)["releases"][0].clone()
    }

    #[tokio::test]
    async fn what_breaks_down_before_it_was_accepted_leaves_the_release_pending() {
        let (session, work) = publishing();
        let refused = session.guarded(&work.claim, breaks_down()).await;
        assert_eq!(refused.unwrap_err().status(), 500);
        assert_eq!(only_state(&session)["status"], Status::Pending.name());
    }

    #[tokio::test]
    async fn what_breaks_down_after_it_was_accepted_has_failed() {
        let (session, work) = publishing();
        let signature =
            json!({"payload": "e30", "signatures": [{"protected": "e30", "signature": ""}]});
        let signature =
            crate::jws::JwsDocument::parse(&signature, &session.policy.signature).unwrap();
        let now = session.now();
        session
            .registry()
            .accept_publish(now, &work.claim, signature)
            .unwrap();
        assert_eq!(only_state(&session)["status"], Status::Processing.name());
        // Also when the state machine itself breaks down, while its lock is held.
        let broken = session.guarded(&work.claim, async {
            let _registry = session.registry();
            panic!("on purpose");
            #[expect(unreachable_code, reason = "says what the block gives")]
            Ok(())
        });
        assert!(broken.await.is_err());
        let state = only_state(&session);
        assert_eq!(state["status"], Status::Failed.name());
        assert_eq!(state["error"]["type"], "about:blank");
        assert_eq!(state["error"]["title"], "Internal Server Error");
    }
}
