//! The comparison for a terminal.

use std::fmt::Write as _;

use super::change::Change;
use super::comparison::{Comparison, Row};
use crate::report::{Ink, Style, safe_line};

/// Cases that are listed of a change.
const CASES: usize = 40;

/// Renders a comparison; `strict`: what got worse broke.
pub fn render(comparison: &Comparison, strict: bool, style: &Style) -> String {
    let mut text = String::new();
    let width = names(comparison).max().unwrap_or(0);
    for column in &comparison.columns {
        let name = format!("{:width$}", column.name);
        let what = format!("{}, {}: {}", column.target, column.started, column.result());
        let first = format!("{name}  ");
        text.push_str(&style.wrap(&what, &first, &" ".repeat(first.len())));
    }
    for change in Change::TOLD {
        changes(&mut text, comparison, change, style);
    }
    not_run(&mut text, comparison, style);
    matrix(&mut text, comparison, style);
    let last = if comparison.is_regression(strict) {
        style.paint(Ink::Bad, "something broke")
    } else if comparison.is_interrupted() {
        style.paint(
            Ink::Warning,
            "nothing broke in what was run before the interruption",
        )
    } else {
        style.paint(Ink::Good, "nothing broke")
    };
    let _ = writeln!(text, "\n{last}");
    text
}

fn names(comparison: &Comparison) -> impl Iterator<Item = usize> {
    comparison
        .columns
        .iter()
        .map(|column| column.name.chars().count())
}

fn ink(change: Change) -> Ink {
    match change {
        Change::Broke => Ink::Bad,
        Change::Worse => Ink::Warning,
        Change::Mended | Change::Better => Ink::Good,
        Change::NoLongerJudged | Change::NewlyJudged | Change::NotRun | Change::Same => Ink::Title,
    }
}

fn changes(text: &mut String, comparison: &Comparison, change: Change, style: &Style) {
    let rules: Vec<&Row> = Comparison::changed(&comparison.rules, change).collect();
    let cases: Vec<&Row> = Comparison::changed(&comparison.cases, change).collect();
    if rules.is_empty() && cases.is_empty() {
        return;
    }
    let title = format!(
        "{}: {}, {}",
        change.title().to_uppercase(),
        number(rules.len(), "rule"),
        number(cases.len(), "case")
    );
    let _ = writeln!(text, "\n{}", style.paint(ink(change), &title));
    for rule in rules {
        let first = format!("  {:7} {:15} ", rule.id, rule.step());
        text.push_str(&style.wrap(&rule.summary, &first, &" ".repeat(26)));
    }
    for case in cases.iter().take(CASES) {
        let reason = case
            .reason
            .as_ref()
            .map_or_else(String::new, |reason| format!(": {reason}"));
        let what = format!("{}, {}{reason}", safe_line(&case.id), case.step());
        text.push_str(&style.wrap(&what, "  ", "    "));
    }
    if cases.len() > CASES {
        let _ = writeln!(
            text,
            "  and {}",
            number(cases.len() - CASES, "case") + " more"
        );
    }
}

/// How much was judged before, and not in a run that was interrupted; which cases these are says its report.
fn not_run(text: &mut String, comparison: &Comparison, style: &Style) {
    let (rules, cases) = comparison.not_run();
    if rules + cases > 0 {
        let title = format!(
            "{}: {}, {}",
            Change::NotRun.title().to_uppercase(),
            number(rules, "rule"),
            number(cases, "case")
        );
        let _ = writeln!(text, "\n{}", style.paint(Ink::Warning, &title));
    }
}

/// The rules in all reports; those that hold everywhere are named only.
fn matrix(text: &mut String, comparison: &Comparison, style: &Style) {
    let (well, others): (Vec<&Row>, Vec<&Row>) = comparison
        .rules
        .iter()
        .partition(|row| row.holds_everywhere());
    if !others.is_empty() {
        let widths: Vec<usize> = names(comparison)
            .enumerate()
            .map(|(index, width)| {
                let words = others
                    .iter()
                    .map(|row| row.words().nth(index).map_or(1, str::len));
                words.max().unwrap_or(0).max(width)
            })
            .collect();
        let mut heading = format!("{:7}  {:8}", "rule", "level");
        for (column, width) in comparison.columns.iter().zip(&widths) {
            let _ = write!(heading, "  {:width$}", column.name);
        }
        let _ = writeln!(text, "\n{}", style.paint(Ink::Title, heading.trim_end()));
        for row in others {
            let mut line = format!("{:7}  {:8}", row.id, row.level.as_str());
            for (word, width) in row.words().zip(&widths) {
                let cell = format!("{word:width$}");
                let painted = match word {
                    "fail" | "error" => style.paint(Ink::Bad, &cell),
                    "warn" | "known-failure" => style.paint(Ink::Warning, &cell),
                    "pass" | "unexpected-pass" => style.paint(Ink::Good, &cell),
                    _ => style.paint(Ink::Faint, &cell),
                };
                let _ = write!(line, "  {painted}");
            }
            let _ = writeln!(text, "{}", line.trim_end());
        }
    }
    if !well.is_empty() {
        let ids: Vec<&str> = well.iter().map(|row| row.id.as_str()).collect();
        let list = format!("pass everywhere: {}", ids.join(", "));
        let _ = write!(text, "\n{}", style.wrap(&list, "", "  "));
    }
}

pub(super) fn number(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}
