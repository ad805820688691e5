//! Judging a step: the general rules, what success implies, and the step's own expectations.

use std::sync::Arc;

use serde_json::Value;

use super::case::{CaseRun, Flow};
use super::performed::{Performed, StepError};
use super::release::State;
use crate::case::Step;
use crate::case::action::Upload;
use crate::case::expectation::Expectation;
use crate::case::model::{Place, SkipUnless, UploadPlace};
use crate::check::implied::{self, Scope};
use crate::check::signature::Signed;
use crate::check::{Context, Subject, applies, judge};
use crate::outcome::{Level, Mismatch};
use crate::wire::{Alive, Exchange, WireError};

impl CaseRun<'_> {
    pub(super) fn judging(&self) -> Context<'_> {
        Context {
            problems: &self.context.target.problems,
            capabilities: &self.context.capabilities,
            contents: &self.contents,
            keys: &self.context.keys,
        }
    }

    pub(super) async fn judge_step(
        &self,
        state: &State,
        (raw, pointer): (&Value, &str),
        step: &Step,
        performed: &Performed,
        lenient: bool,
    ) -> (Vec<Mismatch>, Flow) {
        let mut mismatches = Vec::new();
        let is_about_client = self.context.client_suite.is_some();
        if is_about_client && state.client.is_none() && !performed.succeeded() {
            // Nothing has been asked of the client yet.
            let step = step.name.as_deref().unwrap_or(step.action());
            let why = format!("the mock did not do as the step `{step}` before the client wants");
            return (mismatches, Flow::Error(why));
        }
        // The exchange of an attempt was judged with its own step; those of a case about a client are the mock's.
        if step.attempt.is_none() && !is_about_client {
            for (exchange, scope) in &performed.exchanges {
                match self.general(exchange, *scope, performed).await {
                    Ok(found) => mismatches.extend(found),
                    Err(flow) => return (mismatches, flow),
                }
            }
        }
        let implied = performed.implied.iter();
        mismatches.extend(implied.filter(|_| !is_about_client).cloned());
        mismatches.extend(performed.strays.clone());
        if let Some(skip) = &step.skip_unless
            && let Some(flow) = self.skip(skip, pointer, performed, &mut mismatches)
        {
            return (mismatches, flow);
        }
        let expectations = match self.expectations(state, raw, performed.succeeded()) {
            Ok(expectations) => expectations,
            Err(StepError::Suite(error)) => return (mismatches, Flow::Error(error)),
            Err(error) => return (mismatches, Flow::Stop(error.to_string())),
        };
        let subject = Self::subject(state, step, performed, &expectations);
        let context = self.judging();
        let rule = Some(match (is_about_client, &state.client) {
            (true, Some(run)) => run.rule,
            _ => performed.rule,
        });
        let mut judges_success = lenient || performed.answer_optional;
        for (place, expectation) in &expectations {
            if expectation
                .place
                .is_some_and(|place| !self.is_placed(state, step, place))
            {
                continue;
            }
            judges_success |= expectation.judges_success();
            let mut found = Vec::new();
            if performed.each.is_empty() {
                found.extend(judge(expectation, &subject, &context, rule));
            }
            for (exchange, _) in performed
                .each
                .iter()
                .filter_map(|index| performed.exchanges.get(*index))
            {
                let of_one = Subject {
                    exchange: Some(exchange),
                    ..subject.clone()
                };
                found.extend(judge(expectation, &of_one, &context, rule));
            }
            if expectation.rule.is_some() {
                let at = format!("{pointer}{place}");
                found = found
                    .into_iter()
                    .map(|mismatch| mismatch.of_expectation(&at))
                    .collect();
            }
            mismatches.extend(found);
        }
        self.claim(state, step, pointer, &expectations, &mut mismatches);
        if performed.succeeded() && expects_refusal(&expectations) {
            // What should have been refused is first of all that, whatever else is wrong with the answer.
            mismatches.sort_by_key(|mismatch| mismatch.expectation.is_none());
        }
        let is_group = step.parallel.is_some()
            || step.received.is_some()
            || step.host.is_some()
            || step.journal.is_some();
        if judges_success || is_group || performed.succeeded() {
            return (mismatches, Flow::Continue);
        }
        let success = Expectation {
            succeeds: Some(true),
            ..Expectation::default()
        };
        let found = judge(&success, &subject, &context, rule);
        mismatches.extend(found);
        let name = step.name.as_deref().unwrap_or(step.action());
        (
            mismatches,
            Flow::Stop(format!("the step `{name}` before did not succeed")),
        )
    }

    /// What every answer must be is what a step is about, where an expectation of it names the rule.
    fn claim(
        &self,
        state: &State,
        step: &Step,
        pointer: &str,
        expectations: &[(String, Expectation)],
        mismatches: &mut [Mismatch],
    ) {
        for mismatch in mismatches {
            let about = expectations.iter().find(|(_, expectation)| {
                expectation.rule.is_some()
                    && expectation.rule == mismatch.requirement
                    && applies(expectation, &self.context.capabilities)
                    && expectation
                        .place
                        .is_none_or(|place| self.is_placed(state, step, place))
            });
            if let (None, Some((place, _))) = (&mismatch.expectation, about) {
                mismatch.expectation = Some(format!("{pointer}{place}"));
            }
        }
    }

    fn subject<'s>(
        state: &'s State,
        step: &Step,
        performed: &'s Performed,
        expectations: &[(String, Expectation)],
    ) -> Subject<'s> {
        let compared = expectations
            .iter()
            .find_map(|(_, expectation)| expectation.same_as.as_ref())
            .and_then(|name| state.steps.get(name))
            .map(Arc::as_ref);
        let label = label_of(step).unwrap_or("main");
        let judged = performed
            .judged
            .and_then(|index| performed.exchanges.get(index));
        Subject {
            exchange: judged.map(|(exchange, _)| exchange),
            elsewhere: judged.is_some_and(|(_, scope)| *scope == Scope::Elsewhere),
            conclusion: performed.conclusion.as_ref(),
            parallel: performed
                .parallel
                .iter()
                .filter_map(|index| performed.exchanges.get(*index))
                .map(|(exchange, _)| exchange)
                .collect(),
            received: performed.received.as_deref(),
            received_by: performed.received_by,
            client: performed.client.as_ref(),
            compared,
            signed: Signed {
                bytes: state
                    .releases
                    .get(label)
                    .and_then(|release| release.signed.as_deref()),
                created_sha256: state
                    .client
                    .as_ref()
                    .and_then(|run| run.created_sha256.as_deref()),
            },
        }
    }

    /// The rules that every answer is judged by, and what a lost connection means.
    async fn general(
        &self,
        exchange: &Exchange,
        scope: Scope,
        performed: &Performed,
    ) -> Result<Vec<Mismatch>, Flow> {
        if exchange.gave_up {
            return Err(Flow::Error(format!(
                "the registry answered 429 to {} {} until the time for retries was over",
                exchange.request.method, exchange.request.url
            )));
        }
        let error = match &exchange.answer {
            Ok(answer) if answer.complete || answer.truncated_by_us => {
                self.context.presence.note_answer();
                return Ok(implied::general(
                    exchange,
                    scope,
                    &self.context.target.problems,
                    &|octets| self.context.shows_token(octets),
                ));
            }
            Ok(answer) => answer
                .trouble
                .clone()
                .unwrap_or_else(|| "the answer is cut off".to_owned()),
            Err(error) => error.to_string(),
        };
        let is_unreached = exchange
            .answer
            .as_ref()
            .is_err_and(WireError::no_connection);
        if scope == Scope::Elsewhere || performed.answer_optional && !is_unreached {
            return Ok(Vec::new());
        }
        let presence = &self.context.presence;
        if exchange.duration >= self.context.target.deadlines.exchange {
            presence.note_stall();
        }
        match self
            .context
            .client
            .alive(&self.context.target.registry)
            .await
        {
            // It is back already, and was not there to take this request.
            Alive::Answers if is_unreached || presence.was_gone_since(exchange.started) => {
                presence.note_gap(self.context.client.elapsed());
                Err(Flow::Error(format!(
                    "the registry was gone for a while: {error}"
                )))
            }
            Alive::Answers => Ok(vec![
                Mismatch::new(
                    Some("ERR-4"),
                    Level::Must,
                    "the request got no whole answer, though the registry lives",
                )
                .beside("an answer", error),
            ]),
            Alive::Gone => {
                presence.note_gone(self.context.client.elapsed());
                Err(Flow::Error(format!("the registry is gone: {error}")))
            }
        }
    }

    fn skip(
        &self,
        skip: &SkipUnless,
        pointer: &str,
        performed: &Performed,
        mismatches: &mut Vec<Mismatch>,
    ) -> Option<Flow> {
        let (exchange, _) = performed.exchanges.get(performed.judged?)?;
        let status = exchange.answer.as_ref().ok()?.status;
        match skip {
            SkipUnless::Capability(promised) => {
                if status == promised.status || !(200..300).contains(&status) {
                    return None;
                }
                // Declared, and not there: a must does not hide behind a skip.
                if self.context.target.capabilities.is(&promised.capability) {
                    let what = format!(
                        "the target declares {}, and it is not there",
                        promised.capability
                    );
                    mismatches.push(
                        Mismatch::new(Some(&promised.rule), Level::Must, what)
                            .beside(promised.status.to_string(), status.to_string())
                            .of_expectation(&format!("{pointer}/skip-unless")),
                    );
                    return Some(Flow::Stop(format!("{} is not there", promised.capability)));
                }
                Some(Flow::Skip {
                    capability: promised.capability.clone(),
                    reason: format!(
                        "{}: this registry answered {status} here, the case is about {}",
                        promised.capability, promised.status
                    ),
                })
            }
            SkipUnless::Seen(answer) => {
                if status >= 500 {
                    return None;
                }
                let subject = Subject {
                    exchange: Some(exchange),
                    conclusion: performed.conclusion.as_ref(),
                    ..Subject::default()
                };
                let is_of_kind = judge(&answer.seen, &subject, &self.judging(), None).is_empty();
                (!is_of_kind).then(|| Flow::Skip {
                    capability: "not seen".to_owned(),
                    reason: answer.reason.clone(),
                })
            }
        }
    }

    /// Whether the `uploadUrl` of the step's release is where it is said to be.
    pub(super) fn is_placed(&self, state: &State, step: &Step, place: Place) -> bool {
        let label = label_of(step).unwrap_or("main");
        let url = state
            .releases
            .get(label)
            .and_then(|release| release.upload_url.as_ref());
        url.is_some_and(|url| self.is_api(url) == (place.upload == UploadPlace::Api))
    }
}

fn expects_refusal(expectations: &[(String, Expectation)]) -> bool {
    expectations
        .iter()
        .any(|(_, expectation)| expectation.refused.is_some())
}

/// The release that a step is about.
fn label_of(step: &Step) -> Option<&str> {
    let reads = [&step.status, &step.get, &step.cancel]
        .into_iter()
        .flatten()
        .find_map(|read| read.release.as_deref());
    let content = [&step.upload]
        .into_iter()
        .flatten()
        .find_map(|upload| match &**upload {
            Upload::Detailed(details) => details.release.as_deref(),
            Upload::Content(_) => None,
        });
    reads
        .or(content)
        .or_else(|| {
            step.publish
                .as_ref()
                .and_then(|publish| publish.release.as_deref())
        })
        .or_else(|| {
            step.create
                .as_ref()
                .and_then(|create| create.release.as_deref())
        })
}
