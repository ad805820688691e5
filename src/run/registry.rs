//! Carrying out one case of a plan, within its time, and with what is known of its failure.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::case::{CaseRun, Flow, Journal};
use super::context::RunContext;
use super::verdict::conclude;
use crate::case::Case;
use crate::outcome::{CaseOutcome, Verdict};

/// The outcomes of a run as they come in; shared with whoever writes reports when the run is interrupted.
#[derive(Debug, Clone, Default)]
pub struct Outcomes(Arc<Mutex<Vec<CaseOutcome>>>);

impl Outcomes {
    /// Adds one.
    pub fn push(&self, outcome: CaseOutcome) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(outcome);
    }

    /// All so far, in order of their ids.
    pub fn sorted(&self) -> Vec<CaseOutcome> {
        in_order(
            self.0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
        )
    }

    /// As [`Outcomes::sorted`], of a run that has come to its end: none is left.
    pub fn take(&self) -> Vec<CaseOutcome> {
        in_order(std::mem::take(
            &mut self.0.lock().unwrap_or_else(PoisonError::into_inner),
        ))
    }

    /// The cases that have come to something.
    pub fn ids(&self) -> HashSet<String> {
        let outcomes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        outcomes.iter().map(|outcome| outcome.id.clone()).collect()
    }
}

fn in_order(mut outcomes: Vec<CaseOutcome>) -> Vec<CaseOutcome> {
    outcomes.sort_by(|left, right| left.id.cmp(&right.id));
    outcomes
}

/// Runs a case; whatever the registry does, it ends.
pub async fn run_case(
    context: &RunContext,
    case: &Case,
    known_failure: Option<&str>,
) -> CaseOutcome {
    let case = &case.opened();
    let context = &context.for_case();
    // Contents that grow with the target's limit would need a multiple of it, were several such cases under way.
    let _turn = if case.has_large_content(context.target.limits.content) {
        Some(context.turn_of_large_content().await)
    } else {
        None
    };
    let start = Instant::now();
    let opened = match &context.client_suite {
        Some(suite) => suite
            .open(context, case)
            .await
            .map(|(context, session)| (context, Some(session))),
        None => Ok((context.clone(), None)),
    };
    let (context, session) = match &opened {
        Ok((context, session)) => (context, session.as_ref()),
        Err(error) => {
            return conclude(
                case,
                Vec::new(),
                &Flow::Error(error.clone()),
                start.elapsed(),
            );
        }
    };
    if session.is_none()
        && let Err(reason) = context.presence.wait_for_return(context).await
    {
        let flow = Flow::Error(reason.to_owned());
        return conclude(case, Vec::new(), &flow, start.elapsed());
    }
    let limit = deadline(context, case);
    let outcome = match CaseRun::prepare(context, case) {
        Ok(run) => {
            let (journal, flow) = within(limit, &run).await;
            let mut outcome = conclude(case, journal.steps, &flow, start.elapsed());
            if session.is_none() {
                excuse(context, &mut outcome, run.began).await;
            }
            outcome.reason = outcome.reason.map(|reason| run.redactor.text(&reason));
            context.room.admit(&mut outcome);
            outcome
        }
        Err(error) => conclude(case, Vec::new(), &Flow::Error(error), start.elapsed()),
    };
    if let Some(session) = session {
        session.close().await;
    }
    match known_failure {
        Some(reason) => judge_known(outcome, reason),
        None => outcome,
    }
}

/// What it came to in that time, with the steps that were carried out.
async fn within(limit: Duration, run: &CaseRun<'_>) -> (Journal, Flow) {
    let mut journal = Journal {
        steps: Vec::with_capacity(run.case.raw_steps.len()),
    };
    let ended = tokio::time::timeout(limit, run.run(&mut journal)).await;
    let flow =
        ended.unwrap_or_else(|_| Flow::Error(format!("the case did not end within {limit:?}")));
    (journal, flow)
}

/// Long enough for every exchange and wait of the case to use its own deadline, and yet an end.
fn deadline(context: &RunContext, case: &Case) -> Duration {
    let deadlines = &context.target.deadlines;
    let steps = u32::try_from(case.raw_steps.len())
        .unwrap_or(u32::MAX)
        .clamp(1, 100);
    deadlines
        .exchange
        .saturating_mul(steps)
        .saturating_add(deadlines.processing.saturating_mul(4))
        .saturating_add(deadlines.source.saturating_mul(4))
        .saturating_add(deadlines.expiry.unwrap_or_default().saturating_mul(2))
        .saturating_add(deadlines.retention.unwrap_or_default().saturating_mul(2))
        .saturating_add(client_time(context, case))
        .saturating_add(Duration::from_secs(10))
}

/// What the commands of a case about a client may take.
fn client_time(context: &RunContext, case: &Case) -> Duration {
    let Some(suite) = &context.client_suite else {
        return Duration::ZERO;
    };
    let of_step = |step: &crate::case::Step| {
        let details = step.client.as_ref().map(|client| client.details());
        details.map(|details| super::client::limit(&details, suite))
    };
    case.steps().iter().filter_map(of_step).sum()
}

/// What a case saw of a registry that was gone meanwhile says nothing about the rules.
async fn excuse(context: &RunContext, outcome: &mut CaseOutcome, began: Duration) {
    match outcome.verdict {
        Verdict::Fail | Verdict::Warn => {
            if let Some(why) = context.presence.disturbance(context, began).await {
                let seen = outcome.reason.take().unwrap_or_default();
                outcome.reason = Some(format!("{why}: {seen}"));
                outcome.failed_requirements.clear();
                outcome.verdict = Verdict::Error;
            }
        }
        Verdict::Error if context.presence.was_gone_since(began) => {
            outcome.failed_requirements.clear();
        }
        _ => {}
    }
}

fn judge_known(mut outcome: CaseOutcome, reason: &str) -> CaseOutcome {
    match outcome.verdict {
        Verdict::Fail | Verdict::Warn => {
            let was = outcome.reason.take().unwrap_or_default();
            outcome.reason = Some(format!("known failure ({reason}): {was}"));
            outcome.verdict = Verdict::KnownFailure;
        }
        Verdict::Pass => {
            outcome.reason = Some(format!(
                "passes, though it is listed as a known failure ({reason}); remove the entry"
            ));
            outcome.verdict = Verdict::UnexpectedPass;
        }
        _ => {}
    }
    outcome
}

/// The outcome of a case that could not run: a skip, or `fail` since this is no registry, or `error` since there is none.
pub fn not_run(
    case: &Case,
    verdict: Verdict,
    reason: &str,
    missing_capability: Option<&str>,
) -> CaseOutcome {
    let mut requirements = case.requirements.clone();
    let case = case.opened();
    let mut failed_requirements = Vec::new();
    if verdict == Verdict::Fail {
        // The create, on which every case depends.
        failed_requirements.push("CRE-1".to_owned());
        if !requirements.iter().any(|rule| rule == "CRE-1") {
            requirements.push("CRE-1".to_owned());
        }
    }
    CaseOutcome {
        id: case.id.clone(),
        file: case.path().display().to_string(),
        summary: case.file.summary.clone(),
        level: case.level,
        requirements,
        failed_requirements,
        verdict,
        reason: Some(reason.to_owned()),
        missing_capability: missing_capability.map(str::to_owned),
        duration: Duration::ZERO,
        steps: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use super::{CaseRun, Flow, RunContext, within};
    use crate::case;
    use crate::target::Target;

    /// The first step needs nobody, and the second one somebody who never answers.
    const CASE: &str = "summary: x
given: {content: {component: seeded}}
hosts: {slow: {hold: {then: {serve: content}}}}
steps:
  - host: {host: slow, release: true}
  - create:
    expect: {rule: CRE-1, status: 201}
";

    #[tokio::test]
    async fn a_case_that_runs_out_of_time_keeps_its_steps() {
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let url = format!("http://{}/", silent.local_addr().expect("an address"));
        let target = Target::with_defaults(url.parse().expect("a URL"));
        let context = RunContext::new(target, 1).await.expect("a context");
        let cases = case::parse(Path::new("x.yaml"), "x", CASE).expect("a case");
        let run = CaseRun::prepare(&context, &cases[0]).expect("contents and hosts");
        let (journal, flow) = within(Duration::ZERO, &run).await;
        assert!(matches!(flow, Flow::Error(_)), "{flow:?}");
        let names: Vec<&str> = journal
            .steps
            .iter()
            .map(|step| step.name.as_str())
            .collect();
        assert_eq!(names, ["host"]);
    }
}
