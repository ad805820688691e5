//! Entries of a known-failures file for what failed.

use super::console::shortened;
use super::invocation::covering;
use crate::outcome::{CaseOutcome, Verdict};

/// Characters of a reason; the report has the rest.
const REASON: usize = 100;
/// Beyond which a glob stands for several cases, where it means no others.
const FEW: usize = 20;

/// What makes the entries of all failures from a JSON report, where there are too many to show.
pub(super) const FROM_JSON: &str = r#"jq -r '.cases[]|select(.verdict=="fail")|"- {case: \(.id|tojson), reason: \(.failed_requirements|join(", ")|tojson)}"' report.json"#;

/// One YAML line for each case that failed; for many, one for all of an area or a case file where all of it failed.
pub fn known_entries(outcomes: &[CaseOutcome]) -> Vec<String> {
    let failed: Vec<&CaseOutcome> = outcomes
        .iter()
        .filter(|outcome| outcome.verdict == Verdict::Fail)
        .collect();
    if failed.len() > FEW {
        let ids: Vec<String> = failed.iter().map(|outcome| outcome.id.clone()).collect();
        return covering(&ids, outcomes)
            .iter()
            .map(|part| {
                let is_id = ids.contains(part);
                let meant = failed.iter().filter(|outcome| {
                    if is_id {
                        outcome.id == *part
                    } else {
                        outcome.id.starts_with(part.as_str())
                    }
                });
                let mut rules: Vec<&str> = meant
                    .flat_map(|outcome| outcome.failed_requirements.iter().map(String::as_str))
                    .collect();
                rules.sort_unstable();
                rules.dedup();
                let pattern = if is_id {
                    part.clone()
                } else {
                    format!("{part}*")
                };
                entry(&pattern, &rules.join(", "))
            })
            .collect();
    }
    failed
        .iter()
        .map(|outcome| entry(&outcome.id, outcome.reason.as_deref().unwrap_or_default()))
        .collect()
}

fn entry(pattern: &str, reason: &str) -> String {
    // A JSON string is a YAML string, and what is left of control characters was written out.
    let reason = serde_json::Value::from(shortened(reason, REASON));
    format!("- {{case: {}, reason: {reason}}}", scalar(pattern))
}

fn scalar(text: &str) -> String {
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte))
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.contains('/');
    if is_plain {
        text.to_owned()
    } else {
        serde_json::Value::from(text).to_string()
    }
}
