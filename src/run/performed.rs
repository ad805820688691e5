//! What carrying out an action brought, before anything is judged.

use std::time::Duration;

use indexmap::IndexMap;
use serde_json::Value;
use thiserror::Error;

use super::release::Update;
use crate::case::client::ClientOperation;
use crate::check::Conclusion;
use crate::check::client::ClientEnd;
use crate::check::implied::Scope;
use crate::origin::Received;
use crate::outcome::{Level, Mismatch};
use crate::wire::Exchange;

/// What an action brought.
#[derive(Debug, Default)]
pub(super) struct Performed {
    /// The exchanges with the scope in which the general rules judge them.
    pub exchanges: Vec<(Exchange, Scope)>,
    /// Which exchange expectations are about.
    pub judged: Option<usize>,
    /// The end of a publish or an attempt.
    pub conclusion: Option<Conclusion>,
    /// Mismatches with what a success of this operation implies.
    pub implied: Vec<Mismatch>,
    /// Whether an answer may stay away (the request was cut off).
    pub answer_optional: bool,
    pub updates: Vec<Update>,
    pub received: Option<Vec<Received>>,
    /// Whose or to whom the received requests are, in words.
    pub received_by: &'static str,
    /// What became of the client.
    pub client: Option<ClientEnd>,
    /// What the client was asked, and when.
    pub asked: Option<Asked>,
    /// The client's requests, as the mock's journal has them.
    pub watched: Vec<Value>,
    /// What the client wrote where nothing should be.
    pub strays: Option<Mismatch>,
    /// Indices of exchanges of which every one has to be as expected.
    pub each: Vec<usize>,
    /// Indices of exchanges that were at the same time.
    pub parallel: Vec<usize>,
    /// The rule for which a failure counts when the case names none.
    pub rule: &'static str,
}

/// What a client was asked.
#[derive(Debug)]
pub(super) struct Asked {
    /// On the clock of the wire's client.
    pub at: Duration,
    pub operation: ClientOperation,
    /// In words, without secrets.
    pub what: IndexMap<String, String>,
}

impl Performed {
    /// With one exchange, which is judged.
    pub(super) fn one(exchange: Exchange, scope: Scope, rule: &'static str) -> Self {
        Self {
            exchanges: vec![(exchange, scope)],
            judged: Some(0),
            rule,
            ..Self::default()
        }
    }

    /// Whether the action ended as it does when all is well.
    pub(super) fn succeeded(&self) -> bool {
        if let Some(conclusion) = &self.conclusion {
            return matches!(conclusion, Conclusion::Accepted | Conclusion::Published);
        }
        if let Some(client) = &self.client {
            return client.is_done();
        }
        let is_good = |index: usize| {
            self.exchanges.get(index).is_some_and(|(exchange, _)| {
                exchange
                    .answer
                    .as_ref()
                    .is_ok_and(|answer| (200..300).contains(&answer.status))
            })
        };
        self.each.iter().all(|index| is_good(*index)) && self.judged.is_none_or(is_good)
    }
}

/// Why a step could not be carried out.
#[derive(Debug, Error)]
pub(super) enum StepError {
    /// The registry did not give what the step needs.
    #[error("{what}")]
    Withheld {
        /// The rule by which it should have.
        rule: &'static str,
        /// What is missing.
        what: String,
    },
    /// An earlier step did not bring what this one needs.
    #[error("{0}")]
    Unprepared(String),
    /// The client under test does not implement what the case is about.
    #[error("{0}")]
    NotImplemented(String),
    /// The case or the suite is at fault.
    #[error("{0}")]
    Suite(String),
}

impl StepError {
    pub(super) fn suite(error: impl std::fmt::Display) -> Self {
        Self::Suite(error.to_string())
    }

    pub(super) fn mismatch(&self) -> Option<Mismatch> {
        match self {
            Self::Withheld { rule, what } => {
                Some(Mismatch::new(Some(rule), Level::Must, what.clone()))
            }
            _ => None,
        }
    }
}
