//! What a test expects of a registry in process: checked when the registry, or the session, is dropped.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    journal::{Expectation, Expected, Matcher, ReceivedRequest, Recorded, Satisfied},
    session::Session,
};

/// Requests that a message about a failed expectation shows.
const SHOWN: usize = 20;

/// Expectations of one session.
#[derive(Debug, Default)]
pub(crate) struct Expectations(Mutex<Vec<(Matcher, Expectation)>>);

/// An expectation that was just made: at least one request, unless [`PendingExpectation::times`] says otherwise.
#[derive(Debug)]
pub struct PendingExpectation<'r> {
    expectations: &'r Expectations,
    position: usize,
}

/// Expectations that do not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnmetExpectations(String);

impl PendingExpectation<'_> {
    /// How many requests are expected: a number, or `1..`, `..=3`, `2..=4`.
    pub fn times(self, expected: impl Into<Expected>) {
        let mut all = self.expectations.lock();
        if let Some((_, expectation)) = all.get_mut(self.position) {
            *expectation = expected.into().0;
        }
    }

    /// No request is expected.
    pub fn never(self) {
        self.times(0);
    }
}

impl Expectations {
    /// Expects requests that match.
    pub(crate) fn expect(&self, matcher: Matcher) -> PendingExpectation<'_> {
        let mut all = self.lock();
        let at_least_one = Expectation {
            at_least: 1,
            at_most: None,
        };
        all.push((matcher, at_least_one));
        PendingExpectation {
            expectations: self,
            position: all.len() - 1,
        }
    }

    /// Whether what the session has received is what was expected.
    pub(crate) fn verify(&self, session: &Session) -> Result<(), UnmetExpectations> {
        let unmet: Vec<String> = self
            .lock()
            .iter()
            .filter_map(|(matcher, expectation)| {
                let count = session.journal.count(matcher, Some(*expectation));
                let verdict = match count.satisfied? {
                    Satisfied::Yes => return None,
                    Satisfied::No => String::new(),
                    Satisfied::Inconclusive => format!(
                        " (inconclusive: the journal has dropped {} requests and keeps {} bodies in part)",
                        count.dropped, count.undecided
                    ),
                };
                Some(format!(
                    "expected {expectation} of {matcher}, received {}{verdict}",
                    count.count
                ))
            })
            .collect();
        if unmet.is_empty() {
            return Ok(());
        }
        Err(UnmetExpectations(format!(
            "the registry was not called as expected:\n  {}\n{}",
            unmet.join("\n  "),
            Received(&session.journal.all()),
        )))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(Matcher, Expectation)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What came, for people.
struct Received<'r>(&'r Recorded);

impl fmt::Display for Received<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let requests = &self.0.requests;
        if requests.is_empty() {
            return f.write_str("It received no request.");
        }
        write!(f, "It received {} requests:", requests.len())?;
        for request in requests.iter().take(SHOWN) {
            write!(f, "\n  {}", Line(request))?;
        }
        match requests.len().checked_sub(SHOWN) {
            Some(more) if more > 0 => write!(f, "\n  and {more} more"),
            _ => Ok(()),
        }
    }
}

struct Line<'r>(&'r Arc<ReceivedRequest>);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let request = self.0;
        write!(f, "{} {} ", request.method, request.path)?;
        match (request.operation, &request.nearest) {
            (Some(operation), _) => write!(f, "({operation})")?,
            (None, Some(nearest)) => write!(f, "(no operation: {})", nearest.why)?,
            (None, None) => f.write_str("(no operation)")?,
        }
        match request.status {
            Some(status) => write!(f, " -> {status}")?,
            None => f.write_str(" -> no answer")?,
        }
        match &request.problem {
            Some(problem) => write!(f, " {problem}"),
            None => Ok(()),
        }
    }
}
