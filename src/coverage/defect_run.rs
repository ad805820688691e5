//! What the cases came to against a registry with one defect.

use serde::Serialize;

use super::inventory::{Expected, file_of};
use crate::outcome::{CaseOutcome, Level, Verdict};

/// A mistake that can be switched on in a registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DefectInfo {
    /// Its name.
    pub name: String,
    /// The rule that it breaks.
    pub rule: String,
    /// What the registry then does.
    pub what: String,
}

/// A violation of a rule that a case found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The rule.
    pub rule: String,
    /// Pointer of the expectation; none for what every answer must be and what success implies.
    pub pointer: Option<String>,
    /// Whether it fails the case, or merely warns.
    pub fails: bool,
}

/// What remains of the outcome of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFinding {
    /// The case.
    pub id: String,
    /// Its verdict.
    pub verdict: Verdict,
    /// Why, where it did not pass.
    pub reason: Option<String>,
    /// The violations that it found.
    pub hits: Vec<Hit>,
}

impl CaseFinding {
    /// Of an outcome.
    pub fn of(outcome: &CaseOutcome) -> Self {
        let hits = outcome
            .mismatches()
            .filter_map(|(_, mismatch)| {
                Some(Hit {
                    rule: mismatch.requirement.clone()?,
                    pointer: mismatch.expectation.clone(),
                    fails: mismatch.level != Level::Should,
                })
            })
            .collect();
        Self {
            id: outcome.id.clone(),
            verdict: outcome.verdict,
            reason: outcome.reason.clone(),
            hits,
        }
    }

    /// Whether the case said that the registry breaks a rule.
    pub fn blames(&self) -> bool {
        matches!(self.verdict, Verdict::Fail | Verdict::Warn)
    }

    /// The expectations that saw the rule broken.
    pub fn expectations(&self, rule: &str) -> impl Iterator<Item = Expected> {
        self.hits
            .iter()
            .filter(move |hit| hit.rule == rule)
            .filter_map(|hit| {
                Some(Expected {
                    file: file_of(&self.id).to_owned(),
                    pointer: hit.pointer.clone()?,
                    rule: hit.rule.clone(),
                })
            })
    }
}

/// All findings about a defect in one variation of the registry.
#[derive(Debug, Clone)]
pub struct DefectRun {
    /// Index of the defect.
    pub defect: usize,
    /// Index of the variation.
    pub variation: usize,
    /// Of the cases that carry its rule.
    pub carriers: Vec<CaseFinding>,
    /// Of other cases.
    pub unrelated: Vec<CaseFinding>,
}
