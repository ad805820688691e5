//! Create (rules CRE-10 to CRE-14).

use std::sync::Arc;

use jiff::Timestamp;

use crate::{
    identity::Caller,
    jws::JwsDocument,
    problem::{Problem, ProblemKind},
    refusal::Refusal,
};

use super::{
    Attempt, Manifest, Registry, ReleaseKey, Stage, UnpublishedView, Upload,
    release::later,
    slips::{Slips, SlipsOf},
};

impl Registry {
    /// Creates an unpublished release from a manifest that was checked already, with the signatures that came with it, checked too.
    pub(crate) fn create(
        &mut self,
        now: Timestamp,
        caller: &Caller,
        manifest: Manifest,
        signature: Option<JwsDocument>,
    ) -> Result<UnpublishedView, Refusal> {
        self.sweep_if_due(now);
        if let Err(refusal) = self.refuse_stranger_or_conflict(now, caller, &manifest.key) {
            if refusal.kind() == ProblemKind::ReleaseExists
                && self.policy.create.writes_before_conflict
            {
                self.overwrite_pending(now, manifest);
            }
            return Err(refusal);
        }
        if self
            .stored_bytes
            .saturating_add(manifest.bytes.len() as u64)
            > self.settings.max_storage
        {
            return Err(Refusal::new(
                ProblemKind::InsufficientStorage,
                "There is no room for the manifest.",
            ));
        }
        Ok(self.start_attempt(now, caller, manifest, signature))
    }

    /// Puts another manifest into the place of a pending one: what no registry may do (CRE-10).
    fn overwrite_pending(&mut self, now: Timestamp, manifest: Manifest) {
        let key = manifest.key.clone();
        let Some(attempt) = self.current(&key, now) else {
            return;
        };
        if attempt.stage != Stage::Pending {
            return;
        }
        let before = attempt.stored_bytes();
        attempt.manifest = Arc::new(manifest);
        let after = attempt.stored_bytes();
        self.stored_bytes = self
            .stored_bytes
            .saturating_sub(before)
            .saturating_add(after);
    }

    /// Refuses callers that may not write there, before anything that exists is told (ACC-10), and what is taken (CRE-10).
    pub(crate) fn refuse_stranger_or_conflict(
        &mut self,
        now: Timestamp,
        caller: &Caller,
        key: &ReleaseKey,
    ) -> Result<(), Refusal> {
        if self.policy.access.conflict_before_permission {
            self.refuse_conflict(now, key)?;
        }
        self.permit_write(now, caller, key)?;
        self.refuse_conflict(now, key)
    }

    fn refuse_conflict(&mut self, now: Timestamp, key: &ReleaseKey) -> Result<(), Refusal> {
        let policy = self.policy.create;
        let failure_is_for_good = self.policy.processing.failure_is_for_good;
        let is_in_the_way = |other: &Attempt| policy.takes_for_same(other, key);
        if policy.takes_others_for_same() && self.attempts().any(is_in_the_way) {
            return Err(Refusal::new(
                ProblemKind::ReleaseExists,
                format!("{key} exists."),
            ));
        }
        if self.current(key, now).is_none() {
            return Ok(());
        }
        let links = self.links.clone();
        let Some(attempt) = self.current(key, now) else {
            return Ok(());
        };
        let location = match attempt.stage {
            Stage::Pending if policy.replaces_pending => return Ok(()),
            Stage::Processing(_) if policy.replaces_processing => return Ok(()),
            Stage::Pending | Stage::Publishing | Stage::Processing(_)
                if policy.conflict_locates_release =>
            {
                links.release(key)
            }
            Stage::Pending | Stage::Publishing | Stage::Processing(_) => {
                links.status(key, attempt.status_token().as_deref())
            }
            Stage::Published { .. } if policy.replaces_published => return Ok(()),
            Stage::Published { .. } => links.release(key),
            Stage::Failed { .. } if failure_is_for_good => return Err(gone()),
            Stage::Failed { .. } if policy.failure_blocks => links.unpublished(key),
            Stage::Expired { .. } if policy.expired_blocks => links.unpublished(key),
            Stage::Failed { .. } | Stage::Expired { .. } => return Ok(()),
        };
        let status = attempt.stage.status().name();
        let refusal = Refusal::new(ProblemKind::ReleaseExists, format!("{key} is {status}."));
        Err(if policy.conflict_without_location {
            refusal
        } else {
            refusal.with_location(location)
        })
    }

    /// Starts an attempt, in the place of whatever is there.
    pub(crate) fn start_attempt(
        &mut self,
        now: Timestamp,
        caller: &Caller,
        manifest: Manifest,
        signature: Option<JwsDocument>,
    ) -> UnpublishedView {
        let last_failure = self.last_failure(now, &manifest.key);
        let failed_upload = self.failed_upload(now, &manifest.key);
        let (id, secrets) = self.new_identity(&manifest.key);
        let (upload, sources) = self
            .cancelled_contents
            .remove(&manifest.key)
            .unwrap_or_default();
        let creator = (self.policy.create).creator(caller, || manifest.value(), id.0);
        let attempt = Attempt {
            id,
            creator: self.known_creator(&creator),
            created_at: now,
            expires_at: self.settings.expiry.map(|expiry| later(now, expiry)),
            secrets,
            signed_at_create: signature.is_some(),
            signature: signature.map(|signature| Arc::new(signature.sharing(&manifest.bytes))),
            upload,
            remark: None,
            slips: if self.is_faultless {
                SlipsOf::default()
            } else {
                SlipsOf::from(Slips {
                    never_expires: self.policy.publish.never_expires,
                    last_failure,
                    failed_upload,
                    ..Slips::default()
                })
            },
            sources,
            verified: None,
            stage: Stage::Pending,
            revision: self.next_revision(),
            manifest: Arc::new(manifest),
        };
        let view = self.policy.processing.present(self.view(&attempt));
        self.insert(attempt);
        view
    }

    /// What was uploaded to the attempt before, which failed, in a registry that keeps that (ASY-10).
    fn failed_upload(&mut self, now: Timestamp, key: &ReleaseKey) -> Option<Arc<Upload>> {
        self.policy.upload.after_failure?;
        let before = self.current(key, now)?;
        let has_failed = matches!(before.stage, Stage::Failed { .. });
        before.upload.clone().filter(|_| has_failed)
    }

    /// How the attempt before failed, in a registry that keeps that.
    fn last_failure(&mut self, now: Timestamp, key: &ReleaseKey) -> Option<(Timestamp, Problem)> {
        if !self.policy.processing.keeps_last_error {
            return None;
        }
        match &self.current(key, now)?.stage {
            Stage::Failed { at, problem } => Some((*at, (**problem).clone())),
            _ => None,
        }
    }
}

/// What a registry says of something that it will never take up again.
pub(super) fn gone() -> Refusal {
    Refusal::new(ProblemKind::Expired, "The release has failed.")
}
