//! The faults of one session.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::Value;

use crate::{
    operation::Operation,
    room::Reserved,
    selection::{Chosen, Entry, Queue, QueueFull, Subject},
};

use super::{Fault, FaultKind, FaultState, UnknownHold, hold::Gate};

/// The faults of one session, in order, and the gates at which they hold requests.
#[derive(Debug)]
pub(crate) struct Faults {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    queue: Queue<FaultKind>,
    gates: BTreeMap<String, Arc<Gate>>,
}

/// A fault that a request met.
#[derive(Debug)]
pub(crate) struct Hit {
    /// Which fault.
    pub chosen: Chosen<FaultKind>,
    /// Where it waits, if the fault holds it.
    pub gate: Option<Arc<Gate>>,
}

impl Faults {
    /// None yet.
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            state: Mutex::new(State {
                queue: Queue::new(seed, "f"),
                gates: BTreeMap::new(),
            }),
        }
    }

    /// Adds faults behind those that are there; gives their names. A gate that was opened is closed again by a new fault that holds
    /// requests there.
    pub(crate) fn add(&self, faults: Vec<Fault>) -> Result<Vec<String>, QueueFull> {
        self.add_to_queue(faults, None)
    }

    /// The same, with the room that they take.
    pub(crate) fn add_held(
        &self,
        faults: Vec<Fault>,
        held: Reserved,
    ) -> Result<Vec<String>, QueueFull> {
        self.add_to_queue(faults, Some(held))
    }

    fn add_to_queue(
        &self,
        faults: Vec<Fault>,
        held: Option<Reserved>,
    ) -> Result<Vec<String>, QueueFull> {
        let holds: Vec<String> = faults
            .iter()
            .filter_map(|fault| match &fault.kind {
                FaultKind::Hold(name) => Some(name.clone()),
                _ => None,
            })
            .collect();
        let entries = faults
            .into_iter()
            .map(|fault| (fault.selector, fault.phase, fault.kind))
            .collect();
        let mut state = self.lock();
        let ids = state.queue.add(entries, held)?;
        for name in holds {
            let gate = state.gates.entry(name).or_insert_with(Gate::new);
            if gate.is_open() {
                *gate = Gate::new();
            }
        }
        state.close_up();
        Ok(ids)
    }

    /// All faults that are there, in order.
    pub(crate) fn states(&self) -> Vec<FaultState> {
        self.lock()
            .queue
            .entries()
            .iter()
            .map(fault_state)
            .collect()
    }

    /// The names of all faults that are there, in order.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.lock().queue.ids()
    }

    /// One fault. They may be large, and are not shown all at once for one.
    pub(crate) fn state(&self, id: &str) -> Option<FaultState> {
        let state = self.lock();
        let mut entries = state.queue.entries().iter();
        entries.find(|entry| entry.id == id).map(fault_state)
    }

    /// Takes one out, and lets go on whom it alone could hold; whether it was there.
    pub(crate) fn remove(&self, id: &str) -> bool {
        let mut state = self.lock();
        let was_there = state.queue.remove(id).is_some();
        state.close_up();
        was_there
    }

    /// Takes all out, and lets all go on that are held.
    pub(crate) fn clear(&self) {
        let mut state = self.lock();
        state.queue.clear();
        state.close_up();
    }

    /// Whether no request meets a fault.
    pub(crate) fn is_idle(&self) -> bool {
        self.lock().queue.is_idle()
    }

    /// Whether the choice for this operation depends on the body.
    pub(crate) fn wants_body(&self, operation: Operation) -> bool {
        self.lock().queue.wants_body(operation)
    }

    /// The fault that this request meets, if any.
    pub(crate) fn select(&self, subject: &Subject) -> Option<Hit> {
        let mut state = self.lock();
        let chosen = state.queue.select(subject)?;
        let gate = match &*chosen.payload {
            FaultKind::Hold(name) => state.gates.get(name).cloned(),
            _ => None,
        };
        Some(Hit { chosen, gate })
    }

    /// Opens a gate for all who wait and all who come later; returns how many waited.
    pub(crate) fn release(&self, name: &str) -> Result<usize, UnknownHold> {
        Ok(self.gate(name)?.open())
    }

    /// Returns when so many requests wait at a gate, or it is open.
    pub(crate) async fn held(&self, name: &str, count: usize) -> Result<(), UnknownHold> {
        let gate = self.gate(name)?;
        gate.arrivals(count).await;
        Ok(())
    }

    /// The gates, with who waits there.
    pub(crate) fn holds(&self) -> Vec<Value> {
        let state = self.lock();
        state
            .gates
            .iter()
            .map(|(name, gate)| gate.to_json(name))
            .collect()
    }

    fn gate(&self, name: &str) -> Result<Arc<Gate>, UnknownHold> {
        self.lock()
            .gates
            .get(name)
            .cloned()
            .ok_or_else(|| UnknownHold {
                name: name.to_owned(),
            })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Opens and forgets the gates that no fault is left for. Those of consumed faults stay: requests may wait there.
    fn close_up(&mut self) {
        let entries = self.queue.entries();
        self.gates.retain(|name, gate| {
            let is_used = entries
                .iter()
                .any(|entry| matches!(&*entry.payload, FaultKind::Hold(own) if own == name));
            if !is_used {
                gate.open();
            }
            is_used
        });
    }
}

fn fault_state(entry: &Entry<FaultKind>) -> FaultState {
    FaultState {
        id: entry.id.clone(),
        fault: Fault {
            selector: entry.selector.clone(),
            phase: entry.phase,
            kind: (*entry.payload).clone(),
        },
        seen: entry.seen,
        applied: entry.applied,
        left: entry.left(),
    }
}
