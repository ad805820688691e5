//! All expectations of the cases that carry a rule.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::case::action::OneOrMany;
use crate::case::model::SkipUnless;
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

/// The expectations, and the cases by rule.
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    /// Each expectation with its line in the file.
    pub expectations: BTreeMap<Expected, usize>,
    /// Ids of the cases that carry a rule.
    pub cases: BTreeMap<String, BTreeSet<String>>,
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
            inventory.add_steps(case, &case.file.steps, "/steps");
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
                    self.add(case, format!("{at}/expect"), one.rule.as_deref());
                }
                Some(OneOrMany::Many(many)) => {
                    for (index, one) in many.iter().enumerate() {
                        self.add(case, format!("{at}/expect/{index}"), one.rule.as_deref());
                    }
                }
                None => {}
            }
            if let Some(SkipUnless::Capability(promised)) = &step.skip_unless {
                self.add(case, format!("{at}/skip-unless"), Some(&promised.rule));
            }
            let nested = if step.attempt.is_some() {
                "attempt"
            } else {
                "parallel/steps"
            };
            self.add_steps(case, step.nested(), &format!("{at}/{nested}"));
        }
    }

    fn add(&mut self, case: &Case, pointer: String, rule: Option<&str>) {
        let Some(rule) = rule else { return };
        let line = case.spans.value(&pointer).line;
        self.cases
            .entry(rule.to_owned())
            .or_default()
            .insert(case.id.clone());
        let expected = Expected {
            file: file_of(&case.id).to_owned(),
            pointer,
            rule: rule.to_owned(),
        };
        self.expectations.entry(expected).or_insert(line);
    }
}
