//! One expectation against one subject: every matcher that the expectation names, all mismatches collected.

use super::client::ClientEnd;
use super::{
    Subject, client, header, json, problem, requests, same, schema, signature, status, tally,
};
use crate::case::content_spec::Contents;
use crate::case::expectation::Expectation;
use crate::jws::KeySet;
use crate::outcome::{Level, Mismatch};
use crate::requirement;
use crate::target::{Capabilities, Needs, ProblemTypes};

/// What matchers have to know besides the subject.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The target's names of problem types.
    pub problems: &'a ProblemTypes,
    /// The target's capabilities.
    pub capabilities: &'a Capabilities,
    /// The contents of the case.
    pub contents: &'a Contents,
    /// The publishers' keys.
    pub keys: &'a KeySet,
}

/// Judges; without a rule of its own, a mismatch counts for `fallback`, the rule of the step's operation.
pub fn judge(
    expectation: &Expectation,
    subject: &Subject<'_>,
    context: &Context<'_>,
    fallback: Option<&str>,
) -> Vec<Mismatch> {
    if !applies(expectation, context.capabilities) {
        return Vec::new();
    }
    let rule = expectation.rule.as_deref().or(fallback);
    let level = expectation
        .level
        .or_else(|| rule.and_then(requirement::find).map(|rule| rule.level))
        .unwrap_or(Level::Must);
    let mut found = ends(expectation, subject, context, rule, level);
    found.extend(answer(expectation, subject, context, rule, level));
    if let Some(other) = &expectation.same_as {
        found.extend(same::check(subject, other, context, rule, level));
    }
    if let Some(lines) = &expectation.tally {
        found.extend(tally::check(
            &subject.parallel,
            lines,
            context.problems,
            rule,
            level,
        ));
    }
    if let (Some(expected), Some(received)) = (&expectation.requests, subject.received) {
        let whose = subject.received_by;
        found.extend(requests::check(received, expected, whose, rule, level));
    }
    if let Some(end) = subject.client {
        found.extend(client::check(
            end,
            expectation,
            context.contents,
            rule,
            level,
        ));
    }
    found
}

/// Whether the expectation is for a target with these capabilities.
pub fn applies(expectation: &Expectation, capabilities: &Capabilities) -> bool {
    expectation.when.as_ref().is_none_or(|when| {
        Needs::from_json(&serde_json::json!(when))
            .is_ok_and(|needs| capabilities.meets(&needs).is_ok())
    })
}

/// How the action ended.
fn ends(
    expectation: &Expectation,
    subject: &Subject<'_>,
    context: &Context<'_>,
    rule: Option<&str>,
    level: Level,
) -> Vec<Mismatch> {
    let mut found = Vec::new();
    let is_other_right_status = refusal_status(subject).is_some_and(|status| {
        expectation
            .or_status
            .as_ref()
            .is_some_and(|description| status::fits(description, status) == Some(true))
    });
    let may_succeed = expectation.may_refuse.is_some();
    for names in [&expectation.refused, &expectation.may_refuse]
        .into_iter()
        .flatten()
    {
        if may_succeed && succeeded(subject) {
            continue;
        }
        let mut refusal = refused(subject, names.as_slice(), context, rule, level);
        if is_other_right_status {
            // Beside a must, the exact status is all that is a should.
            refusal.retain(|mismatch| mismatch.level != Level::Should);
        }
        found.extend(refusal);
    }
    for (wanted, what) in [
        (expectation.succeeds, "success"),
        (expectation.published, "published"),
    ] {
        if wanted.is_some_and(|wanted| wanted != succeeded(subject)) {
            let expected = if wanted == Some(true) {
                what.to_owned()
            } else {
                format!("not {what}")
            };
            found.push(
                Mismatch::new(rule, level, "ended otherwise").beside(expected, ended(subject)),
            );
        }
    }
    found
}

fn refused(
    subject: &Subject<'_>,
    names: &[String],
    context: &Context<'_>,
    rule: Option<&str>,
    level: Level,
) -> Vec<Mismatch> {
    if let Some(conclusion) = subject.conclusion {
        return problem::concluded(conclusion, names, context.problems, rule, level);
    }
    match subject.answer() {
        Some(answer)
            if subject.elsewhere
                && (400..500).contains(&answer.status)
                && names.iter().any(|name| name == problem::ANY) =>
        {
            Vec::new()
        }
        Some(answer) => problem::refused(answer, names, context.problems, rule, level),
        None => vec![
            Mismatch::new(rule, level, "was not refused")
                .beside(problem::wanted(names), ended(subject)),
        ],
    }
}

fn refusal_status(subject: &Subject<'_>) -> Option<u16> {
    match subject.conclusion {
        Some(super::Conclusion::Refused { status, .. }) => Some(*status),
        Some(_) => None,
        None => subject.answer().map(|answer| answer.status),
    }
}

fn succeeded(subject: &Subject<'_>) -> bool {
    match subject.conclusion {
        Some(conclusion) => matches!(
            conclusion,
            super::Conclusion::Accepted | super::Conclusion::Published
        ),
        None if subject.client.is_some() => subject.client.is_some_and(ClientEnd::is_done),
        None => subject
            .answer()
            .is_some_and(|answer| (200..300).contains(&answer.status)),
    }
}

fn ended(subject: &Subject<'_>) -> String {
    if let Some(conclusion) = subject.conclusion {
        return conclusion.describe();
    }
    if let Some(end) = subject.client {
        return end.describe();
    }
    match subject.exchange.map(|exchange| &exchange.answer) {
        Some(Ok(answer)) => match answer.json() {
            Ok(document) => format!("{} {}", answer.status, json::short(document)),
            Err(_) => format!("{} {}", answer.status, answer.reason),
        },
        Some(Err(error)) => error.to_string(),
        None => "nothing was sent".to_owned(),
    }
}

fn is_about_answer(expectation: &Expectation) -> bool {
    expectation.status.is_some()
        || expectation.headers.is_some()
        || expectation.body.is_some()
        || expectation.schema.is_some()
        || expectation.bytes.is_some()
        || expectation.empty.is_some()
        || expectation.conceals.is_some()
        || expectation.mentions.is_some()
        || expectation.signature.is_some()
}

/// What the answer is made of.
fn answer(
    expectation: &Expectation,
    subject: &Subject<'_>,
    context: &Context<'_>,
    rule: Option<&str>,
    level: Level,
) -> Vec<Mismatch> {
    let mut found = Vec::new();
    if subject.client.is_some() {
        return found;
    }
    if !is_about_answer(expectation) {
        return found;
    }
    let Some(answer) = subject.answer() else {
        found.push(
            Mismatch::new(rule, level, "there is no answer to judge")
                .beside("an answer", ended(subject)),
        );
        return found;
    };
    if let Some(description) = &expectation.status
        && status::fits(description, answer.status) != Some(true)
    {
        found.push(
            Mismatch::new(rule, level, "status")
                .beside(status::describe(description), ended(subject)),
        );
    }
    if let Some(expected) = &expectation.headers {
        found.extend(header::check(answer, expected, rule, level));
    }
    let is_read = expectation.body.is_some() || expectation.signature.is_some();
    let document = if is_read {
        answer.json()
    } else {
        Ok(&serde_json::Value::Null)
    };
    if let Some(matcher) = &expectation.body {
        match &document {
            Ok(document) => {
                for difference in json::differences(matcher, Some(*document)) {
                    let at = if difference.at.is_empty() {
                        "body".to_owned()
                    } else {
                        format!("body at {}", difference.at)
                    };
                    found.push(
                        Mismatch::new(rule, level, at)
                            .beside(difference.expected, difference.actual),
                    );
                }
            }
            Err(_) => found.push(
                Mismatch::new(rule, level, "body")
                    .beside(json::short(matcher), "a body that is not JSON"),
            ),
        }
    }
    if let Some(name) = &expectation.schema {
        found.extend(of_schema(answer, name, rule, level));
    }
    if let Some(name) = &expectation.bytes
        && let Some(content) = context.contents.get(name)
        && !answer.has_body(&content.body)
    {
        found.push(Mismatch::new(rule, level, "the octets of the body").beside(
            format!("the {} octets of `{name}`", content.body.len()),
            format!("{} other octets", answer.octets()),
        ));
    }
    let octets = answer.octets() + answer.surplus;
    if expectation.empty == Some(true) && octets > 0 {
        found.push(
            Mismatch::new(rule, level, "the body").beside("empty", format!("{octets} octets")),
        );
    }
    for text in expectation.conceals.iter().flatten() {
        if contains(answer, text) {
            found.push(Mismatch::new(
                rule,
                level,
                "the answer shows what it must conceal",
            ));
        }
    }
    if let Some(text) = &expectation.mentions
        && !mentions(answer, subject.conclusion, text)
    {
        found.push(
            Mismatch::new(rule, level, "the body")
                .beside(format!("a document that mentions {text}"), ended(subject)),
        );
    }
    if let Some(expected) = &expectation.signature {
        found.extend(signature::check(
            document.ok(),
            expected,
            subject.signed,
            context.keys,
            rule,
            level,
        ));
    }
    found
}

/// Judges a body by a schema.
pub(super) fn of_schema(
    answer: &crate::wire::Answer,
    name: &str,
    rule: Option<&str>,
    level: Level,
) -> Vec<Mismatch> {
    if answer.document.is_known_to_be(name) {
        return Vec::new();
    }
    match answer.json() {
        Ok(document) => {
            let problems = schema::problems(name, document).unwrap_or_default();
            if problems.is_empty() {
                answer.document.note_that_it_is(name);
            }
            problems
        }
        .into_iter()
        .map(|problem| {
            let place = if problem.pointer.is_empty() {
                String::new()
            } else {
                format!(" at {}", problem.pointer)
            };
            Mismatch::new(
                rule,
                level,
                format!("the body is no {name} document{place}: {}", problem.message),
            )
        })
        .collect(),
        Err(_) => vec![
            Mismatch::new(rule, level, "the body")
                .beside(format!("a {name} document"), "a body that is not JSON"),
        ],
    }
}

fn contains(answer: &crate::wire::Answer, text: &str) -> bool {
    !text.is_empty()
        && (String::from_utf8_lossy(&answer.body).contains(text)
            || answer
                .headers
                .iter()
                .any(|(_, value)| String::from_utf8_lossy(value).contains(text)))
}

/// A text is mentioned when some JSON string contains it, escapes undone; of a failure, somewhere in its problem.
fn mentions(
    answer: &crate::wire::Answer,
    conclusion: Option<&super::Conclusion>,
    text: &str,
) -> bool {
    let document = match conclusion {
        Some(
            super::Conclusion::Failed { problem } | super::Conclusion::Refused { problem, .. },
        ) => Some(problem),
        _ => answer.json().ok(),
    };
    document.is_some_and(|document| holds_text(document, text))
}

fn holds_text(value: &serde_json::Value, text: &str) -> bool {
    match value {
        serde_json::Value::String(found) => found.contains(text),
        serde_json::Value::Array(items) => items.iter().any(|item| holds_text(item, text)),
        serde_json::Value::Object(members) => members
            .iter()
            .any(|(name, member)| name.contains(text) || holds_text(member, text)),
        _ => false,
    }
}
