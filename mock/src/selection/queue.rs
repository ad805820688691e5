//! An ordered queue: of what a request could meet, it meets the first that is due.

use std::sync::Arc;

use crate::{operation::Operation, room::Reserved};

use super::{Draw, Phase, Selector, Subject, draw::Occurrences};

/// Entries that a queue holds.
const CAPACITY: usize = 1000;
/// Bytes that an entry takes beside what it says.
const STRUCTURE: u64 = 1024;

/// There is no room, and nothing consumed that could go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("failed to add more than {CAPACITY} that are not consumed; delete some")]
pub struct QueueFull;

/// What waits for requests, with what it has met so far.
#[derive(Debug)]
pub(crate) struct Entry<T> {
    /// Names it; never given twice.
    pub id: String,
    /// Which requests it is for.
    pub selector: Selector,
    /// When it acts.
    pub phase: Phase,
    /// What it does.
    pub payload: Arc<T>,
    /// Requests that it is for, so far.
    pub seen: u64,
    /// Requests that it met, so far.
    pub applied: u64,
    /// Its place among all since the queue was last emptied, so that chance repeats after that.
    place: u64,
    /// Room that it takes, with those that were set along with it.
    _held: Option<Arc<Reserved>>,
}

impl<T> Entry<T> {
    /// How many requests it can still meet; any number, when absent.
    pub(crate) fn left(&self) -> Option<u64> {
        let limit = self.selector.when.limit()?;
        Some(limit.saturating_sub(self.applied))
    }

    /// Whether it will never meet a request again.
    pub(crate) fn is_consumed(&self) -> bool {
        self.left() == Some(0)
    }

    fn is_due(&self, draw: Option<Draw>) -> bool {
        let when = &self.selector.when;
        when.nth.is_none_or(|nth| self.seen >= nth.get().into())
            && when.probability.is_none_or(|probability| {
                draw.is_some_and(|draw| draw.comes_true(probability, self.place))
            })
    }
}

/// What a request met.
#[derive(Debug)]
pub(crate) struct Chosen<T> {
    /// Names it.
    pub id: String,
    /// When it acts.
    pub phase: Phase,
    /// What it does.
    pub payload: Arc<T>,
    /// How many requests met it before.
    pub ordinal: u64,
}

/// An ordered queue.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    seed: u64,
    id_prefix: &'static str,
    entries: Vec<Entry<T>>,
    next_id: u64,
    next_place: u64,
    occurrences: Occurrences,
}

impl<T> Queue<T> {
    /// An empty queue whose chance follows from the seed.
    pub(crate) fn new(seed: u64, id_prefix: &'static str) -> Self {
        Self {
            seed,
            id_prefix,
            entries: Vec::new(),
            next_id: 1,
            next_place: 0,
            occurrences: Occurrences::default(),
        }
    }

    /// The entries, in order.
    pub(crate) fn entries(&self) -> &[Entry<T>] {
        &self.entries
    }

    /// The names of the entries, in order.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.entries.iter().map(|entry| entry.id.clone()).collect()
    }

    /// Whether no request can meet anything.
    pub(crate) fn is_idle(&self) -> bool {
        self.entries.iter().all(Entry::is_consumed)
    }

    /// Whether selecting for this operation takes the body.
    pub(crate) fn wants_body(&self, operation: Operation) -> bool {
        self.entries
            .iter()
            .any(|entry| !entry.is_consumed() && entry.selector.wants_body(operation))
    }

    /// Puts entries at the end, all of them or none; gives their names. The oldest that are consumed make room where it is needed.
    pub(crate) fn add(
        &mut self,
        entries: Vec<(Selector, Phase, T)>,
        held: Option<Reserved>,
    ) -> Result<Vec<String>, QueueFull> {
        let waiting = self.entries.iter().filter(|entry| !entry.is_consumed());
        if waiting.count() + entries.len() > CAPACITY {
            return Err(QueueFull);
        }
        let held = held.map(|mut held| {
            held.set(held.bytes() + STRUCTURE * entries.len() as u64);
            Arc::new(held)
        });
        let mut surplus = (self.entries.len() + entries.len()).saturating_sub(CAPACITY);
        self.entries.retain(|entry| {
            let goes = surplus > 0 && entry.is_consumed();
            surplus -= usize::from(goes);
            !goes
        });
        let ids = entries
            .into_iter()
            .map(|(selector, phase, payload)| {
                let id = format!("{}{}", self.id_prefix, self.next_id);
                self.entries.push(Entry {
                    id: id.clone(),
                    selector,
                    phase,
                    payload: Arc::new(payload),
                    seen: 0,
                    applied: 0,
                    place: self.next_place,
                    _held: held.clone(),
                });
                self.next_id += 1;
                self.next_place += 1;
                id
            })
            .collect();
        Ok(ids)
    }

    /// Takes an entry out.
    pub(crate) fn remove(&mut self, id: &str) -> Option<Entry<T>> {
        let index = self.entries.iter().position(|entry| entry.id == id)?;
        Some(self.entries.remove(index))
    }

    /// Takes all entries out, and begins anew.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.next_place = 0;
        self.occurrences.clear();
    }

    /// What this request meets. Every entry that is for it counts it as seen; the first that is due is applied, and no other.
    pub(crate) fn select(&mut self, subject: &Subject) -> Option<Chosen<T>> {
        let mut draw = None;
        let mut chosen = None;
        for entry in &mut self.entries {
            if entry.is_consumed() || !entry.selector.is_for(subject) {
                continue;
            }
            entry.seen += 1;
            // Counted also when something else is applied, so that the count is that of the requests alone.
            if entry.selector.when.probability.is_some() && draw.is_none() {
                let request = subject.identity();
                let occurrence = self.occurrences.count(request);
                draw = Some(Draw::new(self.seed, request, occurrence));
            }
            if chosen.is_none() && entry.is_due(draw) {
                chosen = Some(Chosen {
                    id: entry.id.clone(),
                    phase: entry.phase,
                    payload: entry.payload.clone(),
                    ordinal: entry.applied,
                });
                entry.applied += 1;
            }
        }
        chosen
    }
}
