//! `wait`: a read repeated until it is as expected.

use std::str::FromStr;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use super::case::CaseRun;
use super::performed::{Performed, StepError};
use super::release::State;
use crate::case::Step;
use crate::case::action::Wait;
use crate::check::{Subject, judge};
use crate::target::{DurationText, Operation};
use crate::wire::{WireError, retry_after};

/// However soon a registry wants to be asked again.
pub(super) const SHORTEST_PAUSE: Duration = Duration::from_millis(5);
const FIRST_PAUSE: Duration = Duration::from_millis(15);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);
/// What an announced end (expiry, retention) may be late by.
const GRACE: Duration = Duration::from_secs(5);

impl CaseRun<'_> {
    pub(super) async fn wait(
        &self,
        state: &State,
        step: &Step,
        spec: &Wait,
    ) -> Result<Performed, StepError> {
        if let Some(settled) = &spec.settled {
            return self.settle(state, step, settled.release.as_deref()).await;
        }
        let limit = self.within(spec.within.as_deref())?;
        let limit = match &spec.stays {
            Some(_) => limit
                .saturating_sub(Self::grace(spec.within.as_deref()))
                .mul_f64(0.9),
            None => limit,
        };
        let deadline = Instant::now() + limit;
        let mut pause = FIRST_PAUSE;
        loop {
            let performed = if let Some(read) = &spec.status {
                self.read(state, step, read, Operation::Status).await?
            } else if let Some(read) = &spec.get {
                self.read(state, step, read, Operation::Get).await?
            } else if let Some(request) = &spec.request {
                self.send_request(state, step, request).await?
            } else {
                return Err(StepError::Suite(
                    "wait needs one of status, get, request and settled".to_owned(),
                ));
            };
            let (exchange, _) = &performed.exchanges[0];
            let subject = Subject {
                exchange: Some(exchange),
                ..Subject::default()
            };
            let is_met = match (&spec.stays, &spec.until) {
                (Some(stays), _) => !judge(stays, &subject, &self.judging(), None).is_empty(),
                (None, Some(until)) => judge(until, &subject, &self.judging(), None).is_empty(),
                (None, None) => performed.succeeded(),
            };
            // A registry that is not there will not answer what is waited for.
            let is_gone = exchange
                .answer
                .as_ref()
                .is_err_and(WireError::no_connection);
            if is_met || is_gone || Instant::now() >= deadline {
                return Ok(performed);
            }
            let asked = exchange
                .answer
                .as_ref()
                .ok()
                .and_then(|answer| retry_after(answer, SystemTime::now()));
            let wait = asked.unwrap_or(pause);
            tokio::time::sleep(
                wait.max(SHORTEST_PAUSE)
                    .min(deadline.saturating_duration_since(Instant::now())),
            )
            .await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// What `within` adds to an announced end.
    fn grace(within: Option<&str>) -> Duration {
        match within {
            Some("expiry" | "retention") => GRACE,
            _ => Duration::ZERO,
        }
    }

    /// How long a `within` is.
    pub(super) fn within(&self, within: Option<&str>) -> Result<Duration, StepError> {
        let deadlines = &self.context.target.deadlines;
        Ok(match within.unwrap_or("processing") {
            "processing" => deadlines.processing,
            "source" => deadlines.source,
            "expiry" => deadlines.expiry.unwrap_or_default() + GRACE,
            "retention" => deadlines.retention.unwrap_or_default() + GRACE,
            other => DurationText::from_str(other).map_err(StepError::suite)?.0,
        })
    }
}
