//! What is run against which defect.
//!
//! The defects of one rule form a chain, one after another, so that a later one runs only the cases whose expectations no earlier one
//! has proved; the chains run at the same time, and each gives the same whatever the others do.

use std::collections::{BTreeMap, BTreeSet};

use crate::case::Case;
use crate::coverage::{self, DefectInfo, Expected, Matrix};

/// A defect, and what is run against it beside the cases that carry its rule.
pub(super) struct Unit<'a> {
    /// Its index.
    pub defect: usize,
    /// Whether it has been killed, so that only expectations without teeth are of interest.
    pub is_settled: bool,
    /// Cases that carry its rule and are said to see it.
    pub first: Vec<&'a Case>,
    /// Cases that carry other rules that it breaks.
    pub also: Vec<&'a Case>,
    /// Cases that carry none.
    pub unrelated: Vec<&'a Case>,
}

impl<'a> Unit<'a> {
    /// Of these cases, those that do not run first; none when it is not said which do, as then all have run.
    pub(super) fn not_first(&self, mut cases: Vec<&'a Case>) -> Vec<&'a Case> {
        let first: BTreeSet<&str> = self.first.iter().map(|case| case.id.as_str()).collect();
        cases.retain(|case| !first.is_empty() && !first.contains(case.id.as_str()));
        cases
    }
}

/// Defects of one rule.
pub(super) struct Chain<'a> {
    /// The rule; none when only the cases of `also` are run.
    pub rule: Option<&'a str>,
    /// Its expectations that have teeth.
    pub proved: BTreeSet<Expected>,
    /// The defects.
    pub units: Vec<Unit<'a>>,
}

/// Cases and defects from which to choose.
#[derive(Clone, Copy)]
pub(super) struct Schedule<'a> {
    /// The cases.
    pub selected: &'a [&'a Case],
    /// The defects.
    pub infos: &'a [DefectInfo],
}

impl<'a> Schedule<'a> {
    /// All defects that have not been killed or whose rule has expectations without teeth; with every `nth` of the unrelated files.
    pub(super) fn by_rule(&self, matrix: &Matrix, nth: usize, kills_only: bool) -> Vec<Chain<'a>> {
        let proved = matrix.proved();
        let mut chains: BTreeMap<&str, Chain<'a>> = BTreeMap::new();
        for (defect, info) in self.infos.iter().enumerate() {
            let rule = info.rule.as_str();
            let is_settled = matrix.is_killed(defect);
            let unproved =
                || coverage::carriers_of_unproved(self.selected, rule, matrix.inventory(), &proved);
            let unrelated = coverage::unrelated(self.selected, info, nth, defect);
            let has_work = !unrelated.is_empty()
                || if is_settled {
                    !kills_only && !unproved().is_empty()
                } else {
                    !coverage::carriers(self.selected, rule).is_empty()
                };
            if !has_work {
                continue;
            }
            let chain = chains.entry(rule).or_insert_with(|| Chain {
                rule: Some(rule),
                proved: proved
                    .iter()
                    .filter(|expected| expected.rule == rule)
                    .cloned()
                    .collect(),
                units: Vec::new(),
            });
            chain.units.push(Unit {
                defect,
                is_settled,
                first: coverage::carriers(self.selected, rule)
                    .into_iter()
                    .filter(|case| info.seen_by.iter().any(|part| case.id.contains(part)))
                    .collect(),
                also: Vec::new(),
                unrelated,
            });
        }
        let mut chains: Vec<Chain<'a>> = chains.into_values().collect();
        // Those of which nothing is said look at all expectations anyway.
        for chain in &mut chains {
            chain.units.sort_by_key(|unit| !unit.first.is_empty());
        }
        // The longest first, so that nothing waits for it at the end.
        chains.sort_by_key(|chain| std::cmp::Reverse(chain.units.len()));
        chains
    }

    /// The defects that break other rules too, of which some expectations have no teeth.
    pub(super) fn by_other_rules(&self, matrix: &Matrix) -> Vec<Chain<'a>> {
        let proved = matrix.proved();
        let mut chains = Vec::new();
        for (defect, info) in self.infos.iter().enumerate() {
            let mut ids = BTreeSet::new();
            let also: Vec<&Case> = info
                .also
                .iter()
                .flat_map(|rule| {
                    coverage::carriers_of_unproved(self.selected, rule, matrix.inventory(), &proved)
                })
                .filter(|case| ids.insert(case.id.as_str()))
                .collect();
            if also.is_empty() {
                continue;
            }
            chains.push(Chain {
                rule: None,
                proved: BTreeSet::new(),
                units: vec![Unit {
                    defect,
                    is_settled: true,
                    first: Vec::new(),
                    also,
                    unrelated: Vec::new(),
                }],
            });
        }
        chains
    }

    /// The cases that may run in these chains.
    pub(super) fn needed(&self, chains: &[Chain<'a>]) -> Vec<&'a Case> {
        let rules: BTreeSet<&str> = chains.iter().filter_map(|chain| chain.rule).collect();
        let named: BTreeSet<&str> = chains
            .iter()
            .flat_map(|chain| &chain.units)
            .flat_map(|unit| unit.also.iter().chain(&unit.unrelated))
            .map(|case| case.id.as_str())
            .collect();
        self.selected
            .iter()
            .copied()
            .filter(|case| {
                named.contains(case.id.as_str())
                    || case
                        .requirements
                        .iter()
                        .any(|rule| rules.contains(rule.as_str()))
            })
            .collect()
    }
}
