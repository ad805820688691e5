//! Cases as libtest trials. Nothing else knows libtest-mimic.

use std::io::Write as _;
use std::num::NonZeroUsize;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::StreamExt;
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use tokio::runtime::Handle;

use super::console::shortened;
use super::explanation::{brief, explain};
use super::running::Running;
use crate::case::Case;
use crate::outcome::{CaseOutcome, Verdict};
use crate::plan::{Decision, Planned, Slow};
use crate::run::{Outcomes, RunContext, not_run, run_case};

pub use libtest_mimic::{ColorSetting, FormatSetting};

/// Characters of a reason that stands in the line of a case.
const REASON: usize = 200;
/// Octets of explanations on stdout, beyond which a failure is told in two lines.
const EXPLAINED: usize = 2 * 1024 * 1024;

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
    let explained = Arc::new(AtomicUsize::new(0));
    let trials = plan
        .iter()
        .map(|planned| {
            let case = Arc::new(planned.case.clone());
            let decision = planned.decision.clone();
            let known_failure = planned.known_failure.clone();
            let (context, outcomes, handle) = (context.clone(), outcomes.clone(), handle.clone());
            let (running, explained) = (options.running.clone(), Arc::clone(&explained));
            let is_ignored = decision == Decision::Ignored;
            Trial::ignorable_test(case.id.clone(), move || {
                let under_way = running.enter(&case.id);
                // As a task it wakes no thread for each of its steps, but this one at its end.
                // In a box, or each of its stages would be moved with all that it may come to hold.
                let task = handle.spawn(Box::pin(async move {
                    carry_out(&case, decision, known_failure.as_deref(), &context).await
                }));
                let outcome = match handle.block_on(task) {
                    Ok(outcome) => outcome,
                    Err(failed) => match failed.try_into_panic() {
                        Ok(panic) => std::panic::resume_unwind(panic),
                        Err(_) => return Err(Failed::without_message()),
                    },
                };
                let completion = completion(&outcome, strict, &explained);
                if !under_way.end(|| outcomes.push(outcome)) {
                    wait_for_the_end();
                }
                completion
            })
            .with_ignored_flag(is_ignored)
        })
        .collect();
    // What the run came to is told by the outcomes.
    let arguments = arguments(options);
    if without_stdout(|| drop(libtest_mimic::run(&arguments, trials))).is_err() {
        eprintln!("note: stdout takes no more; the cases run on without it");
        let rest = without_outcome(plan, outcomes);
        handle.block_on(run_without_output(&rest, context, outcomes, options));
    }
}

/// libtest-mimic panics when it can not write to stdout: the reader has seen enough (`| head`), or the disk is full. That
/// is no reason to lose a result, nor for a backtrace.
fn without_stdout(run: impl FnOnce()) -> std::thread::Result<()> {
    let previous = Arc::new(std::panic::take_hook());
    let (printing, others) = (std::thread::current().id(), Arc::clone(&previous));
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().id() != printing {
            others(panic);
        }
    }));
    let result = std::panic::catch_unwind(AssertUnwindSafe(run));
    std::panic::set_hook(Box::new(move |panic| previous(panic)));
    result
}

fn without_outcome<'a>(plan: &[Planned<'a>], outcomes: &Outcomes) -> Vec<Planned<'a>> {
    let known = outcomes.ids();
    plan.iter()
        .filter(|planned| !known.contains(&planned.case.id))
        .cloned()
        .collect()
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
        if !under_way.end(|| outcomes.push(outcome)) {
            std::future::pending::<()>().await;
        }
    })
    .await;
}

/// Of a case that has ended after the run was interrupted, nothing is to be printed below what is known so far.
fn wait_for_the_end() -> ! {
    loop {
        std::thread::park();
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

fn completion(
    outcome: &CaseOutcome,
    strict: bool,
    explained: &AtomicUsize,
) -> Result<Completion, Failed> {
    match outcome.verdict {
        Verdict::Pass | Verdict::KnownFailure => Ok(Completion::Completed),
        Verdict::Warn if !strict => Ok(Completion::Completed),
        Verdict::Skip => Ok(Completion::ignored_with(shortened(
            outcome.reason.as_deref().unwrap_or("skipped"),
            REASON,
        ))),
        Verdict::Fail | Verdict::Warn | Verdict::Error | Verdict::UnexpectedPass => {
            Err(Failed::from(explanation(outcome, explained)))
        }
    }
}

/// The explanation of a failure, as long as there are not too many.
fn explanation(outcome: &CaseOutcome, explained: &AtomicUsize) -> String {
    if explained.load(Ordering::Relaxed) > EXPLAINED {
        let brief = brief(outcome);
        return format!("{brief}(too many failures for more; --report html=PATH has it)\n");
    }
    let text = explain(outcome);
    explained.fetch_add(text.len(), Ordering::Relaxed);
    text
}
