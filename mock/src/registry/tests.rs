//! The state machine as tables: scripts of commands, at times that the test chooses, and what each of them comes to.

use std::time::Duration;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::{
    config::{Config, ProcessingMode},
    content::{ContentOptions, ContentReader},
    fetch::{FetchOptions, Fetcher},
    identity::Caller,
    jws::JwsDocument,
    links::Links,
    oddity::Oddities,
    policy::Policy,
    problem::{Problem, ProblemKind},
    refusal::Refusal,
};

use super::{
    Access, Manifest, ManifestRules, PublishWork, Registry, RegistrySettings, ReleaseKey,
    RemoteSource, Source, SourceRules, SourcesChange, SourcesOutcome, UnpublishedAddress,
    UnpublishedView, Upload, Verdict,
};

const CONTENT: &[u8] = b"\0asm\x0d\0\x01\0";
const DIGEST: &str = "8be52cd5195fdc3ae833c0472ccb7683242a2c6c1f39adc743c269b73724858b";
const EXPIRY: Duration = Duration::from_secs(100);
const RETENTION: Duration = Duration::from_secs(1000);

/// A command of the owner's, or what the work outside the state machine comes to.
#[derive(Clone, Copy, Debug)]
enum Step {
    Create,
    Upload,
    AddSource,
    ReplaceWithNothing,
    BeginPublish,
    Abandon,
    FinishGood,
    FinishBad,
    Accept,
    SettleGood,
    SettleBad,
    Read,
    Poll,
    Cancel,
    LetThrough,
    Wait(i64),
}

use Step::{
    Abandon, Accept, AddSource, BeginPublish, Cancel, Create, FinishBad, FinishGood, LetThrough,
    Poll, Read, ReplaceWithNothing, SettleBad, SettleGood, Upload as UploadContent, Wait,
};

struct Machine {
    registry: Registry,
    config: Config,
    fetcher: Fetcher,
    now: Timestamp,
    owner: Caller,
    created: Option<UnpublishedView>,
    work: Option<PublishWork>,
}

impl Machine {
    fn new(mode: ProcessingMode) -> Self {
        let mut config = Config::new().unwrap();
        config.processing = mode;
        config.expiry = Some(EXPIRY);
        config.retention = RETENTION;
        let policy = Policy::default();
        let registry = Registry::new(
            RegistrySettings::new(&config),
            policy.clone(),
            Access::new(&config, &policy.access),
            Links::new("http://registry.test/", None),
            Oddities::new(1, false),
        );
        let owner = Caller::Identity(config.identities.by_token("conformance-owner").unwrap());
        Self {
            registry,
            fetcher: Fetcher::new(FetchOptions::default()).unwrap(),
            config,
            now: "2022-05-11T16:00:00Z".parse().unwrap(),
            owner,
            created: None,
            work: None,
        }
    }

    fn key() -> ReleaseKey {
        ReleaseKey {
            name: "conformance-owner.test:a".to_owned(),
            version: "1.0.0".to_owned(),
        }
    }

    fn manifest(&self) -> Manifest {
        let document = json!({
            "packageType": "component",
            "name": "conformance-owner.test:a",
            "version": "1.0.0",
            "contentDigest": {"sha256": DIGEST},
        });
        let rules = ManifestRules::new(&self.config, &Policy::default());
        Manifest::parse(document.to_string().as_bytes(), &rules).unwrap()
    }

    fn signature() -> JwsDocument {
        let document =
            json!({"payload": "e30", "signatures": [{"protected": "e30", "signature": ""}]});
        JwsDocument::parse(&document, &Policy::default().signature).unwrap()
    }

    fn source(&self) -> Source {
        let Policy {
            sources: policy,
            crash,
            ..
        } = Policy::default();
        let rules = SourceRules {
            crash: &crash,
            schemes: &self.config.source_schemes,
            credentials: true,
            per_entry: true,
            fetcher: &self.fetcher,
            policy: &policy,
        };
        let source: Value = json!({"url": "http://mirror.test/"});
        Source::Remote(Box::new(RemoteSource::parse(&source, &rules).unwrap()))
    }

    fn upload(&mut self) -> Result<(), Refusal> {
        let Some(token) = self
            .created
            .as_ref()
            .and_then(|view| view.upload_token.clone())
        else {
            panic!("nothing was created");
        };
        let ticket = self
            .registry
            .begin_upload(self.now, &self.owner, &Self::key(), &token)?;
        let options = ContentOptions::new(
            crate::content::ContentFormat::of_media_type("application/wasm"),
            ticket.manifest.digest.algorithms(),
            1 << 20,
        );
        let summary = ContentReader::read_all(options, CONTENT).unwrap();
        let upload = Upload::new(Bytes::from_static(CONTENT), Some(summary));
        self.registry.finish_upload(self.now, &ticket, upload)
    }

    fn change(&mut self, change: SourcesChange) -> Result<(), Refusal> {
        match self
            .registry
            .change_sources(self.now, &self.owner, &Self::key(), change)?
        {
            SourcesOutcome::Changed(_) => Ok(()),
            SourcesOutcome::Recheck(work) => {
                self.registry.finish_sources(self.now, work).map(|_| ())
            }
        }
    }

    fn good(work: &PublishWork) -> Verdict {
        let summary = work
            .upload
            .as_ref()
            .and_then(|upload| upload.summary.clone());
        Verdict::Good {
            sources: work.sources.clone(),
            summary,
        }
    }

    fn bad() -> Verdict {
        Verdict::bad(Problem::new(
            ProblemKind::SourceUnreachable,
            "Nothing came.",
        ))
    }

    fn work(&self) -> &PublishWork {
        self.work
            .as_ref()
            .unwrap_or_else(|| panic!("publishing has not begun"))
    }

    /// Takes the step; the status afterwards or the name of the problem.
    fn step(&mut self, step: Step) -> String {
        let now = self.now;
        let result = match step {
            Create => self
                .registry
                .create(now, &self.owner, self.manifest(), None)
                .map(|view| {
                    self.created = Some(view);
                }),
            UploadContent => self.upload(),
            AddSource => self.change(SourcesChange::Add(vec![self.source()])),
            ReplaceWithNothing => self.change(SourcesChange::Replace(Vec::new())),
            BeginPublish => self
                .registry
                .begin_publish(now, &self.owner, &Self::key())
                .and_then(|work| {
                    let content = self.registry.require_content(now, &work.claim);
                    if let Err(refusal) = &content {
                        self.registry.abandon_publish(now, &work.claim, refusal);
                    }
                    self.work = Some(work);
                    content
                }),
            Abandon => {
                let work = self.work.take().unwrap();
                self.registry
                    .abandon_publish(now, &work.claim, &crate::refusal::not_found());
                Ok(())
            }
            FinishGood | FinishBad => {
                let verdict = if matches!(step, FinishGood) {
                    Self::good(self.work())
                } else {
                    Self::bad()
                };
                let work = self.work.take().unwrap();
                self.registry
                    .finish_publish(now, &work.claim, Self::signature(), verdict)
                    .map(|_| ())
            }
            Accept => {
                let work = self.work.take().unwrap();
                let accepted = self
                    .registry
                    .accept_publish(now, &work.claim, Self::signature())
                    .map(|_| ());
                self.work = Some(work);
                accepted
            }
            SettleGood | SettleBad => {
                let verdict = if matches!(step, SettleGood) {
                    Self::good(self.work())
                } else {
                    Self::bad()
                };
                let work = self.work.take().unwrap();
                self.registry.settle_publish(now, &work.claim, verdict);
                Ok(())
            }
            Read => self
                .registry
                .release(now, &Caller::Anonymous, &Self::key())
                .map(|_| ()),
            Poll => self
                .registry
                .unpublished(now, &self.owner, &Self::address())
                .map(|_| ()),
            Cancel => self.registry.cancel(now, &self.owner, &Self::address()),
            LetThrough => {
                let mut attempts = self.registry.ids();
                self.registry.let_some_through(&mut attempts, now);
                Ok(())
            }
            Wait(seconds) => {
                self.now = now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
                Ok(())
            }
        };
        match result {
            Ok(()) => self.status(),
            Err(refusal) => refusal.kind().name().to_owned(),
        }
    }

    fn address() -> UnpublishedAddress {
        UnpublishedAddress {
            key: Self::key(),
            token: None,
        }
    }

    /// Looked up without a poll, which would count.
    fn status(&mut self) -> String {
        match self.registry.addressed(self.now, &Self::address()) {
            Some(attempt) => attempt.stage.status().name().to_owned(),
            None => "nothing".to_owned(),
        }
    }
}

#[track_caller]
fn play(mode: ProcessingMode, script: &[(Step, &str)]) {
    let mut machine = Machine::new(mode);
    for (number, (step, expected)) in script.iter().enumerate() {
        assert_eq!(
            machine.step(*step),
            *expected,
            "step {number}: {step:?} ({mode})"
        );
    }
}

#[test]
fn a_release_goes_from_pending_to_published() {
    play(
        ProcessingMode::Immediate,
        &[
            (BeginPublish, "not-found"),
            (Create, "pending"),
            (Create, "release-exists"),
            (BeginPublish, "missing-content"),
            (UploadContent, "pending"),
            (Read, "not-found"),
            (BeginPublish, "pending"),
            (BeginPublish, "processing"),
            (UploadContent, "processing"),
            (AddSource, "processing"),
            (Cancel, "processing"),
            (Create, "release-exists"),
            (Read, "not-found"),
            (FinishGood, "published"),
            (Read, "published"),
            (BeginPublish, "already-published"),
            (UploadContent, "already-published"),
            (Create, "release-exists"),
            (Cancel, "already-published"),
            (AddSource, "published"),
            (ReplaceWithNothing, "invalid-source"),
            (Wait(1_000_000), "published"),
            (Read, "published"),
        ],
    );
}

#[test]
fn a_refusal_leaves_it_pending() {
    play(
        ProcessingMode::Immediate,
        &[
            (Create, "pending"),
            (AddSource, "pending"),
            (BeginPublish, "pending"),
            (Abandon, "pending"),
            (BeginPublish, "pending"),
            (FinishBad, "source-unreachable"),
            (Poll, "pending"),
            (ReplaceWithNothing, "pending"),
            (BeginPublish, "missing-content"),
            (UploadContent, "pending"),
            (BeginPublish, "pending"),
            (FinishGood, "published"),
        ],
    );
}

#[test]
fn a_failure_takes_nothing_but_a_new_create() {
    play(
        ProcessingMode::Polls(0),
        &[
            (Create, "pending"),
            (AddSource, "pending"),
            (BeginPublish, "pending"),
            (Accept, "processing"),
            (Cancel, "processing"),
            (AddSource, "processing"),
            (SettleBad, "failed"),
            (Read, "not-found"),
            (BeginPublish, "source-unreachable"),
            (AddSource, "source-unreachable"),
            (UploadContent, "source-unreachable"),
            (Create, "pending"),
            (UploadContent, "pending"),
        ],
    );
}

#[test]
fn the_outcome_shows_when_the_mode_says() {
    let accepted = [
        (Create, "pending"),
        (UploadContent, "pending"),
        (BeginPublish, "pending"),
        (Accept, "processing"),
    ];
    for (mode, rest) in [
        (
            ProcessingMode::Polls(2),
            vec![
                (SettleGood, "processing"),
                (Poll, "processing"),
                (Read, "not-found"),
                (Poll, "processing"),
                (Read, "not-found"),
                (Poll, "published"),
            ],
        ),
        (
            ProcessingMode::Delay(Duration::from_secs(10)),
            vec![
                (Wait(4), "processing"),
                (SettleGood, "processing"),
                (Wait(5), "processing"),
                (Poll, "processing"),
                (Wait(1), "published"),
            ],
        ),
        (
            ProcessingMode::Delay(Duration::from_secs(10)),
            vec![
                (Wait(1000), "processing"),
                (SettleBad, "failed"),
                (Wait(1000), "nothing"),
            ],
        ),
        (
            ProcessingMode::Manual,
            vec![
                (SettleGood, "processing"),
                (Wait(1_000_000), "processing"),
                (Poll, "processing"),
                (LetThrough, "published"),
            ],
        ),
        (
            ProcessingMode::Manual,
            vec![(LetThrough, "processing"), (SettleBad, "failed")],
        ),
    ] {
        let script: Vec<_> = accepted.iter().copied().chain(rest).collect();
        play(mode, &script);
    }
}

#[test]
fn time_ends_what_is_pending_and_nothing_else() {
    play(
        ProcessingMode::Immediate,
        &[
            (Create, "pending"),
            (UploadContent, "pending"),
            (Wait(99), "pending"),
            (Wait(1), "expired"),
            (BeginPublish, "expired"),
            (UploadContent, "expired"),
            (AddSource, "expired"),
            (Cancel, "expired"),
            (Wait(999), "expired"),
            (Wait(1), "nothing"),
            (Create, "pending"),
            (Wait(100), "expired"),
            (Create, "pending"),
            (UploadContent, "pending"),
            (BeginPublish, "pending"),
            (Wait(1000), "pending"),
            (FinishGood, "published"),
        ],
    );
}

#[test]
fn cancel_leaves_nothing() {
    play(
        ProcessingMode::Polls(0),
        &[
            (Cancel, "not-found"),
            (Create, "pending"),
            (UploadContent, "pending"),
            (Cancel, "nothing"),
            (Poll, "not-found"),
            (Create, "pending"),
            (AddSource, "pending"),
            (BeginPublish, "pending"),
            (Accept, "processing"),
            (SettleBad, "failed"),
            (Cancel, "nothing"),
        ],
    );
}

#[test]
fn work_of_a_registry_that_was_reset_changes_nothing() {
    let mut machine = Machine::new(ProcessingMode::Polls(0));
    for step in [Create, UploadContent, BeginPublish, Accept] {
        machine.step(step);
    }
    drop(machine.registry.reset());
    assert_eq!(machine.step(Create), "pending");
    let stored = machine.registry.stored_bytes;
    assert_eq!(machine.step(SettleGood), "pending");
    // The new manifest, and nothing of what was there before.
    assert_eq!(machine.registry.stored_bytes, stored);
    drop(machine.registry.reset());
    assert_eq!(machine.registry.stored_bytes, 0);
}

#[test]
fn times_tell_the_story() {
    let mut machine = Machine::new(ProcessingMode::Delay(Duration::from_secs(10)));
    machine.step(Create);
    let created = machine.created.clone().unwrap();
    assert_eq!(
        created.expires_at,
        created.created_at.checked_add(EXPIRY).ok()
    );
    assert_eq!(created.processed_at, None);
    for step in [
        UploadContent,
        Wait(1),
        BeginPublish,
        Accept,
        SettleGood,
        Wait(500),
    ] {
        machine.step(step);
    }
    let view = machine
        .registry
        .unpublished(machine.now, &machine.owner, &Machine::address())
        .unwrap();
    let expected = created
        .created_at
        .checked_add(SignedDuration::from_secs(11))
        .ok();
    assert_eq!(
        view.processed_at, expected,
        "when it was due, not when somebody looked"
    );
    assert_eq!((view.expires_at, view.upload_token), (None, None));
}
