//! A short report in Markdown, for the summary page of a CI run or a comment.
//!
//! What a registry said stands in fenced code alone, behind a fence that is longer than any run of backticks in it:
//! there nothing is markup, a link, a mention or a closing tag.

use std::fmt::Write as _;

use serde_json::Value;

use super::answer::Answer;
use super::areas;
use super::broken_rule::{BrokenRule, failed_rules, warned_rules};
use super::closing::{count, counted};
use super::console::{safe_line, shortened};
use super::ids::together;
use super::invocation::to_repeat;
use super::known_entries::known_entries;
use super::model::{Run, Summary};
use crate::outcome::{CaseOutcome, Verdict};
use crate::requirement::PROFILE_VERSION;

/// Rules that are explained, differences of each, and characters of a value.
const RULES: usize = 30;
const DIFFERENCES: usize = 3;
const VALUE: usize = 300;
/// Ids that are listed of a difference.
const LISTED: usize = 12;
/// Lines of a list.
const LINES: usize = 100;
/// Octets of the rules that are explained and of each list. All of it stays far below the mebibyte beyond which GitHub drops a summary.
const EXPLAINED: usize = 64 * 1024;

/// Renders outcomes as Markdown; `strict`: warnings are failures.
pub fn render(outcomes: &[CaseOutcome], run: &Run, strict: bool) -> String {
    let summary = Summary::of(outcomes);
    let answer = Answer::of(&summary, strict).after(run.interrupted.as_ref());
    let sign = match answer {
        Answer::Conforms | Answer::ConformsWithWarnings | Answer::ConformsButForKnownFailures => {
            "✅"
        }
        Answer::DoesNotConform => "❌",
        Answer::Errors | Answer::NothingRan | Answer::Interrupted => "⚠️",
    };
    let mut text = format!("## {sign} Publish API: {}\n\n", answer.title());
    let whom = match run.target.get("registry").and_then(Value::as_str) {
        Some(registry) => code(registry),
        None => run.invocation.client.as_ref().map_or_else(
            || "the target".to_owned(),
            |words| format!("the client {}", code(&words.join(" "))),
        ),
    };
    let _ = writeln!(
        text,
        "{whom}: {}. Profile {PROFILE_VERSION}, seed {}, {:.1} s.\n",
        counted(&summary),
        run.seed,
        run.duration.as_secs_f64()
    );
    if let Some(interruption) = &run.interrupted {
        let sentence = interruption.sentence(outcomes.len());
        let _ = writeln!(text, "**The run was {sentence}.**\n");
    }
    table(&mut text, outcomes);
    rules(&mut text, "Violated rules", &failed_rules(outcomes));
    reasons(&mut text, outcomes);
    rules(&mut text, "Warnings", &warned_rules(outcomes));
    again(&mut text, outcomes, run, strict);
    text
}

fn table(text: &mut String, outcomes: &[CaseOutcome]) {
    let rows = areas::table(outcomes);
    for (index, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row
            .iter()
            .enumerate()
            .map(|(column, cell)| {
                if index > 0 && column == 0 {
                    code(cell)
                } else {
                    cell.clone()
                }
            })
            .collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
        if index == 0 {
            let _ = writeln!(text, "|---|{}", "---:|".repeat(row.len() - 1));
        }
    }
    text.push('\n');
}

fn rules(text: &mut String, heading: &str, rules: &[BrokenRule<'_>]) {
    if rules.is_empty() {
        return;
    }
    let _ = writeln!(text, "### {heading}\n");
    let (start, mut explained) = (text.len(), 0);
    for rule in rules.iter().take(RULES) {
        if text.len() - start > EXPLAINED {
            break;
        }
        explained += 1;
        let says = rule.rule.map_or("", |rule| rule.summary.as_str());
        let id = rule.rule.map_or_else(
            || rule.id.map_or_else(|| "no rule".to_owned(), code),
            |rule| rule.id.clone(),
        );
        let _ = writeln!(
            text,
            "**{id}** ({}, {}): {says}\n",
            rule.level.as_str(),
            count(rule.cases(), "case")
        );
        let mut body = String::new();
        let mut above = Vec::new();
        for difference in rule.differences.iter().take(DIFFERENCES) {
            let ids: Vec<&str> = difference
                .places
                .iter()
                .map(|(case, _)| case.id.as_str())
                .collect();
            if ids != above {
                let _ = writeln!(body, "{}", together(&ids, LISTED));
            }
            above = ids;
            let _ = writeln!(body, "  {}", shortened(difference.what, VALUE));
            if let Some((expected, actual)) = difference.values {
                let _ = writeln!(body, "  expected  {}", shortened(expected, VALUE));
                let _ = writeln!(body, "  was       {}", shortened(actual, VALUE));
            }
        }
        if rule.differences.len() > DIFFERENCES {
            let more = rule.differences.len() - DIFFERENCES;
            let _ = writeln!(body, "and {}", count(more, "difference") + " more");
        }
        text.push_str(&fenced("text", &body));
    }
    let named = &rules[explained..];
    if !named.is_empty() {
        let ids: Vec<String> = named
            .iter()
            .map(|rule| match (rule.rule, rule.id) {
                (Some(rule), _) => rule.id.clone(),
                (None, Some(id)) => code(&shortened(id, VALUE)),
                (None, None) => "no rule".to_owned(),
            })
            .collect();
        let more = count(named.len(), "rule");
        let ids = ids[..ids.len().min(LINES)].join(", ");
        let _ = writeln!(
            text,
            "And {more} more, which the other reports explain: {ids}.\n"
        );
    }
}

fn reasons(text: &mut String, outcomes: &[CaseOutcome]) {
    for (verdict, heading) in [
        (Verdict::UnexpectedPass, "Unexpected passes"),
        (Verdict::Error, "Errors of the suite or the set-up"),
    ] {
        let lines: Vec<String> = outcomes
            .iter()
            .filter(|outcome| outcome.verdict == verdict)
            .map(|outcome| {
                let reason = outcome.reason.as_deref().unwrap_or_default();
                format!("{}: {}", safe_line(&outcome.id), shortened(reason, VALUE))
            })
            .collect();
        if !lines.is_empty() {
            let _ = write!(
                text,
                "### {heading}\n\n{}",
                fenced("text", &at_most(&lines))
            );
        }
    }
}

fn again(text: &mut String, outcomes: &[CaseOutcome], run: &Run, strict: bool) {
    let cases = to_repeat(outcomes, strict);
    if cases.is_empty() {
        return;
    }
    let repetition = run.invocation.repeat(&cases, outcomes, run.seed);
    let command: Vec<String> = repetition
        .lines
        .iter()
        .map(|line| safe_line(line))
        .collect();
    let besides = match repetition.others {
        0 => String::new(),
        others => format!(
            " (all of their areas, with {} besides)",
            count(others, "case")
        ),
    };
    let _ = write!(
        text,
        "<details><summary>Run these again{besides}</summary>\n\n{}</details>\n\n",
        fenced("sh", &(command.join("\n") + "\n"))
    );
    let entries = known_entries(outcomes);
    if !entries.is_empty() {
        let _ = write!(
            text,
            "<details><summary>Expect them to fail (<code>--known-failures</code>)</summary>\n\n{}</details>\n",
            fenced("yaml", &at_most(&entries))
        );
    }
}

fn at_most(lines: &[String]) -> String {
    let mut text = String::new();
    let mut shown = 0;
    for line in lines.iter().take(LINES) {
        if text.len() + line.len() > EXPLAINED {
            break;
        }
        let _ = writeln!(text, "{line}");
        shown += 1;
    }
    if lines.len() > shown {
        let _ = writeln!(text, "# and {} more", lines.len() - shown);
    }
    text
}

/// A block of code that its content can not end.
pub(crate) fn fenced(language: &str, body: &str) -> String {
    let fence = "`".repeat(longest_run(body).max(2) + 1);
    format!("{fence}{language}\n{body}{fence}\n\n")
}

/// Code within a line or a cell of a table, which its content can neither end nor leave.
pub(crate) fn code(text: &str) -> String {
    // In a cell a bar ends it whatever stands around it.
    let text = safe_line(text).replace('|', "\\x7c");
    let fence = "`".repeat(longest_run(&text) + 1);
    let space = if text.is_empty() || text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) {
        " "
    } else {
        ""
    };
    format!("{fence}{space}{text}{space}{fence}")
}

fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{code, fenced};

    #[test]
    fn content_can_not_end_its_code() {
        let rows = [
            ("plain", "`plain`"),
            ("a`b", "``a`b``"),
            ("`", "`` ` ``"),
            ("a|b", "`a\\x7cb`"),
            ("a\n\n# b", "`a\\n\\n# b`"),
            ("</code><script>@you", "`</code><script>@you`"),
        ];
        for (text, expected) in rows {
            assert_eq!(code(text), expected);
        }
        assert!(fenced("text", "```\n````x\n").starts_with("`````text\n"));
    }
}
