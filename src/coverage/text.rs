//! The summary for the terminal.

use std::fmt::Write as _;

use super::defect_run::Sight;
use super::figures::{dragged_percent, worst};
use super::matrix::Matrix;

const WORST: usize = 10;
const TOOTHLESS: usize = 10;

/// The three figures, and what keeps them from being whole.
pub fn summary(matrix: &Matrix) -> String {
    let figures = matrix.figures();
    let mut text = String::new();
    // Writing to a String does not fail.
    let _ = writeln!(text, "defects killed:           {}", figures.defects_killed);
    let _ = writeln!(
        text,
        "expectations with teeth:  {}; {} others with a reason, {} without",
        figures.expectations_with_teeth,
        figures.expectations_with_reason,
        figures.expectations_without
    );
    let _ = writeln!(
        text,
        "unrelated dragged down:   {:.1} % median, {:.1} % at most",
        figures.dragged_median_percent, figures.dragged_maximum_percent
    );
    survivors(&mut text, matrix);
    by_less(&mut text, matrix);
    let worst = worst(matrix.defects(), WORST);
    if !worst.is_empty() {
        let _ = writeln!(text, "\ndefects that drag down most:");
        for result in worst {
            let _ = writeln!(
                text,
                "  {:<9} {:<40} {:>5.1} % ({} of {})",
                result.defect.rule,
                result.defect.name,
                dragged_percent(result),
                result.dragged_down.len(),
                result.unrelated
            );
        }
    }
    toothless(&mut text, matrix);
    text
}

fn survivors(text: &mut String, matrix: &Matrix) {
    let survivors: Vec<_> = matrix
        .defects()
        .iter()
        .filter(|result| !result.killed)
        .collect();
    if survivors.is_empty() {
        return;
    }
    let _ = writeln!(text, "\nsurvivors:");
    for result in survivors {
        let _ = writeln!(
            text,
            "  {:<9} {:<40} {} cases carry the rule",
            result.defect.rule, result.defect.name, result.carriers
        );
    }
}

fn by_less(text: &mut String, matrix: &Matrix) {
    for (sight, how) in [
        (Sight::Implied, "killed by an implied check alone"),
        (Sight::Warning, "killed by a warning alone"),
    ] {
        let names: Vec<&str> = matrix
            .defects()
            .iter()
            .filter(|result| result.sight == Some(sight))
            .map(|result| result.defect.name.as_str())
            .collect();
        if !names.is_empty() {
            let _ = writeln!(text, "\n{how}: {}", names.join(", "));
        }
    }
}

fn toothless(text: &mut String, matrix: &Matrix) {
    let mut rules: Vec<_> = matrix
        .rules()
        .into_iter()
        .filter(|rule| rule.without > 0)
        .collect();
    if rules.is_empty() {
        return;
    }
    rules.sort_by_key(|rule| std::cmp::Reverse(rule.without));
    let _ = writeln!(
        text,
        "\nrules with most expectations that have neither teeth nor a reason:"
    );
    for rule in rules.iter().take(TOOTHLESS) {
        let _ = writeln!(
            text,
            "  {:<9} {} of {}",
            rule.id, rule.without, rule.expectations
        );
    }
}
