//! TAP 14: a test point a case, with a YAML diagnostic where it is not plainly `ok`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::console::{safe_line, shortened};
use super::model::Run;
use crate::outcome::{CaseOutcome, Verdict};

/// Characters of a directive's reason.
const REASON: usize = 200;
/// Octets that the report may take before its diagnostics become shorter.
const WHOLE: usize = 4 * 1024 * 1024;
/// Characters of a value in a diagnostic and how many mismatches it has, from the most to the least.
const DETAIL: [Detail; 4] = [
    Detail {
        value: 2000,
        mismatches: 20,
    },
    Detail {
        value: 500,
        mismatches: 10,
    },
    Detail {
        value: 200,
        mismatches: 3,
    },
    Detail {
        value: 100,
        mismatches: 1,
    },
];

#[derive(Clone, Copy)]
struct Detail {
    value: usize,
    mismatches: usize,
}

/// Renders outcomes as TAP; `strict`: warnings are failures.
pub fn render(outcomes: &[CaseOutcome], run: &Run, strict: bool) -> String {
    let mut text = String::new();
    for detail in DETAIL {
        text = render_in(detail, outcomes, run, strict);
        if text.len() <= WHOLE {
            break;
        }
    }
    text
}

fn render_in(detail: Detail, outcomes: &[CaseOutcome], run: &Run, strict: bool) -> String {
    let mut text = String::from("TAP version 14\n");
    let _ = writeln!(text, "# seed {}", run.seed);
    if let Some(registry) = run.target.get("registry").and_then(Value::as_str) {
        let _ = writeln!(text, "# registry {}", safe_line(registry));
    }
    let missing = run
        .interrupted
        .as_ref()
        .map_or(0, |interruption| interruption.not_judged.len());
    if outcomes.len() + missing == 0 {
        text.push_str("1..0 # SKIP no case ran\n");
        return text;
    }
    let _ = writeln!(text, "1..{}", outcomes.len() + missing);
    for (index, outcome) in outcomes.iter().enumerate() {
        let (result, directive) = match outcome.verdict {
            Verdict::Pass => ("ok", ""),
            Verdict::Warn if !strict => ("ok", ""),
            Verdict::Skip => ("ok", " # SKIP"),
            Verdict::KnownFailure => ("not ok", " # TODO"),
            Verdict::Warn | Verdict::Fail | Verdict::Error | Verdict::UnexpectedPass => {
                ("not ok", "")
            }
        };
        let _ = write!(
            text,
            "{result} {} - {}{directive}",
            index + 1,
            escaped(&safe_line(&outcome.id))
        );
        if let (false, Some(reason)) = (directive.is_empty(), &outcome.reason) {
            let _ = write!(text, " {}", escaped(&shortened(reason, REASON)));
        }
        text.push('\n');
        if !matches!(outcome.verdict, Verdict::Pass | Verdict::Skip) {
            diagnostic(&mut text, outcome, detail);
        }
    }
    if let Some(interruption) = &run.interrupted {
        let _ = writeln!(text, "Bail out! {}", interruption.sentence(outcomes.len()));
    }
    text
}

/// A `#` begins a directive, and a backslash takes its meaning away.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('#', "\\#")
}

/// YAML, of which each value is JSON: one line, and nothing in it can end the block.
fn diagnostic(text: &mut String, outcome: &CaseOutcome, detail: Detail) {
    let value = |text: &str| Value::from(shortened(text, detail.value));
    text.push_str("  ---\n");
    let mut member = |name: &str, value: Value| {
        let _ = writeln!(text, "  {name}: {value}");
    };
    member(
        "message",
        value(outcome.reason.as_deref().unwrap_or_default()),
    );
    member("severity", outcome.verdict.as_str().into());
    member(
        "duration_ms",
        json!(u64::try_from(outcome.duration.as_millis()).unwrap_or(u64::MAX)),
    );
    member("at", json!({"file": outcome.file}));
    member("requirements", json!(outcome.failed_requirements));
    let more = outcome
        .mismatches()
        .count()
        .saturating_sub(detail.mismatches);
    if more > 0 {
        member("mismatches_left_out", json!(more));
    }
    let mismatches: Vec<Value> = outcome
        .mismatches()
        .take(detail.mismatches)
        .map(|(step, mismatch)| {
            json!({
                "requirement": mismatch.requirement,
                "level": mismatch.level,
                "step": step.name,
                "line": step.line,
                "message": value(&mismatch.what),
                "expected": mismatch.expected.as_deref().map(value),
                "actual": mismatch.actual.as_deref().map(value),
            })
        })
        .collect();
    if !mismatches.is_empty() {
        text.push_str("  mismatches:\n");
        for mismatch in mismatches {
            let _ = writeln!(text, "    - {mismatch}");
        }
    }
    text.push_str("  ...\n");
}
