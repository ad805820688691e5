//! Changing the content sources of a release, before and after publishing (rules SRC-1 to SRC-4, SRC-12, SRC-17 to SRC-19).

use std::{collections::HashSet, sync::Arc};

use jiff::Timestamp;

use crate::{
    config::Verification,
    content::ContentSummary,
    identity::Caller,
    policy::{CreatePolicy, SourcePolicy},
    problem::{Problem, ProblemKind},
    refusal::{Refusal, not_found},
};

use super::{
    Attempt, AttemptId, Manifest, Registry, ReleaseKey, Source, Stage, Verdict, create::gone,
};

/// Sources that a release may have where nothing is said: each may be fetched, and all are gone through for each.
const MAX_SOURCES: usize = 1000;

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
        let is_open =
            matches!(change, SourcesChange::Replace(_)) && self.policy.sources.replace_is_open;
        let mut permission = if is_open {
            Ok(())
        } else {
            self.permit_write(now, caller, key)
        };
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

    /// The sources of a release as they are now.
    pub(crate) fn sources_now(
        &mut self,
        now: Timestamp,
        key: &ReleaseKey,
    ) -> Result<Vec<Source>, Refusal> {
        let attempt = self.current(key, now).ok_or_else(not_found)?;
        Ok(attempt.sources.clone())
    }

    /// Forgets the sources of what is pending before anything else is looked at: what no registry may do (SRC-19).
    pub(crate) fn clear_sources(&mut self, now: Timestamp, key: &ReleaseKey) {
        if let Some(attempt) = self.current(key, now)
            && attempt.stage == Stage::Pending
        {
            attempt.sources.clear();
        }
    }

    /// Forgets the sources of what is there, published or not: what no registry may do (SRC-1).
    pub(crate) fn forget_sources(&mut self, now: Timestamp, key: &ReleaseKey) {
        if let Some(attempt) = self.current(key, now) {
            attempt.sources.clear();
        }
    }

    /// What a refused list does in registries that make more of it than a refusal (SRC-11, SRC-13).
    pub(crate) fn note_refused_sources(
        &mut self,
        now: Timestamp,
        key: &ReleaseKey,
        problem: &Problem,
    ) {
        let policy = self.policy.sources;
        if let Some(attempt) = self
            .current(key, now)
            .filter(|attempt| attempt.stage == Stage::Pending)
        {
            if policy.quotes_refused {
                attempt.remark = Some(Box::new(problem.clone()));
            }
            if policy.refusal_fails_release {
                attempt.conclude(now, Verdict::bad(problem.clone()));
            }
        }
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
        self.reaccount(id, |own| own.apply_uncounted(now, id, change))
    }

    fn apply_uncounted(
        &mut self,
        now: Timestamp,
        id: AttemptId,
        change: SourcesChange,
    ) -> Result<Vec<Source>, Refusal> {
        let declared = self
            .settings
            .max_sources
            .filter(|_| !self.policy.sources.ignores_max);
        let max = Some(declared.unwrap_or(MAX_SOURCES));
        let policy = self.policy.sources;
        let rewrites = self.policy.publish.sources_change_rewrites;
        let gone_when_failed = self.policy.processing.failure_is_for_good;
        let revision = self.next_revision();
        let attempt = self.attempt(id, now).ok_or_else(not_found)?;
        if gone_when_failed && matches!(attempt.stage, Stage::Failed { .. }) {
            return Err(gone());
        }
        attempt.refuse_unless_pending(!policy.frozen_after_publishing)?;
        let published = matches!(attempt.stage, Stage::Published { .. });
        let sources = match change {
            SourcesChange::Replace(given) if policy.replace_adds => {
                merged(attempt.sources.clone(), given, policy)
            }
            SourcesChange::Add(given)
                if policy.duplicate_is_conflict
                    && given.iter().any(|source| attempt.has_source(source)) =>
            {
                return Err(invalid("The release has this content source already."));
            }
            SourcesChange::Add(given) if policy.late_additions_replace && published => given,
            SourcesChange::Add(given) => merged(attempt.sources.clone(), given, policy),
            SourcesChange::Replace(given) => {
                let kept = |source: Source| {
                    let known = attempt.sources.iter().find(|own| own.is_same(&source));
                    known
                        .filter(|_| policy.replace_keeps_known)
                        .cloned()
                        .unwrap_or(source)
                };
                let given = given.into_iter().map(kept).collect();
                let policy = SourcePolicy {
                    keeps_duplicates: false,
                    ..policy
                };
                merged(Vec::new(), given, policy)
            }
        };
        if sources.contains(&Source::Own) && attempt.upload.is_none() {
            return Err(invalid(
                "Nothing was uploaded that the registry could serve itself.",
            ));
        }
        if sources.is_empty() && published {
            return Err(invalid("A release needs a content source."));
        }
        let too_many =
            |max: usize| sources.len() > max || (policy.max_is_exclusive && sources.len() == max);
        if max.is_some_and(too_many) {
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
        let mut paths = HashSet::new();
        if policy.refuses_mirrors_of_entries
            && !sources
                .iter()
                .filter_map(Source::path)
                .all(|path| paths.insert(path))
        {
            return Err(invalid("Two content sources have one path."));
        }
        let sources = policy.ordered(sources);
        attempt.sources.clone_from(&sources);
        attempt.revision = revision;
        if published && rewrites {
            attempt.rewrite_manifest();
        }
        if published && policy.late_change_reserialises {
            let signature = attempt.signature.take();
            attempt.signature =
                signature.map(|signature| Arc::new(Arc::unwrap_or_clone(signature).reserialised()));
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
        if let serde_json::Value::Object(members) = manifest.value() {
            let rewriting = CreatePolicy {
                drops_unknown_members: true,
                ..CreatePolicy::default()
            };
            let mut members = rewriting.kept_members(members);
            members
                .entry("mediaType")
                .or_insert_with(|| manifest.media_type().into());
            manifest.show(&members.into());
        }
    }

    fn has_source(&self, source: &Source) -> bool {
        self.sources.iter().any(|own| own.is_same(source))
    }
}

/// The sources with those given after them. A source that is there keeps its place and takes the new credentials.
fn merged(mut sources: Vec<Source>, given: Vec<Source>, policy: SourcePolicy) -> Vec<Source> {
    let is_there = |own: &Source, source: &Source| {
        own.is_same(source) || (policy.ignores_path_of_duplicates && own.has_url_of(source))
    };
    for source in given {
        match sources.iter_mut().find(|own| is_there(own, &source)) {
            Some(own) if !policy.keeps_duplicates => *own = source,
            _ => sources.push(source),
        }
    }
    sources.shrink_to_fit();
    sources
}

fn invalid(detail: &str) -> Refusal {
    Refusal::new(ProblemKind::InvalidSource, detail)
}
