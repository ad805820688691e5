//! The `JUnit` report: one suite an area, each failure a `<failure>`, each error an `<error>`, each skip a `<skipped>`.
//!
//! It satisfies the schema of Jenkins' xUnit plugin (junit-10.xsd) and what viewers of other CI systems read.

use indexmap::IndexMap;
use quick_junit::{NonSuccessKind, Report as JunitReport, TestCase, TestCaseStatus, TestSuite};
use serde_json::Value;

use super::areas::area_of;
use super::budget::{beginning, share};
use super::console::shortened;
use super::explanation::explain;
use super::ids::together;
use super::interruption::Interruption;
use super::model::Run;
use crate::outcome::{CaseOutcome, Verdict};
use crate::requirement::PROFILE_VERSION;

/// Characters of a message; the body has all of it.
const MESSAGE: usize = 500;
/// Cases that are named of those that an interrupted run did not judge.
const LISTED: usize = 1000;
/// Octets of all explanations; many long ones become shorter, all alike.
const EXPLAINED: usize = 8 * 1024 * 1024;

/// Renders outcomes as `JUnit` XML; `strict`: warnings are failures.
pub fn render(
    outcomes: &[CaseOutcome],
    run: &Run,
    strict: bool,
) -> Result<String, quick_junit::SerializeError> {
    // Twice, since all of them at once may take more memory than the report.
    let lengths = outcomes
        .iter()
        .filter(|outcome| is_explained(outcome.verdict))
        .map(|outcome| explain(outcome).len())
        .collect();
    let room = share(lengths, EXPLAINED);
    let mut suites: IndexMap<&str, TestSuite> = IndexMap::new();
    for outcome in outcomes {
        let area = area_of(&outcome.id);
        suites
            .entry(area)
            .or_insert_with(|| suite(area, run))
            .add_test_case(test_case(area, outcome, strict, room));
    }
    let mut report = JunitReport::new("registry-conformance");
    report.set_time(run.duration);
    for (_, mut suite) in suites {
        let time = suite.test_cases.iter().filter_map(|case| case.time).sum();
        suite.set_time(time);
        report.add_test_suite(suite);
    }
    if let Some(interruption) = &run.interrupted {
        report.add_test_suite(interrupted(interruption, outcomes.len(), run));
    }
    report.to_string().map(without_sum_of_skips)
}

/// Viewers know no incomplete report; an error is what they show as not to be relied on.
fn interrupted(interruption: &Interruption, known: usize, run: &Run) -> TestSuite {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    let ids: Vec<&str> = interruption.not_judged.iter().map(String::as_str).collect();
    status
        .set_type("interrupted")
        .set_message(interruption.sentence(known))
        .set_description(format!("not judged: {}", together(&ids, LISTED)));
    let mut case = TestCase::new("the run came to its end", status);
    case.set_classname("registry-conformance");
    let mut suite = suite("registry-conformance", run);
    suite.add_test_case(case);
    suite
}

/// `testsuites` has no `skipped` in the schema, and Jenkins' xUnit plugin refuses what is not in it.
fn without_sum_of_skips(xml: String) -> String {
    let Some(start) = xml.find("<testsuites ") else {
        return xml;
    };
    let end = xml[start..].find('>').map_or(xml.len(), |end| start + end);
    let (Some(from), true) = (xml[start..end].find(" skipped=\""), start < end) else {
        return xml;
    };
    let from = start + from;
    let value = from + " skipped=\"".len();
    let to = xml[value..end].find('"').map_or(end, |to| value + to + 1);
    format!("{}{}", &xml[..from], &xml[to..])
}

fn suite(area: &str, run: &Run) -> TestSuite {
    let mut suite = TestSuite::new(area);
    suite
        .add_property(("profile", PROFILE_VERSION))
        .add_property(("seed", run.seed.to_string().as_str()));
    if let Some(registry) = run.target.get("registry").and_then(Value::as_str) {
        suite.add_property(("registry", registry));
    }
    suite
}

fn is_explained(verdict: Verdict) -> bool {
    !matches!(verdict, Verdict::Pass | Verdict::Skip)
}

fn test_case(area: &str, outcome: &CaseOutcome, strict: bool, room: usize) -> TestCase {
    let reason = shortened(outcome.reason.as_deref().unwrap_or_default(), MESSAGE);
    let explanation = || beginning(&explain(outcome), room);
    let not_passed = |kind: NonSuccessKind, name: &str| {
        let mut status = TestCaseStatus::non_success(kind);
        status
            .set_type(name)
            .set_message(reason.clone())
            .set_description(explanation());
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
            status
                .set_type(outcome.verdict.as_str())
                .set_message(reason.clone());
            status
        }
    };
    let mut case = TestCase::new(outcome.id.clone(), status);
    // A dot separates packages in the viewers.
    let class = area.replace('/', ".");
    case.set_classname(format!("registry-conformance.{class}"))
        .set_time(outcome.duration);
    let is_passed_with_a_story =
        outcome.verdict == Verdict::KnownFailure || (outcome.verdict == Verdict::Warn && !strict);
    if is_passed_with_a_story {
        case.set_system_out(explanation());
    }
    case
}
