//! What stands below the result on stderr: what did not hold and what to do about it, the sum of it last.

use std::fmt::Write as _;
use std::time::Duration;

use indexmap::IndexMap;

use super::answer::Answer;
use super::areas;
use super::broken_rule::{BrokenRule, failed_rules, warned_rules};
use super::console::{safe_line, shortened};
use super::invocation::to_repeat;
use super::known_entries::{self, known_entries};
use super::model::{Run, Summary};
use super::rule_list::{LISTED, listed, rules};
use super::skips::skips;
use super::style::{Ink, Style};
use crate::outcome::{CaseOutcome, Verdict};

/// Reasons that are told of cases without a rule.
const REASONS: usize = 20;
/// Known-failures entries that are shown.
const ENTRIES: usize = 60;
/// Columns that a setting may take before its note moves over.
const WIDEST_SETTING: usize = 30;

/// What a run came to, beside its outcomes.
#[derive(Debug, Clone)]
pub struct Closing<'a> {
    /// What the run is about.
    pub run: &'a Run,
    /// The outcomes, in order of their ids.
    pub outcomes: &'a [CaseOutcome],
    /// Whether warnings are failures.
    pub strict: bool,
    /// Names that stay in the registry.
    pub left_behind: usize,
    /// Whether pending ones were cancelled.
    pub cancels: bool,
    /// Slow cases that were left out.
    pub slow: usize,
    /// Of an interrupted run: cases that were under way, and for how long.
    pub under_way: Vec<(String, Duration)>,
}

impl<'a> Closing<'a> {
    /// Of a run that left nothing behind and nothing out.
    pub fn new(run: &'a Run, outcomes: &'a [CaseOutcome]) -> Self {
        Self {
            run,
            outcomes,
            strict: false,
            left_behind: 0,
            cancels: false,
            slow: 0,
            under_way: Vec::new(),
        }
    }

    /// The text.
    pub fn text(&self, style: &Style) -> String {
        let mut text = String::new();
        let failed = failed_rules(self.outcomes);
        rules(&mut text, ("FAILED", Ink::Bad), &failed, style);
        self.plain_reasons(
            &mut text,
            Verdict::UnexpectedPass,
            "PASSED UNEXPECTEDLY",
            style,
        );
        self.plain_reasons(
            &mut text,
            Verdict::Error,
            "ERRORS of the suite or the set-up",
            style,
        );
        let warned = warned_rules(self.outcomes);
        let heading = if self.strict {
            ("WARNINGS, failures here (--strict)", Ink::Bad)
        } else {
            ("WARNINGS, which do not fail the run", Ink::Warning)
        };
        rules(&mut text, heading, &warned, style);
        self.skipped(&mut text, style);
        self.hints(&mut text, style);
        self.under_way(&mut text, style);
        self.again(&mut text, style);
        self.table(&mut text, style);
        self.sum(&mut text, &failed, style);
        text
    }

    fn plain_reasons(&self, text: &mut String, verdict: Verdict, heading: &str, style: &Style) {
        let mut reasons: IndexMap<String, Vec<&str>> = IndexMap::new();
        for outcome in self.outcomes {
            if outcome.verdict == verdict {
                let reason = outcome.reason.as_deref().unwrap_or_default();
                reasons
                    .entry(shortened(reason, 400))
                    .or_default()
                    .push(&outcome.id);
            }
        }
        if reasons.is_empty() {
            return;
        }
        let cases = reasons.values().map(Vec::len).sum();
        let _ = writeln!(
            text,
            "\n{}",
            style.paint(Ink::Bad, &format!("{heading}: {}", count(cases, "case")))
        );
        let more = reasons.len().saturating_sub(REASONS);
        for (reason, ids) in reasons.into_iter().take(REASONS) {
            text.push_str(&style.wrap(&reason, "  ", "  "));
            text.push_str(&listed(&ids, "    ", style));
        }
        if more > 0 {
            let _ = writeln!(text, "  and {} more, in the result", count(more, "reason"));
        }
    }

    fn skipped(&self, text: &mut String, style: &Style) {
        let skips = skips(self.outcomes, self.run);
        if skips.is_empty() && self.slow == 0 {
            return;
        }
        let all: usize = skips.iter().map(|skipped| skipped.cases).sum();
        let title = format!("NOT JUDGED: {}", count(all + self.slow, "case"));
        let _ = writeln!(
            text,
            "\n{}, unless the target file says (where it is true)",
            style.paint(Ink::Title, &title)
        );
        let mut rows: Vec<(usize, &str, &str)> = skips
            .iter()
            .map(|skipped| (skipped.cases, skipped.set.as_str(), skipped.note.as_str()))
            .collect();
        if self.slow > 0 {
            rows.push((self.slow, "--include-ignored", "runs the slow ones"));
        }
        let width = rows
            .iter()
            .map(|(_, set, _)| set.len())
            .filter(|width| *width <= WIDEST_SETTING)
            .max()
            .unwrap_or(0);
        for (cases, set, note) in rows {
            let first = format!("  {cases:>5}  {set:width$}  ");
            text.push_str(&style.wrap(note, &first, &" ".repeat(width + 11)));
        }
    }

    fn hints(&self, text: &mut String, style: &Style) {
        if is_refused_everywhere(self.outcomes) {
            text.push_str(&style.wrap(
                "The registry refuses the suite's content hosts (source-forbidden). If it refuses private addresses, exempt them: set origin: {bind: \"127.0.0.1:PORT\"} to a fixed port in the target file, and let the registry fetch from that host:port.",
                "\nhint: ",
                "      ",
            ));
        }
    }

    fn under_way(&self, text: &mut String, style: &Style) {
        if self.under_way.is_empty() {
            return;
        }
        let title = format!(
            "UNDER WAY when it was interrupted: {}",
            count(self.under_way.len(), "case")
        );
        let _ = writeln!(text, "\n{}", style.paint(Ink::Warning, &title));
        for (id, time) in self.under_way.iter().take(LISTED) {
            let _ = writeln!(text, "  {} ({} s)", safe_line(id), time.as_secs());
        }
        if self.under_way.len() > LISTED {
            let _ = writeln!(text, "  and {} more", self.under_way.len() - LISTED);
        }
    }

    fn again(&self, text: &mut String, style: &Style) {
        let cases = to_repeat(self.outcomes, self.strict);
        if cases.is_empty() {
            return;
        }
        let _ = writeln!(text, "\n{}", style.paint(Ink::Title, "RUN THESE AGAIN"));
        if !self.run.invocation.is_bundled && self.run.invocation.client.is_none() {
            text.push_str(&style.wrap(
                &format!(
                    "With new names. For the same ones empty the registry, and add --seed {}.",
                    self.run.seed
                ),
                "  # ",
                "  # ",
            ));
        }
        let repetition = self
            .run
            .invocation
            .repeat(&cases, self.outcomes, self.run.seed);
        if repetition.others > 0 {
            let note = format!(
                "They are too many to name. These are their areas, with {} besides.",
                count(repetition.others, "case")
            );
            text.push_str(&style.wrap(&note, "  # ", "  # "));
        }
        for line in &repetition.lines {
            let _ = writeln!(text, "  {}", safe_line(line));
        }
        let entries = known_entries(self.outcomes);
        if entries.is_empty() {
            return;
        }
        let title = "OR EXPECT THEM TO FAIL, with these lines in a file for --known-failures";
        let _ = writeln!(text, "\n{}", style.paint(Ink::Title, title));
        for entry in entries.iter().take(ENTRIES) {
            let _ = writeln!(text, "  {}", safe_line(entry));
        }
        if entries.len() > ENTRIES {
            let more = entries.len() - ENTRIES;
            let _ = writeln!(
                text,
                "  and {more} more; of a JSON report this makes all of them:\n  {}",
                known_entries::FROM_JSON
            );
        }
    }

    fn table(&self, text: &mut String, style: &Style) {
        let rows = areas::table(self.outcomes);
        if rows.len() < 3 {
            return;
        }
        let columns = rows[0].len();
        let widths: Vec<usize> = (0..columns)
            .map(|column| rows.iter().map(|row| row[column].len()).max().unwrap_or(0))
            .collect();
        text.push('\n');
        for (index, row) in rows.iter().enumerate() {
            let mut line = format!("{:width$}", row[0], width = widths[0]);
            for (column, cell) in row.iter().enumerate().skip(1) {
                let cell = format!("  {cell:>width$}", width = widths[column]);
                let name = rows[0][column].as_str();
                line.push_str(&match (index, name, row[column].as_str()) {
                    (0, ..) => cell,
                    (_, _, "0") => style.paint(Ink::Faint, &cell),
                    (_, "fail" | "error" | "unexpected pass", _) => style.paint(Ink::Bad, &cell),
                    (_, "warn", _) => style.paint(Ink::Warning, &cell),
                    _ => cell,
                });
            }
            let line = if index == 0 {
                style.paint(Ink::Title, &line)
            } else {
                line
            };
            let _ = writeln!(text, "{line}");
        }
    }

    fn sum(&self, text: &mut String, failed: &[BrokenRule<'_>], style: &Style) {
        let summary = Summary::of(self.outcomes);
        let interrupted = self.run.interrupted.as_ref();
        let ink = match Answer::of(&summary, self.strict).after(interrupted) {
            Answer::DoesNotConform | Answer::Errors => Ink::Bad,
            Answer::NothingRan | Answer::Interrupted => Ink::Warning,
            Answer::Conforms
            | Answer::ConformsWithWarnings
            | Answer::ConformsButForKnownFailures => Ink::Good,
        };
        let mut sum = counted(&summary);
        if let Some(interruption) = interrupted {
            let _ = write!(sum, "; {}", interruption.sentence(self.outcomes.len()));
        }
        let sum = style.wrap(&sum, "", "  ");
        let _ = writeln!(text, "\n{}", style.paint(ink, sum.trim_end()));
        let broken: Vec<&str> = failed.iter().filter_map(|rule| rule.id).collect();
        if !broken.is_empty() {
            text.push_str(&style.wrap(&broken.join(", "), "violated rules: ", "  "));
        }
        if self.left_behind > 0 {
            let note = if self.cancels {
                ", apart from those that it cancelled while they were pending"
            } else {
                ""
            };
            let note = format!(
                "the run leaves {} behind in the registry, all in the namespaces of the identities{note}",
                count(self.left_behind, "name")
            );
            text.push_str(&style.wrap(&note, "", "  "));
        }
    }
}

/// `3 cases`, `1 case`.
pub(super) fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// `1882 passed, 14 failed, 3 warned`: in one line.
pub fn counted(summary: &Summary) -> String {
    let nouns = [
        (summary.error, "error"),
        (summary.known_failure, "known failure"),
    ];
    let mut parts = vec![format!("{} passed", summary.pass)];
    if summary.warn > 0 {
        parts.push(format!("{} warned", summary.warn));
    }
    parts.push(format!("{} failed", summary.fail));
    for (number, noun) in nouns {
        if number > 0 {
            parts.push(count(number, noun));
        }
    }
    if summary.unexpected_pass > 0 {
        parts.push(format!("{} passed unexpectedly", summary.unexpected_pass));
    }
    if summary.skip > 0 {
        parts.push(format!("{} skipped", summary.skip));
    }
    parts.join(", ")
}

/// Whether good sources are refused, in many cases: a matter of set-up rather than of the registry.
fn is_refused_everywhere(outcomes: &[CaseOutcome]) -> bool {
    let refused = |outcome: &&CaseOutcome| {
        outcome.mismatches().any(|(_, mismatch)| {
            mismatch
                .actual
                .as_ref()
                .is_some_and(|actual| actual.contains("source-forbidden"))
        })
    };
    outcomes.iter().filter(refused).count() > 10
}
