//! Cases as libtest trials. Nothing else knows libtest-mimic.

use std::io::Write as _;
use std::num::NonZeroUsize;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures::future::join_all;
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use tokio::runtime::Handle;

use super::board::Board;
use super::console::shortened;
use super::explanation::{brief, explain};
use super::lanes::{Job, Lanes};
use super::running::Running;
use crate::case::Case;
use crate::outcome::{CaseOutcome, Verdict};
use crate::plan::{Decision, Planned, Slow};
use crate::run::{Outcomes, RunContext};

pub use libtest_mimic::{ColorSetting, FormatSetting};

/// Characters of a reason that stands in the line of a case.
const REASON: usize = 200;
/// Octets of explanations on stdout, beyond which a failure is told in two lines.
const EXPLAINED: usize = 2 * 1024 * 1024;

/// How trials are run and shown; the names are those of `cargo test`.
#[derive(Debug, Clone, Default)]
pub struct TrialOptions {
    /// Cases at the same time; 16 if none is said.
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

impl TrialOptions {
    fn at_a_time(&self) -> NonZeroUsize {
        const USUAL: NonZeroUsize = NonZeroUsize::new(16).expect("not zero");
        self.threads.unwrap_or(USUAL)
    }
}

fn arguments(options: &TrialOptions) -> Arguments {
    Arguments {
        // What is ignored was decided before: a trial is run or marked.
        include_ignored: false,
        test_threads: Some(options.at_a_time().get()),
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
    let is_run = |planned: &&Planned<'_>| planned.decision != Decision::Ignored;
    let (board, tickets) = Board::new(plan.iter().filter(is_run).count(), handle);
    let jobs = plan.iter().filter(is_run).zip(tickets);
    let jobs = jobs.map(|(planned, ticket)| Job::new(planned, Some(ticket)));
    let mut indices = 0..;
    let trials = plan
        .iter()
        .map(|planned| {
            let index = is_run(&planned).then(|| indices.next()).flatten();
            let board = Arc::clone(&board);
            Trial::ignorable_test(planned.case.id.clone(), move || match index {
                Some(index) => board
                    .wait(index)
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                None => Ok(Completion::Completed),
            })
            .with_ignored_flag(index.is_none())
        })
        .collect();
    let (strict, explained) = (options.strict, AtomicUsize::new(0));
    let sum = move |outcome: &CaseOutcome| completion(outcome, strict, &explained);
    let lanes =
        lanes(jobs.collect(), context, outcomes, options, sum).begin(options.at_a_time(), handle);
    // What the run came to is told by the outcomes.
    let arguments = arguments(options);
    if without_stdout(|| drop(libtest_mimic::run(&arguments, trials))).is_err() {
        eprintln!("note: stdout takes no more; the cases run on without it");
        handle.block_on(join_all(lanes));
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

/// Runs a plan with nothing on stdout, where a report goes there.
pub fn run_without_output(
    plan: &[Planned<'_>],
    context: &RunContext,
    outcomes: &Outcomes,
    handle: &Handle,
    options: &TrialOptions,
) {
    let jobs = plan
        .iter()
        .filter(|planned| planned.decision != Decision::Ignored)
        .map(|planned| Job::new(planned, None))
        .collect();
    let lanes = lanes(jobs, context, outcomes, options, |_: &CaseOutcome| ());
    handle.block_on(join_all(lanes.begin(options.at_a_time(), handle)));
}

fn lanes<T: Send + 'static, S>(
    jobs: Vec<Job<T>>,
    context: &RunContext,
    outcomes: &Outcomes,
    options: &TrialOptions,
    sum: S,
) -> Lanes<T, S> {
    Lanes {
        context: context.clone(),
        outcomes: outcomes.clone(),
        running: options.running.clone(),
        sum,
        jobs: Mutex::new(jobs.into_iter()),
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
