//! Workflow commands of GitHub Actions that mark failures in a run and a pull request.

use std::fmt::Write as _;

use indexmap::IndexMap;

use super::broken_rule::{BrokenRule, failed_rules, warned_rules};
use super::console::shortened;
use super::ids::together;
use super::model::Run;
use crate::outcome::{CaseOutcome, Verdict};

/// GitHub shows this many of each kind a step.
const SHOWN: usize = 10;
/// Lines of a message, and characters of each.
const LINES: usize = 8;
const MESSAGE: usize = 1000;

/// `::error` for what keeps the run from conforming, `::warning` for the rest; a line each.
pub fn annotations(outcomes: &[CaseOutcome], run: &Run, strict: bool) -> String {
    let mut errors: Vec<(String, String)> = failed_rules(outcomes).iter().map(of_rule).collect();
    errors.extend(of_reasons(outcomes));
    if let Some(interruption) = &run.interrupted {
        // First, or it may be one of those that are left out.
        let message = interruption.sentence(outcomes.len());
        errors.insert(0, ("interrupted".to_owned(), message));
    }
    let warnings: Vec<(String, String)> = warned_rules(outcomes).iter().map(of_rule).collect();
    let mut text = String::new();
    if strict {
        errors.extend(warnings);
        commands(&mut text, "error", &errors);
    } else {
        commands(&mut text, "error", &errors);
        commands(&mut text, "warning", &warnings);
    }
    text
}

/// What has no rule, by reason: an outage is one annotation, not one a case.
fn of_reasons(outcomes: &[CaseOutcome]) -> Vec<(String, String)> {
    let mut reasons: IndexMap<(Verdict, &str), Vec<&str>> = IndexMap::new();
    for outcome in outcomes {
        if matches!(outcome.verdict, Verdict::Error | Verdict::UnexpectedPass) {
            let reason = outcome.reason.as_deref().unwrap_or_default();
            reasons
                .entry((outcome.verdict, reason))
                .or_default()
                .push(&outcome.id);
        }
    }
    reasons
        .into_iter()
        .map(|((verdict, reason), ids)| {
            let title = format!("{}: {}", verdict.as_str(), together(&ids, 1));
            (title, reason.to_owned())
        })
        .collect()
}

fn of_rule(rule: &BrokenRule<'_>) -> (String, String) {
    let cases = super::closing::count(rule.cases(), "case");
    let title = format!("{} violated ({cases})", rule.id.unwrap_or("a rule"));
    let mut message = rule
        .rule
        .map_or_else(String::new, |rule| format!("{}\n", rule.summary));
    if let Some(difference) = rule.differences.first() {
        let id = difference.places.first().map_or("", |(case, _)| &case.id);
        let _ = write!(message, "{id}: {}", difference.what);
        if let Some((expected, actual)) = difference.values {
            let _ = write!(message, "\nexpected {expected}\nwas {actual}");
        }
    }
    (title, message)
}

fn commands(text: &mut String, command: &str, all: &[(String, String)]) {
    let shown = if all.len() > SHOWN {
        SHOWN - 1
    } else {
        all.len()
    };
    for (title, message) in &all[..shown] {
        one(text, command, title, message);
    }
    if all.len() > shown {
        let title = format!("and {} more", all.len() - shown);
        one(
            text,
            command,
            &title,
            "The summary and the reports of the run have them.",
        );
    }
}

/// The message is put on several lines by its `%0A`; within a line nothing steers, and no line begins a command.
fn one(text: &mut String, command: &str, title: &str, message: &str) {
    let title = data(&shortened(title, 200))
        .replace(':', "%3A")
        .replace(',', "%2C");
    let message: Vec<String> = message
        .lines()
        .take(LINES)
        .map(|line| data(&shortened(line, MESSAGE)))
        .collect();
    let _ = writeln!(text, "::{command} title={title}::{}", message.join("%0A"));
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}
