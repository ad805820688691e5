//! From what the mirrors of a whole content serve to the verdict on the release (rules SRC-5 to SRC-8).

use serde_json::Value;

use crate::{
    config::BadMirror,
    policy::SourcePolicy,
    problem::Problem,
    registry::{Source, Verdict},
};

use super::Finding;

/// Marks the problem of a source whose host wants credentials, in a registry that takes that for an answer (ACC-9).
pub(super) const GUARDED: &str = "guarded";

/// The verdict on a release whose sources each serve the whole content.
pub(super) fn conclude(
    findings: Vec<(Source, Finding)>,
    bad_mirror: BadMirror,
    policy: SourcePolicy,
) -> Verdict {
    let mut kept = Vec::new();
    let mut summary = None;
    let mut other_bytes = Vec::new();
    let mut unreachable = Vec::new();
    for (source, finding) in findings {
        match finding {
            Finding::Good(found) => {
                summary.get_or_insert(found);
                kept.push(source);
            }
            Finding::Forbidden(_) if policy.skips_forbidden => {}
            Finding::Forbidden(problem) => return Verdict::bad(problem),
            Finding::OtherBytes(problem) => {
                if policy.keeps_bad_mirrors {
                    kept.push(source);
                }
                other_bytes.push(problem);
            }
            Finding::Unreachable(problem) => {
                unreachable.push(problem);
                kept.push(source);
            }
        }
    }
    let is_there = |problem: &Problem| problem.members.contains_key(GUARDED);
    let nothing_good =
        summary.is_none() && !policy.publishes_unreachable && !unreachable.iter().any(is_there);
    let bad_mirror_sinks = (bad_mirror == BadMirror::Fail || policy.bad_mirror_always_sinks)
        && !policy.keeps_bad_mirrors;
    if !other_bytes.is_empty() && (nothing_good || bad_mirror_sinks) {
        return Verdict::bad(merged(other_bytes));
    }
    if !unreachable.is_empty() && (nothing_good || policy.wants_every_mirror) {
        return Verdict::bad(merged(unreachable));
    }
    if policy.keeps_first_only {
        kept.truncate(1);
    }
    if policy.keeps_last_only {
        kept.drain(..kept.len().saturating_sub(1));
    }
    Verdict::Good {
        sources: kept,
        summary,
    }
}

/// One problem for all: the first one's, with every source that has a share in it.
pub(super) fn merged(problems: Vec<Problem>) -> Problem {
    let sources: Vec<Value> = problems
        .iter()
        .filter_map(|problem| problem.members.get("sources")?.as_array().cloned())
        .flatten()
        .collect();
    let mut problems = problems.into_iter();
    let Some(first) = problems.next() else {
        return Problem::new(
            crate::problem::ProblemKind::SourceUnreachable,
            "There is no content source.",
        );
    };
    if sources.is_empty() {
        first
    } else {
        first.with("sources", sources)
    }
}
