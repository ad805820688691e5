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
    glimpse::Glimpse,
    segments::{Place, Segments},
    trace::{Outcome, Trace},
};

/// Requests that are looked at at a time, and bytes of them: what is in them may have to be read, redacted and written.
const AT_A_TIME: usize = 32;
const BYTES_AT_A_TIME: u64 = 64 << 10;

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

#[derive(Debug, Default)]
struct Kept {
    /// Their ids follow each other without a gap.
    entries: VecDeque<Entry>,
    segments: Segments,
    next_id: u64,
    bytes: u64,
    dropped: u64,
}

#[derive(Debug)]
struct Entry {
    /// Without its parts when they are packed.
    trace: Trace,
    packed: Option<Parts>,
    weight: u64,
}

/// Where the parts of a trace are, and how long each of them is.
#[derive(Debug)]
struct Parts {
    place: Place,
    lengths: [usize; Trace::PARTS],
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

/// A way through the requests of a journal, some at a time: those that ask for them all should neither keep others from being entered
/// nor what was dropped meanwhile in memory.
#[derive(Debug)]
pub(crate) struct Visit {
    /// The last that was looked at.
    after: u64,
    /// The first that is none of those any more.
    until: u64,
    /// How many may still match.
    left: usize,
}

/// Requests that were counted so far.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    matching: u64,
    undecided: u64,
}

impl Visit {
    fn goes_on(&self) -> bool {
        self.left > 0 && self.after.saturating_add(1) < self.until
    }
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
                next_id: 1,
                ..Kept::default()
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
        let entry = (!self.keeps_nothing()).then(|| Entry::new(arrived()));
        let mut kept = self.lock();
        let id = kept.next_id;
        kept.next_id += 1;
        match entry {
            None => kept.dropped += 1,
            Some(mut entry) => {
                entry.trace.id = id;
                let weight = entry.weight;
                if kept.entries.len() == kept.entries.capacity() {
                    // Twice as much as before, and no more than there will be.
                    let more = kept.entries.len().max(16);
                    let most = self.max_entries.saturating_add(1) - kept.entries.len();
                    kept.entries.reserve_exact(more.min(most).max(1));
                }
                kept.entries.push_back(entry);
                self.reweigh(&mut kept, 0, weight);
            }
        }
        id
    }

    /// Says what became of a request, if that is new, and whether nothing more will; does nothing if it was dropped or cleared.
    pub(super) fn conclude(&self, id: u64, outcome: Option<Outcome>, is_over: bool) {
        let mut kept = self.lock();
        let Kept {
            entries, segments, ..
        } = &mut *kept;
        let Some(first) = entries.front().map(|entry| entry.trace.id) else {
            return;
        };
        let position = id
            .checked_sub(first)
            .and_then(|position| usize::try_from(position).ok());
        let Some(entry) = position.and_then(|position| entries.get_mut(position)) else {
            return;
        };
        if let Some(outcome) = outcome {
            entry.trace.outcome = outcome;
        }
        let before = entry.weight;
        entry.weight = weight(&entry.trace);
        let after = entry.weight;
        if is_over {
            entry.pack(segments);
        }
        self.reweigh(&mut kept, before, after);
    }

    /// Forgets all requests, and how many were dropped. Ids go on.
    pub(crate) fn clear(&self) {
        let mut kept = self.lock();
        self.room.change(kept.bytes, 0);
        let forgotten = (
            std::mem::take(&mut kept.entries),
            std::mem::take(&mut kept.segments),
        );
        kept.bytes = 0;
        kept.dropped = 0;
        drop(kept);
        // There may be many.
        drop(forgotten);
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
        let mut visit = self.visit(page);
        while self.find_some(matcher, &mut visit, |request| {
            requests.push(Arc::new(request));
        }) {}
        let (_, _, dropped) = self.size();
        Recorded { requests, dropped }
    }

    /// A way through the requests that are here now.
    pub(crate) fn visit(&self, page: Page) -> Visit {
        Visit {
            after: page.after,
            until: self.lock().next_id,
            left: page.limit.unwrap_or(usize::MAX),
        }
    }

    /// Goes a part of the way, and hands out those that match; whether the way goes on.
    pub(crate) fn find_some(
        &self,
        matcher: &Matcher,
        visit: &mut Visit,
        mut with: impl FnMut(ReceivedRequest),
    ) -> bool {
        for trace in self.some(visit) {
            if visit.left == 0 {
                break;
            }
            if matcher.judge(&self.look_at(&trace)) == Answer::Yes {
                visit.left -= 1;
                with(trace.show(&self.redactor, &self.problem_type_prefix));
            }
        }
        visit.goes_on()
    }

    /// Counts some of the requests that match; whether the way goes on.
    pub(crate) fn count_some(
        &self,
        matcher: &Matcher,
        visit: &mut Visit,
        counted: &mut Counted,
    ) -> bool {
        for trace in self.some(visit) {
            match matcher.judge(&self.look_at(&trace)) {
                Answer::Yes => counted.matching += 1,
                Answer::Unknown => counted.undecided += 1,
                Answer::No => {}
            }
        }
        visit.goes_on()
    }

    /// What the requests that were counted come to.
    pub(crate) fn counted(&self, counted: &Counted, expected: Option<Expectation>) -> Count {
        let (_, _, dropped) = self.size();
        Count::new(counted.matching, counted.undecided, dropped, expected)
    }

    /// How many requests match, and whether that is what was expected.
    pub(crate) fn count(&self, matcher: &Matcher, expected: Option<Expectation>) -> Count {
        let mut counted = Counted::default();
        let mut visit = self.visit(Page::default());
        while self.count_some(matcher, &mut visit, &mut counted) {}
        self.counted(&counted, expected)
    }

    fn look_at<'t>(&'t self, trace: &'t Trace) -> Glimpse<'t> {
        Glimpse::new(trace, &self.redactor, &self.problem_type_prefix)
    }

    /// The next requests of the way.
    fn some(&self, visit: &mut Visit) -> Vec<Trace> {
        let kept = self.lock();
        let first = kept
            .entries
            .front()
            .map_or(visit.until, |entry| entry.trace.id);
        let begin = visit.after.saturating_add(1).max(first);
        let position = |id: u64| {
            let position = usize::try_from(id.saturating_sub(first)).unwrap_or(usize::MAX);
            position.min(kept.entries.len())
        };
        let (begin, end) = (position(begin), position(visit.until));
        let mut bytes = 0;
        let mut some = Vec::new();
        for entry in kept.entries.range(begin..end.max(begin)).take(AT_A_TIME) {
            bytes += entry.weight;
            if bytes > BYTES_AT_A_TIME && !some.is_empty() {
                break;
            }
            some.push(entry.whole(&kept.segments));
        }
        visit.after = match some.last() {
            Some(last) => last.id,
            // There is none any more.
            None => visit.until,
        };
        some
    }

    /// An entry weighs another amount than before; the oldest make room for it.
    fn reweigh(&self, kept: &mut Kept, before: u64, after: u64) {
        kept.bytes = kept.bytes - before + after;
        self.room.change(before, after);
        while kept.entries.len() > self.max_entries
            || kept.bytes > self.max_bytes
            || kept.bytes > OWN_SHARE && self.room.is_full()
        {
            let Some(entry) = kept.entries.pop_front() else {
                return;
            };
            kept.bytes -= entry.weight;
            self.room.change(entry.weight, 0);
            if let Some(parts) = entry.packed {
                kept.segments.remove(parts.place);
            }
            kept.dropped += 1;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bytes of memory that an entry takes, about.
fn weight(trace: &Trace) -> u64 {
    let parts: usize = trace.parts().iter().map(|part| part.len()).sum();
    (size_of::<Entry>() + parts) as u64
}

impl Entry {
    fn new(trace: Trace) -> Self {
        Self {
            weight: weight(&trace),
            trace,
            packed: None,
        }
    }

    /// Puts the parts with those of others.
    fn pack(&mut self, segments: &mut Segments) {
        if self.packed.is_some() {
            return;
        }
        let parts = self.trace.parts();
        self.packed = Some(Parts {
            place: segments.put(&parts),
            lengths: parts.map(<[u8]>::len),
        });
        self.trace.set_parts([&[]; Trace::PARTS]);
    }

    /// The trace with its parts.
    fn whole(&self, segments: &Segments) -> Trace {
        let mut trace = self.trace.clone();
        if let Some(Parts { place, lengths }) = &self.packed {
            let mut rest = segments.get(place);
            trace.set_parts(lengths.map(|length| {
                let (part, after) = rest.split_at_checked(length).unwrap_or_default();
                rest = after;
                part
            }));
        }
        trace
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.clear();
    }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use jiff::Timestamp;

    use super::*;
    use crate::journal::{ReceivedBy, Sender, packed::Packed};

    fn journal(texts: impl IntoIterator<Item = usize>) -> Journal {
        let room = Arc::new(JournalRoom::new(u64::MAX));
        let journal = Journal::new(1000, u64::MAX, room, Redactor::default(), String::new());
        for (number, length) in texts.into_iter().enumerate() {
            let text = vec![b'x'; length];
            let id = journal.add(|| Trace {
                id: 0,
                at: Timestamp::UNIX_EPOCH,
                elapsed_ms: 0.0,
                origin: ReceivedBy::Api,
                tls: false,
                method: Method::GET,
                operation: None,
                nearest: None,
                sender: Sender::Nobody,
                names_release: false,
                texts: Packed::new(|| [&text[..]].into_iter()),
                outcome: Outcome::default(),
            });
            // Some are still under way.
            journal.conclude(id, None, number % 3 > 0);
        }
        journal
    }

    #[test]
    fn no_more_is_looked_at_at_a_time_than_takes_a_moment() {
        let long = vec![40_000; 10];
        let short = vec![10; 100];
        let mixed = [10, 10, 500_000, 10, 10, 60_000, 60_000];
        for (texts, times) in [(long, 10), (short, 4), (mixed.to_vec(), 4), (Vec::new(), 1)] {
            let (count, journal) = (texts.len() as u64, journal(texts));
            let mut counted = Counted::default();
            let mut visit = journal.visit(Page::default());
            let mut steps = 1;
            while journal.count_some(&Matcher::new(), &mut visit, &mut counted) {
                steps += 1;
            }
            assert_eq!((counted.matching, steps), (count, times));
        }
    }
}
