//! Which cases are under way, and a note of those that take long.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::console::safe_line;

/// After which a case is noted, and how often again.
const LONG: Duration = Duration::from_secs(5);
const AGAIN: Duration = Duration::from_secs(15);

/// The cases that are under way.
#[derive(Debug, Clone, Default)]
pub struct Running(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    cases: BTreeMap<String, Since>,
    is_sealed: bool,
}

#[derive(Debug, Clone, Copy)]
struct Since {
    start: Instant,
    noted: Option<Instant>,
}

impl Running {
    /// From now until the value is dropped, the case is under way.
    pub fn enter(&self, id: &str) -> UnderWay {
        let since = Since {
            start: Instant::now(),
            noted: None,
        };
        self.lock().cases.insert(id.to_owned(), since);
        UnderWay {
            running: self.clone(),
            id: id.to_owned(),
        }
    }

    /// From now on no case ends. Gives those that are under way with the time that they have taken, the longest first.
    pub fn seal(&self) -> Vec<(String, Duration)> {
        let mut state = self.lock();
        state.is_sealed = true;
        let mut all: Vec<(String, Duration)> = state
            .cases
            .iter()
            .map(|(id, since)| (id.clone(), since.start.elapsed()))
            .collect();
        all.sort_by_key(|(_, time)| std::cmp::Reverse(*time));
        all
    }

    /// A line for each case that has been under way for long and was not noted lately.
    pub fn notes(&self, now: Instant) -> Vec<String> {
        self.lock()
            .cases
            .iter_mut()
            .filter_map(|(id, since)| {
                let time = now.saturating_duration_since(since.start);
                let is_due = since.noted.map_or(time > LONG, |noted| {
                    now.saturating_duration_since(noted) >= AGAIN
                });
                is_due.then(|| {
                    since.noted = Some(now);
                    format!("still running: {} ({} s)", safe_line(id), time.as_secs())
                })
            })
            .collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A case that is under way.
#[derive(Debug)]
pub struct UnderWay {
    running: Running,
    id: String,
}

impl UnderWay {
    /// Ends the case; `keep` puts away what it came to. False, and nothing is kept, where the run was interrupted before:
    /// then the case is one of those that were under way.
    #[must_use]
    pub fn end(self, keep: impl FnOnce()) -> bool {
        let is_sealed = {
            let mut state = self.running.lock();
            if !state.is_sealed {
                state.cases.remove(&self.id);
                keep();
            }
            state.is_sealed
        };
        !is_sealed
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.running.lock().cases.remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Running;

    #[test]
    fn a_long_case_is_noted_at_intervals_until_it_ends() {
        let running = Running::default();
        let long = running.enter("area/long");
        let start = Instant::now();
        let at = |seconds| running.notes(start + Duration::from_secs(seconds));
        assert!(at(4).is_empty());
        assert_eq!(at(7), ["still running: area/long (7 s)"]);
        assert!(at(12).is_empty());
        assert_eq!(at(30).len(), 1);
        drop(long);
        assert!(at(100).is_empty());
        assert!(running.seal().is_empty());
    }

    #[test]
    fn a_case_ends_before_the_interruption_or_not_at_all() {
        let running = Running::default();
        let mut kept = Vec::new();
        let (first, second) = (running.enter("area/first"), running.enter("area/second"));
        assert!(first.end(|| kept.push("first")));
        let under_way = running.seal();
        assert!(!second.end(|| kept.push("second")));
        assert_eq!(kept, ["first"]);
        let ids: Vec<&str> = under_way.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(ids, ["area/second"]);
    }
}
