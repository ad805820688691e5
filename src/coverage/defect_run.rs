//! What the cases came to against a registry with one defect.

use std::collections::BTreeSet;

use serde::Serialize;

use super::inventory::{Expected, file_of};
use crate::outcome::{CaseOutcome, Level, Verdict};
use crate::requirement;

/// A mistake that can be switched on in a registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DefectInfo {
    /// Its name.
    pub name: String,
    /// The rule that it breaks.
    pub rule: String,
    /// Other rules that it breaks with it: an expectation of one of them that sees it has teeth, though it takes one of `rule` to kill.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// What the registry then does.
    pub what: String,
    /// Parts of the ids of cases that see it, which are run first; a wrong one costs time and nothing else.
    #[serde(skip)]
    pub seen_by: Vec<String>,
}

impl DefectInfo {
    /// Whether it breaks the rule, first of all or with another.
    pub fn breaks(&self, rule: &str) -> bool {
        self.rule == rule || self.also.iter().any(|also| also == rule)
    }
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

/// How a defect was seen, the surest way last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sight {
    /// Only as a warning.
    Warning,
    /// By what every answer must be, or what success implies; no expectation of a case names it.
    Implied,
    /// By an expectation of a case.
    Expectation,
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

    /// How the case saw the rule broken; where one violation fails it, that counts.
    pub fn sight(&self, rule: &str) -> Option<Sight> {
        let warns_at_most =
            requirement::find(rule).is_some_and(|requirement| !requirement.level.fails());
        self.hits
            .iter()
            .filter(|hit| hit.rule == rule)
            .map(|hit| match (&hit.pointer, hit.fails || warns_at_most) {
                (_, false) => Sight::Warning,
                (None, true) => Sight::Implied,
                (Some(_), true) => Sight::Expectation,
            })
            .max()
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
#[derive(Debug, Clone, Default)]
pub struct DefectRun {
    /// Index of the defect.
    pub defect: usize,
    /// Index of the variation.
    pub variation: usize,
    /// Of the cases that carry its rule.
    pub carriers: Vec<CaseFinding>,
    /// Of the cases that carry another rule that it breaks.
    pub also: Vec<CaseFinding>,
    /// Of other cases.
    pub unrelated: Vec<CaseFinding>,
}

impl DefectRun {
    /// The expectations of a rule that saw it broken.
    pub fn seen(&self, rule: &str) -> BTreeSet<Expected> {
        self.carriers
            .iter()
            .chain(&self.also)
            .chain(&self.unrelated)
            .filter(|finding| finding.blames())
            .flat_map(|finding| finding.expectations(rule))
            .collect()
    }

    /// Whether an expectation of a case that carries the rule saw it broken; of a should, a warning is all there can be.
    pub fn is_killed(&self, rule: &str) -> bool {
        self.carriers
            .iter()
            .any(|finding| finding.sight(rule) == Some(Sight::Expectation))
    }
}
