//! A failure explained: the rule and what it says, the step, what was sent, what came back, what was expected beside it.

use std::fmt::Write as _;

use super::budget::beginning;
use super::console::{safe, safe_line, shortened};
use crate::outcome::{CaseOutcome, Mismatch, StepRecord, Verdict};
use crate::requirement;

/// Octets of an explanation, and of an exchange or a command in it.
const WHOLE: usize = 32 * 1024;
const PART: usize = 8 * 1024;
/// Characters of a reason where there is no room for more.
const REASON: usize = 300;

/// The explanation of an outcome that is no plain pass, as text of several lines that is safe to print.
pub fn explain(outcome: &CaseOutcome) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}", outcome.summary);
    if let (Some(reason), Verdict::Error | Verdict::UnexpectedPass | Verdict::KnownFailure) =
        (&outcome.reason, outcome.verdict)
    {
        let _ = writeln!(text, "{}: {}", outcome.verdict.as_str(), cut(reason));
    } else if let (Some(reason), true) = (&outcome.reason, outcome.steps.is_empty()) {
        let _ = writeln!(text, "{}", cut(reason));
    }
    for step in &outcome.steps {
        if let Some(story) = &step.story {
            let _ = writeln!(text, "\nwhat the client did:");
            for line in story.lines() {
                let _ = writeln!(text, "  {line}");
            }
        }
        if step.mismatches.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\nstep {}", place(outcome, step));
        for mismatch in &step.mismatches {
            text.push_str(&describe(mismatch));
        }
        if let Some(why) = &step.not_run {
            let _ = writeln!(text, "  not run: {}", cut(why));
        }
        for transcript in &step.transcripts {
            for line in beginning(transcript, PART).lines() {
                let _ = writeln!(text, "    {line}");
            }
        }
        match &step.curl {
            Some(curl) if curl.len() <= PART => {
                let _ = writeln!(text, "  again:    {curl}");
            }
            // A part of a command is none.
            Some(curl) => {
                let _ = writeln!(text, "  again:    a command of {} octets", curl.len());
            }
            None => {}
        }
        if text.len() > 2 * WHOLE {
            break;
        }
    }
    let not_run: Vec<String> = outcome
        .steps
        .iter()
        .filter(|step| step.not_run.is_some() && step.mismatches.is_empty())
        .map(|step| place(outcome, step))
        .collect();
    if !not_run.is_empty() {
        let why = outcome
            .steps
            .iter()
            .filter(|step| step.mismatches.is_empty())
            .find_map(|step| step.not_run.as_deref())
            .unwrap_or_default();
        let why = cut(why);
        let _ = writeln!(text, "\nnot run, since {why}: {}", not_run.join(", "));
    }
    beginning(&safe(&text), WHOLE)
}

/// The same in two lines: what the case is about, and why it did not pass.
pub(super) fn brief(outcome: &CaseOutcome) -> String {
    let reason = outcome.reason.as_deref().unwrap_or_default();
    format!(
        "{}\n{}\n",
        safe_line(&outcome.summary),
        shortened(reason, REASON)
    )
}

/// A registry can say megabytes.
fn cut(text: &str) -> String {
    const LIMIT: usize = 4000;
    beginning(text, LIMIT)
}

fn place(outcome: &CaseOutcome, step: &StepRecord) -> String {
    match step.line {
        Some(line) => format!("`{}` ({}:{line})", step.name, outcome.file),
        None => format!("`{}`", step.name),
    }
}

fn describe(mismatch: &Mismatch) -> String {
    let mut text = String::new();
    let rule = mismatch.requirement.as_deref();
    let level = mismatch.level.as_str();
    match rule {
        Some(rule) => {
            let _ = writeln!(text, "  {rule} ({level}): {}", cut(&mismatch.what));
        }
        None => {
            let _ = writeln!(text, "  {}", cut(&mismatch.what));
        }
    }
    if let (Some(expected), Some(actual)) = (&mismatch.expected, &mismatch.actual) {
        let _ = writeln!(text, "  expected: {}", cut(expected));
        let _ = writeln!(text, "  was:      {}", cut(actual));
    }
    if let Some(rule) = rule.and_then(requirement::find) {
        let _ = writeln!(text, "  the rule: {}", rule.summary);
    }
    text
}
