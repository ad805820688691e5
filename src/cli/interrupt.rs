//! What happens when a run is interrupted.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::arguments::RunArguments;
use super::exit::Exit;
use super::github;
use super::run::style;
use crate::report::{self, Closing, Ink, ReportRequest, Run, Running, Style};
use crate::run::Outcomes;

/// On Ctrl-C or SIGTERM: the reports with what is known so far, then exit 130.
#[derive(Clone)]
pub(super) struct Interrupt {
    run: Arc<Mutex<Option<Run>>>,
    /// The outcomes so far.
    pub outcomes: Outcomes,
    /// The cases that are under way.
    pub running: Running,
    style: Style,
}

impl Interrupt {
    pub(super) fn watch(runtime: &tokio::runtime::Runtime, arguments: &RunArguments) -> Self {
        let this = Self {
            run: Arc::default(),
            outcomes: Outcomes::default(),
            running: Running::default(),
            style: style(arguments),
        };
        let noting = this.clone();
        if this.style.is_terminal && !arguments.quiet && !arguments.list {
            runtime.spawn(async move { noting.note_long_cases().await });
        }
        let (watched, reports, strict) =
            (this.clone(), arguments.reports.clone(), arguments.strict);
        runtime.spawn(async move {
            interrupted().await;
            watched.report(&reports, strict);
            // Not before the reports: a client that was killed has not failed.
            crate::run::kill_clients();
            std::process::exit(i32::from(Exit::Interrupted.code()));
        });
        this
    }

    /// From now on there is something to report.
    pub(super) fn knows(&self, run: &Run) {
        *self.run.lock().unwrap_or_else(PoisonError::into_inner) = Some(run.clone());
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

    fn report(&self, reports: &[ReportRequest], strict: bool) {
        let run = self
            .run
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let Some(mut run) = run else {
            eprintln!("\ninterrupted before the first case");
            return;
        };
        run.duration = run.started.elapsed().unwrap_or_default();
        let outcomes = self.outcomes.sorted();
        eprintln!("\ninterrupted; this is what is known so far");
        let closing = Closing {
            strict,
            under_way: self.running.all(),
            ..Closing::new(&run, &outcomes)
        };
        self.style.print(&closing.text(&self.style));
        github::tell(&run, &outcomes, strict);
        if let Err(error) = report::write_all(reports, &run, &outcomes, strict) {
            eprintln!("error: {error}");
        }
    }
}

#[cfg(unix)]
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};

    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn interrupted() {
    let _ = tokio::signal::ctrl_c().await;
}
