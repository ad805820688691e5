//! How figures are taken and printed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Times of two things that were done in turn, so that what disturbs the machine disturbs both.
pub(crate) struct Duel {
    ours: Vec<Duration>,
    theirs: Vec<Duration>,
}

impl Duel {
    pub(crate) fn fight(rounds: usize, mut ours: impl FnMut(), mut theirs: impl FnMut()) -> Self {
        let mut duel = Self {
            ours: Vec::new(),
            theirs: Vec::new(),
        };
        for _ in 0..rounds {
            duel.theirs.push(timed(&mut theirs));
            duel.ours.push(timed(&mut ours));
        }
        duel
    }

    /// How fast ours is, theirs being 1: by the shortest times, and the median of the rounds.
    pub(crate) fn speed(&self) -> (f64, f64) {
        let ratio = |theirs: Duration, ours: Duration| theirs.as_secs_f64() / ours.as_secs_f64();
        let mut rounds: Vec<f64> = self
            .ours
            .iter()
            .zip(&self.theirs)
            .map(|(ours, theirs)| ratio(*theirs, *ours))
            .collect();
        rounds.sort_by(f64::total_cmp);
        let shortest = ratio(least(&self.theirs), least(&self.ours));
        (shortest, rounds[rounds.len() / 2])
    }

    pub(crate) fn shortest(&self) -> (Duration, Duration) {
        (least(&self.ours), least(&self.theirs))
    }
}

pub(crate) fn timed(mut work: impl FnMut()) -> Duration {
    let started = Instant::now();
    work();
    started.elapsed()
}

pub(crate) fn least(times: &[Duration]) -> Duration {
    times.iter().min().copied().unwrap_or_default()
}

/// One line: what, a figure, and what it is compared with.
pub(crate) fn row(what: &str, figure: &str, compared: &str) {
    println!("{what:48} {figure:>14}   {compared}");
}

/// Bounds that did not hold so far.
static MISSED: AtomicUsize = AtomicUsize::new(0);

/// Whether a bound holds, as the end of a line.
pub(crate) fn held(holds: bool) -> &'static str {
    if holds {
        return "";
    }
    MISSED.fetch_add(1, Ordering::Relaxed);
    "   NOT MET"
}

/// How many bounds did not hold.
pub(crate) fn missed() -> usize {
    MISSED.load(Ordering::Relaxed)
}
