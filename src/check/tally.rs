//! How many of parallel exchanges ended in which way.

use serde_json::Value;

use super::{problem, status};
use crate::case::expectation::Tally;
use crate::outcome::{Level, Mismatch};
use crate::target::ProblemTypes;
use crate::wire::Exchange;

/// Judges the exchanges; each counts for the first line that it fits.
pub fn check(
    exchanges: &[&Exchange],
    lines: &[Tally],
    types: &ProblemTypes,
    rule: Option<&str>,
    level: Level,
) -> Vec<Mismatch> {
    let mut counts = vec![0_usize; lines.len()];
    let mut rest = Vec::new();
    for exchange in exchanges {
        match lines.iter().position(|line| fits(exchange, line, types)) {
            Some(index) => counts[index] += 1,
            None => rest.push(short(exchange)),
        }
    }
    let mut found = Vec::new();
    for (line, count) in lines.iter().zip(counts) {
        if !count_fits(&line.count, count) {
            found.push(
                Mismatch::new(
                    rule,
                    level,
                    format!(
                        "of {} at the same time, those that are {}",
                        exchanges.len(),
                        describe(line)
                    ),
                )
                .beside(text(&line.count), count.to_string()),
            );
        }
    }
    if !rest.is_empty() {
        found.push(
            Mismatch::new(
                rule,
                level,
                "of those at the same time, some are nothing that may be",
            )
            .beside("none", rest.join("; ")),
        );
    }
    found
}

fn fits(exchange: &Exchange, line: &Tally, types: &ProblemTypes) -> bool {
    let Ok(answer) = &exchange.answer else {
        return false;
    };
    let status = line
        .status
        .as_ref()
        .is_none_or(|description| status::fits(description, answer.status) == Some(true));
    let refused = line.refused.as_ref().is_none_or(|names| {
        !problem::refused(answer, names.as_slice(), types, None, Level::Must)
            .iter()
            .any(|mismatch| mismatch.level == Level::Must)
    });
    status && refused
}

/// Whether a count is `3`, `>=1`, `<=1` or any number (`rest`).
pub(super) fn count_fits(description: &Value, count: usize) -> bool {
    match description {
        Value::Number(number) => number.as_u64() == Some(count as u64),
        Value::String(text) => {
            let text = text.trim();
            let bound = |prefix: &str| {
                text.strip_prefix(prefix)
                    .and_then(|number| number.trim().parse::<usize>().ok())
            };
            if let Some(least) = bound(">=") {
                count >= least
            } else if let Some(most) = bound("<=") {
                count <= most
            } else {
                text == "rest" || text.parse::<usize>().is_ok_and(|number| number == count)
            }
        }
        _ => false,
    }
}

pub(super) fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn describe(line: &Tally) -> String {
    let status = line.status.as_ref().map(status::describe);
    let refused = line
        .refused
        .as_ref()
        .map(|names| format!("refused ({})", names.as_slice().join(" or ")));
    [status, refused]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ")
}

fn short(exchange: &Exchange) -> String {
    match &exchange.answer {
        Ok(answer) => answer.status.to_string(),
        Err(error) => error.to_string(),
    }
}
