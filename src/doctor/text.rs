//! The examination for people.

use std::fmt::Write as _;

use super::chart::{Finding, Status};
use super::examine::Examination;
use crate::wire::Redactor;
use crate::wire::render::{BodyLimit, curl, http_text, visible};

/// Octets of a body that are shown of the first problem.
const BODY: BodyLimit = BodyLimit(1024);

/// A line a step, the first problem with what was sent and answered, and what to do next. `command`: what runs the suite
/// against the same target.
pub fn text(examination: &Examination, redactor: &Redactor, command: &str) -> String {
    let mut text = String::new();
    steps(&mut text, &examination.findings);
    text.push('\n');
    if let Some(problem) = examination.first_problem() {
        first_problem(&mut text, problem, redactor);
    } else {
        undeclared(&mut text, examination);
        let _ = writeln!(text, "next: {command}");
    }
    text.push('\n');
    summary(&mut text, examination);
    visible(&redactor.text(&text))
}

fn steps(text: &mut String, findings: &[Finding]) {
    let width = findings
        .iter()
        .map(|finding| finding.step.len())
        .max()
        .unwrap_or_default();
    for group in findings.chunk_by(|left, right| left.group == right.group) {
        let Some(first) = group.first() else { continue };
        let _ = writeln!(text, "{}", first.group);
        // What can not be known for one reason is told once.
        let is_alike = group.len() > 1
            && group.iter().all(|finding| {
                finding.status == Status::NotChecked && finding.detail == first.detail
            });
        if is_alike {
            let all = format!("all {}", group.len());
            line(text, Status::NotChecked, (&all, width), &first.detail);
            continue;
        }
        for finding in group {
            line(
                text,
                finding.status,
                (&finding.step, width),
                &finding.detail,
            );
        }
    }
}

fn line(text: &mut String, status: Status, (step, width): (&str, usize), detail: &str) {
    let status = status.as_str();
    // What takes more than a line is told below.
    let detail = detail.lines().next().unwrap_or_default();
    let detail = detail.trim_end_matches(':');
    let _ = writeln!(text, "  {status:<11}  {step:<width$}  {detail}");
}

fn first_problem(text: &mut String, problem: &Finding, redactor: &Redactor) {
    let _ = writeln!(text, "---- {} ----\n{}", problem.step, problem.detail);
    if let Some(exchange) = &problem.exchange {
        text.push('\n');
        for line in http_text(exchange, redactor, BODY).lines() {
            let _ = writeln!(text, "    {line}");
        }
        let _ = writeln!(text, "  again: {}", curl(exchange, redactor));
    }
    if let Some(next) = &problem.next {
        let _ = writeln!(text, "\nnext: {next}");
    }
}

fn undeclared(text: &mut String, examination: &Examination) {
    if examination.undeclared.is_empty() {
        return;
    }
    let members: Vec<String> = examination
        .undeclared
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    let _ = writeln!(
        text,
        "There, and not judged until the target file declares it:\n  capabilities: {{{}}}\n",
        members.join(", ")
    );
}

fn summary(text: &mut String, examination: &Examination) {
    let count = |status| {
        examination
            .findings
            .iter()
            .filter(|finding| finding.status == status)
            .count()
    };
    let problems = count(Status::Problem);
    let _ = writeln!(
        text,
        "{} ok, {problems} problem{}, {} not checked",
        count(Status::Ok),
        if problems == 1 { "" } else { "s" },
        count(Status::NotChecked)
    );
    let left = examination.left;
    if left == super::LeftBehind::default() {
        text.push_str("nothing is left behind in the registry\n");
        return;
    }
    let _ = write!(
        text,
        "left behind: {} names in the namespaces of the identities",
        left.ended + left.pending + left.cancelled
    );
    for (count, what) in [
        (left.pending, "still pending"),
        (left.cancelled, "cancelled"),
    ] {
        if count > 0 {
            let _ = write!(text, ", {count} {what}");
        }
    }
    text.push('\n');
}
