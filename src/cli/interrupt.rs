//! What happens when a run is interrupted.

use std::io::Write as _;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

use super::arguments::RunArguments;
use super::exit::Exit;
use super::github;
use super::run::{left_behind, style, write_log};
use super::signals::Signals;
use crate::outcome::{CaseOutcome, Verdict};
use crate::plan::{Decision, Planned};
use crate::report::{self, Closing, Ink, Interruption, Run, Running, Style};
use crate::run::{Outcomes, RunContext, not_run};

/// In which the line of a case that has just ended gets to stdout.
const SETTLE: Duration = Duration::from_millis(50);
/// For which a reader of stdout is waited for that does not read.
const PATIENCE: Duration = Duration::from_millis(500);

/// On Ctrl-C or SIGTERM: the reports with what is known so far, then exit 130. A second one ends at once.
#[derive(Clone)]
pub(super) struct Interrupt {
    phase: Arc<Mutex<Phase>>,
    arguments: Arc<RunArguments>,
    wrapped: bool,
    /// The outcomes so far.
    pub outcomes: Outcomes,
    /// The cases that are under way.
    pub running: Running,
    style: Style,
}

/// How far the run is.
enum Phase {
    /// It is not known yet what will be judged.
    Beginning,
    /// Cases are to come.
    Judging(Box<Known>),
    /// What it came to is being told.
    Over,
    /// It was interrupted; whoever carries it out waits for the end.
    Interrupted,
}

/// What there is to tell of a run before it has ended.
pub(super) struct Known {
    /// What it is about.
    pub run: Run,
    /// The cases that it is to judge.
    pub to_judge: Vec<String>,
    /// Those of which it is known that they are skipped.
    pub skipped: Vec<CaseOutcome>,
    /// Counts the names that it leaves behind; none where it leaves none.
    pub context: Option<RunContext>,
}

impl Known {
    /// While it is found out what the registry is.
    pub(super) fn before_the_first_case(run: &Run, to_judge: Vec<String>) -> Self {
        Self {
            run: run.clone(),
            to_judge,
            skipped: Vec::new(),
            context: None,
        }
    }

    /// By a plan.
    pub(super) fn of(run: &Run, plan: &[Planned<'_>], context: &RunContext) -> Self {
        let mut this = Self {
            context: Some(context.clone()),
            ..Self::before_the_first_case(run, Vec::new())
        };
        for planned in plan {
            match &planned.decision {
                Decision::Run => this.to_judge.push(planned.case.id.clone()),
                Decision::Skip { missing, reason } => {
                    let skip = not_run(planned.case, Verdict::Skip, reason, Some(missing));
                    this.skipped.push(skip);
                }
                Decision::Ignored => {}
            }
        }
        this
    }
}

impl Interrupt {
    pub(super) fn watch(
        runtime: &tokio::runtime::Runtime,
        arguments: &RunArguments,
        wrapped: bool,
    ) -> Self {
        let this = Self {
            phase: Arc::new(Mutex::new(Phase::Beginning)),
            arguments: Arc::new(arguments.clone()),
            wrapped,
            outcomes: Outcomes::default(),
            running: Running::default(),
            style: style(arguments),
        };
        let noting = this.clone();
        if this.style.is_terminal && !arguments.quiet && !arguments.list {
            runtime.spawn(async move { noting.note_long_cases().await });
        }
        let watched = this.clone();
        runtime.spawn(async move {
            let mut signals = Signals::new();
            signals.next().await;
            // Beside the runtime: a reader of stdout or of a report that does not read must not keep the second one from being seen.
            std::thread::spawn(move || watched.interrupt());
            signals.next().await;
            end();
        });
        this
    }

    /// What stands where a report was to be written is of another run, and would be taken for that of this one.
    fn remove_earlier_reports(&self) {
        let paths = self
            .arguments
            .reports
            .iter()
            .filter_map(|report| report.path.as_ref());
        for path in paths.filter(|path| path.is_file()) {
            match std::fs::remove_file(path) {
                Ok(()) => eprintln!("removed {}, which an earlier run wrote", path.display()),
                Err(error) => eprintln!("error: failed to remove {}: {error}", path.display()),
            }
        }
    }

    /// From now on there is this to report.
    pub(super) fn knows(&self, known: Known) {
        self.proceed(Phase::Judging(Box::new(known)));
    }

    /// From now on there is nothing to report that is not being told.
    pub(super) fn over(&self) {
        self.proceed(Phase::Over);
    }

    /// Does not come back when the run was interrupted: then it is told elsewhere, and the program ends there.
    fn proceed(&self, next: Phase) {
        let mut phase = self.phase();
        if matches!(*phase, Phase::Interrupted) {
            drop(phase);
            loop {
                std::thread::park();
            }
        }
        *phase = next;
    }

    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn note_long_cases(&self) {
        let mut ticks = tokio::time::interval(Duration::from_secs(1));
        loop {
            ticks.tick().await;
            for note in self.running.notes(Instant::now()) {
                self.style
                    .print(&format!("{}\n", self.style.paint(Ink::Faint, &note)));
            }
        }
    }

    fn interrupt(&self) {
        let phase = {
            let mut phase = self.phase();
            if matches!(*phase, Phase::Over) {
                drop(phase);
                eprintln!("\nthe results are being written; once more ends it at once");
                return;
            }
            std::mem::replace(&mut *phase, Phase::Interrupted)
        };
        let told = std::panic::catch_unwind(AssertUnwindSafe(|| {
            if let Phase::Judging(known) = phase {
                self.tell(*known);
            } else {
                eprintln!("\ninterrupted before the first case");
                self.remove_earlier_reports();
            }
        }));
        if told.is_err() {
            eprintln!("error: failed to tell what is known so far");
        }
        end();
    }

    fn tell(&self, known: Known) {
        let Known {
            mut run,
            to_judge,
            skipped,
            context,
        } = known;
        let under_way = self.running.seal();
        run.duration = run.started.elapsed().unwrap_or_default();
        for outcome in skipped {
            self.outcomes.push(outcome);
        }
        let mut outcomes = self.outcomes.sorted();
        outcomes.dedup_by(|left, right| left.id == right.id);
        let mut not_judged: Vec<String> = to_judge
            .into_iter()
            .filter(|id| {
                outcomes
                    .binary_search_by(|outcome| outcome.id.cmp(id))
                    .is_err()
            })
            .collect();
        not_judged.sort_unstable();
        run.interrupted = Some(Interruption { not_judged });
        let arguments = &self.arguments;
        let is_report_on_stdout = arguments.reports.iter().any(|report| report.path.is_none());
        if !is_report_on_stdout {
            silence_cases();
        }
        eprintln!("\ninterrupted; this is what is known so far");
        if let Err(error) = report::write_all(&arguments.reports, &run, &outcomes, arguments.strict)
        {
            eprintln!("error: {error}");
        }
        if let Some(path) = &arguments.logfile {
            write_log(path, &outcomes);
        }
        if !self.wrapped {
            github::tell(&run, &outcomes, arguments.strict);
        }
        let closing = Closing {
            strict: arguments.strict,
            left_behind: context.as_ref().map_or(0, left_behind),
            under_way,
            ..Closing::new(&run, &outcomes)
        };
        self.style.print(&closing.text(&self.style));
    }
}

/// Ends the program, and with it every client that it has started.
fn end() -> ! {
    crate::run::kill_clients();
    std::process::exit(i32::from(Exit::Interrupted.code()))
}

/// From now on no case writes to stdout, and what had been begun there stands there.
fn silence_cases() {
    let (held, is_held) = mpsc::channel();
    std::thread::spawn(move || {
        std::thread::sleep(SETTLE);
        let mut stdout = std::io::stdout().lock();
        let _ = stdout.flush();
        let _ = held.send(());
        loop {
            std::thread::park();
        }
    });
    let _ = is_held.recv_timeout(PATIENCE);
}
