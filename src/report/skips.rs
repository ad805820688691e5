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
    /// What the target file would have to say.
    pub set: String,
    /// What that says of the registry.
    pub note: String,
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
        .map(|(missing, cases)| {
            let (set, note) = enable(missing, run);
            Skipped {
                missing: missing.to_owned(),
                cases,
                set,
                note,
            }
        })
        .collect();
    skips.sort_by_key(|skipped| std::cmp::Reverse(skipped.cases));
    skips
}

/// What to set, and what that says of the registry.
fn enable(missing: &str, run: &Run) -> (String, String) {
    if let Some(row) = CAPABILITIES.iter().find(|row| row.name == missing) {
        let declared = run.declared.get(missing).unwrap_or(&Value::Null);
        return of_capability(row, declared, run.seen.get(missing));
    }
    let (set, note) = match missing {
        "private-namespace" => (
            "private-namespace: NAME",
            "a namespace whose releases the owner alone reads",
        ),
        "identities.manifest-reader" => (
            "identities.manifest-reader",
            "reads manifests and no private content",
        ),
        "identities.reader" => ("identities.reader", "reads, and writes nothing"),
        "deadlines.expiry" => (
            "deadlines.expiry: 1m",
            "after which a pending release expires",
        ),
        "deadlines.retention" => (
            "deadlines.retention: 5m",
            "for which a failed release stays readable",
        ),
        "origin" => (
            "origin",
            "without public-url and with port 0 there are content hosts at several origins",
        ),
        "origin.tls" => (
            "origin.tls: true",
            "if the registry can be told to trust the suite's certificate",
        ),
        "read-as" => ("read-as: anonymous", "if everybody may read"),
        "client" => (
            "(the client)",
            "answers 89: it does not implement the operation",
        ),
        other => (other, "the registry showed nothing of the kind"),
    };
    (set.to_owned(), note.to_owned())
}

/// A skip can also be for a capability that is there, where a case is about its absence.
fn of_capability(
    row: &CapabilityDefinition,
    declared: &Value,
    seen: Option<&Value>,
) -> (String, String) {
    let (name, summary) = (row.name, row.summary.to_owned());
    let present = seen.unwrap_or(declared);
    let now = |value: &str| format!("{summary}; now {value}");
    let (value, note) = match (row.kind, present) {
        (CapabilityKind::Bool | CapabilityKind::Seen, Value::Bool(true)) => {
            let note = "nothing is missing: these are about registries without it";
            ("false".to_owned(), note.to_owned())
        }
        (CapabilityKind::Seen, _) if seen.is_some() => {
            ("true".to_owned(), format!("{summary}, which was not seen"))
        }
        (CapabilityKind::Bool | CapabilityKind::Seen, _) => ("true".to_owned(), summary),
        (CapabilityKind::Choice(values), present) => {
            let present = text_of(present);
            let others: Vec<&str> = values
                .iter()
                .copied()
                .filter(|value| *value != present)
                .collect();
            (others.join("|"), now(&present))
        }
        (CapabilityKind::List(_), present) => {
            let present: Vec<String> = present
                .as_array()
                .into_iter()
                .flatten()
                .map(text_of)
                .collect();
            ("[...]".to_owned(), now(&present.join(", ")))
        }
        (CapabilityKind::Limit, Value::Number(number)) => {
            ("N".to_owned(), now(&number.to_string()))
        }
        (CapabilityKind::Limit, _) => ("N".to_owned(), summary),
    };
    (format!("{name}: {value}"), note)
}

fn text_of(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
