//! Cases as libtest trials. Nothing else knows libtest-mimic.

use std::io::Write as _;
use std::num::NonZeroUsize;
use std::sync::Arc;

use futures::StreamExt;
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use tokio::runtime::Handle;

use super::console::shortened;
use super::explanation::explain;
use super::running::Running;
use crate::case::Case;
use crate::outcome::{CaseOutcome, Verdict};
use crate::plan::{Decision, Planned, Slow};
use crate::run::{Outcomes, RunContext, not_run, run_case};

pub use libtest_mimic::{ColorSetting, FormatSetting};

/// Characters of a reason that stands in the line of a case.
const REASON: usize = 200;

/// How trials are run and shown; the names are those of `cargo test`.
#[derive(Debug, Clone, Default)]
pub struct TrialOptions {
    /// Cases at the same time.
    pub threads: Option<NonZeroUsize>,
    /// When to colour.
    pub color: Option<ColorSetting>,
    /// `pretty`, `terse` or `json`.
    pub format: Option<FormatSetting>,
    /// One character a case.
    pub quiet: bool,
    /// Warnings are failures.
    pub strict: bool,
    /// The cases that are under way.
    pub running: Running,
}

fn arguments(options: &TrialOptions) -> Arguments {
    Arguments {
        // What is ignored was decided before: a trial is run or marked.
        include_ignored: false,
        test_threads: options.threads.map(NonZeroUsize::get),
        color: options.color,
        format: options.format,
        quiet: options.quiet,
        ..Arguments::default()
    }
}

/// Prints the names of cases in the form of `cargo test -- --list`, and sends nothing.
///
/// A reader that has seen enough (`| head`) ends it without complaint.
pub fn list(cases: &[(&Case, bool)], slow: Slow) {
    let mut stdout = std::io::stdout().lock();
    for (case, is_slow) in cases {
        if (slow != Slow::Only || *is_slow) && writeln!(stdout, "{}: test", case.id).is_err() {
            return;
        }
    }
}

/// Runs a plan in libtest's form on stdout.
pub fn run_trials(
    plan: &[Planned<'_>],
    context: &RunContext,
    outcomes: &Outcomes,
    handle: &Handle,
    options: &TrialOptions,
) {
    let strict = options.strict;
    let trials = plan
        .iter()
        .map(|planned| {
            let case = Arc::new(planned.case.clone());
            let decision = planned.decision.clone();
            let known_failure = planned.known_failure.clone();
            let (context, outcomes, handle) = (context.clone(), outcomes.clone(), handle.clone());
            let running = options.running.clone();
            let is_ignored = decision == Decision::Ignored;
            Trial::ignorable_test(case.id.clone(), move || {
                let under_way = running.enter(&case.id);
                // As a task it wakes no thread for each of its steps, but this one at its end.
                let task = handle.spawn(async move {
                    carry_out(&case, decision, known_failure.as_deref(), &context).await
                });
                let outcome = match handle.block_on(task) {
                    Ok(outcome) => outcome,
                    Err(failed) => match failed.try_into_panic() {
                        Ok(panic) => std::panic::resume_unwind(panic),
                        Err(_) => return Err(Failed::without_message()),
                    },
                };
                let completion = completion(&outcome, strict);
                outcomes.push(outcome);
                drop(under_way);
                completion
            })
            .with_ignored_flag(is_ignored)
        })
        .collect();
    // What the run came to is told by the outcomes.
    let _ = libtest_mimic::run(&arguments(options), trials);
}

/// Runs a plan with nothing on stdout, where a report goes there.
pub async fn run_without_output(
    plan: &[Planned<'_>],
    context: &RunContext,
    outcomes: &Outcomes,
    options: &TrialOptions,
) {
    let threads = options.threads.map_or(16, NonZeroUsize::get);
    futures::stream::iter(
        plan.iter()
            .filter(|planned| planned.decision != Decision::Ignored),
    )
    .for_each_concurrent(threads, |planned| async {
        let under_way = options.running.enter(&planned.case.id);
        let outcome = carry_out(
            planned.case,
            planned.decision.clone(),
            planned.known_failure.as_deref(),
            context,
        )
        .await;
        outcomes.push(outcome);
        drop(under_way);
    })
    .await;
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

fn completion(outcome: &CaseOutcome, strict: bool) -> Result<Completion, Failed> {
    match outcome.verdict {
        Verdict::Pass | Verdict::KnownFailure => Ok(Completion::Completed),
        Verdict::Warn if !strict => Ok(Completion::Completed),
        Verdict::Skip => Ok(Completion::ignored_with(shortened(
            outcome.reason.as_deref().unwrap_or("skipped"),
            REASON,
        ))),
        Verdict::Fail | Verdict::Warn | Verdict::Error | Verdict::UnexpectedPass => {
            Err(Failed::from(explain(outcome)))
        }
    }
}
