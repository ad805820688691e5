//! What a person reads below a result: what failed and why, what was not judged, and what to do next.

use std::time::Duration;

use registry_conformance::outcome::{CaseOutcome, Verdict};
use registry_conformance::report::{self, Closing, Invocation, Style};

use crate::outcomes::{self, hostile, mixed, run};

#[test]
fn a_mixed_run_at_80_and_120_columns() {
    let (run, outcomes) = (run(), mixed());
    let closing = Closing {
        left_behind: 7,
        cancels: true,
        slow: 3,
        ..Closing::new(&run, &outcomes)
    };
    for width in [80, 120] {
        insta::assert_snapshot!(format!("mixed_{width}"), closing.text(&Style::plain(width)));
    }
}

#[test]
fn strict_warnings_are_failures_to_run_again() {
    let (run, mut outcomes) = (run(), mixed());
    outcomes.retain(|outcome| matches!(outcome.verdict, Verdict::Warn | Verdict::Pass));
    let closing = Closing {
        strict: true,
        ..Closing::new(&run, &outcomes)
    };
    let text = closing.text(&Style::plain(80));
    assert!(
        text.contains("--exact") && text.contains("upload/warns"),
        "{text}"
    );
    let lenient = Closing::new(&run, &outcomes).text(&Style::plain(80));
    assert!(!lenient.contains("--exact"), "{lenient}");
}

#[test]
fn a_clean_run_is_short() {
    let (run, mut outcomes) = (run(), mixed());
    outcomes.retain(|outcome| outcome.verdict == Verdict::Pass);
    insta::assert_snapshot!(Closing::new(&run, &outcomes).text(&Style::plain(80)), @"

    2 passed, 0 failed
    ");
}

#[test]
fn an_interrupted_run_names_what_was_under_way() {
    let (run, outcomes) = (run(), mixed());
    let closing = Closing {
        under_way: vec![("async/slow".to_owned(), Duration::from_secs(12))],
        ..Closing::new(&run, &outcomes)
    };
    let text = closing.text(&Style::plain(80));
    assert!(
        text.contains("UNDER WAY") && text.contains("async/slow (12 s)"),
        "{text}"
    );
}

#[test]
fn sixty_failures_are_repeated_by_parts_of_ids_where_these_mean_no_others() {
    let mut outcomes: Vec<CaseOutcome> = Vec::new();
    for number in 0..60 {
        let mut outcome = outcomes::failed(&format!("digest/a[{number}]"));
        if number >= 30 {
            outcome.id = format!("upload/b[{number}]");
        }
        outcomes.push(outcome);
    }
    outcomes.push(outcomes::passed("upload/c"));
    let all: Vec<&CaseOutcome> = report::to_repeat(&outcomes, false);
    let invocation = Invocation {
        options: vec!["--target".to_owned(), "my target.yaml".to_owned()],
        ..Invocation::default()
    };
    assert_eq!(
        invocation.repeat(&all, &outcomes, 5).lines,
        [
            r"registry-conformance --target 'my target.yaml' \",
            r"  digest/ \",
            "  'upload/b['"
        ]
    );
    let filtered = Invocation {
        is_filtered: true,
        ..invocation
    };
    let few = filtered.repeat(&all[..40], &outcomes, 5);
    assert_eq!((few.lines.len(), few.others), (41, 0));
    assert!(few.lines[0].ends_with(r"--exact \"));
    // More than anybody names: their areas, in which there is one case more.
    let many = filtered.repeat(&all, &outcomes, 5);
    assert_eq!(many.lines[1..], [r"  digest/ \", "  upload/"]);
    assert!(!many.lines[0].contains("--exact"));
    assert_eq!(many.others, 1);
    assert_eq!(
        report::known_entries(&outcomes),
        [
            r#"- {case: "digest/*", reason: "DIG-2"}"#,
            r#"- {case: "upload/b[*", reason: "DIG-2"}"#,
        ]
    );
}

#[test]
fn what_a_registry_says_steers_neither_terminal_nor_runner() {
    let (run, outcomes) = (run(), hostile());
    let closing = Closing::new(&run, &outcomes).text(&Style::plain(80));
    let explained: String = outcomes.iter().map(report::explain).collect();
    for text in [closing, explained] {
        outcomes::assert_harmless(&text);
        assert!(text.len() < 200_000, "{} octets", text.len());
    }
}

#[test]
fn the_known_failures_lines_are_a_known_failures_file() {
    let outcomes = [mixed(), hostile()].concat();
    let text = report::known_entries(&outcomes).join("\n");
    let known = registry_conformance::known_failures::KnownFailures::parse(
        &text,
        std::path::Path::new("known.yaml"),
    )
    .unwrap();
    for outcome in &outcomes {
        let is_known = known.reason(&outcome.id).is_some();
        assert_eq!(is_known, outcome.verdict == Verdict::Fail, "{}", outcome.id);
    }
}

#[test]
fn colours_mark_what_differs_and_nothing_else_changes() {
    let (run, outcomes) = (run(), mixed());
    let plain = Style::plain(80);
    let coloured = Style {
        color: true,
        ..plain
    };
    let closing = Closing::new(&run, &outcomes);
    let text = closing.text(&coloured);
    assert!(
        text.contains("\x1b[32m") && text.contains("\x1b[31m"),
        "{text:?}"
    );
    let pattern = regex::Regex::new("\x1b\\[[0-9;]*m").unwrap();
    assert_eq!(pattern.replace_all(&text, ""), closing.text(&plain));
}

#[test]
fn the_banner_says_what_is_tested_and_how() {
    let run = run();
    insta::assert_snapshot!(report::banner(
        &run,
        "http://127.0.0.1:9999/",
        &Style::plain(80)
    ));
    insta::assert_snapshot!(report::client_banner(
        &run,
        "./my-client --fast",
        &Style::plain(80)
    ));
}
