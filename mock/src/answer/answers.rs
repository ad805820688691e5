//! The canned answers of one session.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::{
    operation::Operation,
    room::Reserved,
    selection::{Chosen, Entry, Phase, Queue, QueueFull, Selector, Subject},
};

use super::{CannedAnswer, CannedAnswerState, Content};

/// The canned answers of one session, in order.
#[derive(Debug)]
pub(crate) struct Answers {
    queue: Mutex<Queue<Content>>,
}

impl Answers {
    /// None yet.
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            queue: Mutex::new(Queue::new(seed, "a")),
        }
    }

    /// Adds answers behind those that are there; gives their names.
    pub(crate) fn add(&self, answers: Vec<CannedAnswer>) -> Result<Vec<String>, QueueFull> {
        self.add_to_queue(answers, None)
    }

    /// The same, with the room that they take.
    pub(crate) fn add_held(
        &self,
        answers: Vec<CannedAnswer>,
        held: Reserved,
    ) -> Result<Vec<String>, QueueFull> {
        self.add_to_queue(answers, Some(held))
    }

    fn add_to_queue(
        &self,
        answers: Vec<CannedAnswer>,
        held: Option<Reserved>,
    ) -> Result<Vec<String>, QueueFull> {
        let entries = answers
            .into_iter()
            .map(|answer| (answer.selector, answer.phase, answer.content))
            .collect();
        self.lock().add(entries, held)
    }

    /// All answers that are there, in order.
    pub(crate) fn states(&self) -> Vec<CannedAnswerState> {
        self.lock().entries().iter().map(state).collect()
    }

    /// The names of all answers that are there, in order.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.lock().ids()
    }

    /// All answers that are there as control shows them, in order.
    pub(crate) fn states_json(&self) -> Vec<Value> {
        self.ids()
            .iter()
            .filter_map(|id| self.state_json(id))
            .collect()
    }

    /// One answer as control shows it. They may be large, and are not shown all at once for one.
    pub(crate) fn state_json(&self, id: &str) -> Option<Value> {
        let shown = {
            let queue = self.lock();
            let entry = queue.entries().iter().find(|entry| entry.id == id)?;
            Shown::of(entry)
        };
        // Requests that look for their answer are not kept from it.
        Some(shown.to_json())
    }

    /// Takes one out; whether it was there.
    pub(crate) fn remove(&self, id: &str) -> bool {
        self.lock().remove(id).is_some()
    }

    /// Takes all out.
    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    /// Whether no request gets a canned answer.
    pub(crate) fn is_idle(&self) -> bool {
        self.lock().is_idle()
    }

    /// Whether the choice for this operation depends on the body.
    pub(crate) fn wants_body(&self, operation: Operation) -> bool {
        self.lock().wants_body(operation)
    }

    /// The answer to this request, if it has one.
    pub(crate) fn select(&self, subject: &Subject) -> Option<Chosen<Content>> {
        self.lock().select(subject)
    }

    fn lock(&self) -> MutexGuard<'_, Queue<Content>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn state(entry: &Entry<Content>) -> CannedAnswerState {
    CannedAnswerState {
        id: entry.id.clone(),
        answer: CannedAnswer {
            selector: entry.selector.clone(),
            phase: entry.phase,
            content: (*entry.payload).clone(),
        },
        seen: entry.seen,
        applied: entry.applied,
        left: entry.left(),
    }
}

impl CannedAnswerState {
    /// Whether it will never be served again.
    pub fn is_consumed(&self) -> bool {
        self.left == Some(0)
    }
}

/// An answer that is to be shown; its content is no copy.
struct Shown {
    id: String,
    selector: Selector,
    phase: Phase,
    content: Arc<Content>,
    seen: u64,
    applied: u64,
    left: Option<u64>,
}

impl Shown {
    fn of(entry: &Entry<Content>) -> Self {
        Self {
            id: entry.id.clone(),
            selector: entry.selector.clone(),
            phase: entry.phase,
            content: entry.payload.clone(),
            seen: entry.seen,
            applied: entry.applied,
            left: entry.left(),
        }
    }

    /// As control shows it.
    fn to_json(&self) -> Value {
        let mut document = json!({"id": self.id, "operation": self.selector.operations_json()});
        let release = self.selector.release_json();
        if !release.is_empty() {
            document["release"] = Value::Object(release);
        }
        if let Some(path) = &self.selector.path {
            document["path"] = json!(path);
        }
        if let Some(when) = self.selector.when.to_json() {
            document["when"] = when;
        }
        document["phase"] = json!(self.phase.name());
        document["answer"] = Value::Object(self.content.to_json());
        document["seen"] = json!(self.seen);
        document["applied"] = json!(self.applied);
        document["left"] = json!(self.left);
        document["consumed"] = json!(self.left == Some(0));
        document
    }
}
