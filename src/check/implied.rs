//! What every answer of the API must be, whatever the case is about (ERR), and what the success of an operation implies.

use std::sync::LazyLock;
use std::time::SystemTime;

use regex::Regex;
use serde_json::Value;

use super::judge::of_schema;
use crate::outcome::{Level, Mismatch};
use crate::target::ProblemTypes;
use crate::wire::{Answer, Exchange, retry_after};

/// Traces of an implementation that an error should not show (ERR-7).
static LEAKS: LazyLock<Vec<(&'static str, Regex)>> = LazyLock::new(|| {
    [
        ("a stack trace", r"Traceback \(most recent call last\)|\bat [\w.$<>]+\([\w.]+:\d+(:\d+)?\)|goroutine \d+ \[|panicked at "),
        ("a path of a source file", r"[\w/\\.-]+\.(rs|py|go|js|ts|java|rb|php|cs|c|cpp):\d+"),
        ("SQL", r#"\b(SELECT\b.{1,80}\bFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM)\s+["'`\w]+"#),
    ]
    .into_iter()
    .filter_map(|(what, pattern)| Some((what, Regex::new(pattern).ok()?)))
    .collect()
});

/// Which of the general rules an exchange is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// An answer of the API's own origin.
    Api,
    /// The request may be broken as HTTP: no problem document is owed (ERR-1).
    BrokenHttp,
    /// An upload host or content source of another origin.
    Elsewhere,
}

/// Judges an answer by the rules ERR-1, ERR-2, ERR-4, ERR-5 and ERR-7; `shows_token` finds those of the identities.
pub fn general(
    exchange: &Exchange,
    scope: Scope,
    types: &ProblemTypes,
    shows_token: &dyn Fn(&[u8]) -> bool,
) -> Vec<Mismatch> {
    let Ok(answer) = &exchange.answer else {
        return Vec::new();
    };
    let mut found = Vec::new();
    // RFC 9110 gives 505 to a version of HTTP that the server does not speak.
    let is_allowed =
        matches!(answer.status, 501 | 507) || (scope == Scope::BrokenHttp && answer.status == 505);
    if scope != Scope::Elsewhere && answer.status >= 500 && !is_allowed {
        found.push(
            Mismatch::new(
                Some("ERR-4"),
                Level::Must,
                "no request makes a 5xx (501 and 507 apart)",
            )
            .beside("a status below 500", answer.status.to_string()),
        );
    }
    if scope == Scope::Api && answer.status >= 400 && exchange.request.method != "HEAD" {
        found.extend(error_document(answer));
    }
    if scope == Scope::Api && answer.status >= 400 {
        found.extend(leaks(answer, shows_token));
    }
    if scope == Scope::Api
        && (200..300).contains(&answer.status)
        && !matches!(exchange.request.method.as_str(), "GET" | "HEAD")
        && carries_error(answer, types)
    {
        found.push(
            Mismatch::new(
                Some("ERR-5"),
                Level::Must,
                "a success carries an error of its own request",
            )
            .beside("no problem in a 2xx", answer.status.to_string()),
        );
    }
    found
}

fn error_document(answer: &Answer) -> Vec<Mismatch> {
    let mut found = Vec::new();
    let media_type = answer.media_type();
    if media_type.as_deref() != Some("application/problem+json") {
        found.push(
            Mismatch::new(
                Some("ERR-1"),
                Level::Must,
                "an error is no application/problem+json",
            )
            .beside(
                "application/problem+json",
                format!(
                    "{} with {}",
                    answer.status,
                    media_type.unwrap_or_else(|| "no media type".to_owned())
                ),
            ),
        );
        return found;
    }
    found.extend(of_schema(answer, "problem", Some("ERR-1"), Level::Must));
    if let Ok(document) = answer.json()
        && let Some(status) = document.get("status").filter(|status| !status.is_null())
        && status.as_f64() != Some(f64::from(answer.status))
    {
        found.push(
            Mismatch::new(
                Some("ERR-2"),
                Level::Must,
                "`status` of the problem is not the HTTP status",
            )
            .beside(answer.status.to_string(), status.to_string()),
        );
    }
    found
}

fn leaks(answer: &Answer, shows_token: &dyn Fn(&[u8]) -> bool) -> Vec<Mismatch> {
    let text = String::from_utf8_lossy(&answer.body);
    let mut found = Vec::new();
    let in_headers = answer.headers.iter().any(|(_, value)| shows_token(value));
    if in_headers || shows_token(&answer.body) {
        found.push(Mismatch::new(
            Some("ERR-7"),
            Level::Must,
            "an error shows a token or credential",
        ));
    }
    for (what, pattern) in LEAKS.iter() {
        if let Some(seen) = pattern.find(&text) {
            found.push(
                Mismatch::new(
                    Some("ERR-7"),
                    Level::Should,
                    format!("an error shows {what}"),
                )
                .beside("none", seen.as_str().chars().take(120).collect::<String>()),
            );
        }
    }
    found
}

fn carries_error(answer: &Answer, types: &ProblemTypes) -> bool {
    if answer.media_type().as_deref() == Some("application/problem+json") {
        return true;
    }
    answer.json().is_ok_and(|document| {
        let kind = document.get("type").and_then(Value::as_str);
        let is_problem = kind.is_some_and(|kind| {
            types.name_of(kind).is_some() || kind.starts_with("urn:publish-api:problem:")
        });
        let status = document.get("status").and_then(Value::as_u64);
        is_problem || status.is_some_and(|status| (400..600).contains(&status))
    })
}

/// What the answer of a successful create must be (CRE-1).
pub fn created(answer: &Answer) -> Vec<Mismatch> {
    let rule = Some("CRE-1");
    let mut found = success_status(answer, 201, rule);
    if answer.header("location").is_none() {
        found.push(
            Mismatch::new(rule, Level::Must, "header field Location").beside("present", "absent"),
        );
    }
    found.extend(of_schema(answer, "unpublished-release", rule, Level::Must));
    found
}

/// What the answer of a publish at once must be (PUB-1); publishing `again` may be answered 200 (PUB-4).
pub fn published(answer: &Answer, again: bool) -> Vec<Mismatch> {
    let rule = Some("PUB-1");
    let mut found = Vec::new();
    if !again {
        found.extend(success_status(answer, 201, rule));
    }
    if answer.status == 201 && answer.header("location").is_none() {
        found.push(
            Mismatch::new(rule, Level::Must, "header field Location").beside("present", "absent"),
        );
    }
    found.extend(of_schema(answer, "release", rule, Level::Must));
    found
}

/// What the 202 of a publish must be (ASY-1).
pub fn accepted(answer: &Answer) -> Vec<Mismatch> {
    let rule = Some("ASY-1");
    let mut found = Vec::new();
    if answer.header("location").is_none() {
        found.push(
            Mismatch::new(rule, Level::Must, "header field Location").beside("present", "absent"),
        );
    }
    match answer.header("retry-after") {
        None => found.push(
            Mismatch::new(rule, Level::Should, "header field Retry-After")
                .beside("present", "absent"),
        ),
        Some(value) if retry_after(answer, SystemTime::now()).is_none() => found.push(
            Mismatch::new(rule, Level::Should, "header field Retry-After")
                .beside("seconds or an HTTP date", value.to_owned()),
        ),
        Some(_) => {}
    }
    found
}

/// A 202 of a registry that is declared to do its work at once (PUB-1).
pub fn undeclared_work() -> Mismatch {
    Mismatch::new(
        Some("PUB-1"),
        Level::Must,
        "the target declares async: false, and publish goes on in the background",
    )
    .beside("201 with the release, or a refusal", "202")
}

/// What the answer of a successful read of the release must be (PUB-3).
pub fn release(answer: &Answer) -> Vec<Mismatch> {
    of_schema(answer, "release", Some("PUB-3"), Level::Must)
}

/// What the answer of a successful read of the unpublished release must be (CRE-1).
pub fn unpublished(answer: &Answer) -> Vec<Mismatch> {
    of_schema(answer, "unpublished-release", Some("CRE-1"), Level::Must)
}

/// What the answer of a successful change of sources must be (SRC-1).
pub fn sources(answer: &Answer) -> Vec<Mismatch> {
    of_schema(answer, "content-sources", Some("SRC-1"), Level::Must)
}

fn success_status(answer: &Answer, expected: u16, rule: Option<&str>) -> Vec<Mismatch> {
    if answer.status == expected {
        return Vec::new();
    }
    vec![
        Mismatch::new(rule, Level::Should, "status")
            .beside(expected.to_string(), answer.status.to_string()),
    ]
}
