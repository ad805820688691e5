//! `attempt`: steps of which any may be refused; the first refusal is the attempt's end.

use serde_json::Value;

use super::case::{CaseRun, Flow, Journal};
use super::performed::Performed;
use super::release::State;
use crate::case::Step;
use crate::check::Conclusion;
use crate::check::implied::Scope;

impl CaseRun<'_> {
    /// Carries out the steps until one is refused; their records go to the journal.
    pub(super) async fn attempt(
        &self,
        state: &mut State,
        raw_steps: &[Value],
        pointer: &str,
        journal: &mut Journal,
    ) -> (Performed, Flow) {
        let mut attempt = Performed {
            rule: "PUB-1",
            ..Performed::default()
        };
        let mut conclusion = Conclusion::Accepted;
        for (index, raw) in raw_steps.iter().enumerate() {
            let at = format!("{pointer}/attempt/{index}");
            let (performed, flow) = Box::pin(self.step(state, raw, &at, journal, true)).await;
            if !matches!(flow, Flow::Continue) {
                return (attempt, flow);
            }
            let Some(performed) = performed else { continue };
            let judged = performed
                .judged
                .and_then(|index| performed.exchanges.get(index))
                .cloned();
            if let Some(end) = ending(&performed, raw) {
                conclusion = end;
            }
            if let Some(judged) = judged {
                attempt.exchanges = vec![judged];
                attempt.judged = Some(0);
            }
            if matches!(
                conclusion,
                Conclusion::Refused { .. }
                    | Conclusion::Failed { .. }
                    | Conclusion::Unfinished { .. }
            ) {
                break;
            }
        }
        attempt.conclusion = Some(conclusion);
        (attempt, Flow::Continue)
    }
}

fn ending(performed: &Performed, raw: &Value) -> Option<Conclusion> {
    if performed.conclusion.is_some() {
        return performed.conclusion.clone();
    }
    let (exchange, scope) = performed.exchanges.get(performed.judged?)?;
    let stage = Step::raw_action(raw).unwrap_or("request");
    match &exchange.answer {
        Ok(answer) if answer.status >= 400 => Some(Conclusion::Refused {
            stage: stage.to_owned(),
            status: answer.status,
            elsewhere: *scope == Scope::Elsewhere,
            problem: answer.json().cloned().unwrap_or_default(),
        }),
        Ok(_) => None,
        Err(_) if performed.answer_optional => None,
        Err(error) => Some(Conclusion::Unfinished {
            last: error.to_string(),
        }),
    }
}
