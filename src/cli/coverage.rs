//! `coverage`: the suite against the bundled mock with each of its defects.

mod clean;
mod schedule;
mod work;

use std::path::Path;

use mock_registry::defect::Defect;

use self::schedule::Schedule;
use self::work::Workshop;
use super::arguments::CoverageArguments;
use super::exit::{CliError, Exit};
use super::load;
use super::variation::Variation;
use crate::case::Case;
use crate::coverage::{self, DefectInfo, Inventory, Matrix, VariationInfo};

/// Fixed, so that every run gives the same.
const DEFAULT_SEED: u64 = 1;

/// Runs the matrix, or compares a document with what there is.
pub(super) fn run(arguments: &CoverageArguments) -> Result<Exit, CliError> {
    let cases = load::cases(arguments.cases.as_deref(), load::Judged::Registry)?;
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
    let defects = defects(&arguments.defects, &selected)?;
    let infos: Vec<DefectInfo> = defects.iter().map(|defect| info(*defect)).collect();
    let mut inventory = Inventory::of(selected.iter().copied());
    if !arguments.defects.is_empty() || !arguments.filters.is_empty() {
        // Nothing is known about the rules whose defects do not run.
        inventory = inventory.of_rules(&infos.iter().map(|info| info.rule.as_str()).collect());
    }
    if let Some(path) = &arguments.check {
        return check(path, &inventory, &infos);
    }
    if infos.is_empty() || selected.is_empty() {
        eprintln!("error: no case carries the rule of a defect that was asked for");
        return Ok(Exit::NothingRan);
    }
    let seed = arguments.seed.unwrap_or(DEFAULT_SEED);
    let workshop = Workshop::new(seed, arguments.jobs.map(std::num::NonZeroUsize::get))?;
    let (matrix, is_clean) = fill(arguments, &workshop, &selected, &defects, inventory)?;
    if !is_clean {
        return Ok(Exit::DoesNotConform);
    }
    print!("{}", coverage::summary(&matrix));
    if let Some(path) = &arguments.json {
        write(path, &format!("{:#}\n", matrix.to_json(seed)))?;
    }
    if let Some(path) = &arguments.markdown {
        write(path, &coverage::markdown(&matrix))?;
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

/// Variation after variation; what an earlier one has settled is not run again. False: the mock without defects did not pass.
fn fill(
    arguments: &CoverageArguments,
    workshop: &Workshop,
    selected: &[&Case],
    defects: &[Defect],
    inventory: Inventory,
) -> Result<(Matrix, bool), CliError> {
    let infos: Vec<DefectInfo> = defects.iter().map(|defect| info(*defect)).collect();
    let variations = Variation::ALL
        .iter()
        .map(|variation| VariationInfo {
            name: variation.name().to_owned(),
            what: variation.what().to_owned(),
        })
        .collect();
    let mut matrix = Matrix::new(variations, inventory, &infos);
    for (index, variation) in Variation::ALL.into_iter().enumerate() {
        let unrelated_nth = if index == 0 { arguments.unrelated } else { 0 };
        let schedule = Schedule {
            selected,
            defects,
            infos: &infos,
        };
        let chains = schedule.by_rule(&matrix, unrelated_nth, arguments.kills_only);
        if chains.is_empty() {
            continue;
        }
        let needed = schedule.needed(&chains);
        eprintln!(
            "{}: {} cases, {} defects",
            variation.name(),
            needed.len(),
            chains.iter().map(|chain| chain.units.len()).sum::<usize>()
        );
        if !clean::passes(workshop, variation, &needed)? {
            return Ok((matrix, false));
        }
        for run in workshop.carry_out(variation, index, selected, matrix.inventory(), chains)? {
            matrix.add(&run);
        }
        if arguments.kills_only {
            continue;
        }
        let chains = schedule.by_other_rules(&matrix);
        if !clean::passes(workshop, variation, &schedule.needed(&chains))? {
            return Ok((matrix, false));
        }
        for run in workshop.carry_out(variation, index, selected, matrix.inventory(), chains)? {
            matrix.add(&run);
        }
    }
    Ok((matrix, true))
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

fn info(defect: Defect) -> DefectInfo {
    DefectInfo {
        name: defect.name().to_owned(),
        rule: defect.rule().to_owned(),
        also: defect
            .also()
            .iter()
            .map(|rule| (*rule).to_owned())
            .collect(),
        what: defect.what().to_owned(),
    }
}

/// Whether the document speaks of the rules, cases and defects that there are.
fn check(path: &Path, inventory: &Inventory, defects: &[DefectInfo]) -> Result<Exit, CliError> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        CliError::message(format!("failed to read {}: {error}", path.display()))
    })?;
    let section = coverage::inventory_section(inventory, defects);
    if text.contains(&section) {
        return Ok(Exit::Conforms);
    }
    let line = section.lines().find(|line| !text.contains(line));
    eprintln!(
        "error: {} is not about the present rules, cases and defects{}; write it anew with `registry-conformance coverage --markdown {}`",
        path.display(),
        line.map_or_else(String::new, |line| format!(" (now: {line})")),
        path.display()
    );
    Ok(Exit::DoesNotConform)
}

fn write(path: &Path, text: &str) -> Result<(), CliError> {
    std::fs::write(path, text)
        .map_err(|error| CliError::message(format!("failed to write {}: {error}", path.display())))
}
