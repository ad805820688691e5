//! Counters that many requests add to at a time.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use crate::operation::Operation;

/// Upper bounds of the histogram's buckets, in seconds.
pub(super) const BUCKETS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0,
];
/// Classes of statuses: no answer, then 1xx to 5xx.
pub(super) const CLASSES: [&str; 6] = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"];
/// The operations, and requests that reach none.
pub(super) const OPERATIONS: usize = Operation::ALL.len() + 1;
/// Kinds of fault that are counted by name; more is not to be expected.
const MAX_KINDS: usize = 32;

/// A request that has come to its end.
pub(crate) struct Exchange {
    /// What it reached.
    pub operation: Option<Operation>,
    /// Its answer.
    pub status: Option<u16>,
    /// How long that took.
    pub elapsed: Duration,
    /// Bytes of the answer's body.
    pub sent: u64,
}

/// What happened to the requests of one operation.
#[derive(Debug, Default)]
pub(super) struct OperationCounters {
    pub classes: [AtomicU64; CLASSES.len()],
    /// Requests in each bucket alone; the last has those beyond all bounds.
    pub buckets: [AtomicU64; BUCKETS.len() + 1],
    pub micros: AtomicU64,
}

/// What happened.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(super) operations: [OperationCounters; OPERATIONS],
    pub(super) received_bytes: AtomicU64,
    pub(super) sent_bytes: AtomicU64,
    pub(super) faults: Mutex<BTreeMap<String, u64>>,
}

impl Counters {
    fn answered(&self, exchange: &Exchange) {
        let counters = &self.operations[position(exchange.operation)];
        let class = exchange
            .status
            .map_or(0, |status| usize::from(status / 100).min(CLASSES.len() - 1));
        add(&counters.classes[class], 1);
        let seconds = exchange.elapsed.as_secs_f64();
        let bucket = BUCKETS
            .iter()
            .position(|bound| seconds <= *bound)
            .unwrap_or(BUCKETS.len());
        add(&counters.buckets[bucket], 1);
        let micros = u64::try_from(exchange.elapsed.as_micros()).unwrap_or(u64::MAX);
        add(&counters.micros, micros);
        add(&self.sent_bytes, exchange.sent);
    }

    fn disturbed(&self, kind: &str) {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        let kind = if faults.len() >= MAX_KINDS && !faults.contains_key(kind) {
            "other"
        } else {
            kind
        };
        *faults.entry(kind.to_owned()).or_default() += 1;
    }
}

/// Where the counters of an operation stand.
fn position(operation: Option<Operation>) -> usize {
    operation
        .and_then(|operation| Operation::ALL.iter().position(|other| *other == operation))
        .unwrap_or(OPERATIONS - 1)
}

fn add(counter: &AtomicU64, by: u64) {
    counter.fetch_add(by, Ordering::Relaxed);
}

/// The counters of a session, which count for the whole server as well.
#[derive(Debug, Default)]
pub(crate) struct SessionMetrics {
    own: Counters,
    server: Arc<Counters>,
}

impl SessionMetrics {
    /// New counters of a session of that server.
    pub(crate) fn of_server(server: Arc<Counters>) -> Self {
        Self {
            own: Counters::default(),
            server,
        }
    }

    /// Those of the session alone.
    pub(crate) fn own(&self) -> &Counters {
        &self.own
    }

    /// Those of the whole server, sessions that have ended included.
    pub(crate) fn server(&self) -> &Arc<Counters> {
        &self.server
    }

    /// Counts a request that has come to its end.
    pub(crate) fn answered(&self, exchange: &Exchange) {
        self.own.answered(exchange);
        self.server.answered(exchange);
    }

    /// Counts the bytes of a request's body.
    pub(crate) fn received(&self, bytes: u64) {
        add(&self.own.received_bytes, bytes);
        add(&self.server.received_bytes, bytes);
    }

    /// Counts a fault that was applied, by its kind: one of a fixed few.
    pub(crate) fn disturbed(&self, kind: &str) {
        self.own.disturbed(kind);
        self.server.disturbed(kind);
    }
}
