//! `parallel`: steps at the same time, each on the state as it was before.

use futures::future::join_all;
use serde_json::Value;

use super::case::CaseRun;
use super::performed::{Performed, StepError};
use super::release::State;

impl CaseRun<'_> {
    pub(super) async fn parallel(
        &self,
        state: &State,
        raw_steps: &[Value],
        times: usize,
    ) -> Result<Performed, StepError> {
        let mut steps = Vec::new();
        for _ in 0..times {
            for raw in raw_steps {
                steps.push(self.render_step(state, raw)?);
            }
        }
        // Of publishes at the same time each may find the other's release there, and be answered as a repetition is.
        let mut during = state.clone();
        for release in during.releases.values_mut() {
            release.published = true;
        }
        let results = join_all(steps.iter().map(|step| self.perform(&during, step))).await;
        let mut whole = Performed {
            rule: "ERR-4",
            ..Performed::default()
        };
        for (result, step) in results.into_iter().zip(&steps) {
            let performed = result?;
            let offset = whole.exchanges.len();
            whole
                .parallel
                .extend(performed.judged.map(|index| offset + index));
            whole.answer_optional |= performed.answer_optional;
            whole.updates.extend(performed.updates);
            // What success implies is judged of each; an identical complaint is made once.
            for mismatch in performed.implied {
                if !whole.implied.contains(&mismatch) {
                    whole.implied.push(mismatch);
                }
            }
            whole.exchanges.extend(
                performed
                    .exchanges
                    .into_iter()
                    .map(|(mut exchange, scope)| {
                        if let Some(name) = &step.name {
                            exchange.name.clone_from(name);
                        }
                        (exchange, scope)
                    }),
            );
        }
        whole.judged = whole.parallel.last().copied();
        Ok(whole)
    }
}
