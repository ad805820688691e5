//! Gates at which requests wait until the operator opens them.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};
use tokio::sync::watch;

use crate::operation::Operation;

/// No fault holds requests under this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("failed to find a fault that holds requests as {name:?}")]
pub struct UnknownHold {
    /// The name.
    pub name: String,
}

/// A request that waits.
#[derive(Clone, Debug)]
pub(crate) struct HeldRequest {
    /// The fault that holds it.
    pub fault: String,
    /// Its number in the journal.
    pub request: Option<u64>,
    /// What it asks for.
    pub operation: Option<Operation>,
    /// Method.
    pub method: String,
    /// Path relative to the base URL, decoded.
    pub path: Option<String>,
    /// Since when, RFC 3339.
    pub since: String,
}

/// A gate; closed until it is opened, and then open for all that come later.
#[derive(Debug)]
pub(crate) struct Gate {
    is_open: watch::Sender<bool>,
    waiting: watch::Sender<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    next: u64,
    requests: BTreeMap<u64, HeldRequest>,
}

impl Gate {
    /// A closed gate.
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            is_open: watch::Sender::new(false),
            waiting: watch::Sender::default(),
        })
    }

    /// Opens it; returns how many requests waited.
    pub(super) fn open(&self) -> usize {
        self.is_open.send_replace(true);
        self.waiting.borrow().requests.len()
    }

    /// Whether it was opened.
    pub(super) fn is_open(&self) -> bool {
        *self.is_open.borrow()
    }

    /// Waits until it is open.
    pub(crate) async fn pass(&self, request: HeldRequest) {
        let mut is_open = self.is_open.subscribe();
        let _place = Place::take(&self.waiting, request);
        // The sender lives as long as the gate, which is borrowed here.
        let _ = is_open.wait_for(|is_open| *is_open).await;
    }

    /// Returns when so many requests wait, or the gate is open.
    pub(super) async fn arrivals(&self, count: usize) {
        let (mut waiting, mut is_open) = (self.waiting.subscribe(), self.is_open.subscribe());
        tokio::select! {
            _ = waiting.wait_for(|waiting| waiting.requests.len() >= count) => {}
            _ = is_open.wait_for(|is_open| *is_open) => {}
        }
    }

    /// As control shows it.
    pub(super) fn to_json(&self, name: &str) -> Value {
        let waiting: Vec<Value> = self
            .waiting
            .borrow()
            .requests
            .values()
            .map(|request| {
                json!({
                    "fault": request.fault,
                    "request": request.request,
                    "operation": request.operation.map(Operation::name),
                    "method": request.method,
                    "path": request.path,
                    "since": request.since,
                })
            })
            .collect();
        json!({"name": name, "released": self.is_open(), "waiting": waiting})
    }
}

/// A place among those who wait, left when the request goes on or its connection is gone.
struct Place<'a> {
    waiting: &'a watch::Sender<Waiting>,
    number: u64,
}

impl<'a> Place<'a> {
    fn take(waiting: &'a watch::Sender<Waiting>, request: HeldRequest) -> Self {
        let mut number = 0;
        waiting.send_modify(|waiting| {
            number = waiting.next;
            waiting.next += 1;
            waiting.requests.insert(number, request);
        });
        Self { waiting, number }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.waiting.send_modify(|waiting| {
            waiting.requests.remove(&self.number);
        });
    }
}
