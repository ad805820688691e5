//! Answers in one line, for people; what a registry says is cut, and can not disturb a terminal.

use std::fmt::Write as _;

use serde_json::Value;

use crate::target::ProblemTypes;
use crate::wire::render::visible;
use crate::wire::{Answer, Exchange, Redactor};

/// Characters of a text of the registry's that are shown.
const SHOWN: usize = 160;

/// The status, and what else an answer says of itself.
pub(super) fn describe(
    exchange: &Exchange,
    problems: &ProblemTypes,
    redactor: &Redactor,
) -> String {
    let answer = match &exchange.answer {
        Ok(answer) => answer,
        Err(error) => return shown(&error.to_string(), redactor),
    };
    if exchange.gave_up {
        return "429 until the time for retries was over".to_owned();
    }
    let mut said = answer.status.to_string();
    if let Some(problem) = problem_type(answer) {
        let name = problems.name_of(&problem).unwrap_or(&problem);
        let _ = write!(said, " with the problem {}", shown(name, redactor));
    } else if let Some(media_type) = answer.media_type() {
        let _ = write!(said, " with {}", shown(&media_type, redactor));
    }
    if let Some(location) = answer.header("location")
        && (300..400).contains(&answer.status)
    {
        let _ = write!(said, " to {}", shown(location, redactor));
    }
    if let Some(trouble) = answer.trouble.as_ref().filter(|_| !answer.complete) {
        let _ = write!(said, ", and a body of which {trouble}");
    }
    said
}

/// The profile's name of the problem that an answer holds, if it is one that the profile knows.
pub(super) fn problem_name(answer: &Answer, problems: &ProblemTypes) -> Option<String> {
    name_of(answer.json().ok()?, problems)
}

/// The same of a document.
pub(super) fn name_of(document: &Value, problems: &ProblemTypes) -> Option<String> {
    let problem = document.get("type")?.as_str()?;
    problems.name_of(problem).map(ToOwned::to_owned)
}

fn problem_type(answer: &Answer) -> Option<String> {
    if answer.status < 400 {
        return None;
    }
    let document = answer.json().ok()?;
    document.get("type")?.as_str().map(ToOwned::to_owned)
}

/// A text on one line, without secrets and without what a terminal would obey.
pub(super) fn shown(text: &str, redactor: &Redactor) -> String {
    let text = visible(&redactor.text(text)).replace(['\n', '\t'], " ");
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}
