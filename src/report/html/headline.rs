//! What the whole came to, in a few words.

use super::text::{counted, grouped};
use crate::outcome::Verdict;
use crate::report::model::{Report, Summary};

/// The first thing to read.
pub(super) struct Headline {
    pub title: &'static str,
    /// The verdict whose colour and sign it has.
    pub verdict: Verdict,
    pub sentence: String,
}

/// What a report came to; `strict`: a warning is a failure.
pub(super) fn headline(report: &Report, strict: bool) -> Headline {
    let summary = &report.summary;
    let (title, verdict) = match verdict(summary, strict) {
        (_, verdict) if verdict != Verdict::Fail && report.interrupted.is_some() => {
            ("Interrupted", Verdict::Error)
        }
        known => known,
    };
    let ran = summary.ran();
    let mut parts = Vec::new();
    if let Some(interruption) = &report.interrupted {
        let sentence = interruption.sentence(report.cases.len());
        parts.push(format!("The run was {sentence}."));
    }
    if summary.fail > 0 {
        let broken = report
            .requirements
            .iter()
            .filter(|rule| rule.verdict == Verdict::Fail)
            .count();
        parts.push(format!(
            "{} of {} {} {}.",
            grouped(summary.fail),
            counted(ran, "case", "cases"),
            if summary.fail == 1 {
                "fails and breaks"
            } else {
                "fail and break"
            },
            counted(broken, "rule", "rules"),
        ));
    } else if ran > 0 && summary.pass == ran {
        parts.push(match ran {
            1 => "The one case that ran passes.".to_owned(),
            _ => format!("All {} cases that ran pass.", grouped(ran)),
        });
    } else if ran > 0 {
        parts.push(format!(
            "{} of {} pass.",
            grouped(summary.pass),
            counted(ran, "case", "cases")
        ));
    }
    let notes = [
        (
            summary.error,
            "ended in an error of the suite or the set-up",
            "ended in errors of the suite or the set-up",
        ),
        (
            summary.unexpected_pass,
            "passes though it is listed as a known failure",
            "pass though they are listed as known failures",
        ),
        (
            summary.warn,
            "breaks a rule that should be kept",
            "break rules that should be kept",
        ),
        (
            summary.known_failure,
            "fails as is known",
            "fail as is known",
        ),
        (summary.skip, "was skipped", "were skipped"),
    ];
    for (count, one, many) in notes {
        if count > 0 {
            parts.push(format!(
                "{} {}.",
                grouped(count),
                if count == 1 { one } else { many }
            ));
        }
    }
    Headline {
        title,
        verdict,
        sentence: parts.join(" "),
    }
}

/// What it came to in two or three words, and the verdict whose colour and sign that has.
pub(crate) fn verdict(summary: &Summary, strict: bool) -> (&'static str, Verdict) {
    if summary.fail > 0 || summary.unexpected_pass > 0 || (strict && summary.warn > 0) {
        ("Does not conform", Verdict::Fail)
    } else if summary.error > 0 {
        ("Could not be judged", Verdict::Error)
    } else if summary.ran() == 0 {
        ("Nothing was judged", Verdict::Skip)
    } else if summary.warn > 0 {
        ("Conforms, with warnings", Verdict::Warn)
    } else if summary.known_failure > 0 {
        ("Conforms, but for known failures", Verdict::KnownFailure)
    } else {
        ("Conforms", Verdict::Pass)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_is_that_of_the_exit_code() {
        let clean = Summary {
            pass: 3,
            ..Summary::default()
        };
        let rows = [
            (clean, false, "Conforms"),
            (
                Summary { warn: 1, ..clean },
                false,
                "Conforms, with warnings",
            ),
            (Summary { warn: 1, ..clean }, true, "Does not conform"),
            (
                Summary {
                    known_failure: 1,
                    ..clean
                },
                false,
                "Conforms, but for known failures",
            ),
            (
                Summary {
                    unexpected_pass: 1,
                    ..clean
                },
                false,
                "Does not conform",
            ),
            (Summary { error: 1, ..clean }, false, "Could not be judged"),
            (
                Summary {
                    error: 1,
                    fail: 1,
                    ..clean
                },
                false,
                "Does not conform",
            ),
            (
                Summary {
                    skip: 9,
                    ..Summary::default()
                },
                false,
                "Nothing was judged",
            ),
        ];
        for (summary, strict, expected) in rows {
            assert_eq!(verdict(&summary, strict).0, expected, "{summary:?}");
        }
    }
}
