//! Uploads (rules UPL-1 to UPL-9): checked before the bytes are read, kept after they were.

use std::sync::Arc;

use jiff::Timestamp;

use crate::{
    identity::Caller,
    policy::FailedUpload,
    problem::{Problem, ProblemKind},
    refusal::{Refusal, not_found},
};

use super::{Attempt, AttemptId, Manifest, Registry, ReleaseKey, Source, Stage, Upload, Verdict};

/// Leave to upload.
#[derive(Clone, Debug)]
pub(crate) struct UploadTicket {
    attempt: AttemptId,
    /// What the content must be.
    pub manifest: Arc<Manifest>,
    /// The release is there already. Set by a defect alone.
    pub late: bool,
    /// Whoever uploads may not. Set by a defect alone.
    pub denied: bool,
}

impl Registry {
    /// What an upload URL is for.
    fn attempt_of_upload(
        &mut self,
        now: Timestamp,
        key: &ReleaseKey,
        token: &str,
    ) -> Result<&mut Attempt, Refusal> {
        let id = self.id_by_upload_token(token).ok_or_else(not_found)?;
        self.attempt(id, now)
            .filter(|attempt| attempt.key() == key)
            .ok_or_else(not_found)
    }

    /// Lets an upload begin. The URL alone authorises it where uploads go to another origin (UPL-3).
    pub(crate) fn begin_upload(
        &mut self,
        now: Timestamp,
        caller: &Caller,
        key: &ReleaseKey,
        token: &str,
    ) -> Result<UploadTicket, Refusal> {
        let needs_authorization =
            !self.links.uploads_elsewhere() || self.policy.upload.wants_authorization_elsewhere;
        if needs_authorization && self.policy.upload.taken_of_any_identity {
            self.access.require_writer(caller)?;
        } else if needs_authorization {
            self.permit_write(now, caller, key)?;
        }
        let late =
            self.policy.upload.taken_after_publishing || self.policy.upload.late_upload_reopens;
        let is_in_the_way = self.policy.upload.after_failure == Some(FailedUpload::IsInTheWay);
        let attempt = self.attempt_of_upload(now, key, token)?;
        attempt.refuse_unless_pending(late)?;
        attempt.refuse_mixed_with_entries()?;
        if is_in_the_way && attempt.slips.failed_upload.is_some() {
            return Err(Refusal::new(
                ProblemKind::ReleaseExists,
                "There is an object of this name and version.",
            ));
        }
        if attempt.slips.uploads_closed {
            return Err(Refusal::new(
                ProblemKind::Processing,
                "An upload was there already.",
            ));
        }
        Ok(UploadTicket {
            attempt: attempt.id,
            manifest: attempt.manifest.clone(),
            late: matches!(attempt.stage, Stage::Published { .. }),
            denied: false,
        })
    }

    /// Lets an upload begin that is denied: what no registry may do (ACC-3).
    pub(crate) fn denied_upload(
        &mut self,
        now: Timestamp,
        key: &ReleaseKey,
        token: &str,
    ) -> Result<UploadTicket, Refusal> {
        let attempt = self.attempt_of_upload(now, key, token)?;
        attempt.refuse_unless_pending(false)?;
        Ok(UploadTicket {
            attempt: attempt.id,
            manifest: attempt.manifest.clone(),
            late: false,
            denied: true,
        })
    }

    /// Takes no other upload for this release: what no registry may do (DIG-6).
    pub(crate) fn refuse_further_uploads(&mut self, now: Timestamp, ticket: &UploadTicket) {
        if let Some(attempt) = self.attempt(ticket.attempt, now) {
            attempt.slips.uploads_closed = true;
        }
    }

    /// Forgets what was uploaded: what no registry may do at the URL for uploads (ERR-3).
    pub(crate) fn delete_upload(
        &mut self,
        now: Timestamp,
        key: &ReleaseKey,
        token: &str,
    ) -> Result<(), Refusal> {
        let attempt = self.attempt_of_upload(now, key, token)?;
        attempt.refuse_unless_pending(false)?;
        attempt.sources.retain(|source| *source != Source::Own);
        let freed = attempt
            .upload
            .take()
            .map_or(0, |upload| upload.bytes.len() as u64);
        self.stored_bytes -= freed;
        Ok(())
    }

    /// Keeps what was uploaded, if the release still waits for content.
    pub(crate) fn finish_upload(
        &mut self,
        now: Timestamp,
        ticket: &UploadTicket,
        mut upload: Upload,
    ) -> Result<(), Refusal> {
        let policy = self.policy.upload;
        let late = policy.taken_after_publishing || policy.late_upload_reopens;
        let appends = self.policy.upload.appends_second;
        let (stored, limit) = (self.stored_bytes, self.settings.max_storage);
        let attempt = self.attempt(ticket.attempt, now).ok_or_else(not_found)?;
        attempt.refuse_unless_pending(late)?;
        attempt.refuse_mixed_with_entries()?;
        if policy.late_upload_reopens && matches!(attempt.stage, Stage::Published { .. }) {
            attempt.stage = Stage::Pending;
        }
        if policy.second_upload_fails && attempt.upload.is_some() {
            let problem = Problem::new(
                ProblemKind::Processing,
                "The release has content already, which can not change.",
            );
            attempt.conclude(now, Verdict::bad(problem.clone()));
            return Err(problem.into());
        }
        if let (Some(FailedUpload::Stays), Some(failed)) =
            (policy.after_failure, &attempt.slips.failed_upload)
        {
            upload = (**failed).clone();
        }
        if let Some(first) = attempt.upload.as_ref().filter(|_| appends) {
            let both = [first.bytes.as_ref(), &upload.bytes].concat();
            upload.bytes = both.into();
            upload = upload.with_sha256(None);
        }
        let replaced = attempt
            .upload
            .as_ref()
            .map_or(0, |upload| upload.bytes.len() as u64);
        let total = stored - replaced + upload.bytes.len() as u64;
        if total > limit {
            return Err(Refusal::new(
                ProblemKind::InsufficientStorage,
                "There is no room for the upload.",
            ));
        }
        attempt.upload = Some(Arc::new(upload));
        if policy.listed_each_time || !attempt.sources.contains(&Source::Own) {
            attempt.sources.reserve_exact(1);
            attempt.sources.push(Source::Own);
        }
        self.stored_bytes = total;
        Ok(())
    }
}

impl Attempt {
    /// Refuses what only a pending release takes.
    pub(super) fn refuse_unless_pending(&self, published_will_do: bool) -> Result<(), Refusal> {
        match &self.stage {
            Stage::Pending => Ok(()),
            Stage::Published { .. } if published_will_do => Ok(()),
            Stage::Publishing | Stage::Processing(_) => Err(Refusal::new(
                ProblemKind::Processing,
                "The release is being published.",
            )),
            Stage::Published { .. } => Err(Refusal::new(
                ProblemKind::AlreadyPublished,
                "The release has been published.",
            )),
            // The failure itself, as a conflict: what it takes is a new create (ASY-10).
            Stage::Failed { problem, .. } => {
                Err(Refusal::from((**problem).clone()).with_status(409))
            }
            Stage::Expired { .. } => Err(Refusal::new(
                ProblemKind::Expired,
                "The unpublished release has expired.",
            )),
        }
    }

    fn refuse_mixed_with_entries(&self) -> Result<(), Refusal> {
        if self.sources.iter().any(|source| source.path().is_some()) {
            return Err(Refusal::new(
                ProblemKind::InvalidSource,
                "The content is given by sources of single entries, to which the whole can not be added.",
            ));
        }
        Ok(())
    }
}
