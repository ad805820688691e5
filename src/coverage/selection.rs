//! Which cases are run against a registry with a defect.

use std::collections::BTreeSet;

use super::defect_run::DefectInfo;
use super::inventory::{Expected, Inventory, file_of};
use crate::case::{Case, TargetSetup};

/// Every case, with all values of its matrix, that carries the rule.
pub fn carriers<'a>(cases: &[&'a Case], rule: &str) -> Vec<&'a Case> {
    cases
        .iter()
        .copied()
        .filter(|case| carries(case, rule))
        .collect()
}

/// Those carriers of which an expectation with the rule has not seen a defect so far, and needs one.
pub fn carriers_of_unproved<'a>(
    cases: &[&'a Case],
    rule: &str,
    inventory: &Inventory,
    proved: &BTreeSet<Expected>,
) -> Vec<&'a Case> {
    let files: BTreeSet<&str> = inventory
        .expectations
        .iter()
        .filter(|(expected, place)| {
            expected.rule == rule && place.reason.is_none() && !proved.contains(*expected)
        })
        .map(|(expected, _)| expected.file.as_str())
        .collect();
    cases
        .iter()
        .copied()
        .filter(|case| files.contains(file_of(&case.id)))
        .filter(|case| carries(case, rule))
        .collect()
}

/// A sample of the cases that carry none of the rules: the first value of every `nth` file, starting at the file `offset`, so that
/// defect after defect all files have their turn. None for 0. Without those that wait for an expiry or the end of a retention.
pub fn unrelated<'a>(
    cases: &[&'a Case],
    defect: &DefectInfo,
    nth: usize,
    offset: usize,
) -> Vec<&'a Case> {
    let mut files = BTreeSet::new();
    cases
        .iter()
        .copied()
        .filter(|case| files.insert(file_of(&case.id)))
        .enumerate()
        .filter(|(index, _)| nth > 0 && (index + offset).is_multiple_of(nth))
        .map(|(_, case)| case)
        .filter(|case| !case.requirements.iter().any(|rule| defect.breaks(rule)))
        .filter(|case| !case.is_slow() && !waits_long(case))
        .collect()
}

fn carries(case: &Case, rule: &str) -> bool {
    case.requirements.iter().any(|carried| carried == rule)
}

fn waits_long(case: &Case) -> bool {
    [TargetSetup::Expiry, TargetSetup::Retention]
        .iter()
        .any(|setup| case.file.requires.contains(setup))
}
