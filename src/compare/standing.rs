//! How many rules of each area hold in each report.

use super::comparison::Comparison;
use crate::outcome::Verdict;
use crate::specification;

/// An area of the specification.
pub(super) struct Area {
    /// Its heading in the specification.
    pub title: &'static str,
    /// In each report.
    pub standings: Vec<Standing>,
}

/// An area in a report.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Standing {
    /// Rules that hold.
    pub holding: usize,
    /// Rules that were judged.
    pub judged: usize,
    /// The worst of them; none where none was judged.
    pub verdict: Option<Verdict>,
}

/// The areas of which a rule was judged, in the order of the specification.
pub(super) fn standings(comparison: &Comparison) -> Vec<Area> {
    specification::areas()
        .iter()
        .filter_map(|area| {
            let rows: Vec<_> = comparison
                .rules
                .iter()
                .filter(|row| area.rules.iter().any(|rule| rule.id == row.id))
                .collect();
            (!rows.is_empty()).then(|| Area {
                title: &area.title,
                standings: (0..comparison.columns.len())
                    .map(|column| {
                        standing(
                            rows.iter()
                                .filter_map(|row| row.cells.get(column)?.judged()),
                        )
                    })
                    .collect(),
            })
        })
        .collect()
}

fn standing(verdicts: impl Iterator<Item = Verdict>) -> Standing {
    let judged: Vec<Verdict> = verdicts
        .filter(|verdict| *verdict != Verdict::Skip)
        .collect();
    let worst = [
        Verdict::Fail,
        Verdict::Error,
        Verdict::KnownFailure,
        Verdict::Warn,
        Verdict::Pass,
    ];
    Standing {
        holding: judged
            .iter()
            .filter(|verdict| **verdict == Verdict::Pass)
            .count(),
        judged: judged.len(),
        verdict: worst.into_iter().find(|verdict| judged.contains(verdict)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_is_as_its_worst_rule() {
        let rows: &[(&[Verdict], usize, usize, Option<Verdict>)] = &[
            (&[], 0, 0, None),
            (&[Verdict::Skip], 0, 0, None),
            (&[Verdict::Pass, Verdict::Skip], 1, 1, Some(Verdict::Pass)),
            (
                &[Verdict::Warn, Verdict::Pass, Verdict::Fail],
                1,
                3,
                Some(Verdict::Fail),
            ),
        ];
        for (verdicts, holding, judged, verdict) in rows {
            let expected = Standing {
                holding: *holding,
                judged: *judged,
                verdict: *verdict,
            };
            assert_eq!(standing(verdicts.iter().copied()), expected);
        }
    }
}
