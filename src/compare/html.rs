//! The comparison as one HTML file that loads nothing and runs nothing.

use askama::Template;

use super::change::Change;
use super::comparison::{Column, Comparison, Row};
use super::load::CompareError;
use super::standing::{Area, standings};
use crate::outcome::Verdict;
use crate::report::{SpecifiedArea, Tally, claim, content_security_policy, specified, tallies};

/// Cases that are listed of a change.
const CASES: usize = 2000;

const CSS: &str = include_str!("compare.css");

#[derive(Template)]
#[template(path = "compare.html")]
struct Page<'a> {
    policy: String,
    css: &'static str,
    registries: Vec<Judged<'a>>,
    changes: Vec<Section<'a>>,
    areas: Vec<Area>,
    /// Rules that do not hold everywhere.
    differing: Vec<&'a Row>,
    /// Rules that do.
    agreed: Vec<&'a Row>,
    specification: Vec<SpecifiedArea>,
}

/// One of the reports.
struct Judged<'a> {
    column: &'a Column,
    claim: &'static str,
    verdict: Verdict,
    tallies: Vec<Tally>,
}

struct Section<'a> {
    title: &'static str,
    rules: Vec<&'a Row>,
    cases: Vec<&'a Row>,
    more: usize,
    count: usize,
}

/// Renders a comparison.
pub fn render(comparison: &Comparison) -> Result<String, CompareError> {
    let (agreed, differing) = comparison
        .rules
        .iter()
        .partition(|row| row.holds_everywhere());
    let page = Page {
        policy: content_security_policy(None, CSS),
        css: CSS,
        registries: comparison.columns.iter().map(judged).collect(),
        changes: changes(comparison),
        areas: standings(comparison),
        differing,
        agreed,
        specification: specified(comparison.rules.iter().map(|row| row.id.as_str())),
    };
    Ok(page.render()?)
}

fn judged(column: &Column) -> Judged<'_> {
    let (claim, verdict) = match claim(&column.summary, false) {
        // What was not judged could have broken it.
        (_, verdict) if verdict != Verdict::Fail && column.interrupted.is_some() => {
            ("Interrupted", Verdict::Error)
        }
        known => known,
    };
    Judged {
        column,
        claim,
        verdict,
        tallies: tallies(&column.summary),
    }
}

fn changes(comparison: &Comparison) -> Vec<Section<'_>> {
    Change::TOLD
        .into_iter()
        .map(|change| {
            let rules: Vec<&Row> = Comparison::changed(&comparison.rules, change).collect();
            let cases: Vec<&Row> = Comparison::changed(&comparison.cases, change).collect();
            Section {
                title: change.title(),
                count: rules.len() + cases.len(),
                rules,
                more: cases.len().saturating_sub(CASES),
                cases: cases.into_iter().take(CASES).collect(),
            }
        })
        .filter(|section| section.count > 0)
        .collect()
}
