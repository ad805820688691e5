//! What a connection waits for, so that those whose clients let it wait can be ended.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// Milliseconds since the server began, by a clock that ticks now and then: to look at the time is nothing that every request pays for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ticks(Arc<AtomicU64>);

impl Ticks {
    pub(super) fn set(&self, milliseconds: u64) {
        self.0.store(milliseconds, Ordering::Relaxed);
    }

    fn now(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What is stored while the server has work to do.
const WORKING: u64 = u64::MAX;

/// Since when a connection waits for its client.
#[derive(Debug)]
pub(crate) struct Activity {
    ticks: Ticks,
    /// Since anything came from the client, or went to it.
    silent_since: AtomicU64,
    /// Since the whole of a head, or of an answer on its way, is waited for.
    idle_since: AtomicU64,
}

impl Activity {
    /// A connection that waits for its first request.
    pub(super) fn new(ticks: Ticks) -> Self {
        let now = ticks.now();
        Self {
            ticks,
            silent_since: AtomicU64::new(now),
            idle_since: AtomicU64::new(now),
        }
    }

    /// A request is there, and the server has to answer it.
    pub(super) fn works(&self) {
        self.silent_since.store(WORKING, Ordering::Relaxed);
        self.idle_since.store(WORKING, Ordering::Relaxed);
    }

    /// The next thing is the client's to do: to take the answer, or to ask.
    pub(super) fn waits(&self) {
        let now = self.ticks.now();
        self.silent_since.store(now, Ordering::Relaxed);
        self.idle_since.store(now, Ordering::Relaxed);
    }

    /// More of a body is the client's to send. The server counts how long that takes where it reads the body.
    pub(crate) fn waits_for_body(&self) {
        self.silent_since.store(self.ticks.now(), Ordering::Relaxed);
    }

    /// A part of a body is there.
    pub(crate) fn has_body(&self) {
        self.silent_since.store(WORKING, Ordering::Relaxed);
    }

    /// The client has sent something.
    pub(super) fn read(&self) {
        if self.silent_since.load(Ordering::Relaxed) != WORKING {
            self.silent_since.store(self.ticks.now(), Ordering::Relaxed);
        }
    }

    /// The client has taken something.
    pub(super) fn wrote(&self) {
        if self.idle_since.load(Ordering::Relaxed) != WORKING {
            self.waits();
        }
    }

    /// Since when nothing has come from the client, or gone to it, if that is the client's turn.
    pub(super) fn silent_since(&self) -> Option<u64> {
        Some(self.silent_since.load(Ordering::Relaxed)).filter(|since| *since != WORKING)
    }

    /// Since when the client should have sent a head, or taken more of an answer.
    pub(super) fn idle_since(&self) -> Option<u64> {
        Some(self.idle_since.load(Ordering::Relaxed)).filter(|since| *since != WORKING)
    }
}
