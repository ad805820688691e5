//! Whether the registry is still there, and still the one that the run began with.
//!
//! A registry that dies in the middle of a run breaks no rule of the profile. What it loses by that is not held against it: cases that
//! met the gap are errors, those that begin after it are judged as ever, and one that stays away ends the run soon.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};
use url::Url;

use super::context::RunContext;
use crate::wire::{Alive, Request};

/// Requests in a row without a whole answer within the deadline after which no more is asked: a run of thousands of cases would take
/// hours to say the same of each.
const STALLED: u32 = 64;
const STAYED_AWAY: &str = "the registry is gone and did not come back; the case was not run";
const STALLS: &str = "the registry gave no whole answer within the deadline to 64 requests in a row, and none to others between them; the case was not run";

/// The pauses between looks for a registry that is gone.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// What is known of the registry's presence; clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Presence {
    state: Arc<Mutex<State>>,
    /// Whoever holds it looks for the registry; the others wait for what comes of that.
    looking: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug, Default)]
struct State {
    /// When it was last known to be gone, or to have forgotten, on the clock of the client.
    gone_at: Option<Duration>,
    is_gone: bool,
    /// Why no more is asked of it, if that is so.
    given_up: Option<&'static str>,
    /// Requests in a row that took all their time without a whole answer.
    stalled: u32,
    /// What it showed to its owner before the first case, and has to know for as long as it lives.
    landmark: Option<Url>,
}

impl Presence {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It answered as a registry does, for better or worse.
    pub(super) fn note_answer(&self) {
        self.state().stalled = 0;
    }

    /// A request took all its time and got no whole answer.
    pub(super) fn note_stall(&self) {
        let mut state = self.state();
        state.stalled = state.stalled.saturating_add(1);
        if state.stalled >= STALLED {
            state.given_up.get_or_insert(STALLS);
        }
    }

    /// It could not be reached just now.
    pub(super) fn note_gone(&self, now: Duration) {
        let mut state = self.state();
        state.gone_at = Some(now);
        state.is_gone = true;
    }

    /// It could not be reached at that time, and is there again.
    pub(super) fn note_gap(&self, at: Duration) {
        let mut state = self.state();
        state.gone_at = state.gone_at.max(Some(at));
    }

    /// Whether it was gone at that time, or at any later one.
    pub(super) fn was_gone_since(&self, began: Duration) -> bool {
        self.state().gone_at.is_some_and(|at| at >= began)
    }

    /// Keeps the URL of what it knows, if it shows it: to tell later whether it has forgotten.
    pub(super) async fn find_landmark(&self, context: &RunContext, url: Url) {
        if shows(context, &url).await == Some(true) {
            self.state().landmark = Some(url);
        }
    }

    /// Waits for a registry that is gone, altogether no longer than one exchange may take; the error says why no more is asked of it.
    pub(super) async fn wait_for_return(&self, context: &RunContext) -> Result<(), &'static str> {
        {
            let state = self.state();
            if let Some(why) = state.given_up {
                return Err(why);
            }
            if !state.is_gone {
                return Ok(());
            }
        }
        let _looking = self.looking.lock().await;
        let until = Instant::now() + context.target.deadlines.exchange;
        let mut pause = FIRST_PAUSE;
        loop {
            {
                let state = self.state();
                if let Some(why) = state.given_up {
                    return Err(why);
                }
                if !state.is_gone {
                    return Ok(());
                }
            }
            let alive = context.client.alive(&context.target.registry);
            if timeout_at(until, alive).await == Ok(Alive::Answers) {
                let mut state = self.state();
                state.is_gone = false;
                state.gone_at = Some(context.client.elapsed());
            } else if Instant::now() + pause >= until {
                self.state().given_up = Some(STAYED_AWAY);
            } else {
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }

    /// Why what a case saw since it began says nothing about the rules: the registry was gone meanwhile, or has lost what it knew.
    pub(super) async fn disturbance(
        &self,
        context: &RunContext,
        began: Duration,
    ) -> Option<&'static str> {
        if self.was_gone_since(began) {
            return Some("the registry was gone for a while");
        }
        let landmark = self.state().landmark.clone()?;
        if shows(context, &landmark).await != Some(false) {
            return None;
        }
        // Cases that begin from here on meet one registry alone.
        let mut state = self.state();
        state.landmark = None;
        state.gone_at = Some(context.client.elapsed());
        Some("the registry has lost what it knew before the run")
    }
}

/// Whether the owner is shown something there; none where that can not be told.
async fn shows(context: &RunContext, url: &Url) -> Option<bool> {
    let mut request = Request::new("landmark", "GET", url.clone());
    if url.origin() == context.target.registry.origin() {
        request.credentials = context.target.credentials("owner");
    }
    match context.client.send(&request).await.status()? {
        200..400 => Some(true),
        404 | 410 => Some(false),
        _ => None,
    }
}
