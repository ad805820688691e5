//! The picture of the areas: a square for each case.

use std::fmt::Write as _;

use indexmap::IndexMap;

use super::text::{counted as counted_cases, grouped};
use super::verdict_view::{ORDER, title};
use crate::outcome::Verdict;
use crate::report::area_of;
use crate::report::model::ReportedCase;

/// Units of the drawing from one square to the next.
const PITCH: usize = 10;

/// One area.
pub(super) struct Area {
    pub name: String,
    pub total: String,
    /// Verdicts other than a pass, and how many.
    pub notable: Vec<(Verdict, String)>,
    /// In words.
    pub description: String,
    pub wide: Squares,
    pub narrow: Squares,
}

/// Squares in rows.
pub(super) struct Squares {
    pub width: usize,
    pub height: usize,
    /// A path for each verdict, whose dashes are the squares.
    pub paths: Vec<(Verdict, String)>,
}

/// The areas in order of their names.
pub(super) fn areas(cases: &[ReportedCase]) -> Vec<Area> {
    let mut counted: IndexMap<&str, Vec<usize>> = IndexMap::new();
    for case in cases {
        let counts = counted
            .entry(area_of(&case.id))
            .or_insert_with(|| vec![0; ORDER.len()]);
        if let Some(count) = counts.get_mut(super::verdict_view::rank(case.verdict)) {
            *count += 1;
        }
    }
    counted.sort_unstable_keys();
    counted
        .into_iter()
        .map(|(name, counts)| {
            let counts: Vec<(Verdict, usize)> = ORDER
                .into_iter()
                .zip(counts)
                .filter(|(_, count)| *count > 0)
                .collect();
            let total: usize = counts.iter().map(|(_, count)| count).sum();
            let words: Vec<String> = counts
                .iter()
                .map(|(verdict, count)| format!("{count} {}", title(*verdict).to_lowercase()))
                .collect();
            Area {
                name: super::text::shown(name, 60),
                total: grouped(total),
                notable: counts
                    .iter()
                    .filter(|(verdict, _)| *verdict != Verdict::Pass)
                    .map(|(verdict, count)| (*verdict, grouped(*count)))
                    .collect(),
                description: format!(
                    "{}: {}",
                    counted_cases(total, "case", "cases"),
                    words.join(", ")
                ),
                wide: squares(&counts, 80),
                narrow: squares(&counts, 44),
            }
        })
        .collect()
}

fn squares(counts: &[(Verdict, usize)], columns: usize) -> Squares {
    let mut first = 0;
    let mut paths = Vec::new();
    for (verdict, count) in counts {
        let end = first + count;
        let mut path = String::new();
        let mut at = first;
        while at < end {
            let (row, column) = (at / columns, at % columns);
            let length = (columns - column).min(end - at);
            let _ = write!(
                path,
                "M{} {}h{}",
                column * PITCH,
                row * PITCH + PITCH / 2,
                length * PITCH
            );
            at += length;
        }
        paths.push((*verdict, path));
        first = end;
    }
    Squares {
        width: columns * PITCH,
        height: first.div_ceil(columns).max(1) * PITCH,
        paths,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_fill_row_after_row() {
        let squares = squares(&[(Verdict::Fail, 1), (Verdict::Pass, 5)], 4);
        assert_eq!((squares.width, squares.height), (40, 20));
        assert_eq!(
            squares.paths,
            [
                (Verdict::Fail, "M0 5h10".to_owned()),
                (Verdict::Pass, "M10 5h30M0 15h20".to_owned())
            ]
        );
    }
}
