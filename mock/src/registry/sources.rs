//! Changing the content sources of a release, before and after publishing (rules SRC-1 to SRC-4, SRC-12, SRC-17 to SRC-19).

use std::sync::Arc;

use jiff::Timestamp;

use crate::{
    config::Verification,
    content::ContentSummary,
    identity::Caller,
    policy::CreatePolicy,
    problem::ProblemKind,
    refusal::{Refusal, not_found},
};

use super::{Attempt, AttemptId, Manifest, Registry, ReleaseKey, Source, Stage, create::gone};

/// A change of a release's sources.
#[derive(Clone, Debug)]
pub(crate) enum SourcesChange {
    /// After those that are there; those that are there already stay where they are.
    Add(Vec<Source>),
    /// In the place of those that are there.
    Replace(Vec<Source>),
}

/// What became of a change.
#[derive(Debug)]
pub(crate) enum SourcesOutcome {
    /// It is done; the whole list now.
    Changed(Vec<Source>),
    /// The new sources have to be fetched and compared first.
    Recheck(SourcesWork),
}

/// New sources of a release that have to be compared with its content.
#[derive(Debug)]
pub(crate) struct SourcesWork {
    attempt: AttemptId,
    change: SourcesChange,
    /// Sources to fetch.
    pub new: Vec<Source>,
    /// What the content must be.
    pub manifest: Arc<Manifest>,
    /// What the content holds, where the registry has verified it.
    pub verified: Option<Arc<ContentSummary>>,
}

impl Registry {
    /// Changes the sources, or says what has to be fetched first.
    pub(crate) fn change_sources(
        &mut self,
        now: Timestamp,
        caller: &Caller,
        key: &ReleaseKey,
        change: SourcesChange,
    ) -> Result<SourcesOutcome, Refusal> {
        let mut permission = self.permit_write(now, caller, key);
        if self.policy.access.published_sources_are_open && self.is_published(now, key) {
            permission = Ok(());
        }
        if !self.policy.access.denied_sources_are_kept {
            permission.clone()?;
        }
        let rechecks = self.settings.recheck_sources
            && self.settings.verification == Verification::All
            && !self.policy.sources.skips_recheck;
        let missing = self.missing(caller, key);
        let attempt = self.current(key, now).ok_or(missing)?;
        let new: Vec<Source> = change
            .sources()
            .iter()
            .filter(|source| !attempt.has_source(source))
            .cloned()
            .collect();
        if rechecks && !new.is_empty() && matches!(attempt.stage, Stage::Published { .. }) {
            let work = SourcesWork {
                attempt: attempt.id,
                change,
                new,
                manifest: attempt.manifest.clone(),
                verified: attempt.verified.clone(),
            };
            return Ok(SourcesOutcome::Recheck(work));
        }
        let id = attempt.id;
        let sources = self.apply(now, id, change)?;
        permission?;
        Ok(SourcesOutcome::Changed(sources))
    }

    /// Changes the sources after the new ones were found good.
    pub(crate) fn finish_sources(
        &mut self,
        now: Timestamp,
        work: SourcesWork,
    ) -> Result<Vec<Source>, Refusal> {
        self.apply(now, work.attempt, work.change)
    }

    fn is_published(&mut self, now: Timestamp, key: &ReleaseKey) -> bool {
        self.current(key, now)
            .is_some_and(|attempt| matches!(attempt.stage, Stage::Published { .. }))
    }

    fn apply(
        &mut self,
        now: Timestamp,
        id: AttemptId,
        change: SourcesChange,
    ) -> Result<Vec<Source>, Refusal> {
        let max = self
            .settings
            .max_sources
            .filter(|_| !self.policy.sources.ignores_max);
        let policy = self.policy.sources;
        let rewrites = self.policy.publish.sources_change_rewrites;
        let gone_when_failed = self.policy.processing.failure_is_for_good;
        let attempt = self.attempt(id, now).ok_or_else(not_found)?;
        if gone_when_failed && matches!(attempt.stage, Stage::Failed { .. }) {
            return Err(gone());
        }
        attempt.refuse_unless_pending(!policy.frozen_after_publishing)?;
        let published = matches!(attempt.stage, Stage::Published { .. });
        let sources = match change {
            SourcesChange::Replace(given) if policy.replace_adds => {
                attempt.merged(given, policy.keeps_duplicates)
            }
            SourcesChange::Add(given) => attempt.merged(given, policy.keeps_duplicates),
            SourcesChange::Replace(given) => Attempt {
                sources: Vec::new(),
                ..attempt.clone()
            }
            .merged(given, false),
        };
        if sources.contains(&Source::Own) && attempt.upload.is_none() {
            return Err(invalid(
                "Nothing was uploaded that the registry could serve itself.",
            ));
        }
        if sources.is_empty() && published {
            return Err(invalid("A release needs a content source."));
        }
        if max.is_some_and(|max| sources.len() > max) {
            return Err(invalid(
                "These are more content sources than a release may have.",
            ));
        }
        let single_entries = sources
            .iter()
            .filter(|source| source.path().is_some())
            .count();
        if single_entries != 0 && single_entries != sources.len() && !policy.takes_mixed {
            return Err(invalid(
                "Sources of single entries and sources of the whole content can not be mixed.",
            ));
        }
        let sources = policy.ordered(sources);
        attempt.sources.clone_from(&sources);
        if published && rewrites {
            attempt.rewrite_manifest();
        }
        Ok(sources)
    }
}

impl SourcesChange {
    /// The sources that were given.
    pub(crate) fn sources(&self) -> &[Source] {
        match self {
            Self::Add(sources) | Self::Replace(sources) => sources,
        }
    }
}

impl Attempt {
    /// Loses the members that the profile does not know, and fills in the default of another: what no registry may do (PUB-5).
    fn rewrite_manifest(&mut self) {
        let manifest = Arc::make_mut(&mut self.manifest);
        if let serde_json::Value::Object(members) = &mut manifest.value {
            let rewriting = CreatePolicy {
                drops_unknown_members: true,
                ..CreatePolicy::default()
            };
            *members = rewriting.kept_members(std::mem::take(members));
            members
                .entry("mediaType")
                .or_insert_with(|| manifest.media_type.clone().into());
        }
    }

    fn has_source(&self, source: &Source) -> bool {
        self.sources.iter().any(|own| own.is_same(source))
    }

    /// The sources with those given after them. A source that is there keeps its place and takes the new credentials.
    fn merged(&self, given: Vec<Source>, keeps_duplicates: bool) -> Vec<Source> {
        let mut sources = self.sources.clone();
        for source in given {
            match sources.iter_mut().find(|own| own.is_same(&source)) {
                Some(own) if !keeps_duplicates => *own = source,
                _ => sources.push(source),
            }
        }
        sources
    }
}

fn invalid(detail: &str) -> Refusal {
    Refusal::new(ProblemKind::InvalidSource, detail)
}
