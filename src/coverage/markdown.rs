//! The matrix as a document, without times or addresses, so that two runs give the same.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::defect_run::{DefectInfo, Sight};
use super::figures::{dragged_percent, worst};
use super::fingerprint::fingerprint;
use super::inventory::{Expected, Inventory, Reason};
use super::matrix::{DefectResult, ExpectationResult, Matrix};
use crate::requirement;

const WORST: usize = 10;

/// Whose defects a matrix is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// Those of the mock.
    Registry,
    /// Those of a client.
    Client,
}

impl About {
    fn introduction(self) -> &'static str {
        match self {
            Self::Registry => {
                "# Coverage\n\nWritten by `registry-conformance coverage --markdown docs/coverage.md`; do not edit. \
                 The suite runs against the bundled mock, and then against the mock with each of its defects. A defect is *killed* when a case blames the registry for "
            }
            Self::Client => {
                "# Coverage of clients\n\nWritten by `registry-conformance coverage --client --markdown docs/coverage-of-clients.md`; do not edit. \
                 The cases about clients run with the sample client in Python, and then with each of its defects. A defect is *killed* when a case blames the client for "
            }
        }
    }
}

/// The whole document.
pub fn markdown(matrix: &Matrix, about: About) -> String {
    let figures = matrix.figures();
    let mut text = about.introduction().to_owned();
    text.push_str(
        "the rule that the defect breaks. An expectation has *teeth* when it saw at least one defect that breaks its own rule. \
         Where it did not, it is a positive control (beside other expectations of the rule with teeth), or the case says why there can be no defect.\n\n",
    );
    // Writing to a String does not fail.
    let _ = write!(
        text,
        "| figure | |\n|---|---|\n| defects killed | {} |\n| expectations with teeth | {} |\n| others with a reason | {} |\n| neither | {} |\n\
         | unrelated cases that a defect drags down | {:.1} % median, {:.1} % at most |\n\n",
        figures.defects_killed,
        figures.expectations_with_teeth,
        figures.expectations_with_reason,
        figures.expectations_without,
        figures.dragged_median_percent,
        figures.dragged_maximum_percent
    );
    text.push_str("It was run in these variations:\n\n");
    for variation in matrix.variations() {
        let _ = writeln!(text, "- **{}**: {}", variation.name, variation.what);
    }
    let defects: Vec<DefectInfo> = matrix
        .defects()
        .iter()
        .map(|result| result.defect.clone())
        .collect();
    text.push('\n');
    text.push_str(&inventory_section(matrix.inventory(), &defects));
    rules(&mut text, matrix);
    defects_table(&mut text, matrix);
    survivors(&mut text, matrix);
    dragging(&mut text, matrix);
    toothless(&mut text, matrix);
    text
}

/// What there is before anything runs: of each rule the cases and expectations that carry it, and the defects that break it.
pub fn inventory_section(inventory: &Inventory, defects: &[DefectInfo]) -> String {
    let mut text = String::from(
        "## What there is\n\n| rule | files | cases | expectations | defects |\n|---|--:|--:|--:|---|\n",
    );
    for rule in requirement::all() {
        let cases = inventory
            .cases
            .get(&rule.id)
            .map_or(0, std::collections::BTreeSet::len);
        let names: Vec<String> = defects
            .iter()
            .filter(|defect| defect.rule == rule.id)
            .map(|defect| format!("`{}`", defect.name))
            .collect();
        if cases == 0 && names.is_empty() {
            continue;
        }
        let expectations = inventory
            .expectations
            .keys()
            .filter(|expected| expected.rule == rule.id)
            .count();
        let _ = writeln!(
            text,
            "| {} | {} | {cases} | {expectations} | {} |",
            rule.id,
            inventory.files(&rule.id).len(),
            or_dash(names.join(", "))
        );
    }
    let _ = write!(
        text,
        "\nFingerprint of the cases, rules and defects: `{}`\n\n",
        fingerprint(inventory, defects)
    );
    text
}

fn rules(text: &mut String, matrix: &Matrix) {
    text.push_str(
        "## Rules\n\n| rule | level | expectations with teeth | others without a reason | defects killed |\n|---|---|--:|--:|--:|\n",
    );
    for rule in matrix.rules() {
        let of_rule = matrix
            .defects()
            .iter()
            .filter(|result| result.defect.rule == rule.id);
        let killed = of_rule.clone().filter(|result| result.killed).count();
        let _ = writeln!(
            text,
            "| {} | {} | {}/{} | {} | {killed}/{} |",
            rule.id,
            rule.level.map_or("", crate::outcome::Level::as_str),
            rule.with_teeth,
            rule.expectations,
            rule.without,
            of_rule.count()
        );
    }
    text.push('\n');
}

fn defects_table(text: &mut String, matrix: &Matrix) {
    text.push_str(
        "## Defects\n\n*Killers*: cases that carry the rule and blame the registry for it, of those that ran. *By*: an expectation of a case, what is \
         *implied* by every answer or success, or a *warning* only.\n\n| defect | rule | killers | by | variation | dragged down |\n|---|---|--:|---|---|--:|\n",
    );
    for result in matrix.defects() {
        let _ = writeln!(
            text,
            "| `{}` | {} | {}/{} | {} | {} | {}/{} |",
            result.defect.name,
            result.defect.rule,
            result.killers.len(),
            result.carriers,
            by(result),
            result.variation.as_deref().unwrap_or("–"),
            result.dragged_down.len(),
            result.unrelated
        );
    }
    text.push('\n');
}

fn by(result: &DefectResult) -> &'static str {
    match result.sight {
        Some(Sight::Expectation) => "expectation",
        Some(Sight::Implied) => "implied",
        Some(Sight::Warning) => "warning",
        None => "**survives**",
    }
}

fn survivors(text: &mut String, matrix: &Matrix) {
    text.push_str("## Survivors\n\n");
    let mut any = false;
    for result in matrix.defects().iter().filter(|result| !result.killed) {
        any = true;
        let _ = writeln!(
            text,
            "- `{}` ({}): {}",
            result.defect.name, result.defect.rule, result.defect.what
        );
    }
    text.push_str(if any { "\n" } else { "None.\n\n" });
}

fn dragging(text: &mut String, matrix: &Matrix) {
    text.push_str(
        "## Dragged down\n\nOf the cases that do not carry the defect's rule, those that failed or could not go on. What ran is a sample of the files, \
         another one for each defect, with the first value of each matrix.\n\n| defect | rule | of the sample |\n|---|---|--:|\n",
    );
    for result in worst(matrix.defects(), WORST) {
        let _ = writeln!(
            text,
            "| `{}` | {} | {} of {} ({:.1} %) |",
            result.defect.name,
            result.defect.rule,
            result.dragged_down.len(),
            result.unrelated,
            dragged_percent(result)
        );
    }
    text.push('\n');
}

fn toothless(text: &mut String, matrix: &Matrix) {
    text.push_str(
        "## Expectations without teeth\n\n### Neither teeth nor a reason\n\nBy file: line and rule. In brackets: so many defects of other rules were seen by it.\n\n",
    );
    let expectations = matrix.expectations();
    let holes = || expectations.iter().filter(|result| result.is_hole());
    if holes().next().is_none() {
        text.push_str("None.\n");
    }
    let others = |result: &ExpectationResult| match result.other_defects.len() {
        0 => String::new(),
        count => format!(" ({count})"),
    };
    by_file(text, holes(), others);
    text.push_str("\n### A reason in the place of a defect\n\n");
    for result in &expectations {
        if let (true, Some(Reason::NoDefect(reason))) = (result.is_excused, &result.reason) {
            let Expected { file, rule, .. } = &result.expectation;
            let _ = writeln!(text, "- `{file}`: {} {rule}: {reason}", result.line);
        }
    }
    text.push_str("\n### Positive controls\n\n");
    let controls = expectations
        .iter()
        .filter(|result| result.is_excused && result.reason == Some(Reason::Control));
    by_file(text, controls, |_| String::new());
}

fn by_file<'a>(
    text: &mut String,
    results: impl Iterator<Item = &'a ExpectationResult>,
    after: impl Fn(&ExpectationResult) -> String,
) {
    let mut files: BTreeMap<&str, Vec<&ExpectationResult>> = BTreeMap::new();
    for result in results {
        let file = files.entry(&result.expectation.file).or_default();
        file.push(result);
    }
    for (file, mut results) in files {
        results.sort_by_key(|result| result.line);
        let places: Vec<String> = results
            .iter()
            .map(|result| {
                format!(
                    "{} {}{}",
                    result.line,
                    result.expectation.rule,
                    after(result)
                )
            })
            .collect();
        let _ = writeln!(text, "- `{file}`: {}", places.join("; "));
    }
}

fn or_dash(text: String) -> String {
    if text.is_empty() {
        "–".to_owned()
    } else {
        text
    }
}
