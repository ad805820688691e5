//! The attempts that a registry knows, and the indexes into them.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
    sync::Arc,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

use crate::{
    config::{Config, ProcessingMode, Verification},
    links::Links,
    oddity::Oddities,
    policy::Policy,
    refusal::{Refusal, not_found},
    room::{Reserved, Room},
};

use super::{
    Access, Attempt, AttemptId, ReleaseKey, Source, Stage, UnpublishedView, Upload,
    release::later,
    secret::{Secret, Secrets},
};

/// How often what is past its retention is looked for.
const SWEEP_EVERY: SignedDuration = SignedDuration::from_secs(10);

/// The settings that the state machine needs.
#[derive(Clone, Debug)]
pub(crate) struct RegistrySettings {
    pub(super) processing: ProcessingMode,
    pub(super) verification: Verification,
    pub(super) expiry: Option<Duration>,
    pub(super) retention: Duration,
    pub(super) max_sources: Option<usize>,
    pub(super) max_storage: u64,
    pub(super) recheck_sources: bool,
    pub(super) takes_uploads: bool,
    pub(super) is_faultless: bool,
    room: Room,
}

impl RegistrySettings {
    /// Those of the operator's settings that matter here.
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            processing: config.processing,
            verification: config.verification,
            expiry: config.expiry,
            retention: config.retention,
            max_sources: config.max_sources,
            max_storage: config.max_storage,
            recheck_sources: config.recheck_sources,
            takes_uploads: config.uploads,
            is_faultless: config.defects.is_empty(),
            room: Room::default(),
        }
    }

    /// Counts what is kept in this room.
    #[must_use]
    pub(crate) fn within(mut self, room: Room) -> Self {
        self.room = room;
        self
    }
}

/// All releases of a registry, published or not.
#[derive(Debug)]
pub(crate) struct Registry {
    pub(super) settings: RegistrySettings,
    pub(super) policy: Policy,
    pub(super) access: Access,
    pub(super) links: Links,
    oddities: Oddities,
    attempts: HashMap<AttemptId, Box<Attempt>>,
    /// Who has created something: few, of many attempts.
    creators: HashSet<Arc<str>>,
    current: HashMap<Arc<ReleaseKey>, AttemptId>,
    by_secret: HashMap<u64, AttemptId>,
    /// What was cancelled, for what is created in its place. Filled by a defect alone.
    pub(super) cancelled_contents: HashMap<ReleaseKey, (Option<Arc<Upload>>, Vec<Source>)>,
    /// Names of files that uploads are written to. Used by a defect alone.
    pub(crate) temporary_files: HashSet<String>,
    /// Never goes back, not even by a reset: work that was handed out before finds its attempt gone.
    pub(super) next_id: u64,
    /// There is none before.
    pub(super) first_id: u64,
    swept_at: Option<Timestamp>,
    /// What has not been looked at since.
    unswept: Range<u64>,
    /// Bytes of all manifests and uploads that are kept.
    pub(super) stored_bytes: u64,
    /// Whether no mistake is switched on.
    pub(super) is_faultless: bool,
    last_revision: u64,
    /// What the attempts take beside uploads, in the room of the server.
    pub(super) overhead: u64,
    books: Reserved,
}

impl Registry {
    /// A registry without releases.
    pub(crate) fn new(
        settings: RegistrySettings,
        policy: Policy,
        access: Access,
        links: Links,
        oddities: Oddities,
    ) -> Self {
        let books = settings.room.nothing();
        Self {
            is_faultless: settings.is_faultless,
            settings,
            policy,
            access,
            links,
            oddities,
            attempts: HashMap::new(),
            creators: HashSet::new(),
            current: HashMap::new(),
            by_secret: HashMap::new(),
            cancelled_contents: HashMap::new(),
            temporary_files: HashSet::new(),
            next_id: 0,
            first_id: 0,
            swept_at: None,
            unswept: 0..0,
            stored_bytes: 0,
            last_revision: 0,
            overhead: 0,
            books,
        }
    }

    /// A creator, in memory once for all that it creates.
    pub(super) fn known_creator(&mut self, name: &str) -> Arc<str> {
        /// More than a registry has identities; some of its mistakes make them up.
        const KNOWN: usize = 256;
        if let Some(known) = self.creators.get(name) {
            return known.clone();
        }
        let name: Arc<str> = name.into();
        if self.creators.len() < KNOWN {
            self.creators.insert(name.clone());
        }
        name
    }

    /// A revision that no attempt has had.
    pub(super) fn next_revision(&mut self) -> u64 {
        self.last_revision += 1;
        self.last_revision
    }

    /// Forgets everything. What that was is the caller's to let go of, when nobody waits for the registry: it may be much.
    #[must_use]
    pub(crate) fn reset(&mut self) -> impl Send + use<> {
        self.swept_at = None;
        self.unswept = 0..0;
        self.first_id = self.next_id;
        self.stored_bytes = 0;
        self.overhead = 0;
        self.books.set(0);
        (
            std::mem::take(&mut self.attempts),
            std::mem::take(&mut self.cancelled_contents),
            std::mem::take(&mut self.current),
            std::mem::take(&mut self.by_secret),
        )
    }

    /// All attempts are looked at, or about to be.
    pub(super) fn swept(&mut self, now: Timestamp) {
        self.swept_at = Some(now);
        self.unswept = 0..0;
    }

    /// Moves on, now and then, what time alone moves on, and forgets what is past its retention; some attempts at a time: whoever comes by
    /// should not have to wait for all of them.
    pub(super) fn sweep_if_due(&mut self, now: Timestamp) {
        if self.unswept.is_empty() {
            let is_due = self
                .swept_at
                .is_none_or(|at| now.duration_since(at) >= SWEEP_EVERY);
            if !is_due {
                return;
            }
            self.swept_at = Some(now);
            self.unswept = self.ids();
        }
        let mut unswept = std::mem::take(&mut self.unswept);
        self.settle_some(&mut unswept, now, drop);
        self.unswept = unswept;
    }

    /// Tokens for the URLs of a new attempt: for uploads, for the status. Plain ones are the attempt's number, and none.
    pub(super) fn new_identity(&mut self, key: &ReleaseKey) -> (AttemptId, Option<Secrets>) {
        let id = AttemptId(self.next_id);
        self.next_id += 1;
        if self.oddities.is_plain() {
            return (id, None);
        }
        let about = format!("{key} {}", id.0);
        let secret = |purpose| Secret::new(self.oddities.secret(purpose, &about));
        let (upload, status) = (secret("upload"), secret("status"));
        (id, Some(Secrets { upload, status }))
    }

    pub(super) fn insert(&mut self, attempt: Attempt) {
        if let Some(Secrets { upload, status }) = attempt.secrets {
            self.by_secret.insert(upload.half(), attempt.id);
            self.by_secret.insert(status.half(), attempt.id);
        }
        let key = attempt.manifest.key.clone();
        self.current.insert(key, attempt.id);
        self.stored_bytes += attempt.stored_bytes();
        self.account(0, attempt.overhead());
        self.attempts.insert(attempt.id, Box::new(attempt));
    }

    pub(super) fn remove(&mut self, id: AttemptId) {
        let Some(attempt) = self.attempts.remove(&id) else {
            return;
        };
        if let Some(Secrets { upload, status }) = attempt.secrets {
            self.by_secret.remove(&upload.half());
            self.by_secret.remove(&status.half());
        }
        self.stored_bytes -= attempt.stored_bytes();
        self.account(attempt.overhead(), 0);
        if self.current.get(attempt.key()) == Some(&id) {
            self.current.remove(attempt.key());
        }
    }

    /// The attempt, moved on to now; `None` when it is past its retention.
    pub(super) fn attempt(&mut self, id: AttemptId, now: Timestamp) -> Option<&mut Attempt> {
        let (mode, retention) = (self.settings.processing, self.settings.retention);
        let attempt = self.attempts.get_mut(&id)?;
        attempt.settle(now, mode);
        (!is_over(attempt, now, retention)).then_some(&mut **attempt)
    }

    /// The attempt as it stands.
    pub(super) fn known(&self, id: AttemptId) -> Option<&Attempt> {
        self.attempts.get(&id).map(|attempt| &**attempt)
    }

    /// The latest attempt at this name and version.
    pub(super) fn current(&mut self, key: &ReleaseKey, now: Timestamp) -> Option<&mut Attempt> {
        let id = *self.current.get(key)?;
        self.attempt(id, now)
    }

    pub(crate) fn remove_current(&mut self, key: &ReleaseKey) {
        if let Some(id) = self.current.get(key).copied() {
            self.remove(id);
        }
    }

    pub(super) fn id_by_upload_token(&self, token: &str) -> Option<AttemptId> {
        self.named(token)
            .filter(|attempt| attempt.upload_token() == token)
            .map(|attempt| attempt.id)
    }

    pub(super) fn id_by_status_token(&self, token: &str) -> Option<AttemptId> {
        self.named(token)
            .filter(|attempt| attempt.status_token().as_deref() == Some(token))
            .map(|attempt| attempt.id)
    }

    /// The attempt that a token names, for whatever.
    fn named(&self, token: &str) -> Option<&Attempt> {
        let id = if self.oddities.is_plain() {
            AttemptId(token.parse::<u64>().ok()?.checked_sub(1)?)
        } else {
            *self.by_secret.get(&Secret::of_text(token)?.half())?
        };
        self.attempts.get(&id).map(|attempt| &**attempt)
    }

    /// An attempt takes another amount of memory than before, its upload aside, which is counted where it is received.
    pub(super) fn account(&mut self, before: u64, after: u64) {
        self.overhead = self.overhead.saturating_sub(before).saturating_add(after);
        self.books.set(self.overhead);
    }

    /// Does something to an attempt that changes what memory it takes.
    pub(super) fn reaccount<T>(&mut self, id: AttemptId, change: impl FnOnce(&mut Self) -> T) -> T {
        let overhead = |own: &Self| {
            own.attempts
                .get(&id)
                .map_or(0, |attempt| attempt.overhead())
        };
        let before = overhead(self);
        let changed = change(self);
        let after = overhead(self);
        self.account(before, after);
        changed
    }

    pub(super) fn attempts(&self) -> impl Iterator<Item = &Attempt> {
        self.attempts.values().map(|attempt| &**attempt)
    }

    pub(super) fn known_mut(&mut self, id: AttemptId) -> Option<&mut Attempt> {
        self.attempts.get_mut(&id).map(|attempt| &mut **attempt)
    }

    /// The attempt as its owner is shown it.
    pub(super) fn presented(&self, id: AttemptId) -> Result<UnpublishedView, Refusal> {
        let attempt = self.attempts.get(&id).ok_or_else(not_found)?;
        Ok(self.policy.processing.present(self.view(attempt)))
    }

    pub(super) fn view(&self, attempt: &Attempt) -> UnpublishedView {
        let status = attempt.stage.status();
        let pending = attempt.stage == Stage::Pending;
        UnpublishedView {
            manifest: attempt.manifest.clone(),
            creator: attempt.creator.to_string(),
            status,
            polls: match &attempt.stage {
                Stage::Processing(processing) => processing.polls,
                _ => 0,
            },
            sources: attempt.sources.clone(),
            status_token: attempt.status_token(),
            upload_token: (pending && self.settings.takes_uploads).then(|| attempt.upload_token()),
            created_at: attempt.created_at,
            expires_at: attempt.expires_at.filter(|_| pending).map(|at| {
                if self.policy.create.expiry_in_past {
                    attempt.created_at
                } else {
                    at
                }
            }),
            processed_at: attempt.stage.ended_at().or(attempt
                .slips
                .last_failure
                .as_ref()
                .map(|(at, _)| *at)),
            error: match &attempt.stage {
                Stage::Failed { problem, .. } => Some((**problem).clone()),
                _ => attempt.remark.as_deref().cloned().or(attempt
                    .slips
                    .last_failure
                    .as_ref()
                    .map(|(_, problem)| problem.clone())),
            },
        }
    }
}

fn is_over(attempt: &Attempt, now: Timestamp, retention: Duration) -> bool {
    match attempt.stage {
        Stage::Failed { at, .. } | Stage::Expired { at } => later(at, retention) <= now,
        Stage::Pending | Stage::Publishing | Stage::Processing(_) | Stage::Published { .. } => {
            false
        }
    }
}
