//! The comparison as data; pure.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use serde_json::Value;

use super::change::Change;
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
}

impl Column {
    /// Its numbers in words.
    pub fn result(&self) -> String {
        counted(&self.summary)
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
    /// In each report; none where it has none.
    pub verdicts: Vec<Option<Verdict>>,
    /// From the first report to the last.
    pub change: Change,
    /// Why it is not well in the last report.
    pub reason: Option<String>,
}

impl Row {
    /// The verdict of the first or the last report.
    fn word(verdict: Option<&Option<Verdict>>) -> &'static str {
        verdict.copied().flatten().map_or("absent", Verdict::as_str)
    }

    /// `pass -> fail`.
    pub fn step(&self) -> String {
        format!(
            "{} -> {}",
            Self::word(self.verdicts.first()),
            Self::word(self.verdicts.last())
        )
    }

    /// The verdicts as words, `-` for none.
    pub fn words(&self) -> impl Iterator<Item = &'static str> {
        self.verdicts
            .iter()
            .map(|verdict| verdict.map_or("-", Verdict::as_str))
    }

    /// Whether it holds wherever it was judged.
    pub fn holds_everywhere(&self) -> bool {
        self.verdicts
            .iter()
            .all(|verdict| *verdict == Some(Verdict::Pass))
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
            let verdicts: Vec<Option<Verdict>> = indexed
                .iter()
                .map(|report| report.verdict(&rule.id, &judging))
                .collect();
            verdicts.iter().any(Option::is_some).then(|| Row {
                id: rule.id.clone(),
                level: rule.level,
                summary: rule.summary.clone(),
                change: change(&verdicts),
                verdicts,
                reason: None,
            })
        })
        .collect()
}

struct Indexed<'a> {
    rules: HashMap<&'a str, &'a ReportedRequirement>,
    cases: HashMap<&'a str, Verdict>,
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
        }
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
    all.into_iter()
        .filter_map(|(id, cases)| {
            let latest = cases.iter().rev().flatten().next()?;
            let verdicts: Vec<Option<Verdict>> = cases
                .iter()
                .map(|case| case.map(|case| case.verdict))
                .collect();
            Some(Row {
                id: safe_line(id),
                level: latest.level,
                summary: shortened(&latest.summary, REASON),
                change: change(&verdicts),
                reason: cases
                    .last()
                    .copied()
                    .flatten()
                    .and_then(|case| case.reason.as_deref())
                    .map(|reason| shortened(reason, REASON)),
                verdicts,
            })
        })
        .collect()
}

fn change(verdicts: &[Option<Verdict>]) -> Change {
    Change::between(
        verdicts.first().copied().flatten(),
        verdicts.last().copied().flatten(),
    )
}
