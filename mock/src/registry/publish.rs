//! Publish (rules PUB and ASY): the work is claimed under the lock, done outside it, and its result taken back, so that of many
//! requests one wins and nothing changes beneath the work.

use std::sync::Arc;

use jiff::Timestamp;

use crate::{
    config::Verification,
    identity::Caller,
    jws::JwsDocument,
    links::Links,
    policy::internal_error,
    problem::{Problem, ProblemKind},
    refusal::{Refusal, not_found},
};

use super::{
    Attempt, AttemptId, Manifest, Processing, Registry, ReleaseKey, ReleaseView, Source, Stage,
    UnpublishedView, Upload, Verdict, create::gone,
};

/// The right, and the duty, to bring one attempt's publishing to an end.
#[derive(Debug)]
pub(crate) struct PublishClaim {
    attempt: AttemptId,
    /// What it was before, and is again when the claim is given back.
    before: Stage,
    /// Set by a defect alone: what it was when it was published already.
    before_again: Option<Stage>,
}

/// What publishing an attempt needs done: check the signatures, then verify the content.
#[derive(Debug)]
pub(crate) struct PublishWork {
    /// To hand back with the result.
    pub claim: PublishClaim,
    /// What is published.
    pub manifest: Arc<Manifest>,
    /// Signatures that came with create, good ones.
    pub signed_at_create: Option<Arc<JwsDocument>>,
    /// Uploaded content.
    pub upload: Option<Arc<Upload>>,
    /// Where the content is, the registry's own store included.
    pub sources: Vec<Source>,
}

impl Registry {
    /// Claims the publishing of a pending release; from now on its content can not change.
    pub(crate) fn begin_publish(
        &mut self,
        now: Timestamp,
        caller: &Caller,
        key: &ReleaseKey,
    ) -> Result<PublishWork, Refusal> {
        self.permit_write(now, caller, key)?;
        let policy = self.policy.publish;
        let gone_when_failed = self.policy.processing.failure_is_for_good;
        let unknown = || {
            if policy.unknown_is_internal_error {
                internal_error("unexpected state")
            } else {
                not_found()
            }
        };
        if policy.race_removes && self.is_being_published(now, key) {
            self.remove_current(key);
            return Err(Refusal::new(
                ProblemKind::Processing,
                format!("{key} is being published."),
            ));
        }
        let stage = &self.current(key, now).ok_or_else(unknown)?.stage;
        let links = (*stage != Stage::Pending).then(|| self.links.clone());
        let attempt = self.current(key, now).ok_or_else(unknown)?;
        let located = |refusal: Refusal, url: &dyn Fn(&Links) -> String| match &links {
            Some(links) => refusal.with_location(url(links)),
            None => refusal,
        };
        match &attempt.stage {
            Stage::Published { .. } if policy.publishes_again => {}
            Stage::Published { .. } if policy.refused_again_unpublishes => {}
            Stage::Published { .. } if policy.again_is_internal_error => {
                return Err(internal_error("unexpected state"));
            }
            Stage::Publishing | Stage::Processing(_) if policy.race_is_internal_error => {
                return Err(internal_error("unexpected state"));
            }
            Stage::Failed { .. } if gone_when_failed => return Err(gone()),
            Stage::Published { .. } => {
                let refusal = Refusal::new(
                    ProblemKind::AlreadyPublished,
                    format!("{key} has been published."),
                );
                return Err(located(refusal, &|links| links.release(key)));
            }
            Stage::Publishing | Stage::Processing(_) if policy.checks_then_acts => {}
            Stage::Publishing | Stage::Processing(_) if policy.processing_is_not_found => {
                return Err(not_found());
            }
            Stage::Publishing | Stage::Processing(_) => {
                let refusal = Refusal::new(
                    ProblemKind::Processing,
                    format!("{key} is being published."),
                );
                let token = attempt.status_token();
                return Err(located(refusal, &|links| {
                    links.status(key, token.as_deref())
                }));
            }
            Stage::Expired { .. } if policy.publishes_expired => {}
            _ => attempt.refuse_unless_pending(false)?,
        }
        let before = match &attempt.stage {
            Stage::Publishing => Stage::Pending,
            stage => stage.clone(),
        };
        let before_again = match &before {
            Stage::Published { .. } if policy.refused_again_unpublishes => Some(before.clone()),
            _ => None,
        };
        attempt.stage = Stage::Publishing;
        Ok(PublishWork {
            claim: PublishClaim {
                attempt: attempt.id,
                before: if before_again.is_some() {
                    Stage::Pending
                } else {
                    before
                },
                before_again,
            },
            manifest: attempt.manifest.clone(),
            signed_at_create: attempt
                .signature
                .clone()
                .filter(|_| attempt.signed_at_create),
            upload: attempt.upload.clone(),
            sources: attempt.sources.clone(),
        })
    }

    /// Gives the claim back: the release is what it was, pending.
    pub(crate) fn abandon_publish(
        &mut self,
        now: Timestamp,
        claim: &PublishClaim,
        refusal: &Refusal,
    ) {
        let is_final = self.policy.publish.refusal_is_final;
        let shown = self.policy.publish.shown_after_unsigned_publish
            && refusal.kind() == ProblemKind::MissingSignature;
        if let Some(attempt) = self.publishing(now, claim) {
            if shown {
                attempt.slips.shown_early = true;
            }
            if is_final {
                attempt.conclude(now, Verdict::Bad(refusal.problem.clone()));
            } else {
                attempt.stage = claim.before.clone();
            }
        }
    }

    /// Ends a publishing that broke down: what was not accepted is what it was, what was accepted has failed.
    pub(crate) fn break_off(&mut self, now: Timestamp, claim: &PublishClaim, problem: Problem) {
        let Some(attempt) = self.attempt(claim.attempt, now) else {
            return;
        };
        match attempt.stage {
            Stage::Publishing => attempt.stage = claim.before.clone(),
            Stage::Processing(_) => attempt.conclude(now, Verdict::bad(problem)),
            Stage::Pending
            | Stage::Published { .. }
            | Stage::Failed { .. }
            | Stage::Expired { .. } => {}
        }
    }

    /// Refuses to publish what is published, after all was found good: what a defect puts off until then.
    pub(crate) fn refuse_again(
        &mut self,
        now: Timestamp,
        claim: &PublishClaim,
    ) -> Result<(), Refusal> {
        let Some(before) = claim.before_again.clone() else {
            return Ok(());
        };
        if let Some(attempt) = self.publishing(now, claim) {
            attempt.stage = before;
        }
        Err(Refusal::new(
            ProblemKind::AlreadyPublished,
            "The release has been published.",
        ))
    }

    /// Creates what is published without having been created: what no registry may do (PUB-6).
    pub(crate) fn create_unless_there(
        &mut self,
        now: Timestamp,
        caller: &Caller,
        manifest: Manifest,
    ) -> Result<(), Refusal> {
        self.permit_write(now, caller, &manifest.key)?;
        let key = manifest.key.clone();
        if self.current(&key, now).is_none() {
            self.start_attempt(now, caller, manifest, None);
            if let Some(attempt) = self.current(&key, now) {
                attempt.slips.without_content = true;
            }
        }
        Ok(())
    }

    /// Puts a failed release back among the pending ones: what only a new attempt of its owner does (ASY-6).
    pub(crate) fn reset_failed(&mut self, now: Timestamp, key: &ReleaseKey) {
        if let Some(attempt) = self.current(key, now)
            && matches!(attempt.stage, Stage::Failed { .. })
        {
            attempt.stage = Stage::Pending;
        }
    }

    fn is_being_published(&mut self, now: Timestamp, key: &ReleaseKey) -> bool {
        self.current(key, now).is_some_and(|attempt| {
            matches!(attempt.stage, Stage::Publishing | Stage::Processing(_))
        })
    }

    /// Refuses to publish nothing (UPL-4).
    pub(crate) fn require_content(
        &mut self,
        now: Timestamp,
        claim: &PublishClaim,
    ) -> Result<(), Refusal> {
        let (policy, wants_upload) = (self.policy.publish, self.policy.sources.wants_upload);
        let attempt = self.publishing(now, claim).ok_or_else(not_found)?;
        let enough = attempt.has_content() && (attempt.upload.is_some() || !wants_upload)
            || attempt.slips.without_content;
        if enough || policy.publishes_without_content {
            Ok(())
        } else {
            Err(Refusal::new(
                ProblemKind::MissingContent,
                "There is neither an upload nor a content source.",
            ))
        }
    }

    /// Ends the publishing within its own request: 201, or a refusal that leaves the release pending.
    pub(crate) fn finish_publish(
        &mut self,
        now: Timestamp,
        claim: &PublishClaim,
        signature: JwsDocument,
        verdict: Verdict,
    ) -> Result<ReleaseView, Refusal> {
        let policy = self.policy.publish;
        let revision = self.next_revision();
        let attempt = self.publishing(now, claim).ok_or_else(not_found)?;
        match verdict {
            Verdict::Bad(problem) if policy.refusal_is_final => {
                attempt.conclude(now, Verdict::Bad(problem.clone()));
                Err((*problem).into())
            }
            Verdict::Bad(problem) => {
                attempt.stage = claim.before.clone();
                Err((*problem).into())
            }
            good @ Verdict::Good { .. } => {
                let before = attempt.overhead();
                attempt.record(signature, policy.checks_then_acts);
                attempt.revision = revision;
                attempt.conclude(now, good);
                let (after, view) = (attempt.overhead(), attempt.release_view(now));
                self.account(before, after);
                Ok(view)
            }
        }
    }

    /// Accepts the publishing: 202, the verdict follows by [`Registry::settle_publish`].
    pub(crate) fn accept_publish(
        &mut self,
        now: Timestamp,
        claim: &PublishClaim,
        signature: JwsDocument,
    ) -> Result<UnpublishedView, Refusal> {
        let racing = self.policy.publish.checks_then_acts;
        let revision = self.next_revision();
        let attempt = self.publishing(now, claim).ok_or_else(not_found)?;
        attempt.revision = revision;
        let before = attempt.overhead();
        attempt.record(signature, racing);
        let after = attempt.overhead();
        attempt.stage = Stage::Processing(Box::new(Processing {
            accepted_at: now,
            polls: 0,
            let_through: false,
            finished: None,
        }));
        let id = attempt.id;
        self.account(before, after);
        self.presented(id)
    }

    /// Takes the verdict of work that was accepted. When it shows is the processing mode's matter.
    pub(crate) fn settle_publish(
        &mut self,
        now: Timestamp,
        claim: &PublishClaim,
        verdict: Verdict,
    ) {
        let mode = self.settings.processing;
        let verdict = self.policy.processing.record(verdict);
        let miscounts = self.policy.processing.miscounts_sources;
        let Some(attempt) = self.attempt(claim.attempt, now) else {
            return;
        };
        let lost = attempt.slips.work_lost || miscounts && attempt.sources.len() > 1;
        if let (Stage::Processing(processing), Some(verdict)) = (&mut attempt.stage, verdict)
            && !lost
        {
            processing.finished = Some((now, verdict));
            attempt.settle(now, mode);
        }
    }

    /// What a registry that fetches nothing says of the content; `None` in one that does.
    pub(crate) fn verdict_without_fetching(&self, work: &PublishWork) -> Option<Verdict> {
        (self.settings.verification != Verification::All).then(|| Verdict::Good {
            sources: work.sources.clone(),
            summary: work
                .upload
                .as_ref()
                .and_then(|upload| upload.summary.clone()),
        })
    }

    fn publishing(&mut self, now: Timestamp, claim: &PublishClaim) -> Option<&mut Attempt> {
        let racing = self.policy.publish.checks_then_acts;
        self.attempt(claim.attempt, now)
            .filter(|attempt| attempt.stage == Stage::Publishing || racing)
    }
}

impl Attempt {
    /// Keeps the signatures of a publish. Publishes that race add theirs to those of each other: what no registry may do (PUB-7).
    fn record(&mut self, signature: JwsDocument, racing: bool) {
        let first = self.signature.as_mut().filter(|_| racing);
        let added = first.is_some_and(|first| Arc::make_mut(first).merge(&signature).is_ok());
        if !added {
            let signature = signature.sharing(&self.manifest.bytes);
            self.signature = Some(Arc::new(signature));
        }
    }
}
