//! The comparison as data; pure.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use serde_json::Value;

use super::change::{Cell, Change};
use super::load::Named;
use crate::outcome::{Level, Verdict};
use crate::report::{
    Report, ReportedCase, ReportedRequirement, Summary, counted, safe_line, shortened,
};
use crate::requirement;

/// Characters of a reason and of a summary.
const REASON: usize = 200;

/// One of the reports.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// The registry or the client that it judges.
    pub target: String,
    /// When it was made.
    pub started: String,
    /// Version of the tool.
    pub version: String,
    /// Its numbers.
    pub summary: Summary,
    /// Of a run that was interrupted: what it did not come to, in words.
    pub interrupted: Option<String>,
}

impl Column {
    /// Its numbers in words.
    pub fn result(&self) -> String {
        let counted = counted(&self.summary);
        match &self.interrupted {
            Some(interrupted) => format!("{counted}; {interrupted}"),
            None => counted,
        }
    }
}

/// A case or a rule in all reports.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// How binding it is.
    pub level: Level,
    /// What it says.
    pub summary: String,
    /// In each report.
    pub cells: Vec<Cell>,
    /// From the first report to the last.
    pub change: Change,
    /// Why it is not well in the last report.
    pub reason: Option<String>,
}

impl Row {
    /// `pass -> fail`.
    pub fn step(&self) -> String {
        let word = |cell: Option<&Cell>| cell.copied().unwrap_or(Cell::Absent).word();
        format!(
            "{} -> {}",
            word(self.cells.first()),
            word(self.cells.last())
        )
    }

    /// What each report says, in words; `-` for nothing.
    pub fn words(&self) -> impl Iterator<Item = &'static str> {
        self.cells.iter().map(|cell| match cell {
            Cell::Absent => "-",
            cell => cell.word(),
        })
    }

    /// Whether it holds wherever it was judged.
    pub fn holds_everywhere(&self) -> bool {
        self.cells
            .iter()
            .all(|cell| *cell == Cell::Judged(Verdict::Pass))
    }
}

/// Reports side by side.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The reports.
    pub columns: Vec<Column>,
    /// The rules that one of them judges, in the order of the specification.
    pub rules: Vec<Row>,
    /// The cases of all, in the order of their ids.
    pub cases: Vec<Row>,
}

impl Comparison {
    /// Compares; the first report is the earlier one, the last is what it came to.
    pub fn of(reports: &[Named]) -> Self {
        Self {
            columns: reports.iter().map(column).collect(),
            rules: rules(reports),
            cases: cases(reports),
        }
    }

    /// Rows with this change.
    pub fn changed(rows: &[Row], change: Change) -> impl Iterator<Item = &Row> {
        rows.iter().filter(move |row| row.change == change)
    }

    /// How many rules and cases were judged before, and not run in the last report, since it was interrupted.
    pub fn not_run(&self) -> (usize, usize) {
        let count = |rows| Self::changed(rows, Change::NotRun).count();
        (count(&self.rules), count(&self.cases))
    }

    /// Whether the last report is of a run that was interrupted.
    pub fn is_interrupted(&self) -> bool {
        self.columns
            .last()
            .is_some_and(|column| column.interrupted.is_some())
    }

    /// Whether something broke; `strict`: or got worse.
    pub fn is_regression(&self, strict: bool) -> bool {
        self.rules
            .iter()
            .chain(&self.cases)
            .any(|row| row.change == Change::Broke || (strict && row.change == Change::Worse))
    }
}

fn column(named: &Named) -> Column {
    let report = &named.report;
    let target = match (report.target.get("registry"), report.target.get("client")) {
        (Some(Value::String(registry)), _) => registry.clone(),
        (_, Some(Value::Array(words))) => {
            let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
            words.join(" ")
        }
        _ => "an unnamed target".to_owned(),
    };
    Column {
        name: named.name.clone(),
        target: shortened(&target, REASON),
        started: seconds(&report.started),
        version: shortened(&report.version, 40),
        summary: report.summary,
        interrupted: report
            .interrupted
            .as_ref()
            .map(|interruption| interruption.sentence(report.cases.len())),
    }
}

/// Nobody compares fractions of a second.
fn seconds(started: &str) -> String {
    match started.split_once('.') {
        Some((seconds, _)) => shortened(seconds, 40) + "Z",
        None => shortened(started, 40),
    }
}

fn rules(reports: &[Named]) -> Vec<Row> {
    let indexed: Vec<Indexed<'_>> = reports.iter().map(Indexed::of).collect();
    requirement::all()
        .filter_map(|rule| {
            let judging: HashSet<&str> = indexed
                .iter()
                .filter_map(|report| report.rules.get(rule.id.as_str()))
                .flat_map(|rule| rule.cases.iter().map(String::as_str))
                .collect();
            let cells: Vec<Cell> = indexed
                .iter()
                .map(|report| report.rule(&rule.id, &judging))
                .collect();
            let is_judged = cells.iter().any(|cell| matches!(cell, Cell::Judged(_)));
            is_judged.then(|| Row {
                id: rule.id.clone(),
                level: rule.level,
                summary: rule.summary.clone(),
                change: change(&cells),
                cells,
                reason: None,
            })
        })
        .collect()
}

struct Indexed<'a> {
    rules: HashMap<&'a str, &'a ReportedRequirement>,
    cases: HashMap<&'a str, Verdict>,
    not_run: HashSet<&'a str>,
}

impl<'a> Indexed<'a> {
    fn of(named: &'a Named) -> Self {
        let report = &named.report;
        Self {
            rules: report
                .requirements
                .iter()
                .map(|rule| (rule.id.as_str(), rule))
                .collect(),
            cases: report
                .cases
                .iter()
                .map(|case| (case.id.as_str(), case.verdict))
                .collect(),
            not_run: not_run(report).collect(),
        }
    }

    /// What it says of a rule, which is judged by these cases in one of the reports.
    fn rule(&self, rule: &str, judging: &HashSet<&str>) -> Cell {
        let verdict = self.verdict(rule, judging);
        let is_violated = matches!(
            verdict,
            Some(Verdict::Fail | Verdict::KnownFailure | Verdict::Error)
        );
        // That it holds is not known before all of its cases have run; that it is violated is.
        if !is_violated && judging.iter().any(|case| self.not_run.contains(case)) {
            return Cell::NotRun;
        }
        verdict.map_or(Cell::Absent, Cell::Judged)
    }

    /// A rule that every answer is judged by stands in a report only if it was violated: where a case that violated it
    /// elsewhere passes, it holds.
    fn verdict(&self, rule: &str, judging: &HashSet<&str>) -> Option<Verdict> {
        if let Some(rule) = self.rules.get(rule) {
            return Some(rule.verdict);
        }
        judging
            .iter()
            .any(|case| self.cases.get(case) == Some(&Verdict::Pass))
            .then_some(Verdict::Pass)
    }
}

/// Cases that a run was interrupted before.
fn not_run(report: &Report) -> impl Iterator<Item = &str> {
    report
        .interrupted
        .iter()
        .flat_map(|interruption| interruption.not_judged.iter().map(String::as_str))
}

fn cases(reports: &[Named]) -> Vec<Row> {
    let mut all: IndexMap<&str, Vec<Option<&ReportedCase>>> = IndexMap::new();
    for (index, named) in reports.iter().enumerate() {
        let Report { cases, .. } = &named.report;
        for case in cases {
            all.entry(&case.id)
                .or_insert_with(|| vec![None; reports.len()])[index] = Some(case);
        }
    }
    all.sort_unstable_keys();
    let not_run: Vec<HashSet<&str>> = reports
        .iter()
        .map(|named| not_run(&named.report).collect())
        .collect();
    all.into_iter()
        .filter_map(|(id, cases)| {
            let latest = cases.iter().rev().flatten().next()?;
            let cells: Vec<Cell> = cases
                .iter()
                .zip(&not_run)
                .map(|(case, not_run)| match case {
                    Some(case) => Cell::Judged(case.verdict),
                    None if not_run.contains(id) => Cell::NotRun,
                    None => Cell::Absent,
                })
                .collect();
            Some(Row {
                id: safe_line(id),
                level: latest.level,
                summary: shortened(&latest.summary, REASON),
                change: change(&cells),
                reason: cases
                    .last()
                    .copied()
                    .flatten()
                    .and_then(|case| case.reason.as_deref())
                    .map(|reason| shortened(reason, REASON)),
                cells,
            })
        })
        .collect()
}

fn change(cells: &[Cell]) -> Change {
    let cell = |cell: Option<&Cell>| cell.copied().unwrap_or(Cell::Absent);
    Change::between(cell(cells.first()), cell(cells.last()))
}
