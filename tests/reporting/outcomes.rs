//! Outcomes to report: one of each kind, and what a hostile registry makes of them.

use std::time::{Duration, SystemTime};

use registry_conformance::outcome::{CaseOutcome, Level, Mismatch, StepRecord, Verdict};
use registry_conformance::report::{Invocation, Run};
use serde_json::json;

/// Text that would steer a terminal, a CI runner, or whoever renders markup.
pub(crate) const HOSTILE: &str = "\x1b[2J\x1b]0;title\x07\r::set-output name=a::b\n::error::x\n  ::stop-commands::t\n##[set-env name=PATH]/evil\n##vso[task.setvariable variable=a]b\u{202e}\u{9b}31m\0]]>--><script>alert(1)</script>|`@somebody\n````\n[link](javascript:alert(1))\n...\n  ...\n1..1\nBail out!\nok 1 - x # TODO\u{fffe}";

pub(crate) fn run() -> Run {
    Run {
        seed: 42,
        target: json!({"registry": "http://127.0.0.1:9999/", "identities": {"owner": {"namespace": "conformance-owner.test"}, "reader": {}}}),
        declared: json!({
            "upload": "seen", "async": "seen", "sources": true, "sources.max": "none", "digest.sha512": false,
            "digest.form": "index", "cancel": true, "jws.ed25519": ["EdDSA"], "verification": "uploads",
        }),
        seen: json!({"upload": true, "async": false}),
        started: SystemTime::UNIX_EPOCH,
        duration: Duration::from_millis(1500),
        invocation: Invocation {
            options: vec!["--target".to_owned(), "target.yaml".to_owned()],
            ..Invocation::default()
        },
        interrupted: None,
    }
}

pub(crate) fn step(name: &str, line: usize, mismatches: Vec<Mismatch>) -> StepRecord {
    StepRecord {
        name: name.to_owned(),
        line: Some(line),
        mismatches,
        ..StepRecord::default()
    }
}

pub(crate) fn outcome(id: &str, verdict: Verdict) -> CaseOutcome {
    CaseOutcome {
        id: id.to_owned(),
        file: format!("cases/{}.yaml", id.split('[').next().unwrap()),
        summary: "A behaviour in one sentence.".to_owned(),
        level: Level::Must,
        requirements: vec!["DIG-2".to_owned()],
        failed_requirements: Vec::new(),
        verdict,
        reason: None,
        missing_capability: None,
        duration: Duration::from_millis(12),
        steps: Vec::new(),
    }
}

pub(crate) fn passed(id: &str) -> CaseOutcome {
    outcome(id, Verdict::Pass)
}

pub(crate) fn failed(id: &str) -> CaseOutcome {
    let mismatch = Mismatch::new(Some("DIG-2"), Level::Must, "was not refused")
        .beside("a refusal: digest-mismatch (422)", "published");
    CaseOutcome {
        failed_requirements: vec!["DIG-2".to_owned()],
        reason: Some("DIG-2: was not refused: expected a refusal, was published".to_owned()),
        steps: vec![step("attempt", 8, vec![mismatch])],
        ..outcome(id, Verdict::Fail)
    }
}

pub(crate) fn skipped(id: &str, capability: &str) -> CaseOutcome {
    CaseOutcome {
        missing_capability: Some(capability.to_owned()),
        reason: Some(format!(
            "needs the capability {capability}: true; the target has false"
        )),
        ..outcome(id, Verdict::Skip)
    }
}

/// One of each verdict and more, in order of their ids.
pub(crate) fn mixed() -> Vec<CaseOutcome> {
    let mirrors = "http://127.0.0.1:33917/h/1e5f/component.wasm".repeat(4);
    let lists = Mismatch::new(Some("SRC-4"), Level::Must, "body at /contentSources").beside(
        format!("1 elements: [\"{mirrors}?n=1\"]"),
        format!("1 elements: [\"{mirrors}?n=2\"]"),
    );
    let cached = Mismatch::new(Some("REL-5"), Level::Should, "header field Cache-Control")
        .beside("absent", "immutable");
    let because = |outcome: CaseOutcome, reason: &str| CaseOutcome {
        reason: Some(reason.to_owned()),
        ..outcome
    };
    vec![
        skipped("access/hides", "access.private"),
        skipped("async/not-seen", "async"),
        because(
            outcome("create/known", Verdict::KnownFailure),
            "known failure (issue 12): CRE-5: was not refused",
        ),
        because(
            outcome("create/mended", Verdict::UnexpectedPass),
            "passes, though it is listed as a known failure (issue 3); remove the entry",
        ),
        passed("digest/a"),
        failed("digest/b[one]"),
        failed("digest/b[two]"),
        passed("digest/c"),
        skipped("digest/sha512", "digest.sha512"),
        skipped("digest/sha512-alone", "digest.sha512"),
        because(
            outcome("errors/gone", Verdict::Error),
            "the registry is gone: failed to connect to 127.0.0.1:9999: Connection refused (os error 111)",
        ),
        CaseOutcome {
            failed_requirements: vec!["SRC-4".to_owned(), "REL-5".to_owned()],
            reason: Some("SRC-4: body at /contentSources".to_owned()),
            steps: vec![step("status", 13, vec![lists, cached.clone()])],
            ..outcome("sources/list", Verdict::Fail)
        },
        skipped("sources/tls", "origin.tls"),
        CaseOutcome {
            failed_requirements: vec!["REL-5".to_owned()],
            reason: Some(
                "REL-5: header field Cache-Control: expected absent, was immutable".to_owned(),
            ),
            steps: vec![step("get", 5, vec![cached])],
            ..outcome("upload/warns", Verdict::Warn)
        },
    ]
}

/// A registry that says the worst in every place, and at length.
pub(crate) fn hostile() -> Vec<CaseOutcome> {
    let long = HOSTILE.repeat(20_000);
    let text = |short: bool| {
        if short {
            HOSTILE.to_owned()
        } else {
            long.clone()
        }
    };
    [
        (Verdict::Fail, true),
        (Verdict::Fail, false),
        (Verdict::Warn, true),
        (Verdict::Error, true),
        (Verdict::Error, false),
        (Verdict::KnownFailure, true),
        (Verdict::UnexpectedPass, true),
        (Verdict::Skip, true),
    ]
    .into_iter()
    .enumerate()
    .map(|(index, (verdict, short))| {
        let level = if verdict == Verdict::Warn {
            Level::Should
        } else {
            Level::Must
        };
        // What the run keeps of a value is short; what is not is the reason of an error.
        let mismatch = Mismatch::new(Some("ERR-1"), level, HOSTILE).beside(HOSTILE, HOSTILE);
        let mut hostile = step("get", 3, vec![mismatch]);
        hostile.transcripts = vec![HOSTILE.to_owned()];
        hostile.story = Some(HOSTILE.to_owned());
        hostile.curl = Some(format!("curl '{HOSTILE}'"));
        CaseOutcome {
            failed_requirements: vec!["ERR-1".to_owned()],
            reason: Some(text(short)),
            missing_capability: (verdict == Verdict::Skip).then(|| "cancel".to_owned()),
            steps: vec![hostile],
            ..outcome(&format!("errors/hostile-{index}"), verdict)
        }
    })
    .collect()
}

/// No character steers a terminal, no line is a command to a CI runner.
pub(crate) fn assert_harmless(text: &str) {
    let steering = text.chars().find(|character| {
        (character.is_control() && !"\n\t".contains(*character)) || *character == '\u{202e}'
    });
    assert_eq!(steering, None);
    let command = regex::Regex::new(r"(?m)^\s*::|##\w*\[").unwrap();
    if let Some(found) = command.find(text) {
        panic!("a command: {:?}", &text[found.start()..]);
    }
}
