//! `coverage`: the suite against the bundled mock with each of its defects.

mod bench;
mod clean;
mod schedule;
mod work;

use std::ffi::OsString;
use std::path::Path;

use mock_registry::defect::Defect;

use self::bench::Bench;
use self::schedule::Schedule;
use self::work::Workshop;
use super::arguments::CoverageArguments;
use super::exit::{CliError, Exit};
use super::{load, stdout};
use crate::case::Case;
use crate::coverage::{self, About, DefectInfo, Inventory, Matrix};
use crate::suggest;

/// Fixed, so that every run gives the same.
const DEFAULT_SEED: u64 = 1;

/// Runs the matrix, or compares a document with what there is.
pub(super) fn run(arguments: &CoverageArguments) -> Result<Exit, CliError> {
    let judged = if arguments.client {
        load::Judged::Client
    } else {
        load::Judged::Registry
    };
    let cases = load::cases(arguments.cases.as_deref(), judged)?;
    let selected: Vec<&Case> = cases
        .iter()
        .filter(|case| {
            arguments.filters.is_empty()
                || arguments
                    .filters
                    .iter()
                    .any(|filter| case.id.contains(filter))
        })
        .collect();
    let seed = arguments.seed.unwrap_or(DEFAULT_SEED);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(CliError::unreachable)?;
    let bench = if arguments.client {
        let defects = client_defects(arguments, &selected)?;
        let command = words(&arguments.client_command);
        runtime.block_on(Bench::client(command, defects, seed))?
    } else {
        Bench::registry(defects(&arguments.defects, &selected)?)
    };
    let infos = bench.infos();
    let mut inventory = Inventory::of(selected.iter().copied());
    if !arguments.defects.is_empty() || !arguments.filters.is_empty() {
        // Nothing is known about the rules whose defects do not run.
        inventory = inventory.of_rules(&infos.iter().map(|info| info.rule.as_str()).collect());
    }
    let about = if arguments.client {
        About::Client
    } else {
        About::Registry
    };
    if let Some(path) = &arguments.check {
        return check(path, &inventory, infos, about);
    }
    if infos.is_empty() || selected.is_empty() {
        eprintln!("error: no case carries the rule of a defect that was asked for");
        return Ok(Exit::NothingRan);
    }
    let jobs = arguments.jobs.map(std::num::NonZeroUsize::get);
    let workshop = Workshop::new(&runtime, &bench, seed, jobs);
    let schedule = Schedule {
        selected: &selected,
        infos,
    };
    let mut matrix = Matrix::new(bench.variations(), inventory, infos);
    if !fill(arguments, &workshop, schedule, &mut matrix)? {
        return Ok(Exit::DoesNotConform);
    }
    stdout::print(coverage::summary(&matrix).trim_end())?;
    if let Some(path) = &arguments.json {
        write(path, &format!("{:#}\n", matrix.to_json(seed)))?;
    }
    if let Some(path) = &arguments.markdown {
        write(path, &coverage::markdown(&matrix, about))?;
    }
    // Of a part of the defects or cases, most expectations see none.
    let is_whole_matrix =
        arguments.defects.is_empty() && arguments.filters.is_empty() && !arguments.kills_only;
    let figures = matrix.figures();
    let is_whole = figures.defects_killed.is_whole()
        && (!is_whole_matrix || figures.expectations_without == 0);
    Ok(if is_whole {
        Exit::Conforms
    } else {
        Exit::DoesNotConform
    })
}

/// Variation after variation; what an earlier one has settled is not run again. False: without defects not all passed.
fn fill(
    arguments: &CoverageArguments,
    workshop: &Workshop<'_>,
    schedule: Schedule<'_>,
    matrix: &mut Matrix,
) -> Result<bool, CliError> {
    for (index, variation) in matrix.variations().to_vec().iter().enumerate() {
        let unrelated_nth = if index == 0 { arguments.unrelated } else { 0 };
        let chains = schedule.by_rule(matrix, unrelated_nth, arguments.kills_only);
        if chains.is_empty() {
            continue;
        }
        let needed = schedule.needed(&chains);
        eprintln!(
            "{}: {} cases, {} defects",
            variation.name,
            needed.len(),
            chains.iter().map(|chain| chain.units.len()).sum::<usize>()
        );
        if !clean::passes(workshop, index, &variation.name, &needed)? {
            return Ok(false);
        }
        let selected = schedule.selected;
        for run in workshop.carry_out(index, selected, matrix.inventory(), chains)? {
            matrix.add(&run);
        }
        if arguments.kills_only {
            continue;
        }
        let chains = schedule.by_other_rules(matrix);
        if !clean::passes(workshop, index, &variation.name, &schedule.needed(&chains))? {
            return Ok(false);
        }
        for run in workshop.carry_out(index, selected, matrix.inventory(), chains)? {
            matrix.add(&run);
        }
    }
    Ok(true)
}

/// Those that were named, or else those whose rule a case carries.
fn defects(named: &[String], cases: &[&Case]) -> Result<Vec<Defect>, CliError> {
    if named.is_empty() {
        let filtered = |defect: &&Defect| {
            cases
                .iter()
                .any(|case| case.requirements.iter().any(|rule| rule == defect.rule()))
        };
        return Ok(Defect::ALL.iter().filter(filtered).copied().collect());
    }
    named
        .iter()
        .map(|name| name.parse::<Defect>().map_err(CliError::usage))
        .collect()
}

/// The same of the client's.
fn client_defects(
    arguments: &CoverageArguments,
    cases: &[&Case],
) -> Result<Vec<DefectInfo>, CliError> {
    let all = bench::listed_defects(&words(&arguments.client_defects))?;
    if arguments.defects.is_empty() {
        let is_carried = |info: &DefectInfo| {
            cases
                .iter()
                .any(|case| case.requirements.contains(&info.rule))
        };
        return Ok(all.into_iter().filter(is_carried).collect());
    }
    arguments
        .defects
        .iter()
        .map(|name| {
            let found = all.iter().find(|info| info.name == *name);
            found.cloned().ok_or_else(|| {
                let hint = suggest::hint(name, all.iter().map(|info| info.name.as_str()));
                CliError::message(format!("failed to find the client's defect `{name}`{hint}"))
            })
        })
        .collect()
}

/// The words of a command; none of them can hold a space.
fn words(command: &str) -> Vec<OsString> {
    command.split_whitespace().map(OsString::from).collect()
}

/// Whether the document speaks of the rules, cases and defects that there are.
fn check(
    path: &Path,
    inventory: &Inventory,
    defects: &[DefectInfo],
    about: About,
) -> Result<Exit, CliError> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        CliError::message(format!("failed to read {}: {error}", path.display()))
    })?;
    // Git may have written other line ends.
    let text = text.replace("\r\n", "\n");
    let section = coverage::inventory_section(inventory, defects);
    if text.contains(&section) {
        // Nothing runs here, but a document that tells of a hole is no proof either.
        let all = format!("| defects killed | {0}/{0} |", defects.len());
        let figures = [all.as_str(), "| neither | 0 |"];
        let missing = figures
            .iter()
            .find(|figure| !text.lines().any(|line| line == **figure));
        return Ok(match missing {
            None => Exit::Conforms,
            Some(figure) => {
                eprintln!(
                    "error: {} tells of a hole: it has no line `{figure}`",
                    path.display()
                );
                Exit::DoesNotConform
            }
        });
    }
    let line = section.lines().find(|line| !text.contains(line));
    eprintln!(
        "error: {0} is not about the present rules, cases and defects{1}; write it anew with `registry-conformance coverage{2} --markdown {0}`",
        path.display(),
        line.map_or_else(String::new, |line| format!(" (now: {line})")),
        if about == About::Client {
            " --client"
        } else {
            ""
        },
    );
    Ok(Exit::DoesNotConform)
}

fn write(path: &Path, text: &str) -> Result<(), CliError> {
    std::fs::write(path, text)
        .map_err(|error| CliError::message(format!("failed to write {}: {error}", path.display())))
}
