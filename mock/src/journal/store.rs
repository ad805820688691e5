//! The entries, in order of arrival, within bounds.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use super::{Count, Expectation, Matcher, ReceivedRequest, condition::Answer};

/// Requests and their answers, in order of arrival; the oldest go when there are too many.
#[derive(Debug)]
pub(crate) struct Journal {
    began: Instant,
    max_entries: usize,
    max_bytes: u64,
    kept: Mutex<Kept>,
}

#[derive(Debug)]
struct Kept {
    /// Their ids follow each other without a gap.
    entries: VecDeque<(Arc<ReceivedRequest>, u64)>,
    next_id: u64,
    bytes: u64,
    dropped: u64,
}

/// Requests of a journal.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The requests, in order of arrival.
    pub requests: Vec<Arc<ReceivedRequest>>,
    /// Requests that were dropped since the journal was cleared, because there was no room.
    pub dropped: u64,
}

/// Which part of a list is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Page {
    /// Only what came after this id.
    pub after: u64,
    /// At most so many.
    pub limit: Option<usize>,
}

impl Journal {
    /// An empty journal with these bounds.
    pub(crate) fn new(max_entries: usize, max_bytes: u64) -> Self {
        Self {
            began: Instant::now(),
            max_entries,
            max_bytes,
            kept: Mutex::new(Kept {
                entries: VecDeque::new(),
                next_id: 1,
                bytes: 0,
                dropped: 0,
            }),
        }
    }

    /// When the session began.
    pub(super) fn began(&self) -> Instant {
        self.began
    }

    /// Whether anything is kept at all.
    pub(super) fn keeps_nothing(&self) -> bool {
        self.max_entries == 0 || self.max_bytes == 0
    }

    /// Adds a request that has arrived, and returns the id that it got.
    pub(super) fn add(&self, mut request: ReceivedRequest) -> u64 {
        let weight = request.weight();
        let mut kept = self.lock();
        let id = kept.next_id;
        kept.next_id += 1;
        if self.keeps_nothing() {
            kept.dropped += 1;
            return id;
        }
        request.id = id;
        kept.entries.push_back((Arc::new(request), weight));
        kept.bytes += weight;
        self.shrink(&mut kept);
        id
    }

    /// Says what became of a request; nothing if it was dropped or cleared.
    pub(super) fn update(&self, request: Arc<ReceivedRequest>) {
        let weight = request.weight();
        let mut kept = self.lock();
        let Some(first) = kept.entries.front().map(|(first, _)| first.id) else {
            return;
        };
        let position = request
            .id
            .checked_sub(first)
            .and_then(|position| usize::try_from(position).ok());
        let Some(slot) = position.and_then(|position| kept.entries.get_mut(position)) else {
            return;
        };
        let before = slot.1;
        *slot = (request, weight);
        kept.bytes = kept.bytes - before + weight;
        self.shrink(&mut kept);
    }

    /// Forgets all requests, and how many were dropped. Ids go on.
    pub(crate) fn clear(&self) {
        let mut kept = self.lock();
        kept.entries = VecDeque::new();
        kept.bytes = 0;
        kept.dropped = 0;
    }

    /// How many requests are kept, in how many bytes, and how many were dropped.
    pub(crate) fn size(&self) -> (usize, u64, u64) {
        let kept = self.lock();
        (kept.entries.len(), kept.bytes, kept.dropped)
    }

    /// The requests that are kept.
    pub(crate) fn all(&self) -> Recorded {
        let kept = self.lock();
        Recorded {
            requests: kept
                .entries
                .iter()
                .map(|(entry, _)| entry.clone())
                .collect(),
            dropped: kept.dropped,
        }
    }

    /// The requests that match.
    pub(crate) fn find(&self, matcher: &Matcher, page: Page) -> Recorded {
        let Recorded { requests, dropped } = self.all();
        let requests = requests
            .into_iter()
            .filter(|request| request.id > page.after)
            .filter(|request| matcher.judge(request) == Answer::Yes)
            .take(page.limit.unwrap_or(usize::MAX))
            .collect();
        Recorded { requests, dropped }
    }

    /// How many requests match, and whether that is what was expected.
    pub(crate) fn count(&self, matcher: &Matcher, expected: Option<Expectation>) -> Count {
        let Recorded { requests, dropped } = self.all();
        let answers: Vec<Answer> = requests
            .iter()
            .map(|request| matcher.judge(request))
            .collect();
        let number = |wanted| answers.iter().filter(|answer| **answer == wanted).count() as u64;
        Count::new(
            number(Answer::Yes),
            number(Answer::Unknown),
            dropped,
            expected,
        )
    }

    fn shrink(&self, kept: &mut Kept) {
        while kept.entries.len() > self.max_entries || kept.bytes > self.max_bytes {
            let Some((_, weight)) = kept.entries.pop_front() else {
                return;
            };
            kept.bytes -= weight;
            kept.dropped += 1;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
