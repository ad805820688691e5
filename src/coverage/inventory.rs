//! All expectations of the cases that carry a rule.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::fingerprint::digest_of_text;

use crate::case::expectation::Expectation;
use crate::case::model::SkipUnless;
use crate::case::one_or_many::OneOrMany;
use crate::case::{Case, Step};

/// An expectation of a case file. The values of a matrix share it, unless its rule is theirs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Expected {
    /// Path of the case file below `cases/`, without extension.
    pub file: String,
    /// Where it stands, as a JSON pointer.
    pub pointer: String,
    /// The rule that it carries.
    pub rule: String,
}

/// What stands in the place of a defect that breaks an expectation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// A positive control, enough as long as another expectation of the rule has teeth.
    Control,
    /// Why there can be no defect.
    NoDefect(String),
}

/// Where an expectation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its line in the file, from 1.
    pub line: usize,
    /// Why no defect need break it.
    pub reason: Option<Reason>,
}

/// The expectations, and the cases by rule.
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    /// Each expectation with its place.
    pub expectations: BTreeMap<Expected, Place>,
    /// Ids of the cases that carry a rule.
    pub cases: BTreeMap<String, BTreeSet<String>>,
    /// Every case file with the SHA-256 of its text, whatever its line ends.
    pub files: BTreeMap<String, [u8; 32]>,
}

/// The file of a case: its id without the value of a matrix.
pub fn file_of(id: &str) -> &str {
    id.split_once('[').map_or(id, |(file, _)| file)
}

impl Inventory {
    /// Those of these cases.
    pub fn of<'a>(cases: impl IntoIterator<Item = &'a Case>) -> Self {
        let mut inventory = Self::default();
        for case in cases {
            inventory.add_steps(case, case.steps(), "/steps");
            inventory
                .files
                .entry(file_of(&case.id).to_owned())
                .or_insert_with(|| digest_of_text(case.text()));
        }
        inventory
    }

    /// Only those of some rules.
    #[must_use]
    pub fn of_rules(mut self, rules: &BTreeSet<&str>) -> Self {
        self.expectations
            .retain(|expected, _| rules.contains(expected.rule.as_str()));
        self.cases.retain(|rule, _| rules.contains(rule.as_str()));
        self
    }

    /// The case files that carry a rule.
    pub fn files(&self, rule: &str) -> BTreeSet<&str> {
        self.cases
            .get(rule)
            .into_iter()
            .flatten()
            .map(|id| file_of(id))
            .collect()
    }

    fn add_steps(&mut self, case: &Case, steps: &[Step], below: &str) {
        for (index, step) in steps.iter().enumerate() {
            let at = format!("{below}/{index}");
            match &step.expect {
                Some(OneOrMany::One(one)) => {
                    self.add_expectation(case, format!("{at}/expect"), one);
                }
                Some(OneOrMany::Many(many)) => {
                    for (index, one) in many.iter().enumerate() {
                        self.add_expectation(case, format!("{at}/expect/{index}"), one);
                    }
                }
                None => {}
            }
            if let Some(SkipUnless::Capability(promised)) = &step.skip_unless {
                self.add(case, format!("{at}/skip-unless"), &promised.rule, None);
            }
            let nested = if step.attempt.is_some() {
                "attempt"
            } else {
                "parallel/steps"
            };
            self.add_steps(case, step.nested(), &format!("{at}/{nested}"));
        }
    }

    fn add_expectation(&mut self, case: &Case, pointer: String, expectation: &Expectation) {
        let Some(rule) = &expectation.rule else {
            return;
        };
        let reason = match &expectation.no_defect {
            Some(reason) => Some(Reason::NoDefect(reason.clone())),
            None => expectation.control.then_some(Reason::Control),
        };
        self.add(case, pointer, rule, reason);
    }

    fn add(&mut self, case: &Case, pointer: String, rule: &str, reason: Option<Reason>) {
        let line = case.line_of(&pointer);
        self.cases
            .entry(rule.to_owned())
            .or_default()
            .insert(case.id.clone());
        let expected = Expected {
            file: file_of(&case.id).to_owned(),
            pointer,
            rule: rule.to_owned(),
        };
        self.expectations
            .entry(expected)
            .or_insert(Place { line, reason });
    }
}
