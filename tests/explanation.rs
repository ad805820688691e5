//! What a person reads when a case fails.

use std::time::Duration;

use registry_conformance::outcome::{CaseOutcome, Level, Mismatch, StepRecord, Verdict};
use registry_conformance::report;

fn step(name: &str, line: usize) -> StepRecord {
    StepRecord {
        name: name.to_owned(),
        line: Some(line),
        ..StepRecord::default()
    }
}

fn outcome(verdict: Verdict, steps: Vec<StepRecord>) -> CaseOutcome {
    CaseOutcome {
        id: "digest/refuses-mismatched-upload[one-byte]".to_owned(),
        file: "cases/digest/refuses-mismatched-upload.yaml".to_owned(),
        summary: "Bytes that do not hash to the manifest's digest never become a release."
            .to_owned(),
        level: Level::Must,
        requirements: vec!["DIG-2".to_owned()],
        failed_requirements: vec!["DIG-2".to_owned()],
        verdict,
        reason: Some("DIG-2: was not refused".to_owned()),
        missing_capability: None,
        duration: Duration::from_millis(12),
        steps,
    }
}

#[test]
fn a_failure_shows_rule_step_exchange_and_what_was_expected_beside_what_came() {
    let mut publish = step("publish", 9);
    publish.mismatches = vec![
        Mismatch::new(Some("DIG-2"), Level::Must, "was not refused")
            .beside("a refusal: digest-mismatch (422)", "published"),
        Mismatch::new(Some("REL-5"), Level::Should, "header field Cache-Control")
            .beside("absent", "immutable"),
    ];
    publish.transcripts = vec!["> POST /x HTTP/1.1\n< HTTP/1.1 201 Created".to_owned()];
    publish.curl = Some("curl -i -X POST 'http://127.0.0.1:1/x'".to_owned());
    let mut get = step("get", 12);
    get.not_run = Some("the step `publish` before did not succeed".to_owned());
    let steps = vec![step("create", 7), publish, get];
    insta::assert_snapshot!(report::explain(&outcome(Verdict::Fail, steps)));
}

#[test]
fn an_error_of_the_suite_says_that_it_is_one() {
    let mut outcome = outcome(Verdict::Error, Vec::new());
    outcome.reason = Some("the registry is gone: connection refused".to_owned());
    insta::assert_snapshot!(report::explain(&outcome));
}
