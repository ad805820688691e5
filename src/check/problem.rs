//! Refusals: the class of the status and the problem type are a must, the exact status is a should.

use serde_json::Value;

use super::Conclusion;
use crate::outcome::{Level, Mismatch};
use crate::target::ProblemTypes;
use crate::wire::Answer;

/// The name by which a case accepts any problem.
pub const ANY: &str = "any";

/// The status that the profile puts beside a problem name.
pub fn status_of(name: &str) -> Option<u16> {
    Some(match name {
        "malformed-manifest" | "malformed-request" => 400,
        "unauthenticated" => 401,
        "forbidden" => 403,
        "not-found" => 404,
        "method-not-allowed" => 405,
        "release-exists" | "missing-content" | "processing" | "already-published" => 409,
        "expired" => 410,
        "length-required" => 411,
        "content-too-large" => 413,
        "unsupported-media-type" => 415,
        "invalid-name"
        | "invalid-version"
        | "unsupported-package-type"
        | "unsupported-digest-algorithm"
        | "invalid-digest"
        | "missing-signature"
        | "bad-signature"
        | "untrusted-key"
        | "unsupported-algorithm"
        | "signature-payload-mismatch"
        | "release-digest-mismatch"
        | "digest-mismatch"
        | "source-unreachable"
        | "source-forbidden"
        | "unsupported-source-scheme"
        | "invalid-source"
        | "invalid-content"
        | "invalid-content-index" => 422,
        "too-many-requests" => 429,
        "insufficient-storage" => 507,
        _ => return None,
    })
}

/// What was wanted, in words.
pub fn wanted(names: &[String]) -> String {
    if names.iter().any(|name| name == ANY) {
        return "a refusal (4xx with a problem document)".to_owned();
    }
    let names: Vec<String> = names
        .iter()
        .map(|name| match status_of(name) {
            Some(status) => format!("{name} ({status})"),
            None => name.clone(),
        })
        .collect();
    format!("a refusal: {}", names.join(" or "))
}

/// Judges an answer that should be a refusal for one of `names`.
pub fn refused(
    answer: &Answer,
    names: &[String],
    types: &ProblemTypes,
    rule: Option<&str>,
    level: Level,
) -> Vec<Mismatch> {
    let document = answer.json().unwrap_or(&Value::Null);
    let shown = format!("{} {}", answer.status, describe(document));
    if !(400..500).contains(&answer.status) && answer.status != 507 {
        return vec![Mismatch::new(rule, level, "was not refused").beside(wanted(names), shown)];
    }
    let mut found = of_type(document, names, types, rule, level, &shown);
    if found.is_empty()
        && let Some(name) = name_of(document, types)
        && names.iter().any(|wanted| wanted == name)
        && let Some(expected) = status_of(name)
        && answer.status != expected
        && !tolerated(name, answer.status)
    {
        found.push(
            Mismatch::new(
                rule,
                Level::Should,
                format!("{name} should have the status {expected}"),
            )
            .beside(expected.to_string(), answer.status.to_string()),
        );
    }
    found
}

/// Statuses that a rule lets stand beside a problem (PUB-9).
fn tolerated(name: &str, status: u16) -> bool {
    name == "expired" && matches!(status, 404 | 409 | 410)
}

/// Judges the end of publish or an attempt that should be a refusal for one of `names`.
pub fn concluded(
    conclusion: &Conclusion,
    names: &[String],
    types: &ProblemTypes,
    rule: Option<&str>,
    level: Level,
) -> Vec<Mismatch> {
    match conclusion {
        Conclusion::Refused {
            elsewhere: true,
            status: 400..=499,
            ..
        } if names.iter().any(|name| name == ANY) => Vec::new(),
        Conclusion::Refused {
            status, problem, ..
        } => {
            let shown = conclusion.describe();
            let mut found = of_type(problem, names, types, rule, level, &shown);
            if found.is_empty()
                && let Some(name) = name_of(problem, types)
                && let Some(expected) = status_of(name)
                && *status != expected
                && names.iter().any(|wanted| wanted == name)
                && !tolerated(name, *status)
            {
                found.push(
                    Mismatch::new(
                        rule,
                        Level::Should,
                        format!("{name} should have the status {expected}"),
                    )
                    .beside(expected.to_string(), status.to_string()),
                );
            }
            found
        }
        Conclusion::Failed { problem } => {
            of_type(problem, names, types, rule, level, &conclusion.describe())
        }
        other => vec![
            Mismatch::new(rule, level, "was not refused").beside(wanted(names), other.describe()),
        ],
    }
}

fn of_type(
    document: &Value,
    names: &[String],
    types: &ProblemTypes,
    rule: Option<&str>,
    level: Level,
    shown: &str,
) -> Vec<Mismatch> {
    let Some(kind) = document.get("type").and_then(Value::as_str) else {
        return vec![
            Mismatch::new(rule, level, "the refusal has no problem type")
                .beside(wanted(names), shown),
        ];
    };
    let fits = names
        .iter()
        .any(|name| name == ANY || types.problem_type(name) == kind);
    if fits {
        Vec::new()
    } else {
        vec![
            Mismatch::new(rule, level, "was refused for another reason")
                .beside(wanted(names), shown),
        ]
    }
}

fn name_of<'a>(document: &'a Value, types: &'a ProblemTypes) -> Option<&'a str> {
    document
        .get("type")
        .and_then(Value::as_str)
        .and_then(|kind| types.name_of(kind))
}

fn describe(document: &Value) -> String {
    match document.get("type").and_then(Value::as_str) {
        Some(kind) => kind.to_owned(),
        None => "without a problem document".to_owned(),
    }
}
