//! How many cases came to which verdict.

use super::text::grouped;
use super::verdict_view::{ORDER, meaning, title};
use crate::outcome::Verdict;
use crate::report::model::Summary;

/// How many cases of a verdict there are, and their part of the bar.
pub(crate) struct Tally {
    pub verdict: Verdict,
    pub title: &'static str,
    pub meaning: &'static str,
    pub count: String,
    pub start: f64,
    pub width: f64,
}

/// The verdicts that there are, in the order of attention; passes and failures always.
pub(crate) fn tallies(summary: &Summary) -> Vec<Tally> {
    let counts = ORDER.map(|verdict| match verdict {
        Verdict::Pass => summary.pass,
        Verdict::Fail => summary.fail,
        Verdict::Warn => summary.warn,
        Verdict::Skip => summary.skip,
        Verdict::Error => summary.error,
        Verdict::KnownFailure => summary.known_failure,
        Verdict::UnexpectedPass => summary.unexpected_pass,
    });
    let present: Vec<(Verdict, usize)> = ORDER
        .into_iter()
        .zip(counts)
        .filter(|(verdict, count)| *count > 0 || matches!(verdict, Verdict::Pass | Verdict::Fail))
        .collect();
    // However few, they are to be seen.
    let widths: Vec<f64> = present
        .iter()
        .map(|(_, count)| {
            if *count == 0 {
                0.0
            } else {
                part(*count).max(part(summary.ran() + summary.skip) * 0.008)
            }
        })
        .collect();
    let sum: f64 = widths.iter().sum::<f64>().max(1.0);
    let mut start = 0.0;
    present
        .into_iter()
        .zip(widths)
        .map(|((verdict, count), width)| {
            let width = (width / sum * 10_000.0).round() / 10.0;
            let tally = Tally {
                verdict,
                title: title(verdict),
                meaning: meaning(verdict),
                count: grouped(count),
                start,
                width,
            };
            start = ((start + width) * 10.0).round() / 10.0;
            tally
        })
        .collect()
}

fn part(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
