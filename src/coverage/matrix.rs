//! Rules, cases and defects: who saw what.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::defect_run::{CaseFinding, DefectInfo, DefectRun, Sight};
use super::figures::Figures;
use super::inventory::{Expected, Inventory, Place, Reason};
use crate::outcome::{Level, Verdict};
use crate::requirement;

/// A way in which the registry was set up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VariationInfo {
    /// Its name.
    pub name: String,
    /// What is particular about it.
    pub what: String,
}

/// What became of a defect.
#[derive(Debug, Clone, Serialize)]
pub struct DefectResult {
    /// The defect.
    #[serde(flatten)]
    pub defect: DefectInfo,
    /// Whether a case blamed the registry for its rule.
    pub killed: bool,
    /// How, if it was.
    pub sight: Option<Sight>,
    /// The first variation in which it was.
    pub variation: Option<String>,
    /// The cases that carry its rule and ran, in the variation in which it was killed or the last one.
    pub carriers: usize,
    /// Those of them that blamed the registry for the rule.
    pub killers: BTreeSet<String>,
    /// How many other cases ran.
    pub unrelated: usize,
    /// Those of them that failed, or could not go on.
    pub dragged_down: BTreeSet<String>,
    /// How many of them warned.
    pub warned: usize,
}

/// What an expectation saw.
#[derive(Debug, Clone, Serialize)]
pub struct ExpectationResult {
    /// Which.
    #[serde(flatten)]
    pub expectation: Expected,
    /// Its line in the file.
    pub line: usize,
    /// Why no defect need break it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Whether that counts: that of a control only beside an expectation of the same rule with teeth.
    #[serde(skip)]
    pub is_excused: bool,
    /// Defects of its rule that it saw.
    pub defects: BTreeSet<String>,
    /// Defects of other rules that it saw.
    pub other_defects: BTreeSet<String>,
}

impl ExpectationResult {
    /// Whether it has neither seen a defect nor a reason why it need not.
    pub fn is_hole(&self) -> bool {
        self.defects.is_empty() && !self.is_excused
    }
}

/// Of a rule: who carries it, and who breaks it.
#[derive(Debug, Clone, Serialize)]
pub struct RuleResult {
    /// Identifier.
    pub id: String,
    /// How binding.
    pub level: Option<Level>,
    /// Case files that carry it.
    pub files: usize,
    /// Cases that carry it.
    pub cases: usize,
    /// Expectations that carry it.
    pub expectations: usize,
    /// Those that saw a defect of the rule.
    pub with_teeth: usize,
    /// Those that saw none, and for which no reason stands.
    pub without: usize,
    /// The defects that break it.
    pub defects: Vec<String>,
}

/// The kill matrix.
#[derive(Debug, Clone)]
pub struct Matrix {
    variations: Vec<VariationInfo>,
    inventory: Inventory,
    defects: Vec<DefectResult>,
    seen: BTreeMap<Expected, (BTreeSet<String>, BTreeSet<String>)>,
}

impl Matrix {
    /// With nothing seen yet.
    pub fn new(
        variations: Vec<VariationInfo>,
        inventory: Inventory,
        defects: &[DefectInfo],
    ) -> Self {
        let defects = defects
            .iter()
            .map(|defect| DefectResult {
                defect: defect.clone(),
                killed: false,
                sight: None,
                variation: None,
                carriers: 0,
                killers: BTreeSet::new(),
                unrelated: 0,
                dragged_down: BTreeSet::new(),
                warned: 0,
            })
            .collect();
        Self {
            variations,
            inventory,
            defects,
            seen: BTreeMap::new(),
        }
    }

    /// Adds what a run found.
    pub fn add(&mut self, run: &DefectRun) {
        let Some(result) = self.defects.get_mut(run.defect) else {
            return;
        };
        let rule = result.defect.rule.clone();
        let defect = result.defect.clone();
        let is_first_kill = !result.killed;
        if is_first_kill && !run.carriers.is_empty() {
            result.carriers = run.carriers.len();
        }
        let carriers = run.carriers.iter().map(|finding| (finding, true));
        let others = run.also.iter().chain(&run.unrelated);
        for (finding, is_carrier) in carriers.chain(others.map(|finding| (finding, false))) {
            if !finding.blames() {
                continue;
            }
            for hit in &finding.hits {
                let Some(expected) = finding
                    .expectations(&hit.rule)
                    .find(|expected| Some(&expected.pointer) == hit.pointer.as_ref())
                else {
                    continue;
                };
                let (own, other) = self.seen.entry(expected).or_default();
                let of = if defect.breaks(&hit.rule) { own } else { other };
                of.insert(defect.name.clone());
            }
            let sight = finding.sight(&rule);
            if is_first_kill && sight.is_some() {
                if is_carrier {
                    result.killers.insert(finding.id.clone());
                }
                result.sight = result.sight.max(sight);
            }
        }
        if is_first_kill && result.sight.is_some() {
            result.killed = true;
            result.variation = self
                .variations
                .get(run.variation)
                .map(|variation| variation.name.clone());
        }
        result.unrelated += run.unrelated.len();
        result.warned += count(&run.unrelated, Verdict::Warn);
        result.dragged_down.extend(
            run.unrelated
                .iter()
                .filter(|finding| matches!(finding.verdict, Verdict::Fail | Verdict::Error))
                .map(|finding| finding.id.clone()),
        );
    }

    /// Whether the defect with this index was seen.
    pub fn is_killed(&self, defect: usize) -> bool {
        self.defects.get(defect).is_some_and(|result| result.killed)
    }

    /// The expectations that have seen a defect of their rule.
    pub fn proved(&self) -> BTreeSet<Expected> {
        self.seen
            .iter()
            .filter(|(_, (own, _))| !own.is_empty())
            .map(|(expected, _)| expected.clone())
            .collect()
    }

    /// The variations.
    pub fn variations(&self) -> &[VariationInfo] {
        &self.variations
    }

    /// The expectations and cases that count.
    pub fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    /// Every defect with what became of it.
    pub fn defects(&self) -> &[DefectResult] {
        &self.defects
    }

    /// Every expectation with what it saw, by file and place.
    pub fn expectations(&self) -> Vec<ExpectationResult> {
        let proved: BTreeSet<String> = self
            .proved()
            .into_iter()
            .map(|expected| expected.rule)
            .collect();
        self.inventory
            .expectations
            .iter()
            .map(|(expected, Place { line, reason })| {
                let (defects, other_defects) = self.seen.get(expected).cloned().unwrap_or_default();
                let is_excused = match reason {
                    Some(Reason::NoDefect(_)) => true,
                    Some(Reason::Control) => proved.contains(expected.rule.as_str()),
                    None => false,
                };
                ExpectationResult {
                    expectation: expected.clone(),
                    line: *line,
                    reason: reason.clone(),
                    is_excused: is_excused && defects.is_empty(),
                    defects,
                    other_defects,
                }
            })
            .collect()
    }

    /// Every rule that is carried or broken, in the order of the specification.
    pub fn rules(&self) -> Vec<RuleResult> {
        let expectations = self.expectations();
        requirement::all()
            .filter_map(|rule| {
                let of_rule = || {
                    expectations
                        .iter()
                        .filter(|result| result.expectation.rule == rule.id)
                };
                let result = RuleResult {
                    id: rule.id.clone(),
                    level: Some(rule.level),
                    files: self.inventory.files(&rule.id).len(),
                    cases: self.inventory.cases.get(&rule.id).map_or(0, BTreeSet::len),
                    expectations: of_rule().count(),
                    with_teeth: of_rule()
                        .filter(|result| !result.defects.is_empty())
                        .count(),
                    without: of_rule().filter(|result| result.is_hole()).count(),
                    defects: self
                        .defects
                        .iter()
                        .filter(|result| result.defect.rule == rule.id)
                        .map(|result| result.defect.name.clone())
                        .collect(),
                };
                (result.cases > 0 || !result.defects.is_empty()).then_some(result)
            })
            .collect()
    }

    /// The three figures.
    pub fn figures(&self) -> Figures {
        Figures::of(&self.defects, &self.expectations())
    }

    /// Everything, for programs.
    pub fn to_json(&self, seed: u64) -> serde_json::Value {
        serde_json::json!({
            "tool": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "profile": requirement::PROFILE_VERSION,
            "seed": seed,
            "variations": self.variations,
            "summary": self.figures(),
            "rules": self.rules(),
            "defects": self.defects,
            "expectations": self.expectations(),
        })
    }
}

fn count(findings: &[CaseFinding], verdict: Verdict) -> usize {
    findings
        .iter()
        .filter(|finding| finding.verdict == verdict)
        .count()
}
