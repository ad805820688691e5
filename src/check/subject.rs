//! What a step came to: the thing that expectations judge.

use serde_json::Value;

use super::client::ClientEnd;
use super::signature::Signed;
use crate::origin::Received;
use crate::wire::{Answer, Exchange};

/// How publish, or an attempt, ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Conclusion {
    /// Everything was accepted; there was no publish.
    Accepted,
    /// The release is published.
    Published,
    /// A request was refused at once.
    Refused {
        /// The action that was refused.
        stage: String,
        /// The status.
        status: u16,
        /// It came from another origin than the API's, which owes no problem document.
        elsewhere: bool,
        /// The problem, if the body was one.
        problem: Value,
    },
    /// Processing ended in `failed`, or `expired`.
    Failed {
        /// The problem in `error`, if there was one.
        problem: Value,
    },
    /// No terminal state within the deadline, or none that can be told.
    Unfinished {
        /// What was seen last.
        last: String,
    },
}

impl Conclusion {
    /// In words.
    pub fn describe(&self) -> String {
        match self {
            Self::Accepted => "accepted".to_owned(),
            Self::Published => "published".to_owned(),
            Self::Refused {
                stage,
                status,
                problem,
                ..
            } => format!("{stage} refused: {status} {}", problem_name(problem)),
            Self::Failed { problem } => format!("processing failed: {}", problem_name(problem)),
            Self::Unfinished { last } => format!("no end: {last}"),
        }
    }
}

fn problem_name(problem: &Value) -> String {
    match problem.get("type").and_then(Value::as_str) {
        Some(kind) => {
            let detail = problem
                .get("detail")
                .or_else(|| problem.get("title"))
                .and_then(Value::as_str);
            detail.map_or_else(|| kind.to_owned(), |detail| format!("{kind} ({detail})"))
        }
        None => "without a problem type".to_owned(),
    }
}

/// What is judged.
#[derive(Debug, Clone, Default)]
pub struct Subject<'a> {
    /// The exchange, where the step is about one.
    pub exchange: Option<&'a Exchange>,
    /// The exchange was with another origin than the API's.
    pub elsewhere: bool,
    /// The end of publish or an attempt.
    pub conclusion: Option<&'a Conclusion>,
    /// The exchanges of parallel steps.
    pub parallel: Vec<&'a Exchange>,
    /// What a content host received, or the mock from the client.
    pub received: Option<&'a [Received]>,
    /// Whose or to whom the received requests are, in words.
    pub received_by: &'static str,
    /// What became of the client.
    pub client: Option<&'a ClientEnd>,
    /// The answer of the step named by `same-as`.
    pub compared: Option<&'a Exchange>,
    /// What the publisher signed for the release.
    pub signed: Signed<'a>,
}

impl<'a> Subject<'a> {
    /// The answer, if there was one.
    pub fn answer(&self) -> Option<&'a Answer> {
        self.exchange
            .and_then(|exchange| exchange.answer.as_ref().ok())
    }

    /// The body as JSON, if it is.
    pub fn json(&self) -> Option<&'a Value> {
        self.answer().and_then(|answer| answer.json().ok())
    }
}
