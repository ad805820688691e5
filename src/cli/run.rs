//! `run`: the suite against a registry.

use std::num::NonZero;
use std::time::{Duration, Instant, SystemTime};

use serde_json::json;

use super::arguments::{Color, Format, RunArguments};
use super::embedded::{Embedded, EmbeddedOptions};
use super::exit::{CliError, Exit};
use super::github;
use super::interrupt::{Interrupt, Known};
use super::load::{self, Judged};
use super::unmatched;
use crate::case::Case;
use crate::check::schema;
use crate::known_failures::KnownFailures;
use crate::outcome::{CaseOutcome, Verdict};
use crate::plan::{Decision, Planned, Selection, Slow, plan};
use crate::report::{
    self, Closing, ColorSetting, FormatSetting, Invocation, Run, Style, Summary, TrialOptions,
};
use crate::run::{NotARegistry, Outcomes, RunContext, not_run, preflight};
use crate::suggest;
use crate::wire::read_system_trust;

/// Words that are subcommands, or will be.
const SUBCOMMANDS: &[&str] = &[
    "run",
    "client",
    "init",
    "doctor",
    "keys",
    "coverage",
    "cases",
    "compare",
    "mock",
    "completions",
    "man",
    "help",
];

/// Runs the suite.
pub(super) fn run(arguments: &RunArguments, wrapped: bool) -> Result<Exit, CliError> {
    check_usage(arguments, wrapped)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers())
        .enable_all()
        .build()
        .map_err(CliError::unreachable)?;
    let interrupt = Interrupt::watch(&runtime, arguments, wrapped);
    if !arguments.list {
        // Beside the cases, on another core.
        read_system_trust();
    }
    let cases = load::cases_of(arguments, Judged::Registry)?;
    if !arguments.list {
        // Not before: where there are two cores, what the system trusts takes longest, and waits for nobody.
        schema::compile_ahead();
    }
    let selection = load::selection(arguments);
    let known_failures = load::known_failures(arguments, &cases)?;
    unmatched::warn(arguments, &cases, Judged::Registry);
    if arguments.list {
        list(&cases, &selection);
        return Ok(Exit::Conforms);
    }
    let target = load::target(arguments)?;
    if !cases.iter().any(|case| selection.selects(&case.id)) {
        return Ok(unmatched::nothing_matches(
            arguments,
            &cases,
            Judged::Registry,
            wrapped,
        ));
    }
    let seed = arguments
        .seed
        .unwrap_or_else(|| u64::from(rand::random::<u32>()));
    let (context, embedded) = runtime.block_on(async {
        match target {
            Some(target) => RunContext::new(target, seed)
                .await
                .map(|context| (context, None))
                .map_err(CliError::usage),
            None => Embedded::start(EmbeddedOptions::usual(seed))
                .await
                .map(|(context, embedded)| (context, Some(embedded))),
        }
    })?;
    let started = SystemTime::now();
    let clock = Instant::now();
    let mut run = Run {
        seed,
        target: context.target.redacted_json(),
        declared: context.target.capabilities.to_json(),
        seen: json!({}),
        started,
        duration: Duration::ZERO,
        invocation: Invocation {
            is_bundled: embedded.is_some(),
            ..invocation(arguments)
        },
        interrupted: None,
    };
    let to_judge = || to_judge(&cases, &selection);
    interrupt.knows(Known::before_the_first_case(&run, to_judge()));
    let name = match &embedded {
        Some(_) => format!("{} (the bundled mock)", context.target.registry),
        None => context.target.registry.to_string(),
    };
    let found = runtime.block_on(preflight(&context));
    if let Ok(found) = &found {
        run.seen = found.seen.clone();
    }
    interrupt.knows(Known::before_the_first_case(&run, to_judge()));
    let style = style(arguments);
    style.print(&report::banner(&run, &name, &style));
    let context = match found {
        Ok(found) => context.with_capabilities(found.capabilities),
        Err(error) => {
            run.duration = clock.elapsed();
            interrupt.over();
            return no_registry(&error, arguments, &run, &cases, &selection);
        }
    };
    let suite = Suite {
        arguments,
        wrapped,
        cases: &cases,
        selection: &selection,
        known_failures: &known_failures,
        context,
        run,
        clock,
        runtime,
        interrupt,
    };
    let exit = suite.carry_out();
    drop(embedded);
    exit
}

/// Threads of the runtime: while one hashes a large content, cases with deadlines go on.
fn workers() -> usize {
    std::thread::available_parallelism()
        .map_or(1, NonZero::get)
        .max(4)
}

/// A run of which everything is known but what it comes to.
pub(super) struct Suite<'a> {
    pub arguments: &'a RunArguments,
    pub wrapped: bool,
    pub cases: &'a [Case],
    pub selection: &'a Selection,
    pub known_failures: &'a KnownFailures,
    pub context: RunContext,
    pub run: Run,
    pub clock: Instant,
    pub runtime: tokio::runtime::Runtime,
    pub interrupt: Interrupt,
}

impl Suite<'_> {
    /// Runs the cases, writes the reports, and says how it went.
    pub(super) fn carry_out(mut self) -> Result<Exit, CliError> {
        let arguments = self.arguments;
        let planned = plan(
            self.cases,
            &self.context.target,
            &self.context.capabilities,
            self.context.hosting(),
            self.selection,
            self.known_failures,
        );
        let outcomes = self.interrupt.outcomes.clone();
        self.interrupt
            .knows(Known::of(&self.run, &planned, &self.context));
        let options = TrialOptions {
            running: self.interrupt.running.clone(),
            ..options(arguments)
        };
        carry_out(
            &planned,
            &self.context,
            &outcomes,
            &self.runtime,
            arguments,
            &options,
        );
        self.interrupt.over();
        self.run.duration = self.clock.elapsed();
        note_lost(&planned, &outcomes);
        let outcomes = outcomes.take();
        let cancels = self.context.capabilities.is("cancel");
        let slow = planned
            .iter()
            .filter(|planned| planned.decision == Decision::Ignored)
            .count();
        let closing = Closing {
            run: &self.run,
            outcomes: &outcomes,
            strict: arguments.strict,
            left_behind: left_behind(&self.context),
            cancels,
            slow,
            under_way: Vec::new(),
        };
        // What a person reads last is the sum of it all.
        let reports = report::write_all(&arguments.reports, &self.run, &outcomes, arguments.strict);
        if let Some(path) = &arguments.logfile {
            write_log(path, &outcomes);
        }
        if !self.wrapped {
            github::tell(&self.run, &outcomes, arguments.strict);
        }
        let style = style(arguments);
        style.print(&closing.text(&style));
        self.runtime.shutdown_background();
        let exit = exit(&outcomes, arguments, self.wrapped);
        // The program ends, and would take apart tens of thousands of texts before.
        std::mem::forget(outcomes);
        reports.map_err(CliError::unreachable)?;
        Ok(exit)
    }
}

/// Names that stay in the registry. What a client leaves behind is in sessions that are gone.
pub(super) fn left_behind(context: &RunContext) -> usize {
    match &context.client_suite {
        Some(_) => 0,
        None => context.created(),
    }
}

/// The cases that will run, as far as this is known before anything is sent.
fn to_judge(cases: &[Case], selection: &Selection) -> Vec<String> {
    cases
        .iter()
        .filter(|case| selection.selects(&case.id))
        .filter(|case| match selection.slow {
            Slow::Ignored => !case.is_slow(),
            Slow::Only => case.is_slow(),
            Slow::Included => true,
        })
        .map(|case| case.id.clone())
        .collect()
}

/// Nothing that a case could run against: one message, and reports in which no case passes.
fn no_registry(
    error: &NotARegistry,
    arguments: &RunArguments,
    run: &Run,
    cases: &[Case],
    selection: &Selection,
) -> Result<Exit, CliError> {
    eprintln!("error: {}", report::safe(&error.to_string()));
    let (verdict, exit) = match error {
        NotARegistry::Unreachable { .. } | NotARegistry::Busy { .. } => {
            (Verdict::Error, Exit::Unreachable)
        }
        NotARegistry::OtherServer { .. } => (Verdict::Fail, Exit::DoesNotConform),
    };
    let reason = error.to_string();
    let reason = reason.lines().next().unwrap_or_default();
    let mut outcomes: Vec<CaseOutcome> = cases
        .iter()
        .filter(|case| selection.selects(&case.id))
        .map(|case| not_run(case, verdict, reason, None))
        .collect();
    outcomes.sort_by(|left, right| left.id.cmp(&right.id));
    eprintln!("0 of {} cases passed: none could run", outcomes.len());
    github::tell(run, &outcomes, arguments.strict);
    report::write_all(&arguments.reports, run, &outcomes, arguments.strict)
        .map_err(CliError::unreachable)?;
    Ok(exit)
}

pub(super) fn check_usage(arguments: &RunArguments, wrapped: bool) -> Result<(), CliError> {
    let to_stdout = arguments
        .reports
        .iter()
        .filter(|report| report.path.is_none())
        .count();
    if to_stdout > 1 {
        return Err(CliError::message(
            "failed to write several reports to stdout: one `-` at most",
        ));
    }
    for (index, report) in arguments.reports.iter().enumerate() {
        let is_same =
            |other: &report::ReportRequest| other.path.is_some() && other.path == report.path;
        if arguments.reports[..index].iter().any(is_same)
            && let Some(path) = &report.path
        {
            return Err(CliError::message(format!(
                "failed to write two reports to {}: each needs a file of its own",
                path.display()
            )));
        }
        report.check().map_err(CliError::usage)?;
    }
    if let [word] = arguments.filters.as_slice()
        && !wrapped
        && !arguments.exact
    {
        if SUBCOMMANDS.contains(&word.as_str()) {
            return Err(CliError::message(format!(
                "failed to run `{word}`: this version has no such subcommand"
            )));
        }
        if let Some(near) = suggest::nearest(word, SUBCOMMANDS.iter().copied())
            && !is_in_a_built_in_id(word)
        {
            return Err(CliError::message(format!(
                "failed to find the subcommand `{word}`; did you mean `{near}`? (a filter of that name: `run {word}` with --exact, or a longer part of the id)"
            )));
        }
    }
    Ok(())
}

/// `many`, for one, is near `man` and selects cases.
fn is_in_a_built_in_id(word: &str) -> bool {
    crate::case::built_in_files().any(|(path, _)| path.contains(word))
}

pub(super) fn list(cases: &[Case], selection: &Selection) {
    let selected: Vec<(&Case, bool)> = cases
        .iter()
        .filter(|case| selection.selects(&case.id))
        .map(|case| (case, case.is_slow()))
        .collect();
    report::list(&selected, selection.slow);
}

fn color(arguments: &RunArguments) -> Option<ColorSetting> {
    arguments.color.map(|color| match color {
        Color::Auto => ColorSetting::Auto,
        Color::Always => ColorSetting::Always,
        Color::Never => ColorSetting::Never,
    })
}

/// How stderr is written.
pub(super) fn style(arguments: &RunArguments) -> Style {
    Style::of_stderr(color(arguments))
}

/// The options that a part of the run needs to be the same again.
pub(super) fn invocation(arguments: &RunArguments) -> Invocation {
    let mut options = Vec::new();
    let mut option = |name: &str, value: Option<String>| {
        options.extend(value.into_iter().flat_map(|value| [name.to_owned(), value]));
    };
    let path =
        |path: &Option<std::path::PathBuf>| path.as_ref().map(|path| path.display().to_string());
    option("--target", path(&arguments.target));
    option(
        "--registry",
        arguments.registry.as_ref().map(ToString::to_string),
    );
    option("--cases", path(&arguments.cases));
    option("--known-failures", path(&arguments.known_failures));
    let switches = [
        (arguments.strict, "--strict"),
        (
            arguments.ignored || arguments.include_ignored,
            "--include-ignored",
        ),
    ];
    options.extend(
        switches
            .iter()
            .filter(|(is_set, _)| *is_set)
            .map(|(_, name)| (*name).to_owned()),
    );
    Invocation {
        options,
        client: None,
        is_filtered: !arguments.filters.is_empty()
            || !arguments.skip.is_empty()
            || arguments.ignored,
        is_bundled: false,
    }
}

fn options(arguments: &RunArguments) -> TrialOptions {
    TrialOptions {
        threads: arguments.test_threads,
        color: color(arguments),
        format: arguments.format.map(|format| match format {
            Format::Pretty => FormatSetting::Pretty,
            Format::Terse => FormatSetting::Terse,
            Format::Json => FormatSetting::Json,
        }),
        quiet: arguments.quiet,
        strict: arguments.strict,
        running: report::Running::default(),
    }
}

fn carry_out(
    planned: &[Planned<'_>],
    context: &RunContext,
    outcomes: &Outcomes,
    runtime: &tokio::runtime::Runtime,
    arguments: &RunArguments,
    options: &TrialOptions,
) {
    let report_on_stdout = arguments.reports.iter().any(|report| report.path.is_none());
    let run = if report_on_stdout {
        report::run_without_output
    } else {
        report::run_trials
    };
    run(planned, context, outcomes, runtime.handle(), options);
}

/// A line for each case, as `cargo test` writes its log; stdout has them too.
pub(super) fn write_log(path: &std::path::Path, outcomes: &[CaseOutcome]) {
    let lines: Vec<String> = outcomes
        .iter()
        .map(|outcome| format!("{} {}", outcome.verdict.as_str(), outcome.id))
        .collect();
    if let Err(error) = std::fs::write(path, lines.join("\n") + "\n") {
        eprintln!("error: failed to write {}: {error}", path.display());
    }
}

/// A case that panicked has no outcome; no result may be lost.
fn note_lost(planned: &[Planned<'_>], outcomes: &Outcomes) {
    let known = outcomes.ids();
    for planned in planned {
        let has_outcome = known.contains(&planned.case.id);
        if !has_outcome && planned.decision != Decision::Ignored {
            let reason = "the suite failed while it ran this case; please report it";
            outcomes.push(not_run(planned.case, Verdict::Error, reason, None));
        }
    }
}

fn exit(outcomes: &[CaseOutcome], arguments: &RunArguments, wrapped: bool) -> Exit {
    let summary = Summary::of(outcomes);
    let failed =
        summary.fail > 0 || summary.unexpected_pass > 0 || (arguments.strict && summary.warn > 0);
    if failed {
        Exit::DoesNotConform
    } else if summary.error > 0 {
        Exit::Unreachable
    } else if summary.ran() == 0 && !arguments.exact && !wrapped {
        eprintln!(
            "error: no case ran: all that match were skipped or are slow (--include-ignored runs slow ones)"
        );
        Exit::NothingRan
    } else {
        Exit::Conforms
    }
}
