//! Cases side by side, so many at the same time. A lane goes on with its next case as soon as it has ended one, and waits for nobody who
//! tells what that came to.

use std::num::NonZeroUsize;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::FutureExt as _;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::board::Ticket;
use super::running::Running;
use crate::case::Case;
use crate::outcome::{CaseOutcome, Verdict};
use crate::plan::{Decision, Planned};
use crate::run::{Outcomes, RunContext, not_run, run_case};

/// One case, and who is told what it came to.
pub(super) struct Job<T: Send + 'static> {
    case: Case,
    decision: Decision,
    known_failure: Option<String>,
    ticket: Option<Ticket<T>>,
}

impl<T: Send + 'static> Job<T> {
    pub(super) fn new(planned: &Planned<'_>, ticket: Option<Ticket<T>>) -> Self {
        Self {
            case: planned.case.clone(),
            decision: planned.decision.clone(),
            known_failure: planned.known_failure.clone(),
            ticket,
        }
    }
}

/// What all lanes have in common.
pub(super) struct Lanes<T: Send + 'static, S> {
    pub(super) context: RunContext,
    pub(super) outcomes: Outcomes,
    pub(super) running: Running,
    /// What is told of an outcome.
    pub(super) sum: S,
    /// In the order in which they begin.
    pub(super) jobs: Mutex<std::vec::IntoIter<Job<T>>>,
}

impl<T: Send + 'static, S: Fn(&CaseOutcome) -> T + Send + Sync + 'static> Lanes<T, S> {
    /// Begins with the first jobs, so many at the same time. The lanes end when no job is left; after an interruption they do not.
    pub(super) fn begin(self, at_a_time: NonZeroUsize, handle: &Handle) -> Vec<JoinHandle<()>> {
        let lanes = Arc::new(self);
        (0..at_a_time.get().min(lanes.jobs().len()))
            .map(|_| handle.spawn(Arc::clone(&lanes).lane()))
            .collect()
    }

    async fn lane(self: Arc<Self>) {
        loop {
            let next = self.jobs().next();
            let Some(job) = next else { return };
            let under_way = self.running.enter(&job.case.id);
            // In a box, or each of its stages would be moved with all that it may come to hold.
            let run = Box::pin(async {
                let known_failure = job.known_failure.as_deref();
                let outcome =
                    carry_out(&job.case, job.decision, known_failure, &self.context).await;
                let sum = (self.sum)(&outcome);
                (outcome, sum)
            });
            let told = match AssertUnwindSafe(run).catch_unwind().await {
                Ok((outcome, sum)) => {
                    if !under_way.end(|| self.outcomes.push(outcome)) {
                        // The run was interrupted: nothing is to be told below what is known so far.
                        std::future::pending::<()>().await;
                    }
                    Ok(sum)
                }
                Err(panic) => Err(panic),
            };
            if let Some(ticket) = job.ticket {
                ticket.give(told);
            }
        }
    }

    fn jobs(&self) -> MutexGuard<'_, std::vec::IntoIter<Job<T>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn carry_out(
    case: &Case,
    decision: Decision,
    known_failure: Option<&str>,
    context: &RunContext,
) -> CaseOutcome {
    match decision {
        Decision::Skip { missing, reason } => not_run(case, Verdict::Skip, &reason, Some(&missing)),
        _ => run_case(context, case, known_failure).await,
    }
}
