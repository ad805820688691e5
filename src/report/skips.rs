//! What was not judged, for want of what, and what would have it judged.

use std::collections::BTreeMap;

use serde_json::Value;

use super::model::Run;
use crate::outcome::{CaseOutcome, Verdict};
use crate::target::{CAPABILITIES, CapabilityDefinition, CapabilityKind};

/// Cases that were skipped for the same reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The capability, or the part of the target file.
    pub missing: String,
    /// How many cases.
    pub cases: usize,
    /// What to do about it.
    pub enable: String,
}

/// Skips by what is missing, the most frequent first.
pub fn skips(outcomes: &[CaseOutcome], run: &Run) -> Vec<Skipped> {
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for outcome in outcomes {
        if outcome.verdict == Verdict::Skip {
            let missing = outcome.missing_capability.as_deref().unwrap_or("other");
            *counted.entry(missing).or_default() += 1;
        }
    }
    let mut skips: Vec<Skipped> = counted
        .into_iter()
        .map(|(missing, cases)| Skipped {
            missing: missing.to_owned(),
            cases,
            enable: enable(missing, run),
        })
        .collect();
    skips.sort_by_key(|skipped| std::cmp::Reverse(skipped.cases));
    skips
}

fn enable(missing: &str, run: &Run) -> String {
    if let Some(row) = CAPABILITIES.iter().find(|row| row.name == missing) {
        let declared = run.declared.get(missing).unwrap_or(&Value::Null);
        return of_capability(row, declared, run.seen.get(missing));
    }
    match missing {
        "private-namespace" => {
            "private-namespace: NAMESPACE, whose releases the owner alone reads".to_owned()
        }
        "identities.manifest-reader" => {
            "identities: {manifest-reader: {token: TOKEN}}, who reads manifests and no content"
                .to_owned()
        }
        "identities.reader" => {
            "identities: {reader: {token: TOKEN}}, who writes nothing".to_owned()
        }
        "deadlines.expiry" => {
            "deadlines: {expiry: 1m}, after which a pending release expires".to_owned()
        }
        "deadlines.retention" => {
            "deadlines: {retention: 5m}, for which a failed release stays readable".to_owned()
        }
        "origin" => {
            "origin: {bind: \"127.0.0.1:0\"} without public-url: content hosts at several origins"
                .to_owned()
        }
        "origin.tls" => {
            "origin: {tls: true}, if the registry can be told to trust the suite's certificate"
                .to_owned()
        }
        "read-as" => "read-as: anonymous, if everybody may read".to_owned(),
        "client" => "the client answers 89: it does not implement the operation".to_owned(),
        _ => "the reason stands beside each case".to_owned(),
    }
}

/// A skip can also be for a capability that is there, where a case is about its absence.
fn of_capability(row: &CapabilityDefinition, declared: &Value, seen: Option<&Value>) -> String {
    let (name, summary) = (row.name, row.summary);
    let set = |value: &str, note: &str| format!("capabilities: {{{name}: {value}}}  # {note}");
    let present = seen.unwrap_or(declared);
    match (row.kind, present) {
        (CapabilityKind::Bool | CapabilityKind::Seen, Value::Bool(true)) => {
            format!("nothing to do: these are about registries with {name}: false")
        }
        (CapabilityKind::Seen, _) if seen.is_some() => {
            set("true", &format!("{summary}, which was not seen"))
        }
        (CapabilityKind::Bool | CapabilityKind::Seen, _) => set("true", summary),
        (CapabilityKind::Choice(values), present) => {
            let present = text_of(present);
            let others: Vec<&str> = values
                .iter()
                .copied()
                .filter(|value| *value != present)
                .collect();
            set(&others.join(" or "), &format!("{summary}; now {present}"))
        }
        (CapabilityKind::List(_), present) => {
            let present: Vec<String> = present
                .as_array()
                .into_iter()
                .flatten()
                .map(text_of)
                .collect();
            set("[...]", &format!("{summary}; now {}", present.join(", ")))
        }
        (CapabilityKind::Limit, Value::Number(number)) => {
            set("N", &format!("{summary}; now {number}"))
        }
        (CapabilityKind::Limit, _) => set("N", summary),
    }
}

fn text_of(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
