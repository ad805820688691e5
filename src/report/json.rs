//! The JSON report: a line for each case, within a budget.
//!
//! Of an ordinary run nothing is left out. Where a registry says more than others, exchanges lose texts first, and header fields and
//! bodies then.

use serde::Serialize as _;

use super::budget::share;
use super::lines::Lines;
use super::model::{Report, ReportedCase};
use crate::outcome::Verdict;

/// Octets that all cases which did not pass may take, and each of them.
const NOT_PASSED: usize = 12 * 1024 * 1024;
const ONE: usize = 192 * 1024;
/// Octets that all cases which passed may take, and each of them: the whole suite takes less, as long as a registry says no more than
/// it has to.
const PASSED: usize = 36 * 1024 * 1024;
const ONE_PASSED: usize = 128 * 1024;

/// Renders a report as JSON text.
pub fn render(report: Report) -> Result<String, serde_json::Error> {
    let mut octets = Vec::new();
    write(report, &mut octets)?;
    // It can be nothing else.
    Ok(String::from_utf8(octets).unwrap_or_default())
}

/// Writes a report as JSON text.
pub(super) fn write(
    mut report: Report,
    writer: &mut impl std::io::Write,
) -> Result<(), serde_json::Error> {
    let sizes: Vec<usize> = report.cases.iter().map(size).collect::<Result<_, _>>()?;
    let share_of = |passed: bool, total: usize, one: usize| {
        let needs = report.cases.iter().zip(&sizes);
        let needs = needs.filter(|(case, _)| is_passed(case) == passed);
        let needs = needs.map(|(_, size)| (*size).min(one)).collect();
        share(needs, total).min(one)
    };
    let (not_passed, passed) = (
        share_of(false, NOT_PASSED, ONE),
        share_of(true, PASSED, ONE_PASSED),
    );
    for (case, size) in report.cases.iter_mut().zip(sizes) {
        let room = if is_passed(case) { passed } else { not_passed };
        case.room = (size > room).then_some(room);
    }
    let mut serializer = serde_json::Serializer::with_formatter(&mut *writer, Lines::default());
    report.serialize(&mut serializer)?;
    writer.write_all(b"\n").map_err(serde_json::Error::io)
}

fn is_passed(case: &ReportedCase) -> bool {
    matches!(case.verdict, Verdict::Pass | Verdict::Skip)
}

/// Octets of a case in a report.
pub(super) fn size(case: &ReportedCase) -> Result<usize, serde_json::Error> {
    struct Count(usize);
    impl std::io::Write for Count {
        fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
            self.0 += octets.len();
            Ok(octets.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    case.serialize(&mut serde_json::Serializer::new(&mut count))?;
    Ok(count.0)
}
