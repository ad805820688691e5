//! Whether two answers tell a denied caller the same (ACC-6).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Context, Subject};
use crate::outcome::{Level, Mismatch};
use crate::target::Needs;
use crate::wire::Answer;

/// Header fields that differ from answer to answer without telling anything.
const VARYING: &[&str] = &[
    "date",
    "content-length",
    "x-request-id",
    "request-id",
    "traceparent",
    "server-timing",
];

/// Judges the subject's answer against that of another step.
pub fn check(
    subject: &Subject<'_>,
    other: &str,
    context: &Context<'_>,
    rule: Option<&str>,
    level: Level,
) -> Vec<Mismatch> {
    let compared = subject
        .compared
        .and_then(|exchange| exchange.answer.as_ref().ok());
    let (Some(answer), Some(compared)) = (subject.answer(), compared) else {
        return vec![Mismatch::new(
            rule,
            level,
            format!("there are no two answers to compare with step `{other}`"),
        )];
    };
    let mut found = Vec::new();
    let mut differ = |what: &str, left: String, right: String| {
        if left != right {
            found.push(
                Mismatch::new(
                    rule,
                    level,
                    format!("{what} is not the same as in step `{other}`"),
                )
                .beside(right, left),
            );
        }
    };
    differ(
        "the status",
        answer.status.to_string(),
        compared.status.to_string(),
    );
    differ(
        "the problem type",
        problem_type(answer),
        problem_type(compared),
    );
    let hides = Needs::from_json(&json!({"access.hides": true}))
        .is_ok_and(|needs| context.capabilities.meets(&needs).is_ok());
    if hides {
        differ(
            "the set of header fields",
            header_names(answer),
            header_names(compared),
        );
        differ("the shape of the body", shape(answer), shape(compared));
    }
    found
}

fn problem_type(answer: &Answer) -> String {
    answer
        .json()
        .ok()
        .and_then(|document| document.get("type")?.as_str().map(str::to_owned))
        .unwrap_or_else(|| "none".to_owned())
}

fn header_names(answer: &Answer) -> String {
    let names: BTreeSet<String> = answer
        .headers
        .iter()
        .map(|(name, _)| name.to_ascii_lowercase())
        .filter(|name| !VARYING.contains(&name.as_str()))
        .collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}

fn shape(answer: &Answer) -> String {
    match answer.json() {
        Ok(document) => shape_of(document),
        Err(_) if answer.body.is_empty() => "empty".to_owned(),
        Err(_) => "not JSON".to_owned(),
    }
}

fn shape_of(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members: BTreeSet<String> = members
                .iter()
                .map(|(name, member)| format!("{name}: {}", shape_of(member)))
                .collect();
            format!("{{{}}}", members.into_iter().collect::<Vec<_>>().join(", "))
        }
        other => super::json::type_name(other).to_owned(),
    }
}
