//! Going through all attempts, some at a time: there may be many, and while they are looked at nobody else has the registry.

use std::ops::Range;

use jiff::Timestamp;

use super::{AttemptId, Registry, Stage, Status};

/// Attempts that are looked at at a time, those that are no longer there included.
pub(super) const LOOKED_AT: u64 = 1024;

impl Registry {
    /// Moves some of these attempts on to now, hands out the status of each, and leaves the others.
    pub(crate) fn settle_some(
        &mut self,
        ids: &mut Range<u64>,
        now: Timestamp,
        mut count: impl FnMut(Status),
    ) {
        for id in some(ids) {
            self.settle(id, now);
            if let Some(attempt) = self.known(id) {
                count(attempt.stage.status());
            }
        }
    }

    /// All attempts there are, to be moved on to now: the next that comes by need not do it.
    pub(crate) fn begin_sweep(&mut self, now: Timestamp) -> Range<u64> {
        self.swept(now);
        self.ids()
    }

    /// Moves some of these attempts on to now, and leaves the others. Whether there is work for one of them whose outcome is due by now,
    /// and not there yet.
    pub(crate) fn sweep_some(&mut self, ids: &mut Range<u64>, now: Timestamp) -> bool {
        let mode = self.settings.processing;
        some(ids)
            .filter(|id| {
                self.settle(*id, now);
                let stage = self.known(*id).map(|attempt| &attempt.stage);
                matches!(stage, Some(Stage::Processing(processing)) if processing.is_overdue(now, mode))
            })
            .count()
            > 0
    }

    /// Lets the outcome of those of these attempts that are processed show as soon as it is there, whatever the processing mode, and leaves
    /// the others. Returns how many releases that concerned.
    pub(crate) fn let_some_through(&mut self, ids: &mut Range<u64>, now: Timestamp) -> usize {
        let mode = self.settings.processing;
        let mut held = 0;
        for id in some(ids) {
            let Some(attempt) = self.known_mut(id) else {
                continue;
            };
            if let Stage::Processing(processing) = &mut attempt.stage {
                processing.let_through = true;
                held += 1;
                attempt.settle(now, mode);
            }
        }
        held
    }

    /// Moves an attempt on to now, and forgets it when it is past its retention.
    pub(super) fn settle(&mut self, id: AttemptId, now: Timestamp) {
        if self.attempt(id, now).is_none() {
            self.remove(id);
        }
    }
}

/// The first few of these attempts; the others are left.
fn some(ids: &mut Range<u64>) -> impl Iterator<Item = AttemptId> + use<> {
    let start = ids.start;
    ids.start = start.saturating_add(LOOKED_AT).min(ids.end);
    (start..ids.start).map(AttemptId)
}
