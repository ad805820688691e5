//! The entries, in order of arrival, within bounds.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use super::{
    Count, Expectation, Matcher, ReceivedRequest, Redactor,
    condition::Answer,
    trace::{Outcome, Trace},
};

/// What a journal may keep however much the others of its server do.
const OWN_SHARE: u64 = 64 << 10;

/// Room for the journals of all sessions of a server.
#[derive(Debug)]
pub(crate) struct JournalRoom {
    limit: u64,
    used: AtomicU64,
}

impl JournalRoom {
    /// So many bytes, about.
    pub(crate) fn new(limit: u64) -> Self {
        Self {
            limit,
            used: AtomicU64::new(0),
        }
    }

    fn is_full(&self) -> bool {
        self.used.load(Ordering::Relaxed) > self.limit
    }

    fn change(&self, before: u64, after: u64) {
        if after > before {
            self.used.fetch_add(after - before, Ordering::Relaxed);
        } else {
            self.used.fetch_sub(before - after, Ordering::Relaxed);
        }
    }
}

/// Requests and their answers, in order of arrival; the oldest go when there are too many.
#[derive(Debug)]
pub(crate) struct Journal {
    began: Instant,
    max_entries: usize,
    max_bytes: u64,
    room: Arc<JournalRoom>,
    redactor: Redactor,
    problem_type_prefix: String,
    kept: Mutex<Kept>,
}

#[derive(Debug)]
struct Kept {
    /// Their ids follow each other without a gap.
    entries: VecDeque<(Arc<Trace>, u64)>,
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
    /// An empty journal with these bounds, within those of its server.
    pub(crate) fn new(
        max_entries: usize,
        max_bytes: u64,
        room: Arc<JournalRoom>,
        redactor: Redactor,
        problem_type_prefix: String,
    ) -> Self {
        Self {
            began: Instant::now(),
            max_entries,
            max_bytes,
            room,
            redactor,
            problem_type_prefix,
            kept: Mutex::new(Kept {
                entries: VecDeque::new(),
                next_id: 1,
                bytes: 0,
                dropped: 0,
            }),
        }
    }

    /// The room that it shares with others.
    pub(crate) fn room(&self) -> &Arc<JournalRoom> {
        &self.room
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
    pub(super) fn add(&self, arrived: impl FnOnce() -> Trace) -> u64 {
        let entry = (!self.keeps_nothing()).then(|| {
            let trace = arrived();
            let weight = trace.weight();
            (trace, weight)
        });
        let mut kept = self.lock();
        let id = kept.next_id;
        kept.next_id += 1;
        match entry {
            None => kept.dropped += 1,
            Some((mut trace, weight)) => {
                trace.id = id;
                kept.entries.push_back((Arc::new(trace), weight));
                self.reweigh(&mut kept, 0, weight);
            }
        }
        id
    }

    /// Says what became of a request; nothing if it was dropped or cleared.
    pub(super) fn conclude(&self, id: u64, outcome: Outcome) {
        let mut kept = self.lock();
        let Some(first) = kept.entries.front().map(|(first, _)| first.id) else {
            return;
        };
        let position = id
            .checked_sub(first)
            .and_then(|position| usize::try_from(position).ok());
        let Some((trace, weight)) = position.and_then(|position| kept.entries.get_mut(position))
        else {
            return;
        };
        Arc::make_mut(trace).outcome = outcome;
        let before = std::mem::replace(weight, trace.weight());
        let after = *weight;
        self.reweigh(&mut kept, before, after);
    }

    /// Forgets all requests, and how many were dropped. Ids go on.
    pub(crate) fn clear(&self) {
        let mut kept = self.lock();
        self.room.change(kept.bytes, 0);
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
        self.find(&Matcher::new(), Page::default())
    }

    /// The requests that match.
    pub(crate) fn find(&self, matcher: &Matcher, page: Page) -> Recorded {
        let mut requests = Vec::new();
        let dropped = self.visit(matcher, page, |request| requests.push(Arc::new(request)));
        Recorded { requests, dropped }
    }

    /// Hands out the requests that match, one by one, and says how many were dropped before.
    pub(crate) fn visit(
        &self,
        matcher: &Matcher,
        page: Page,
        with: impl FnMut(ReceivedRequest),
    ) -> u64 {
        let (traces, dropped) = self.traces();
        traces
            .into_iter()
            .filter(|trace| trace.id > page.after)
            .map(|trace| self.show(&trace))
            .filter(|request| matcher.judge(request) == Answer::Yes)
            .take(page.limit.unwrap_or(usize::MAX))
            .for_each(with);
        dropped
    }

    /// How many requests match, and whether that is what was expected.
    pub(crate) fn count(&self, matcher: &Matcher, expected: Option<Expectation>) -> Count {
        let (traces, dropped) = self.traces();
        let (mut matching, mut undecided) = (0, 0);
        for trace in traces {
            match matcher.judge(&self.show(&trace)) {
                Answer::Yes => matching += 1,
                Answer::Unknown => undecided += 1,
                Answer::No => {}
            }
        }
        Count::new(matching, undecided, dropped, expected)
    }

    fn show(&self, trace: &Trace) -> ReceivedRequest {
        trace.show(&self.redactor, &self.problem_type_prefix)
    }

    fn traces(&self) -> (Vec<Arc<Trace>>, u64) {
        let kept = self.lock();
        let traces = kept.entries.iter().map(|(trace, _)| trace.clone());
        (traces.collect(), kept.dropped)
    }

    /// An entry weighs another amount than before; the oldest make room for it.
    fn reweigh(&self, kept: &mut Kept, before: u64, after: u64) {
        kept.bytes = kept.bytes - before + after;
        self.room.change(before, after);
        while kept.entries.len() > self.max_entries
            || kept.bytes > self.max_bytes
            || kept.bytes > OWN_SHARE && self.room.is_full()
        {
            let Some((_, weight)) = kept.entries.pop_front() else {
                return;
            };
            kept.bytes -= weight;
            self.room.change(weight, 0);
            kept.dropped += 1;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.clear();
    }
}
