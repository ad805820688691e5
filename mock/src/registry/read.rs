//! Reading releases, published and not (rules REL, PUB-2, PUB-3, PUB-8, ACC-4, ACC-7, ACC-8).

use std::sync::Arc;

use jiff::Timestamp;

use crate::{
    identity::Caller,
    jws::JwsDocument,
    policy::FailedUpload,
    refusal::{Refusal, not_found},
};

use super::{
    Attempt, Registry, ReleaseKey, ReleaseView, Source, Stage, Status, UnpublishedView, Upload,
};

/// Bytes from which on an upload would be kept in another store.
const LARGE_UPLOAD: usize = 256 << 10;

/// How an unpublished release is named in a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnpublishedAddress {
    /// Name and version; they alone decide who may look.
    pub key: ReleaseKey,
    /// Names one attempt at it; the latest one, when absent.
    pub token: Option<String>,
}

/// Uploaded content.
#[derive(Clone, Debug)]
pub(crate) struct Content {
    /// As it was uploaded.
    pub upload: Arc<Upload>,
    /// Media type of the manifest.
    pub media_type: String,
    /// Whether everybody may read it, so that shared caches may keep it.
    pub is_public: bool,
}

impl Registry {
    /// The unpublished release, for its owner; counts as a poll.
    pub(crate) fn unpublished(
        &mut self,
        now: Timestamp,
        caller: &Caller,
        address: &UnpublishedAddress,
    ) -> Result<UnpublishedView, Refusal> {
        self.sweep_if_due(now);
        let mode = self.settings.processing;
        self.permit_read_unpublished(now, caller, &address.key)?;
        let reading = self.policy.reading;
        let is_hidden = reading.hides_pre_releases && address.key.version.contains('-');
        if address.token.is_none() && (reading.status_at_location_only || is_hidden) {
            return Err(not_found());
        }
        let missing = self.missing(caller, &address.key);
        let processing = self.policy.processing;
        let attempt = self.addressed(now, address).ok_or(missing)?;
        if let Stage::Processing(work) = &mut attempt.stage {
            // With `polls:N` it is the read after N that brings the outcome, and nothing else: not a read of the release between.
            work.polls = work.polls.saturating_add(1);
            attempt.settle(now, mode);
        }
        let flickers = processing.flickers && attempt.is_fetching();
        if let Stage::Processing(work) = &attempt.stage
            && work.finished.is_none()
        {
            if processing.looking_loses_work {
                attempt.slips.work_lost = true;
            }
            if processing.status_missing {
                return Err(not_found());
            }
        }
        let (id, polls) = (attempt.id, attempt.polls());
        let (status, is_published) = (
            attempt.stage.status(),
            matches!(attempt.stage, Stage::Published { .. }),
        );
        let mut view = self.presented(id)?;
        if processing.forgets_failure && status == Status::Failed {
            self.remove(id);
        }
        if self.policy.processing.forgets_published && is_published {
            return Err(not_found());
        }
        if flickers && polls.is_multiple_of(2) {
            view.status = Status::Pending;
        }
        if self.policy.upload.url_shown_once {
            view.upload_token = None;
        }
        if self.policy.upload.status_url_is_dead {
            view.upload_token = view.upload_token.map(|token| format!("{token}0"));
        }
        if self.policy.create.expiry_moves_earlier {
            let elapsed = now.duration_since(view.created_at);
            view.expires_at = view.expires_at.and_then(|at| at.checked_sub(elapsed).ok());
        }
        Ok(view)
    }

    /// The attempt at that address.
    pub(super) fn addressed(
        &mut self,
        now: Timestamp,
        address: &UnpublishedAddress,
    ) -> Option<&mut Attempt> {
        match &address.token {
            None => self.current(&address.key, now),
            Some(token) => match self.id_by_status_token(token) {
                None => None,
                Some(id) => self
                    .attempt(id, now)
                    .filter(|attempt| *attempt.key() == address.key),
            },
        }
    }

    /// The release.
    pub(crate) fn release(
        &mut self,
        now: Timestamp,
        caller: &Caller,
        key: &ReleaseKey,
    ) -> Result<ReleaseView, Refusal> {
        self.access.read_manifest(caller, key.namespace())?;
        let sees_all = self.access.sees_foreign_sources(caller, key.namespace())
            || self.policy.access.shows_signed_urls;
        let (publish, shown_early) = (
            self.policy.publish,
            self.policy.publish.shown_before_published,
        );
        let lists_no_large = self.policy.upload.lists_no_large_uploads;
        let reading = self.policy.reading;
        if reading.hides_pre_releases && key.version.contains('-') {
            return Err(not_found());
        }
        let latest = reading
            .serves_latest_build
            .then(|| self.latest_build(key))
            .flatten();
        let is_owner = caller.owns(key.namespace());
        let shown_by_name = publish.shown_by_name && self.has_published(&key.name);
        let (looking_loses_work, tells) = (
            self.policy.processing.looking_loses_work,
            self.policy.access.problems_show_release,
        );
        let release_flickers = self.policy.processing.release_flickers;
        let links = tells.then(|| self.links.clone());
        let is_faultless = self.is_faultless;
        let attempt = self
            .current(latest.as_ref().unwrap_or(key), now)
            .ok_or_else(not_found)?;
        if let Stage::Processing(work) = &attempt.stage
            && looking_loses_work
        {
            attempt.slips.work_lost |= work.finished.is_none();
        }
        let early = publish.shown_without_content && attempt.sources.is_empty()
            || publish.shown_to_owner && is_owner
            || shown_by_name
            || attempt.slips.shown_early;
        let published_at = match &attempt.stage {
            Stage::Published { at } => *at,
            Stage::Processing(_) if shown_early => now,
            Stage::Pending if early => now,
            Stage::Failed { at, .. } if publish.failed_is_readable => *at,
            Stage::Pending if let Some(links) = links => {
                let url = links.upload(key, &attempt.upload_token());
                return Err(not_found().with("unpublished", serde_json::json!({"uploadUrl": url})));
            }
            _ => return Err(not_found()),
        };
        if release_flickers {
            attempt.slips.reads = attempt.slips.reads.saturating_add(1);
            if attempt.sources.len() > 2 && attempt.slips.reads.is_multiple_of(2) {
                return Err(not_found());
            }
        }
        let mut view = attempt.release_view(published_at);
        // In a registry with mistakes readers may see different things.
        let is_same_for_all = sees_all && is_faultless;
        view.revision = is_same_for_all.then_some(attempt.revision);
        let is_large = |upload: &Arc<Upload>| upload.bytes.len() > LARGE_UPLOAD;
        if lists_no_large && attempt.upload.as_ref().is_some_and(is_large) {
            view.sources.retain(|source| *source != Source::Own);
        }
        if !sees_all {
            view.sources.retain(|source| *source == Source::Own);
        }
        Ok(view)
    }

    /// The build of a version that was published last.
    fn latest_build(&self, key: &ReleaseKey) -> Option<ReleaseKey> {
        let unbuilt = |version: &str| version.split('+').next().map(str::to_owned);
        self.attempts()
            .filter(|attempt| {
                attempt.key().name == key.name
                    && unbuilt(&attempt.key().version) == unbuilt(&key.version)
            })
            .filter_map(|attempt| match attempt.stage {
                Stage::Published { at } => Some((at, attempt.key().clone())),
                _ => None,
            })
            .max_by_key(|(at, _)| *at)
            .map(|(_, key)| key)
    }

    /// Whether there is a release of that name, in whatever version.
    pub(crate) fn has_published(&self, name: &str) -> bool {
        self.attempts().any(|attempt| {
            attempt.key().name == name && matches!(attempt.stage, Stage::Published { .. })
        })
    }

    /// Whether there is anything of that name, in whatever version and state.
    pub(crate) fn knows_name(&self, name: &str) -> bool {
        self.attempts().any(|attempt| attempt.key().name == name)
    }

    /// Content that was uploaded: of a release for those who may read it, before that for its owner.
    pub(crate) fn content(
        &mut self,
        now: Timestamp,
        caller: &Caller,
        key: &ReleaseKey,
    ) -> Result<Content, Refusal> {
        self.access.read_content(caller, key.namespace())?;
        let is_public = self
            .access
            .read_content(&Caller::Anonymous, key.namespace())
            .is_ok();
        let is_owner = caller.owns(key.namespace());
        let serves_failed = self.policy.upload.after_failure == Some(FailedUpload::IsServed);
        let attempt = self.current(key, now).ok_or_else(not_found)?;
        let failed = attempt
            .slips
            .failed_upload
            .as_ref()
            .filter(|_| serves_failed);
        let shown = match attempt.stage {
            Stage::Published { .. } => true,
            Stage::Pending | Stage::Publishing | Stage::Processing(_) => is_owner,
            Stage::Failed { .. } | Stage::Expired { .. } => false,
        };
        match &attempt.upload {
            Some(upload) if shown && attempt.sources.contains(&Source::Own) => Ok(Content {
                upload: failed.unwrap_or(upload).clone(),
                media_type: attempt.manifest.media_type().to_owned(),
                is_public: is_public && matches!(attempt.stage, Stage::Published { .. }),
            }),
            _ => Err(not_found()),
        }
    }
}

impl Attempt {
    fn is_fetching(&self) -> bool {
        matches!(&self.stage, Stage::Processing(work) if work.finished.is_none())
    }

    fn polls(&self) -> u32 {
        match &self.stage {
            Stage::Processing(work) => work.polls,
            _ => 0,
        }
    }

    pub(super) fn release_view(&self, published_at: Timestamp) -> ReleaseView {
        ReleaseView {
            manifest: self.manifest.clone(),
            signature: match &self.signature {
                Some(signature) => signature.clone(),
                // Without a signature it is no release, and shown only by a defect.
                None => Arc::new(JwsDocument::unsigned(&self.manifest.bytes)),
            },
            creator: self.creator.to_string(),
            sources: self.sources.clone(),
            published_at,
            revision: None,
        }
    }
}
