//! The reports in the forms of others: what their readers take, and what a hostile registry can not do in them.

use registry_conformance::outcome::{CaseOutcome, Verdict};
use registry_conformance::report::{self, Answer, Summary};
use serde_json::Value;

use crate::outcomes::{self, assert_harmless, hostile, mixed, passed, run};

#[test]
fn markdown_is_short_and_says_what_to_do() {
    insta::assert_snapshot!(report::render_markdown(&mixed(), &run(), false));
}

#[test]
fn tap_has_a_point_a_case_and_a_diagnostic_for_what_is_not_plainly_ok() {
    insta::assert_snapshot!(report::render_tap(&mixed(), &run(), false));
    assert!(report::render_tap(&[], &run(), false).ends_with("1..0 # SKIP no case ran\n"));
}

#[test]
fn junit_marks_failures_errors_and_skips() {
    insta::assert_snapshot!(report::render_junit(&mixed(), &run(), false).unwrap());
}

#[test]
fn annotations_are_a_line_each_and_no_more_than_github_shows() {
    insta::assert_snapshot!(report::annotations(&mixed(), &run(), false));
    let mut many = Vec::new();
    for number in 0..30 {
        let mut outcome = outcomes::outcome(&format!("a/{number}"), Verdict::Error);
        outcome.reason = Some(format!("reason {number}"));
        many.push(outcome);
    }
    let text = report::annotations(&many, &run(), false);
    assert_eq!(text.lines().count(), 10);
    assert!(text.contains("and 21 more"), "{text}");
}

#[test]
fn a_badge_says_and_colours_what_the_run_came_to() {
    let with = |fill: fn(&mut Summary)| {
        let mut summary = Summary {
            pass: 10,
            ..Summary::default()
        };
        fill(&mut summary);
        summary
    };
    let rows = [
        (
            with(|_| {}),
            false,
            Answer::Conforms,
            "conforms",
            "brightgreen",
        ),
        (
            with(|sum| sum.warn = 1),
            false,
            Answer::ConformsWithWarnings,
            "conforms, 1 warning",
            "green",
        ),
        (
            with(|sum| sum.warn = 1),
            true,
            Answer::DoesNotConform,
            "1 failing",
            "red",
        ),
        (
            with(|sum| sum.known_failure = 2),
            false,
            Answer::ConformsButForKnownFailures,
            "2 known failing",
            "yellow",
        ),
        (
            with(|sum| (sum.fail, sum.error) = (60, 1)),
            false,
            Answer::DoesNotConform,
            "60 failing",
            "red",
        ),
        (
            with(|sum| sum.unexpected_pass = 1),
            false,
            Answer::DoesNotConform,
            "1 failing",
            "red",
        ),
        (
            with(|sum| sum.error = 2),
            false,
            Answer::Errors,
            "2 errors",
            "lightgrey",
        ),
        (
            with(|sum| (sum.pass, sum.skip) = (0, 9)),
            false,
            Answer::NothingRan,
            "not judged",
            "lightgrey",
        ),
    ];
    for (summary, strict, answer, message, color) in rows {
        assert_eq!(Answer::of(&summary, strict), answer);
        let shields: Value =
            serde_json::from_str(&report::render_shields(&summary, None, strict)).unwrap();
        assert_eq!(shields["schemaVersion"], 1);
        assert_eq!(shields["message"], message);
        assert_eq!(shields["color"], color);
        let svg = report::render_badge(&summary, None, strict).unwrap();
        let title = format!("<title>publish api: {message}</title>");
        assert!(svg.contains(&title), "{svg}");
    }
    let clean = Summary::of(&[passed("a/b")]);
    insta::assert_snapshot!(report::render_badge(&clean, None, false).unwrap());
}

/// What junit-10.xsd of Jenkins' xUnit plugin lets an element have.
const JUNIT: &[(&str, &[&str])] = &[
    (
        "testsuites",
        &["name", "time", "tests", "failures", "errors"],
    ),
    (
        "testsuite",
        &[
            "name",
            "tests",
            "failures",
            "errors",
            "group",
            "time",
            "skipped",
            "timestamp",
            "hostname",
            "id",
            "package",
            "file",
            "log",
            "url",
        ],
    ),
    ("properties", &[]),
    ("property", &["name", "value"]),
    ("testcase", &["name", "time", "classname", "group"]),
    ("failure", &["type", "message"]),
    ("error", &["type", "message"]),
    ("skipped", &["type", "message"]),
    ("system-out", &[]),
    ("system-err", &[]),
];

#[test]
fn junit_has_no_more_than_the_schema_of_jenkins_knows() {
    let outcomes: Vec<CaseOutcome> = [mixed(), hostile()].concat();
    let xml = report::render_junit(&outcomes, &run(), true).unwrap();
    let tag = regex::Regex::new(r#"<([a-z][\w-]*)((?:\s+[\w-]+="[^"<]*")*)\s*/?>"#).unwrap();
    let attribute = regex::Regex::new(r#"([\w-]+)="([^"]*)""#).unwrap();
    let mut count = 0;
    for found in tag.captures_iter(&xml) {
        let (_, known) = JUNIT
            .iter()
            .find(|(name, _)| *name == &found[1])
            .unwrap_or_else(|| panic!("the schema has no <{}>", &found[1]));
        for attribute in attribute.captures_iter(&found[2]) {
            assert!(
                known.contains(&&attribute[1]),
                "<{} {}>",
                &found[1],
                &attribute[1]
            );
        }
        count += 1;
    }
    let opened = xml.matches('<').count() - xml.matches("</").count() - 1;
    assert_eq!(count, opened, "a tag that is none of the report's");
}

#[test]
fn a_hostile_registry_does_nothing_in_any_form() {
    let (outcomes, run) = (hostile(), run());
    let junit = report::render_junit(&outcomes, &run, false).unwrap();
    let markdown = report::render_markdown(&outcomes, &run, false);
    let tap = report::render_tap(&outcomes, &run, false);
    for text in [&junit, &markdown, &tap] {
        assert_harmless(text);
        assert!(text.len() < 200_000, "{} octets", text.len());
    }
    assert!(!junit.contains("<script") && !junit.contains('\u{fffe}'));
    // All that it said is inside of fences of more backticks than it has.
    let outside: String = markdown.split("`````").step_by(2).collect();
    assert!(
        !outside.contains("script") && !outside.contains("@somebody"),
        "{outside}"
    );
    // Every line is the report's own.
    for line in tap.lines() {
        let is_own = ["TAP version 14", "# ", "1..8", "ok ", "not ok ", "  "]
            .iter()
            .any(|start| line.starts_with(start));
        assert!(is_own, "{line}");
    }
    assert_eq!(
        tap.matches("\n  ---\n").count(),
        tap.matches("\n  ...\n").count()
    );
    let points = tap
        .lines()
        .filter(|line| line.starts_with("ok ") || line.starts_with("not ok "));
    assert_eq!(points.count(), outcomes.len());
    let annotations = report::annotations(&outcomes, &run, false);
    for line in annotations.lines() {
        assert!(
            line.starts_with("::error title=") || line.starts_with("::warning title="),
            "{line}"
        );
        assert!(line.len() < 12_000, "{}", line.len());
        let (_, rest) = line.split_once("title=").unwrap();
        let (title, _) = rest.split_once("::").unwrap();
        assert!(!title.contains([',', ':']), "{title}");
    }
}
