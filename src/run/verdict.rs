//! From records to a verdict.

use std::time::Duration;

use super::case::Flow;
use crate::case::Case;
use crate::outcome::{CaseOutcome, StepRecord, Verdict};

/// The outcome of a case that ran.
pub(super) fn conclude(
    case: &Case,
    steps: Vec<StepRecord>,
    flow: &Flow,
    duration: Duration,
) -> CaseOutcome {
    let mut failed_requirements: Vec<String> = Vec::new();
    let mut fails = false;
    let mut first = None;
    for mismatch in steps.iter().flat_map(|step| &step.mismatches) {
        if let Some(rule) = &mismatch.requirement
            && !failed_requirements.contains(rule)
        {
            failed_requirements.push(rule.clone());
        }
        if mismatch.level.fails() && !fails {
            fails = true;
            first = Some(mismatch);
        }
        first = first.or(Some(mismatch));
    }
    let mut reason = first.map(|mismatch| {
        let rule = mismatch
            .requirement
            .as_ref()
            .map_or_else(String::new, |rule| format!("{rule}: "));
        match (&mismatch.expected, &mismatch.actual) {
            (Some(expected), Some(actual)) => {
                format!("{rule}{}: expected {expected}, was {actual}", mismatch.what)
            }
            _ => format!("{rule}{}", mismatch.what),
        }
    });
    let mut missing_capability = None;
    let verdict = match flow {
        Flow::Error(error) => {
            reason = Some(error.clone());
            Verdict::Error
        }
        _ if fails => Verdict::Fail,
        Flow::Stop(why) if first.is_none() => {
            // Nothing was judged to be wrong, and yet the case could not go on: no pass.
            reason = Some(why.clone());
            Verdict::Error
        }
        Flow::Skip {
            capability,
            reason: why,
        } => {
            missing_capability = Some(capability.clone());
            reason = Some(why.clone());
            Verdict::Skip
        }
        _ if first.is_some() => Verdict::Warn,
        _ => Verdict::Pass,
    };
    let mut requirements = case.requirements.clone();
    for rule in &failed_requirements {
        if !requirements.contains(rule) {
            requirements.push(rule.clone());
        }
    }
    CaseOutcome {
        id: case.id.clone(),
        file: case.path().display().to_string(),
        summary: case.file.summary.clone(),
        level: case.level,
        requirements,
        failed_requirements,
        verdict,
        reason,
        missing_capability,
        duration,
        steps,
    }
}
