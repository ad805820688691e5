//! Rules that were violated, for people: each with its differences, within bounds.

use std::fmt::Write as _;

use indexmap::IndexSet;

use super::broken_rule::{BrokenRule, Difference};
use super::closing::count;
use super::console::{safe_line, shortened};
use super::difference::beside;
use super::ids::together;
use super::style::{Ink, Style};

/// Differences of a rule that are shown; the others are one mistake more often than not, and stand in the result.
const SHOWN: usize = 4;
/// Differences of all rules that are shown; where many rules are violated there are fewer of each.
const SHOWN_OF_ALL: usize = 40;
/// Rules that are explained; more are named.
const RULES: usize = 25;
/// Ids that are listed at a time.
pub(super) const LISTED: usize = 12;

/// Writes rules below a heading; those beyond some are named only.
pub(super) fn rules(
    text: &mut String,
    (heading, ink): (&str, Ink),
    rules: &[BrokenRule<'_>],
    style: &Style,
) {
    if rules.is_empty() {
        return;
    }
    let title = format!("{heading}: {}", count(rules.len(), "rule"));
    let _ = writeln!(text, "\n{}", style.paint(ink, &title));
    let (explained, named) = rules.split_at(rules.len().min(RULES));
    let shown = (SHOWN_OF_ALL / explained.len()).clamp(1, SHOWN);
    for rule in explained {
        let name = rule.id.map_or_else(
            || "no rule".to_owned(),
            |id| format!("{} ({})", safe_line(id), rule.level.as_str()),
        );
        let name = format!("{name}, {}: ", count(rule.cases(), "case"));
        let says = rule.rule.map_or("", |rule| rule.summary.as_str());
        let wrapped = style.wrap(says, &name, "  ");
        let titled = wrapped.replacen(&name, &style.paint(Ink::Title, &name), 1);
        let _ = write!(text, "\n{titled}");
        let mut above = Vec::new();
        for difference in rule.differences.iter().take(shown) {
            let cases: Vec<&str> = difference
                .places
                .iter()
                .map(|(case, _)| case.id.as_str())
                .collect();
            text.push_str(&one(difference, cases == above, style));
            above = cases;
        }
        let rest = rule.differences.get(shown..).unwrap_or_default();
        if !rest.is_empty() {
            let ids: IndexSet<&str> = rest
                .iter()
                .flat_map(|difference| difference.places.iter().map(|(case, _)| case.id.as_str()))
                .collect();
            let ids: Vec<&str> = ids.into_iter().collect();
            let _ = writeln!(text, "  and {} more, in", count(rest.len(), "difference"));
            text.push_str(&listed(&ids, "    ", style));
        }
    }
    if !named.is_empty() {
        let names: Vec<String> = named
            .iter()
            .map(|rule| safe_line(rule.id.unwrap_or("no rule")))
            .collect();
        let list = format!("{}, in the result", names.join(", "));
        let more = format!("\nand {} more: ", count(named.len(), "rule"));
        text.push_str(&style.wrap(&list, &more, "  "));
    }
}

/// A difference; the cases that show it, unless they are those of the difference above.
fn one(difference: &Difference<'_>, is_same_cases: bool, style: &Style) -> String {
    let mut text = String::new();
    if !is_same_cases {
        let ids: Vec<&str> = difference
            .places
            .iter()
            .map(|(case, _)| case.id.as_str())
            .collect();
        text.push_str(&listed(&ids, "  ", style));
    }
    if let Some((case, step)) = difference.places.first() {
        let place = match step {
            Some(step) => match step.line {
                Some(line) => format!("step `{}`, {}:{line}", step.name, case.file),
                None => format!("step `{}`", step.name),
            },
            None => case.file.clone(),
        };
        let _ = writeln!(text, "    {}", style.paint(Ink::Faint, &safe_line(&place)));
    }
    text.push_str(&style.fold(&shortened(difference.what, 300), "    "));
    if let Some((expected, actual)) = difference.values {
        let (expected, actual) = beside(expected, actual, style.width.saturating_sub(14), style);
        let _ = writeln!(text, "    expected  {expected}\n    was       {actual}");
    }
    text
}

/// Ids with a bound, in lines.
pub(super) fn listed(ids: &[&str], indent: &str, style: &Style) -> String {
    style.wrap(&together(ids, LISTED), indent, indent)
}
