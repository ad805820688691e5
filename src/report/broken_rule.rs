//! What did not hold, by rule: cases that show the same difference stand together.

use crate::outcome::{CaseOutcome, Level, StepRecord, Verdict};
use crate::requirement::{self, Requirement};

/// A rule that was violated.
#[derive(Debug, Clone)]
pub struct BrokenRule<'a> {
    /// The rule; none for a mismatch without one.
    pub id: Option<&'a str>,
    /// The most binding level at which it was violated.
    pub level: Level,
    /// What it says.
    pub rule: Option<&'static Requirement>,
    /// How it was violated.
    pub differences: Vec<Difference<'a>>,
}

/// One way in which a rule was violated.
#[derive(Debug, Clone)]
pub struct Difference<'a> {
    /// What did not hold.
    pub what: &'a str,
    /// What was expected, and what came.
    pub values: Option<(&'a str, &'a str)>,
    /// The cases that show it, each with the first step that does.
    pub places: Vec<(&'a CaseOutcome, Option<&'a StepRecord>)>,
}

impl BrokenRule<'_> {
    /// How many cases show it.
    pub fn cases(&self) -> usize {
        let mut ids: Vec<&str> = self
            .differences
            .iter()
            .flat_map(|difference| difference.places.iter().map(|(case, _)| case.id.as_str()))
            .collect();
        ids.sort_unstable();
        ids.dedup();
        ids.len()
    }
}

/// The rules that failures are about, in the order of the specification.
pub fn failed_rules(outcomes: &[CaseOutcome]) -> Vec<BrokenRule<'_>> {
    let mut found = Rules::default();
    for outcome in outcomes {
        if outcome.verdict != Verdict::Fail {
            continue;
        }
        let mut is_explained = false;
        for (step, mismatch) in outcome.mismatches() {
            if mismatch.level.fails() {
                found.add(outcome, step, mismatch);
                is_explained = true;
            }
        }
        if !is_explained {
            found.add_unexplained(outcome);
        }
    }
    found.sorted()
}

/// The rules that warnings are about: those of cases that warn, and what failed cases violate besides.
pub fn warned_rules(outcomes: &[CaseOutcome]) -> Vec<BrokenRule<'_>> {
    let mut found = Rules::default();
    for outcome in outcomes {
        if !matches!(outcome.verdict, Verdict::Warn | Verdict::Fail) {
            continue;
        }
        for (step, mismatch) in outcome.mismatches() {
            if !mismatch.level.fails() {
                found.add(outcome, step, mismatch);
            }
        }
    }
    found.sorted()
}

#[derive(Default)]
struct Rules<'a>(Vec<BrokenRule<'a>>);

impl<'a> Rules<'a> {
    fn add(
        &mut self,
        outcome: &'a CaseOutcome,
        step: &'a StepRecord,
        mismatch: &'a crate::outcome::Mismatch,
    ) {
        let values = mismatch.expected.as_deref().zip(mismatch.actual.as_deref());
        self.insert(
            mismatch.requirement.as_deref(),
            mismatch.level,
            (&mismatch.what, values),
            (outcome, Some(step)),
        );
    }

    fn add_unexplained(&mut self, outcome: &'a CaseOutcome) {
        let what = outcome.reason.as_deref().unwrap_or("no reason was noted");
        let rule = outcome.failed_requirements.first().map(String::as_str);
        self.insert(rule, Level::Must, (what, None), (outcome, None));
    }

    fn insert(
        &mut self,
        id: Option<&'a str>,
        level: Level,
        (what, values): (&'a str, Option<(&'a str, &'a str)>),
        place: (&'a CaseOutcome, Option<&'a StepRecord>),
    ) {
        let index = self
            .0
            .iter()
            .position(|rule| rule.id == id)
            .unwrap_or_else(|| {
                self.0.push(BrokenRule {
                    id,
                    level,
                    rule: id.and_then(requirement::find),
                    differences: Vec::new(),
                });
                self.0.len() - 1
            });
        let rule = &mut self.0[index];
        rule.level = rule.level.max(level);
        let same = rule
            .differences
            .iter_mut()
            .find(|difference| difference.what == what && difference.values == values);
        match same {
            Some(difference) => {
                let is_known = difference
                    .places
                    .iter()
                    .any(|(case, _)| case.id == place.0.id);
                if !is_known {
                    difference.places.push(place);
                }
            }
            None => rule.differences.push(Difference {
                what,
                values,
                places: vec![place],
            }),
        }
    }

    fn sorted(mut self) -> Vec<BrokenRule<'a>> {
        let position = |id: Option<&str>| {
            requirement::all()
                .position(|rule| Some(rule.id.as_str()) == id)
                .unwrap_or(usize::MAX)
        };
        self.0.sort_by_key(|rule| position(rule.id));
        self.0
    }
}
