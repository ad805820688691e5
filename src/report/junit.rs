//! The `JUnit` report: one suite an area, each failure a `<failure>`, each error an `<error>`, each skip a `<skipped>`.

use std::time::Duration;

use indexmap::IndexMap;
use quick_junit::{NonSuccessKind, Report as JunitReport, TestCase, TestCaseStatus, TestSuite};

use super::explanation::explain;
use crate::outcome::{CaseOutcome, Verdict};

/// Renders outcomes as `JUnit` XML; `strict`: warnings are failures.
pub fn render(
    outcomes: &[CaseOutcome],
    duration: Duration,
    strict: bool,
) -> Result<String, quick_junit::SerializeError> {
    let mut suites: IndexMap<&str, TestSuite> = IndexMap::new();
    for outcome in outcomes {
        let area = outcome.id.split('/').next().unwrap_or("cases");
        suites
            .entry(area)
            .or_insert_with(|| TestSuite::new(area))
            .add_test_case(test_case(area, outcome, strict));
    }
    let mut report = JunitReport::new("registry-conformance");
    report.set_time(duration);
    for (_, mut suite) in suites {
        let time = suite.test_cases.iter().filter_map(|case| case.time).sum();
        suite.set_time(time);
        report.add_test_suite(suite);
    }
    report.to_string()
}

fn test_case(area: &str, outcome: &CaseOutcome, strict: bool) -> TestCase {
    let reason = outcome.reason.clone().unwrap_or_default();
    let not_passed = |kind: NonSuccessKind, name: &str| {
        let mut status = TestCaseStatus::non_success(kind);
        status
            .set_type(name)
            .set_message(reason.clone())
            .set_description(explain(outcome));
        status
    };
    let status = match outcome.verdict {
        Verdict::Pass => TestCaseStatus::success(),
        Verdict::Warn if !strict => TestCaseStatus::success(),
        Verdict::Warn => not_passed(NonSuccessKind::Failure, "warn"),
        Verdict::Fail => not_passed(NonSuccessKind::Failure, "fail"),
        Verdict::UnexpectedPass => not_passed(NonSuccessKind::Failure, "unexpected-pass"),
        Verdict::Error => not_passed(NonSuccessKind::Error, "error"),
        Verdict::Skip | Verdict::KnownFailure => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(reason.clone());
            status
        }
    };
    let mut case = TestCase::new(outcome.id.clone(), status);
    case.set_classname(format!("registry-conformance.{area}"))
        .set_time(outcome.duration);
    if outcome.verdict == Verdict::Warn && !strict {
        case.set_system_out(explain(outcome));
    }
    case
}
