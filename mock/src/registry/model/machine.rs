//! The state machine beside the model, operation by operation.

use std::collections::{BTreeMap, HashSet};

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::Value;

use crate::{
    config::Config,
    defect::Defect,
    fetch::{FetchOptions, Fetcher},
    links::Links,
    oddity::Oddities,
    policy::Policy,
    problem::{Problem, ProblemKind},
    refusal::{Refusal, not_found},
};

use super::super::{
    Access, AttemptId, PublishWork, Registry, RegistrySettings, Source, SourcesChange,
    SourcesOutcome, UnpublishedAddress, Upload, UploadTicket, Verdict,
};
use super::expected::{KEYS, Model, Outcome, State};
use super::inputs::{creator, nth_last, places_of, release_key};
use super::operation::{EXPIRY, Operation, RETENTION, Settings, Turn, Who};

pub(super) const DIGEST: &str = "8be52cd5195fdc3ae833c0472ccb7683242a2c6c1f39adc743c269b73724858b";
/// Room for a few manifests, where storage is tight.
pub(super) const TIGHT: u64 = 1200;

/// What every machine of a test shares, since it takes longer to make than a sequence to play.
pub(super) struct Workshop {
    pub(super) config: Config,
    pub(super) fetcher: Fetcher,
}

impl Workshop {
    /// For a registry with these defects.
    pub(super) fn new(defects: &[Defect]) -> Self {
        let mut config = Config::new().unwrap();
        config.retention = RETENTION;
        config.recheck_sources = false;
        config.defects = defects.to_vec();
        Self {
            config,
            fetcher: Fetcher::new(FetchOptions::default()).unwrap(),
        }
    }

    /// Plays a sequence; fails where state machine and model part, or a rule is broken.
    pub(super) fn play(
        &self,
        settings: &Settings,
        operations: &[Operation],
    ) -> Result<(), TestCaseError> {
        let mut machine = Machine::new(self, settings);
        for operation in operations {
            machine.apply(operation)?;
            machine.check_rules()?;
        }
        Ok(())
    }
}

/// A publish that was claimed and has not ended.
pub(super) struct Claim {
    attempt: usize,
    work: PublishWork,
    accepted: bool,
}

pub(super) struct Machine<'a> {
    pub(super) workshop: &'a Workshop,
    pub(super) policy: Policy,
    pub(super) registry: Registry,
    pub(super) model: Model,
    pub(super) now: Timestamp,
    /// By the model's numbers: the registry's own, and its tokens for uploads and for the status.
    pub(super) known: Vec<(AttemptId, String, Option<String>)>,
    pub(super) tickets: Vec<(usize, UploadTicket)>,
    pub(super) claims: Vec<Claim>,
    pub(super) signatures: u32,
    /// What each release was when it was first seen.
    pub(super) released: BTreeMap<usize, Value>,
    /// The attempts whose content was found good.
    pub(super) verified: HashSet<usize>,
    /// How far each attempt has come.
    pub(super) progress: BTreeMap<AttemptId, u8>,
}

impl<'a> Machine<'a> {
    fn new(workshop: &'a Workshop, settings: &Settings) -> Self {
        let mut config = workshop.config.clone();
        config.processing = settings.mode;
        config.expiry = settings.expires.then_some(EXPIRY);
        config.hides = settings.hides;
        config.max_sources = settings.max_sources;
        config.private_namespace = settings
            .private
            .then(|| "conformance-owner.test".to_owned());
        if settings.tight_storage {
            config.max_storage = TIGHT;
        }
        let policy = Policy::from_config(&config);
        Self {
            registry: Registry::new(
                RegistrySettings::new(&config),
                policy.clone(),
                Access::new(&config, &policy.access),
                Links::new("http://registry.test/", None),
                Oddities::new(1, false),
            ),
            workshop,
            policy,
            model: Model::new(settings.clone()),
            now: "2022-05-11T16:00:00Z".parse().unwrap(),
            known: Vec::new(),
            tickets: Vec::new(),
            claims: Vec::new(),
            signatures: 0,
            released: BTreeMap::new(),
            verified: HashSet::new(),
            progress: BTreeMap::new(),
        }
    }

    fn apply(&mut self, operation: &Operation) -> Result<(), TestCaseError> {
        let before = self.observe();
        let outcome = self.carry_out(operation)?;
        // What is refused leaves everything as it was. A claim that is handed back with bad content is no such refusal.
        if outcome.is_err() && !matches!(operation, Operation::GoOn { .. }) {
            let after = self.observe();
            prop_assert_eq!(before, after, "{:?} was refused, with an effect", operation);
        }
        Ok(())
    }

    #[expect(clippy::too_many_lines, reason = "one arm an operation")]
    fn carry_out(&mut self, operation: &Operation) -> Result<Outcome, TestCaseError> {
        let now = self.now;
        match operation {
            Operation::Create {
                who,
                key,
                variant,
                signed,
            } => self.create(*who, *key, *variant, *signed),
            Operation::BeginUpload { who, attempt } => {
                let Some(index) = nth_last(self.known.len(), *attempt) else {
                    return Ok(Ok(()));
                };
                let key = self.model.attempts[index].key;
                let token = self.known[index].1.clone();
                let got =
                    self.registry
                        .begin_upload(now, &self.caller(*who), &release_key(key), &token);
                let expected = self.model.begin_upload(*who, index);
                let got = got.map(|ticket| self.tickets.push((index, ticket)));
                compare(operation, got, expected)
            }
            Operation::FinishUpload { ticket, bytes } => {
                self.finish_upload(operation, *ticket, *bytes)
            }
            Operation::ChangeSources {
                who,
                key,
                replace,
                places,
            } => {
                let sources = places.iter().map(|place| self.source(*place)).collect();
                let change = if *replace {
                    SourcesChange::Replace(sources)
                } else {
                    SourcesChange::Add(sources)
                };
                let got = self.registry.change_sources(
                    now,
                    &self.caller(*who),
                    &release_key(*key),
                    change,
                );
                let expected = self.model.change_sources(*who, *key, *replace, places);
                let list = match &got {
                    Ok(SourcesOutcome::Changed(list)) => Some(places_of(list)),
                    _ => None,
                };
                prop_assert_eq!(list.as_ref(), expected.as_ref().ok(), "{:?}", operation);
                compare(operation, got.map(drop), expected.map(drop))
            }
            Operation::BeginPublish { who, key } => self.begin_publish(operation, *who, *key),
            Operation::GoOn { claim, turn } => self.go_on(operation, *claim, *turn),
            Operation::Read { who, key } => {
                let got = self
                    .registry
                    .release(now, &self.caller(*who), &release_key(*key));
                let expected = self.model.read(*who, *key);
                compare(operation, got.map(drop), expected.map(drop))
            }
            Operation::Download { who, key } => {
                let got = self
                    .registry
                    .content(now, &self.caller(*who), &release_key(*key));
                let expected = self.model.download(*who, *key);
                if let (Ok(got), Ok(expected)) = (&got, &expected) {
                    prop_assert_eq!(&got.upload.bytes[..], &[*expected][..]);
                }
                compare(operation, got.map(drop), expected.map(drop))
            }
            Operation::Status { who, key, address } => {
                let (address, shown) = self.address(*key, *address);
                let got = self.registry.unpublished(now, &self.caller(*who), &shown);
                let expected = self.model.status(*who, *key, address);
                if let (Ok(view), Ok(index)) = (&got, &expected) {
                    let attempt = &self.model.attempts[*index];
                    prop_assert_eq!(view.status.name(), attempt.state.name());
                    prop_assert_eq!(places_of(&view.sources), attempt.sources.clone());
                    prop_assert_eq!(
                        view.processed_at.is_some(),
                        view.error.is_some()
                            || matches!(attempt.state, State::Published(_) | State::Expired(_))
                    );
                    prop_assert_eq!(view.creator.as_str(), creator(KEYS[*key].2));
                }
                // A poll counts, so that the next one may see more: that is no effect of a refusal.
                compare(operation, got.map(drop), expected.map(drop))
            }
            Operation::Cancel { who, key, address } => {
                let (address, shown) = self.address(*key, *address);
                let got = self.registry.cancel(now, &self.caller(*who), &shown);
                let expected = self.model.cancel(*who, *key, address);
                compare(operation, got, expected)
            }
            Operation::LetThrough => {
                let mut attempts = self.registry.ids();
                while !attempts.is_empty() {
                    self.registry.let_some_through(&mut attempts, now);
                }
                self.model.let_through();
                Ok(Ok(()))
            }
            Operation::Sweep => {
                let mut attempts = self.registry.begin_sweep(now);
                while !attempts.is_empty() {
                    self.registry.sweep_some(&mut attempts, now);
                }
                Ok(Ok(()))
            }
            Operation::Wait { seconds } => {
                self.now = now
                    .checked_add(SignedDuration::from_secs(*seconds))
                    .unwrap();
                self.model.now += seconds;
                Ok(Ok(()))
            }
            Operation::Reset => {
                drop(self.registry.reset());
                self.model.reset();
                Ok(Ok(()))
            }
        }
    }

    fn create(
        &mut self,
        who: Who,
        key: usize,
        variant: usize,
        signed: bool,
    ) -> Result<Outcome, TestCaseError> {
        let manifest = self.manifest(key, variant);
        let room = self
            .model
            .settings
            .tight_storage
            .then(|| TIGHT.saturating_sub(self.registry.stored_bytes));
        let length = manifest.bytes.len() as u64;
        let signature = signed.then(|| self.signature());
        let got = self
            .registry
            .create(self.now, &self.caller(who), manifest, signature);
        let mut expected = self.model.create(who, key);
        // What is past its retention may be forgotten at once or later, so that the room for one more is the registry's to know.
        if expected.is_ok() && room.is_some_and(|room| length > room) && got.is_err() {
            expected = Err("insufficient-storage");
        }
        if let (Ok(view), Ok(())) = (&got, expected) {
            let index = self.model.created(key, variant, signed);
            let Some(upload) = &view.upload_token else {
                return Err(TestCaseError::fail("a pending release offers no upload"));
            };
            let shown = UnpublishedAddress {
                key: release_key(key),
                token: view.status_token.clone(),
            };
            let Some(id) = self
                .registry
                .addressed(self.now, &shown)
                .map(|attempt| attempt.id)
            else {
                return Err(TestCaseError::fail("what was created is not there"));
            };
            prop_assert!(
                self.known
                    .iter()
                    .all(|known| known.1 != *upload && known.2 != view.status_token)
            );
            prop_assert_eq!(index, self.known.len());
            prop_assert_eq!(view.creator.as_str(), creator(who));
            self.known
                .push((id, upload.clone(), view.status_token.clone()));
        }
        compare(&"create", got.map(drop), expected)
    }

    fn finish_upload(
        &mut self,
        operation: &Operation,
        ticket: usize,
        bytes: u8,
    ) -> Result<Outcome, TestCaseError> {
        let Some(at) = nth_last(self.tickets.len(), ticket) else {
            return Ok(Ok(()));
        };
        let (index, ticket) = self.tickets.remove(at);
        let upload = Upload::new(Bytes::from(vec![bytes]), None);
        let is_full = self.model.settings.tight_storage && self.registry.stored_bytes >= TIGHT;
        let got = self.registry.finish_upload(self.now, &ticket, upload);
        let mut expected = self.model.pending(index);
        if expected.is_ok() && is_full && self.model.attempts[index].upload.is_none() {
            expected = Err("insufficient-storage");
        }
        if expected.is_ok() {
            self.model.uploaded(index, bytes);
        }
        compare(operation, got, expected)
    }

    /// As the handler does it: nothing to publish gives the claim back at once.
    fn begin_publish(
        &mut self,
        operation: &Operation,
        who: Who,
        key: usize,
    ) -> Result<Outcome, TestCaseError> {
        let now = self.now;
        let got = self
            .registry
            .begin_publish(now, &self.caller(who), &release_key(key))
            .and_then(
                |work| match self.registry.require_content(now, &work.claim) {
                    Ok(()) => Ok(work),
                    Err(refusal) => {
                        self.registry.abandon_publish(now, &work.claim, &refusal);
                        Err(refusal)
                    }
                },
            );
        let expected = self.model.begin_publish(who, key);
        if let (Ok(work), Ok(index)) = (&got, &expected) {
            let attempt = &self.model.attempts[*index];
            prop_assert_eq!(work.signed_at_create.is_some(), attempt.signed);
            prop_assert_eq!(places_of(&work.sources), attempt.sources.clone());
            prop_assert_eq!(
                &work.manifest.bytes,
                &self.manifest(key, attempt.variant).bytes
            );
        }
        let refused = match got {
            Ok(work) => {
                if let Ok(attempt) = &expected {
                    self.claims.push(Claim {
                        attempt: *attempt,
                        work,
                        accepted: false,
                    });
                }
                Ok(())
            }
            Err(refusal) => Err(refusal),
        };
        compare(operation, refused, expected.map(drop))
    }

    fn go_on(
        &mut self,
        operation: &Operation,
        claim: usize,
        turn: Turn,
    ) -> Result<Outcome, TestCaseError> {
        let Some(at) = nth_last(self.claims.len(), claim) else {
            return Ok(Ok(()));
        };
        let now = self.now;
        let mut claim = self.claims.remove(at);
        let index = claim.attempt;
        let kept: Vec<Source> = match turn {
            Turn::Good {
                drops_mirrors: true,
            } => claim.work.sources.iter().take(1).cloned().collect(),
            _ => claim.work.sources.clone(),
        };
        let is_good = matches!(turn, Turn::Good { .. });
        let places = is_good.then(|| places_of(&kept));
        let verdict = if is_good {
            Verdict::Good {
                sources: kept,
                summary: None,
            }
        } else {
            Verdict::bad(Problem::new(
                ProblemKind::SourceUnreachable,
                "Nothing came.",
            ))
        };
        if is_good {
            self.verified.insert(index);
        }
        match turn {
            Turn::BreakOff => {
                let problem = Problem::new(ProblemKind::SourceUnreachable, "It broke down.");
                self.registry.break_off(now, &claim.work.claim, problem);
                self.model.break_off(index);
                Ok(Ok(()))
            }
            _ if claim.accepted => {
                if matches!(turn, Turn::Abandon | Turn::Accept) {
                    // It is being worked on; nothing else can become of it.
                    self.claims.push(claim);
                    return Ok(Ok(()));
                }
                self.registry
                    .settle_publish(now, &claim.work.claim, verdict);
                self.model.settle(index, places);
                Ok(Ok(()))
            }
            Turn::Abandon => {
                self.registry
                    .abandon_publish(now, &claim.work.claim, &not_found());
                if self.model.is_there(index) {
                    self.model.attempts[index].state = State::Pending;
                }
                Ok(Ok(()))
            }
            Turn::Accept => {
                let signature = self.signature();
                let got = self
                    .registry
                    .accept_publish(now, &claim.work.claim, signature);
                let expected = self.model.accept(index);
                claim.accepted = true;
                if expected.is_ok() {
                    self.claims.push(claim);
                }
                compare(operation, got.map(drop), expected)
            }
            Turn::Good { .. } | Turn::Bad => {
                let signature = self.signature();
                let got = self
                    .registry
                    .finish_publish(now, &claim.work.claim, signature, verdict);
                let expected = self.model.finish(index, places);
                compare(operation, got.map(drop), expected)
            }
        }
    }

    /// Everything that there is, as it is now.
    fn observe(&mut self) -> Vec<String> {
        let now = self.now;
        let ids: Vec<AttemptId> = self.known.iter().map(|known| known.0).collect();
        ids.into_iter()
            .filter_map(|id| Some(format!("{:?}", self.registry.attempt(id, now)?)))
            .collect()
    }
}

fn compare(
    operation: &dyn std::fmt::Debug,
    got: Result<(), Refusal>,
    expected: Outcome,
) -> Result<Outcome, TestCaseError> {
    let got = got.map_err(|refusal| refusal.kind().name());
    prop_assert_eq!(&got, &expected, "{:?}", operation);
    Ok(expected)
}
