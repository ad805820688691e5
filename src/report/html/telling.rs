//! What did not hold in a case, in words.

use super::difference::{Difference, difference};
use super::shares::shares;
use super::text::{BLOCK, LINE, Piece, octets, sentence, within};
use crate::outcome::Level;
use crate::report::model::{ReportedCase, ReportedMismatch};
use crate::requirement;

/// Octets that all of it may take in a page.
const ROOM: usize = 1_000_000;

/// Octets of a mismatch beside its texts.
const AROUND: usize = 320;

/// How much is told: mismatches, characters of a line and of a value.
#[derive(Clone, Copy)]
struct Extent {
    mismatches: usize,
    line: usize,
    value: usize,
}

/// From everything to nothing but that there is something.
const EXTENTS: [Extent; 6] = [
    Extent {
        mismatches: 50,
        line: LINE,
        value: BLOCK,
    },
    Extent {
        mismatches: 20,
        line: LINE,
        value: 600,
    },
    Extent {
        mismatches: 8,
        line: 240,
        value: 240,
    },
    Extent {
        mismatches: 3,
        line: 160,
        value: 120,
    },
    Extent {
        mismatches: 1,
        line: 120,
        value: 60,
    },
    Extent {
        mismatches: 0,
        line: 60,
        value: 0,
    },
];

/// What did not hold in a case.
#[derive(Default)]
pub(super) struct Telling {
    pub reason: Option<String>,
    pub mismatches: Vec<Mismatch>,
    /// Mismatches that are left out.
    pub further: usize,
    /// Whether less is told than of a case for which there is room.
    pub is_cut: bool,
    octets: usize,
}

/// One thing that did not hold.
pub(super) struct Mismatch {
    pub rule: Option<String>,
    /// The rule in the specification, if it has it.
    pub anchor: Option<String>,
    pub rule_text: Vec<Piece>,
    pub level: Level,
    pub message: String,
    /// The step with its line.
    pub step: String,
    pub values: Option<Difference>,
}

/// What did not hold in each case, all of it within bounds.
pub(super) fn tellings(cases: &[&ReportedCase]) -> Vec<Telling> {
    let mut tellings: Vec<Telling> = cases
        .iter()
        .map(|case| Telling::of(case, EXTENTS[0]))
        .collect();
    let wanted: Vec<usize> = tellings.iter().map(|telling| telling.octets).collect();
    let shares = shares(&wanted, ROOM);
    for ((telling, case), share) in tellings.iter_mut().zip(cases).zip(shares) {
        for extent in &EXTENTS[1..] {
            if telling.octets <= share {
                break;
            }
            *telling = Telling::of(case, *extent);
            telling.is_cut = true;
        }
    }
    tellings
}

impl Telling {
    fn of(case: &ReportedCase, extent: Extent) -> Self {
        let reason = case
            .reason
            .as_ref()
            .map(|reason| within(reason, extent.line));
        let all = case.exchanges.iter().flat_map(|exchange| {
            exchange
                .mismatches
                .iter()
                .map(move |mismatch| (mismatch, &exchange.name, exchange.line))
        });
        let mismatches: Vec<Mismatch> = all
            .clone()
            .take(extent.mismatches)
            .map(|(mismatch, step, line)| {
                let step = within(step, 80);
                let step = line.map_or_else(|| step.clone(), |line| format!("{step}, line {line}"));
                Mismatch::of(mismatch, step, extent)
            })
            .collect();
        Self {
            octets: reason.as_deref().map_or(0, octets)
                + mismatches.iter().map(Mismatch::octets).sum::<usize>(),
            further: all.count() - mismatches.len(),
            reason,
            mismatches,
            is_cut: false,
        }
    }
}

impl Mismatch {
    fn of(mismatch: &ReportedMismatch, step: String, extent: Extent) -> Self {
        let rule = mismatch.requirement.as_deref();
        let known = rule.and_then(requirement::find);
        let value = |text: &Option<String>| text.as_ref().map(|text| within(text, extent.value));
        Self {
            rule: rule.map(|rule| within(rule, 40)),
            anchor: rule.and_then(requirement::anchor),
            rule_text: known.map_or_else(Vec::new, |rule| sentence(&rule.summary)),
            level: mismatch.level,
            message: within(&mismatch.message, extent.line),
            step,
            values: match (value(&mismatch.expected), value(&mismatch.actual)) {
                (None, None) => None,
                (expected, actual) => Some(difference(
                    &expected.unwrap_or_default(),
                    &actual.unwrap_or_default(),
                )),
            },
        }
    }

    fn octets(&self) -> usize {
        let values = self.values.as_ref().map_or(0, |values| {
            2 * (octets(&values.start) + octets(&values.end))
                + octets(&values.expected)
                + octets(&values.actual)
        });
        let rule = self.rule_text.iter().map(|piece| octets(&piece.text));
        AROUND + rule.sum::<usize>() + octets(&self.message) + octets(&self.step) + values
    }
}
