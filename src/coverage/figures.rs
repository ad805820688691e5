//! What the matrix comes to in figures.

use serde::Serialize;

use super::matrix::{DefectResult, ExpectationResult};

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Share {
    /// So many.
    pub count: usize,
    /// Of so many.
    pub total: usize,
}

impl Share {
    /// Whether it is all of them.
    pub fn is_whole(self) -> bool {
        self.count == self.total
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.count, self.total)
    }
}

/// The three figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// Defects that were killed.
    pub defects_killed: Share,
    /// Expectations that saw a defect of their rule.
    pub expectations_with_teeth: Share,
    /// Those that saw none, and for which a reason stands.
    pub expectations_with_reason: usize,
    /// Those without either.
    pub expectations_without: usize,
    /// Unrelated cases that a defect drags down, of each hundred that ran: the median over the defects.
    pub dragged_median_percent: f64,
    /// The same, the most.
    pub dragged_maximum_percent: f64,
}

impl Figures {
    pub(super) fn of(defects: &[DefectResult], expectations: &[ExpectationResult]) -> Self {
        let mut dragged: Vec<f64> = defects
            .iter()
            .filter(|result| result.unrelated > 0)
            .map(dragged_percent)
            .collect();
        dragged.sort_by(f64::total_cmp);
        Self {
            defects_killed: Share {
                count: defects.iter().filter(|result| result.killed).count(),
                total: defects.len(),
            },
            expectations_with_teeth: Share {
                count: expectations
                    .iter()
                    .filter(|result| !result.defects.is_empty())
                    .count(),
                total: expectations.len(),
            },
            expectations_with_reason: expectations
                .iter()
                .filter(|result| result.is_excused)
                .count(),
            expectations_without: expectations
                .iter()
                .filter(|result| result.is_hole())
                .count(),
            dragged_median_percent: dragged.get(dragged.len() / 2).copied().unwrap_or(0.0),
            dragged_maximum_percent: dragged.last().copied().unwrap_or(0.0),
        }
    }
}

/// Of each hundred unrelated cases, those that the defect drags down; to a tenth.
pub(super) fn dragged_percent(result: &DefectResult) -> f64 {
    if result.unrelated == 0 {
        return 0.0;
    }
    let tenths = result.dragged_down.len() * 1000 / result.unrelated;
    u32::try_from(tenths).map_or(f64::MAX, f64::from) / 10.0
}

/// The defects that drag down most, the worst first; those that drag down nothing are left out.
pub(super) fn worst(defects: &[DefectResult], most: usize) -> Vec<&DefectResult> {
    let mut worst: Vec<&DefectResult> = defects
        .iter()
        .filter(|result| !result.dragged_down.is_empty())
        .collect();
    worst.sort_by(|left, right| {
        dragged_percent(right)
            .total_cmp(&dragged_percent(left))
            .then_with(|| left.defect.name.cmp(&right.defect.name))
    });
    worst.truncate(most);
    worst
}
