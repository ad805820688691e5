//! The rules with their verdicts.

use std::collections::HashMap;

use super::text::{LINE, Piece, grouped, sentence, shown};
use super::verdict_view::rank;
use crate::outcome::{Level, Verdict};
use crate::report::model::{ReportedCase, ReportedRequirement};
use crate::requirement;

/// Cases of a broken rule that are named; the others are a filter away.
const NAMED: usize = 8;

/// A row of the rule table.
pub(super) struct Rule {
    pub id: String,
    pub level: Level,
    pub text: Vec<Piece>,
    pub verdict: Verdict,
    /// Where the page has it in the words of the specification.
    pub anchor: Option<String>,
    pub cases: String,
    /// The first cases that broke it.
    pub broken_by: Vec<String>,
    /// How many more there are.
    pub further: usize,
}

impl Rule {
    fn needs_attention(&self) -> bool {
        !matches!(self.verdict, Verdict::Pass | Verdict::Skip)
    }
}

/// The rules: those that need attention, the worst first, and the others in the order of the specification.
pub(super) fn rules(
    rules: &[ReportedRequirement],
    cases: &[ReportedCase],
) -> (Vec<Rule>, Vec<Rule>) {
    let mut breaking: HashMap<&str, Vec<&str>> = HashMap::new();
    for case in cases {
        let broken = match case.verdict {
            // It broke none, or may have judged none.
            Verdict::Error => &case.requirements,
            _ => &case.failed_requirements,
        };
        for rule in broken {
            breaking.entry(rule).or_default().push(&case.id);
        }
    }
    let rows = rules.iter().map(|rule| {
        let broken_by = breaking
            .get(rule.id.as_str())
            .map_or(&[][..], Vec::as_slice);
        Rule {
            id: shown(&rule.id, 40),
            level: rule.level,
            text: requirement::find(&rule.id).map_or_else(Vec::new, |rule| sentence(&rule.summary)),
            verdict: rule.verdict,
            anchor: requirement::anchor(&rule.id),
            cases: grouped(rule.cases.len()),
            broken_by: broken_by
                .iter()
                .take(NAMED)
                .map(|id| shown(id, LINE))
                .collect(),
            further: broken_by.len().saturating_sub(NAMED),
        }
    });
    let (mut attention, others): (Vec<Rule>, Vec<Rule>) = rows.partition(Rule::needs_attention);
    attention.sort_by_key(|rule| rank(rule.verdict));
    (attention, others)
}
