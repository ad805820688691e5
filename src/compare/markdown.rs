//! The comparison in Markdown. What a report says of a registry stands in code alone.

use std::fmt::Write as _;

use super::change::{Cell, Change};
use super::comparison::{Comparison, Row};
use super::text::number;
use crate::outcome::Verdict;
use crate::report::markdown::{code, fenced};

/// Cases that are listed of a change.
const CASES: usize = 100;

/// Renders a comparison.
pub fn render(comparison: &Comparison) -> String {
    let mut text = String::from("# Conformance to the Publish API, compared\n\n");
    text.push_str("| report | of | made | result |\n|---|---|---|---|\n");
    for column in &comparison.columns {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            code(&column.name),
            code(&column.target),
            code(&column.started),
            column.result()
        );
    }
    text.push('\n');
    for change in Change::TOLD {
        changes(&mut text, comparison, change);
    }
    let (rules, cases) = comparison.not_run();
    if rules + cases > 0 {
        let _ = writeln!(
            text,
            "**{}**: {}, {}.\n",
            Change::NotRun.title(),
            number(rules, "rule"),
            number(cases, "case")
        );
    }
    let _ = write!(text, "## Rules\n\n| rule | level |");
    for column in &comparison.columns {
        let _ = write!(text, " {} |", code(&column.name));
    }
    let _ = writeln!(
        text,
        "\n|---|---|{}",
        "---|".repeat(comparison.columns.len())
    );
    for row in &comparison.rules {
        let _ = write!(text, "| {} | {} |", row.id, row.level.as_str());
        for cell in &row.cells {
            let _ = write!(text, " {} |", sign(*cell));
        }
        text.push('\n');
    }
    text
}

fn sign(cell: Cell) -> &'static str {
    match cell {
        Cell::Judged(Verdict::Pass) => "✅",
        Cell::Judged(Verdict::UnexpectedPass) => "✅ unexpected",
        Cell::Judged(Verdict::Fail) => "❌ fail",
        Cell::Judged(Verdict::KnownFailure) => "❌ known",
        Cell::Judged(Verdict::Warn) => "⚠️ warn",
        Cell::Judged(Verdict::Error) => "❗ error",
        Cell::Judged(Verdict::Skip) => "skip",
        Cell::NotRun => "not run",
        Cell::Absent => "–",
    }
}

fn changes(text: &mut String, comparison: &Comparison, change: Change) {
    let rules: Vec<&Row> = Comparison::changed(&comparison.rules, change).collect();
    let cases: Vec<&Row> = Comparison::changed(&comparison.cases, change).collect();
    if rules.is_empty() && cases.is_empty() {
        return;
    }
    let _ = writeln!(
        text,
        "## {} ({}, {})\n",
        change.title(),
        number(rules.len(), "rule"),
        number(cases.len(), "case")
    );
    for rule in &rules {
        let _ = writeln!(text, "- **{}** {}: {}", rule.id, rule.step(), rule.summary);
    }
    if !rules.is_empty() {
        text.push('\n');
    }
    let mut body = String::new();
    for case in cases.iter().take(CASES) {
        let _ = writeln!(
            body,
            "{}  {}",
            crate::report::safe_line(&case.id),
            case.step()
        );
        if let Some(reason) = &case.reason {
            let _ = writeln!(body, "    {reason}");
        }
    }
    if cases.len() > CASES {
        let _ = writeln!(body, "and {} more", number(cases.len() - CASES, "case"));
    }
    if !body.is_empty() {
        text.push_str(&fenced("text", &body));
    }
}
