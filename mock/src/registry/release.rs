//! One attempt at a release: what is known of it, and where it stands.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::{config::ProcessingMode, content::ContentSummary, jws::JwsDocument, problem::Problem};

use super::{Manifest, Source, secret::Secrets, slips::SlipsOf};

/// Name and version of a release.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ReleaseKey {
    /// `namespace:label`.
    pub name: String,
    /// Semver, without a leading `v`.
    pub version: String,
}

impl ReleaseKey {
    /// The namespace that the name belongs to; empty where the name has none.
    pub(crate) fn namespace(&self) -> &str {
        self.name
            .split_once(':')
            .map_or("", |(namespace, _)| namespace)
    }
}

impl fmt::Display for ReleaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.version)
    }
}

/// Tells attempts apart, those at one name and version too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct AttemptId(pub(super) u64);

/// Uploaded content.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    /// The bytes as they travelled.
    pub bytes: Bytes,
    /// What reading them found; nothing in a registry that does not verify.
    pub summary: Option<Arc<ContentSummary>>,
    sha256: OnceLock<[u8; 32]>,
}

impl Upload {
    /// Bytes, with what reading them found.
    pub(crate) fn new(bytes: Bytes, summary: Option<ContentSummary>) -> Self {
        Self {
            bytes,
            summary: summary.map(Arc::new),
            sha256: OnceLock::new(),
        }
    }

    /// Says what the SHA-256 of the bytes is.
    #[must_use]
    pub(crate) fn with_sha256(mut self, sha256: Option<[u8; 32]>) -> Self {
        self.sha256 = sha256.map(OnceLock::from).unwrap_or_default();
        self
    }

    /// SHA-256 of the bytes.
    pub(crate) fn sha256(&self) -> [u8; 32] {
        *self
            .sha256
            .get_or_init(|| Sha256::digest(&self.bytes).into())
    }
}

/// One attempt at a release, from create to its end.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    pub(super) id: AttemptId,
    pub(super) manifest: Arc<Manifest>,
    pub(super) creator: Arc<str>,
    pub(super) created_at: Timestamp,
    pub(super) expires_at: Option<Timestamp>,
    /// None in a plain registry, where attempts are counted.
    pub(super) secrets: Option<Secrets>,
    pub(super) signature: Option<Arc<JwsDocument>>,
    pub(super) signed_at_create: bool,
    pub(super) upload: Option<Arc<Upload>>,
    /// A problem that is shown though nothing failed. Set by a defect alone.
    pub(super) remark: Option<Box<Problem>>,
    /// What a defect alone sets.
    pub(super) slips: SlipsOf,
    pub(super) sources: Vec<Source>,
    /// What the verified content holds, for sources that are added later.
    pub(super) verified: Option<Arc<ContentSummary>>,
    pub(super) stage: Stage,
    /// Another one whenever what readers see of it may have changed; never that of another attempt.
    pub(super) revision: u64,
}

/// Where an attempt stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stage {
    /// Takes content and waits for publish.
    Pending,
    /// Publish is being worked on within its own request. Shown as pending, because that is what a refusal leaves it.
    Publishing,
    /// Publish was accepted and is being worked on.
    Processing(Box<Processing>),
    /// It is a release.
    Published {
        /// When it became one.
        at: Timestamp,
    },
    /// It will never be a release.
    Failed {
        /// When that was decided.
        at: Timestamp,
        /// Why.
        problem: Box<Problem>,
    },
    /// It was not published in time.
    Expired {
        /// When its time was over.
        at: Timestamp,
    },
}

/// Work that goes on after publish was answered with 202.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Processing {
    pub(super) accepted_at: Timestamp,
    pub(super) polls: u32,
    pub(super) let_through: bool,
    pub(super) finished: Option<(Timestamp, Verdict)>,
}

/// What the verification of a release's content came to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Verdict {
    /// The content is good.
    Good {
        /// The sources that stay.
        sources: Vec<Source>,
        /// What the content holds, in a registry that verifies.
        summary: Option<Arc<ContentSummary>>,
    },
    /// It is not.
    Bad(Box<Problem>),
}

impl Verdict {
    /// It is not good, for this reason.
    pub(crate) fn bad(problem: impl Into<Box<Problem>>) -> Self {
        Self::Bad(problem.into())
    }
}

/// Status of an unpublished release, as everybody calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Takes content and waits for publish.
    Pending,
    /// Publish was accepted.
    Processing,
    /// It is a release.
    Published,
    /// It will never be a release.
    Failed,
    /// It was not published in time.
    Expired,
}

impl Status {
    /// The name on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::Published => "published",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }
}

impl Stage {
    /// The status that shows this stage.
    pub(crate) fn status(&self) -> Status {
        match self {
            Self::Pending | Self::Publishing => Status::Pending,
            Self::Processing(_) => Status::Processing,
            Self::Published { .. } => Status::Published,
            Self::Failed { .. } => Status::Failed,
            Self::Expired { .. } => Status::Expired,
        }
    }

    /// When the attempt came to its end, if it has.
    pub(crate) fn ended_at(&self) -> Option<Timestamp> {
        match self {
            Self::Pending | Self::Publishing | Self::Processing(_) => None,
            Self::Published { at } | Self::Failed { at, .. } | Self::Expired { at } => Some(*at),
        }
    }
}

impl Processing {
    /// Whether the outcome should show by now, and is not there yet.
    pub(super) fn is_overdue(&self, now: Timestamp, mode: ProcessingMode) -> bool {
        match mode {
            ProcessingMode::Delay(delay) => {
                self.finished.is_none() && later(self.accepted_at, delay) <= now
            }
            ProcessingMode::Immediate | ProcessingMode::Polls(_) | ProcessingMode::Manual => false,
        }
    }

    /// When the outcome may show, if it may by now.
    pub(super) fn due(&self, now: Timestamp, mode: ProcessingMode) -> Option<Timestamp> {
        let (finished_at, _) = self.finished.as_ref()?;
        match mode {
            _ if self.let_through => Some(*finished_at),
            ProcessingMode::Immediate => Some(*finished_at),
            ProcessingMode::Polls(count) => {
                (count == 0 || self.polls > count).then_some(*finished_at)
            }
            ProcessingMode::Manual => None,
            ProcessingMode::Delay(delay) => {
                let due = later(self.accepted_at, delay).max(*finished_at);
                (due <= now).then_some(due)
            }
        }
    }
}

/// That much later; the last representable moment where that is none.
pub(super) fn later(time: Timestamp, by: std::time::Duration) -> Timestamp {
    SignedDuration::try_from(by)
        .ok()
        .and_then(|by| time.checked_add(by).ok())
        .unwrap_or(Timestamp::MAX)
}

impl Attempt {
    /// Name and version.
    pub(crate) fn key(&self) -> &ReleaseKey {
        &self.manifest.key
    }

    /// Whether it waits for publish.
    pub(crate) fn stage_is_pending(&self) -> bool {
        self.stage == Stage::Pending
    }

    /// Bytes of manifest and upload.
    pub(super) fn stored_bytes(&self) -> u64 {
        let upload = self.upload.as_ref().map_or(0, |upload| upload.bytes.len());
        (self.manifest.bytes.len() + upload) as u64
    }

    /// Bytes that it takes beside its upload, about.
    pub(super) fn overhead(&self) -> u64 {
        /// The structure itself, with its places in the indexes and what is known of the content.
        const STRUCTURE: usize = 1024;
        let signature = self
            .signature
            .as_ref()
            .map_or(0, |signature| signature.weight());
        let sources: usize = self.sources.iter().map(Source::weight).sum();
        (STRUCTURE + self.manifest.bytes.len() + signature + sources) as u64
    }

    /// What names it in the URL of uploads.
    pub(super) fn upload_token(&self) -> String {
        match &self.secrets {
            Some(secrets) => secrets.upload.to_text(),
            None => (self.id.0 + 1).to_string(),
        }
    }

    /// What names it in the URL of its status, unless that is plain.
    pub(super) fn status_token(&self) -> Option<String> {
        self.secrets.map(|secrets| secrets.status.to_text())
    }

    /// Whether there is anything that the digest could be of.
    pub(super) fn has_content(&self) -> bool {
        !self.sources.is_empty()
    }

    /// Moves on what time alone moves on.
    pub(super) fn settle(&mut self, now: Timestamp, mode: ProcessingMode) {
        match &mut self.stage {
            Stage::Pending => {
                if let Some(at) = self
                    .expires_at
                    .filter(|at| *at <= now && !self.slips.never_expires)
                {
                    self.stage = Stage::Expired { at };
                }
            }
            Stage::Processing(processing) => {
                if let Some(at) = processing.due(now, mode)
                    && let Some((_, verdict)) = processing.finished.take()
                {
                    self.conclude(at, verdict);
                }
            }
            Stage::Publishing
            | Stage::Published { .. }
            | Stage::Failed { .. }
            | Stage::Expired { .. } => {}
        }
    }

    /// Comes to the end that the verdict says.
    pub(super) fn conclude(&mut self, at: Timestamp, verdict: Verdict) {
        self.stage = match verdict {
            Verdict::Good {
                mut sources,
                summary,
            } => {
                sources.shrink_to_fit();
                self.sources = sources;
                self.verified = summary;
                Stage::Published { at }
            }
            Verdict::Bad(problem) => Stage::Failed { at, problem },
        };
    }
}
