//! How many cases of each area came to which verdict.

use indexmap::IndexMap;

use super::model::Summary;
use crate::outcome::CaseOutcome;

/// Names of the columns, in the order of [`counts`].
pub(super) const COLUMNS: [&str; 7] = [
    "pass",
    "fail",
    "warn",
    "error",
    "known failure",
    "unexpected pass",
    "skip",
];

/// The numbers of a summary, in the order of [`COLUMNS`].
pub(super) fn counts(summary: &Summary) -> [usize; 7] {
    [
        summary.pass,
        summary.fail,
        summary.warn,
        summary.error,
        summary.known_failure,
        summary.unexpected_pass,
        summary.skip,
    ]
}

/// The part of an id before the last `/` but its name: `digest` of `digest/a[b]`, `client/fetch` of `client/fetch/a`.
pub fn area_of(id: &str) -> &str {
    let name = id.find('[').map_or(id, |bracket| &id[..bracket]);
    name.rsplit_once('/').map_or("cases", |(area, _)| area)
}

/// The areas with their numbers, in the order of their names.
pub fn areas(outcomes: &[CaseOutcome]) -> IndexMap<&str, Summary> {
    let mut areas: IndexMap<&str, Summary> = IndexMap::new();
    for outcome in outcomes {
        areas
            .entry(area_of(&outcome.id))
            .or_default()
            .count(outcome.verdict);
    }
    areas.sort_unstable_keys();
    areas
}

/// Rows of a table: a heading, the areas, the sum; columns in which all is 0 are left out, `pass` and `fail` are not.
pub(super) fn table(outcomes: &[CaseOutcome]) -> Vec<Vec<String>> {
    let all = counts(&Summary::of(outcomes));
    let shown: Vec<usize> = (0..COLUMNS.len())
        .filter(|column| *column < 2 || all[*column] > 0)
        .collect();
    let row = |name: &str, numbers: [usize; 7]| {
        let numbers = shown.iter().map(|column| numbers[*column].to_string());
        std::iter::once(name.to_owned()).chain(numbers).collect()
    };
    let heading = std::iter::once("area")
        .chain(shown.iter().map(|column| COLUMNS[*column]))
        .map(str::to_owned)
        .collect();
    let mut rows: Vec<Vec<String>> = vec![heading];
    let areas = areas(outcomes);
    for (area, summary) in &areas {
        rows.push(row(area, counts(summary)));
    }
    if areas.len() > 1 {
        rows.push(row("all", all));
    }
    rows
}
