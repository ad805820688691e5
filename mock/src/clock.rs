//! The only source of time of a session: it can be frozen and moved.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// A clock that runs with the system's until it is frozen or moved.
#[derive(Debug, Default)]
pub struct Clock {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    frozen_at: Option<Timestamp>,
    ahead_by: SignedDuration,
}

impl Clock {
    /// The time that the session believes in (UTC).
    pub fn now(&self) -> Timestamp {
        let state = self.lock();
        let base = state.frozen_at.unwrap_or_else(Timestamp::now);
        base.saturating_add(state.ahead_by).unwrap_or(base)
    }

    /// Stops the clock where it is.
    pub fn freeze(&self) {
        let mut state = self.lock();
        if state.frozen_at.is_none() {
            state.frozen_at = Some(Timestamp::now());
        }
    }

    /// Moves the clock forward, frozen or running.
    pub fn advance(&self, by: SignedDuration) {
        let mut state = self.lock();
        state.ahead_by = state.ahead_by.saturating_add(by);
    }

    /// Runs with the system's clock again.
    pub fn reset(&self) {
        *self.lock() = State::default();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frozen_clock_moves_only_when_advanced() {
        let clock = Clock::default();
        clock.freeze();
        let start = clock.now();
        assert_eq!(clock.now(), start);
        clock.advance(SignedDuration::from_secs(90));
        assert_eq!(
            clock.now().duration_since(start),
            SignedDuration::from_secs(90)
        );
        clock.reset();
        assert!(clock.now().duration_since(start) < SignedDuration::from_secs(90));
    }
}
