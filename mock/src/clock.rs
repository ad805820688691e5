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

/// How far clocks can be moved: a thousand years.
const FURTHEST: SignedDuration = SignedDuration::from_hours(1000 * 366 * 24);

/// A clock can not be moved that far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("failed to move the clock more than a thousand years ahead")]
pub struct ClockError;

/// What a clock shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Its time (UTC).
    pub now: Timestamp,
    /// Whether it stands still.
    pub frozen: bool,
    /// How far that is ahead of the system's clock; negative when it stands still and is behind.
    pub ahead: SignedDuration,
}

impl Clock {
    /// The time that the session believes in (UTC).
    pub fn now(&self) -> Timestamp {
        self.reading().now
    }

    /// Everything that it shows.
    pub fn reading(&self) -> Reading {
        let state = self.lock();
        let system = Timestamp::now();
        let base = state.frozen_at.unwrap_or(system);
        let now = base.saturating_add(state.ahead_by).unwrap_or(base);
        Reading {
            now,
            frozen: state.frozen_at.is_some(),
            ahead: now.duration_since(system),
        }
    }

    /// Stops the clock where it is.
    pub fn freeze(&self) {
        let mut state = self.lock();
        if state.frozen_at.is_none() {
            state.frozen_at = Some(Timestamp::now());
        }
    }

    /// Moves the clock forward, frozen or running; a thousand years at most, however often.
    pub fn advance(&self, by: SignedDuration) {
        if self.try_advance(by).is_err() {
            self.lock().ahead_by = FURTHEST;
        }
    }

    /// Moves the clock forward, frozen or running.
    ///
    /// # Errors
    ///
    /// When it would be more than a thousand years ahead; it stays where it is.
    pub fn try_advance(&self, by: SignedDuration) -> Result<(), ClockError> {
        let mut state = self.lock();
        let ahead_by = state.ahead_by.saturating_add(by);
        if ahead_by > FURTHEST {
            return Err(ClockError);
        }
        state.ahead_by = ahead_by;
        Ok(())
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
        let by = SignedDuration::from_secs(90);
        clock.advance(by);
        assert_eq!(clock.now().duration_since(start), by);
        clock.freeze();
        assert_eq!(clock.now().duration_since(start), by);
        assert!(clock.reading().frozen && clock.reading().ahead <= by);
        clock.reset();
        assert!(clock.now().duration_since(start) < SignedDuration::from_secs(90));
    }

    #[test]
    fn running_clock_is_ahead_by_what_it_was_advanced() {
        let clock = Clock::default();
        let by = SignedDuration::from_hours(24);
        clock.advance(by);
        clock.advance(by);
        let reading = clock.reading();
        assert_eq!((reading.frozen, reading.ahead), (false, by * 2));
    }

    #[test]
    fn no_clock_leaves_the_calendar() {
        let clock = Clock::default();
        let century = SignedDuration::from_hours(100 * 366 * 24);
        for _ in 0..10 {
            clock.try_advance(century).unwrap();
        }
        let now = clock.now();
        let second = SignedDuration::from_secs(1);
        assert_eq!(clock.try_advance(second), Err(ClockError));
        clock.advance(second);
        assert!(clock.now() >= now);
    }
}
