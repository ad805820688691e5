//! The examination for programs.

use serde_json::{Value, json};

use super::examine::Examination;
use crate::wire::Redactor;
use crate::wire::render::to_report;

/// `{steps: [{group, step, status, detail, next?, exchange?}], undeclared, left_behind: {ended, pending, cancelled}}`; `status`
/// is `ok`, `problem` or `not checked`, `exchange` as in a report.
pub fn json(examination: &Examination, redactor: &Redactor) -> Value {
    let steps: Vec<Value> = examination
        .findings
        .iter()
        .map(|finding| {
            let mut step = json!({
                "group": finding.group.to_string(),
                "step": finding.step,
                "status": finding.status.as_str(),
                "detail": redactor.text(&finding.detail),
            });
            if let Some(next) = &finding.next {
                step["next"] = redactor.text(next).into();
            }
            if let Some(exchange) = &finding.exchange {
                step["exchange"] = to_report(exchange, redactor).to_value();
            }
            step
        })
        .collect();
    let left = examination.left;
    json!({
        "steps": steps,
        "undeclared": examination.undeclared,
        "left_behind": {"ended": left.ended, "pending": left.pending, "cancelled": left.cancelled},
    })
}
