//! What stands around the result on stderr: what is tested, and what it came to.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::explanation::explain;
use super::model::{Run, Summary};
use crate::outcome::{CaseOutcome, Verdict};
use crate::requirement::PROFILE_VERSION;

/// What is being tested and how.
pub fn banner(run: &Run, registry: &str) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "registry-conformance {} (profile {PROFILE_VERSION})",
        env!("CARGO_PKG_VERSION")
    );
    let _ = writeln!(text, "  registry      {registry}");
    let _ = writeln!(text, "  seed          {}", run.seed);
    let _ = writeln!(text, "  capabilities  {}", capabilities(run));
    if let Some(verification @ ("none" | "uploads")) =
        run.declared.get("verification").and_then(Value::as_str)
    {
        let _ = writeln!(
            text,
            "  verification  {verification}: what this registry does not check itself is skipped"
        );
    }
    text
}

/// What is being judged, of a client.
pub fn client_banner(run: &Run, command: &str) -> String {
    format!(
        "registry-conformance {} (profile {PROFILE_VERSION})\n  client        {command}\n  seed          {}\n",
        env!("CARGO_PKG_VERSION"),
        run.seed
    )
}

fn capabilities(run: &Run) -> String {
    run.declared
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| {
            let seen = run.seen.get(name);
            match seen.unwrap_or(value) {
                Value::Bool(false) | Value::Null => None,
                Value::String(text) if text == "none" && name == "sources.max" => None,
                Value::Bool(true) if seen.is_some() => Some(format!("{name} (seen)")),
                Value::Bool(true) => Some(name.clone()),
                Value::String(text) => Some(format!("{name}={text}")),
                Value::Array(items) => {
                    let items: Vec<String> = items
                        .iter()
                        .map(|item| {
                            item.as_str()
                                .map_or_else(|| item.to_string(), str::to_owned)
                        })
                        .collect();
                    Some(format!("{name}={}", items.join("+")))
                }
                other => Some(format!("{name}={other}")),
            }
        })
        .collect::<Vec<_>>()
        .join(", ")
}

/// Warnings, errors, skips and what the whole came to.
pub fn closing(outcomes: &[CaseOutcome], left_behind: usize, cancels: bool) -> String {
    let mut text = String::new();
    let warned: Vec<&CaseOutcome> = outcomes
        .iter()
        .filter(|outcome| outcome.verdict == Verdict::Warn)
        .collect();
    if !warned.is_empty() {
        let _ = writeln!(text, "warnings (a should is violated):");
        for outcome in warned {
            let _ = writeln!(text, "\n---- {} ----\n{}", outcome.id, explain(outcome));
        }
    }
    let mut skips: BTreeMap<&str, usize> = BTreeMap::new();
    for outcome in outcomes {
        if outcome.verdict == Verdict::Skip {
            let missing = outcome.missing_capability.as_deref().unwrap_or("other");
            *skips.entry(missing).or_default() += 1;
        }
    }
    if !skips.is_empty() {
        let _ = writeln!(
            text,
            "skipped, since the target file has it otherwise than the case needs it:"
        );
        for (capability, count) in skips {
            let _ = writeln!(text, "  {count:>4}  {capability}");
        }
    }
    if is_refused_everywhere(outcomes) {
        let _ = writeln!(
            text,
            "The registry refuses the suite's content hosts (source-forbidden). If it refuses private addresses, exempt them:\n  set origin: {{bind: \"127.0.0.1:PORT\"}} to a fixed port in the target file, and let the registry fetch from that host:port."
        );
    }
    let summary = Summary::of(outcomes);
    let parts = [
        (summary.pass, "passed"),
        (summary.warn, "warned"),
        (summary.fail, "failed"),
        (summary.error, "errors"),
        (summary.known_failure, "known failures"),
        (summary.unexpected_pass, "unexpected passes"),
        (summary.skip, "skipped"),
    ];
    let shown: Vec<String> = parts
        .iter()
        .filter(|(count, name)| *count > 0 || *name == "passed" || *name == "failed")
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    let _ = writeln!(text, "{}", shown.join(", "));
    let mut broken: Vec<&str> = outcomes
        .iter()
        .filter(|outcome| outcome.verdict == Verdict::Fail)
        .flat_map(|outcome| outcome.failed_requirements.iter().map(String::as_str))
        .collect();
    broken.sort_unstable();
    broken.dedup();
    if !broken.is_empty() {
        let _ = writeln!(text, "violated rules: {}", broken.join(", "));
    }
    if left_behind > 0 {
        let note = if cancels {
            ", apart from those that it cancelled while they were pending"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "the run leaves {left_behind} names behind in the registry, all in the namespaces of the identities{note}"
        );
    }
    text
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
