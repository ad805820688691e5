//! Content whose sources serve one entry each (rule IDX-7).

use std::{collections::HashSet, sync::Arc};

use indexmap::IndexMap;

use crate::{
    config::BadMirror,
    content::{ContentSummary, EntryPath},
    policy::SourcePolicy,
    problem::{Problem, ProblemKind},
    registry::{Manifest, Source, Verdict},
};

use super::{ContentCheck, Finding, content::refuse_content, verdict::merged};

/// Ways to put mirrors together that are tried before the content counts as a mismatch.
const MAX_COMBINATIONS: usize = 256;

/// What the mirrors of one entry serve.
#[derive(Default)]
struct Mirrors {
    /// Distinct contents, each with the positions of the sources that serve it.
    candidates: Vec<(ContentSummary, Vec<usize>)>,
    other_bytes: Vec<Problem>,
    unreachable: Vec<Problem>,
}

/// The verdict on a release whose sources serve one entry each.
pub(super) fn conclude(
    check: &ContentCheck,
    manifest: &Manifest,
    findings: Vec<(Source, Finding)>,
    bad_mirror: BadMirror,
    policy: SourcePolicy,
) -> Verdict {
    let mut mirrors: IndexMap<EntryPath, Mirrors> = IndexMap::new();
    let mut sources = Vec::new();
    let mut reachable = Vec::new();
    for (position, (source, finding)) in findings.into_iter().enumerate() {
        let Some(path) = source.path().cloned() else {
            continue;
        };
        let of_path = mirrors.entry(path).or_default();
        reachable.push(!matches!(finding, Finding::Unreachable(_)));
        match finding {
            Finding::Good(summary) => of_path.add(&summary, position),
            Finding::OtherBytes(problem) => of_path.other_bytes.push(problem),
            Finding::Unreachable(problem) => of_path.unreachable.push(problem),
            Finding::Forbidden(problem) => return Verdict::bad(problem),
        }
        sources.push(source);
    }
    for of_path in mirrors.values_mut() {
        if of_path.candidates.is_empty() {
            let problems = if of_path.other_bytes.is_empty() {
                if policy.publishes_unreachable {
                    return Verdict::Good {
                        sources,
                        summary: None,
                    };
                }
                &mut of_path.unreachable
            } else {
                &mut of_path.other_bytes
            };
            return Verdict::bad(merged(std::mem::take(problems)));
        }
    }
    let (summary, good) = match find_combination(check, manifest, &mirrors) {
        Ok(found) => found,
        Err(problem) => return Verdict::bad(problem),
    };
    let is_bad = |position: usize| reachable[position] && !good.contains(&position);
    if bad_mirror == BadMirror::Fail && (0..sources.len()).any(is_bad) {
        return Verdict::bad(Problem::new(
            ProblemKind::DigestMismatch,
            "A mirror of an entry serves other bytes.",
        ));
    }
    let sources = sources
        .into_iter()
        .enumerate()
        .filter(|(position, _)| !is_bad(*position))
        .map(|(_, source)| source);
    let mut paths = HashSet::new();
    let sources = sources.filter(|source| {
        !policy.keeps_first_only || source.path().is_none_or(|path| paths.insert(path.clone()))
    });
    Verdict::Good {
        sources: sources.collect(),
        summary: Some(Arc::new(summary)),
    }
}

/// Compares a new source of an entry with the content that was published.
pub(super) fn compare(
    path: &EntryPath,
    served: &ContentSummary,
    verified: &ContentSummary,
) -> Result<(), Problem> {
    let published = verified.entries.iter().find(|entry| entry.path == *path);
    let served = served.entries.first();
    match (published, served) {
        (Some(published), Some(served)) if published.digests == served.digests => Ok(()),
        _ => Err(Problem::new(
            ProblemKind::DigestMismatch,
            "A new source of an entry serves other bytes than were published.",
        )),
    }
}

/// Puts one candidate of each entry together until they are what the manifest commits to.
fn find_combination(
    check: &ContentCheck,
    manifest: &Manifest,
    mirrors: &IndexMap<EntryPath, Mirrors>,
) -> Result<(ContentSummary, Vec<usize>), Problem> {
    let mut first_problem = None;
    let combinations = mirrors
        .values()
        .map(|of_path| of_path.candidates.len())
        .try_fold(1_usize, usize::checked_mul);
    for combination in 0..combinations.unwrap_or(usize::MAX).min(MAX_COMBINATIONS) {
        let mut rest = combination;
        let mut parts = Vec::new();
        let mut positions = Vec::new();
        for of_path in mirrors.values() {
            let (summary, of_candidate) = &of_path.candidates[rest % of_path.candidates.len()];
            rest /= of_path.candidates.len();
            parts.push(summary.clone());
            positions.extend(of_candidate);
        }
        let judged = check
            .assemble(manifest, parts)
            .map_err(|error| refuse_content(&error))
            .and_then(|summary| check.judge(manifest, &summary).map(|()| summary));
        match judged {
            Ok(summary) => return Ok((summary, positions)),
            Err(problem) => {
                first_problem.get_or_insert(problem);
            }
        }
    }
    Err(first_problem.unwrap_or_else(|| {
        Problem::new(ProblemKind::MissingContent, "There is no content source.")
    }))
}

impl Mirrors {
    fn add(&mut self, summary: &ContentSummary, position: usize) {
        match self
            .candidates
            .iter_mut()
            .find(|(candidate, _)| candidate.entries == summary.entries)
        {
            Some((_, positions)) => positions.push(position),
            None => self.candidates.push((summary.clone(), vec![position])),
        }
    }
}
