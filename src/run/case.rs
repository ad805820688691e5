//! One case: its contents, hosts and steps, one after another.

use std::sync::Arc;
use std::time::Instant;

use serde_json::Value;

use super::context::RunContext;
use super::hosts::{self, CaseHosts};
use super::names;
use super::performed::{Performed, StepError};
use super::release::State;
use super::scope::{CaseScope, part_of_answer};
use crate::case::action::{OneOrMany, Received};
use crate::case::content_spec::{ContentSpec, Contents};
use crate::case::expectation::Expectation;
use crate::case::{Case, Step, template};
use crate::check::implied::{self, Scope};
use crate::check::{Context, Subject, judge};
use crate::content::SeededBytes;
use crate::outcome::{Level, Mismatch, StepRecord};
use crate::target::{Needs, Operation};
use crate::wire::render::{self, BodyLimit};
use crate::wire::{Alive, Exchange};

/// How a case goes on after a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Flow {
    Continue,
    /// What follows can not be judged.
    Stop(String),
    /// The registry took a way that the case is not about.
    Skip { capability: String, reason: String },
    /// The suite or the set-up is at fault.
    Error(String),
}

/// The records of a case.
#[derive(Debug, Default)]
pub(super) struct Journal {
    pub steps: Vec<StepRecord>,
}

/// A case that is being carried out.
pub(super) struct CaseRun<'a> {
    pub context: &'a RunContext,
    pub case: &'a Case,
    pub contents: Contents,
    pub hosts: CaseHosts,
}

impl<'a> CaseRun<'a> {
    /// Makes contents and starts hosts.
    pub(super) fn prepare(context: &'a RunContext, case: &'a Case) -> Result<Self, String> {
        let mut run = Self {
            context,
            case,
            contents: Contents::new(),
            hosts: CaseHosts::new(),
        };
        let state = State::default();
        for name in case.file.given.keys() {
            let raw = &case.raw["given"][name];
            let rendered = run.render(&state, raw).map_err(|error| error.to_string())?;
            let spec: ContentSpec =
                serde_json::from_value(rendered).map_err(|error| error.to_string())?;
            let mut stream = SeededBytes::new(context.seed, &format!("{}/{name}", case.id));
            let content = spec
                .make(&run.contents, &mut stream)
                .map_err(|error| error.to_string())?;
            run.contents.insert(name.clone(), content);
        }
        let mut specs = indexmap::IndexMap::new();
        for name in case.file.hosts.keys() {
            let rendered = run
                .render(&state, &case.raw["hosts"][name])
                .map_err(|error| error.to_string())?;
            let spec = serde_json::from_value(rendered).map_err(|error| error.to_string())?;
            specs.insert(name.clone(), spec);
        }
        run.hosts = hosts::start(context, &specs, &run.contents)?;
        Ok(run)
    }

    /// Carries out all steps.
    pub(super) async fn run(&self) -> (Journal, Flow) {
        let mut state = State::default();
        let mut journal = Journal::default();
        let mut end = Flow::Continue;
        for (index, raw) in self.case.raw_steps.iter().enumerate() {
            let pointer = format!("/steps/{index}");
            if let Flow::Stop(why) = &end {
                journal.steps.push(self.not_run(raw, &pointer, why));
                continue;
            }
            let (_, flow) = self.step(&mut state, raw, &pointer, &mut journal, false).await;
            match flow {
                Flow::Continue => {}
                Flow::Stop(_) => end = flow,
                Flow::Skip { .. } | Flow::Error(_) => return (journal, flow),
            }
        }
        self.clean_up(&state).await;
        (journal, end)
    }

    pub(super) fn fresh_label(&self, label: &str) -> String {
        names::fresh_label(self.context.seed, &self.case.id, label)
    }

    pub(super) fn judging(&self) -> Context<'_> {
        Context {
            problems: &self.context.target.problems,
            capabilities: &self.context.capabilities,
            contents: &self.contents,
            keys: &self.context.keys,
        }
    }

    fn render(&self, state: &State, value: &Value) -> Result<Value, StepError> {
        template::render(value, &CaseScope { run: self, state }).map_err(StepError::suite)
    }

    /// The step without its expectations and nested steps, templates filled in.
    pub(super) fn render_step(&self, state: &State, raw: &Value) -> Result<Step, StepError> {
        let mut raw = raw.clone();
        if let Some(members) = raw.as_object_mut() {
            members.remove("expect");
            if members.contains_key("attempt") {
                members.insert("attempt".to_owned(), Value::Array(Vec::new()));
            }
            if let Some(parallel) = members.get_mut("parallel") {
                parallel["steps"] = Value::Array(Vec::new());
            }
        }
        let rendered = self.render(state, &raw)?;
        serde_json::from_value(rendered)
            .map_err(|error| StepError::Suite(format!("with templates filled in: {error}")))
    }

    fn expectations(&self, state: &State, raw: &Value) -> Result<Vec<Expectation>, StepError> {
        let Some(expect) = raw.get("expect") else {
            return Ok(Vec::new());
        };
        // What is not judged here is not rendered either: its values may not exist.
        let applying = |expectation: &&Value| {
            expectation.get("when").is_none_or(|when| self.applies(when))
        };
        let chosen: Vec<Value> = match expect {
            Value::Array(many) => many.iter().filter(applying).cloned().collect(),
            one => std::iter::once(one).filter(applying).cloned().collect(),
        };
        let rendered = self.render(state, &Value::Array(chosen))?;
        let expectations: OneOrMany<Expectation> =
            serde_json::from_value(rendered).map_err(StepError::suite)?;
        Ok(expectations.as_slice().to_vec())
    }

    fn applies(&self, when: &Value) -> bool {
        Needs::from_json(when)
            .is_ok_and(|needs| self.context.capabilities.meets(&needs).is_ok())
    }

    /// One step: carried out, judged, recorded. `lenient`: success is not expected of itself.
    pub(super) async fn step(
        &self,
        state: &mut State,
        raw: &Value,
        pointer: &str,
        journal: &mut Journal,
        lenient: bool,
    ) -> (Option<Performed>, Flow) {
        if raw.get("when").is_some_and(|when| !self.applies(when)) {
            return (None, Flow::Continue);
        }
        let step = match self.render_step(state, raw) {
            Ok(step) => step,
            Err(error) => return (None, self.failed_step(raw, pointer, &error, journal)),
        };
        let mut performed = if step.attempt.is_some() {
            let nested = raw["attempt"].as_array().cloned().unwrap_or_default();
            let (performed, flow) = self.attempt(state, &nested, pointer, journal).await;
            if !matches!(flow, Flow::Continue) {
                return (None, flow);
            }
            performed
        } else {
            let result = match &step.parallel {
                Some(parallel) => {
                    let nested = raw["parallel"]["steps"].as_array().cloned().unwrap_or_default();
                    self.parallel(state, &nested, parallel.times.unwrap_or(1)).await
                }
                None => self.perform(state, &step).await,
            };
            match result {
                Ok(performed) => performed,
                Err(error) => return (None, self.failed_step(raw, pointer, &error, journal)),
            }
        };
        for update in std::mem::take(&mut performed.updates) {
            state.apply(update);
        }
        let (mismatches, flow) = self
            .judge_step(state, raw, &step, &performed, lenient)
            .await;
        self.keep(state, &step, &performed);
        journal
            .steps
            .push(self.record(raw, &step, pointer, &performed, mismatches));
        (Some(performed), flow)
    }

    /// Carries out a single action.
    pub(super) async fn perform(
        &self,
        state: &State,
        step: &Step,
    ) -> Result<Performed, StepError> {
        if let Some(spec) = &step.create {
            self.create(state, step, spec).await
        } else if let Some(spec) = &step.upload {
            self.upload(state, step, spec).await
        } else if let Some(spec) = &step.add_sources {
            self.change_sources(state, step, spec, "POST").await
        } else if let Some(spec) = &step.replace_sources {
            self.change_sources(state, step, spec, "PUT").await
        } else if let Some(spec) = &step.publish {
            self.publish(state, step, spec).await
        } else if let Some(spec) = &step.status {
            self.read(state, step, spec, Operation::Status).await
        } else if let Some(spec) = &step.get {
            self.read(state, step, spec, Operation::Get).await
        } else if let Some(spec) = &step.cancel {
            self.read(state, step, spec, Operation::Cancel).await
        } else if let Some(spec) = &step.download {
            self.download(state, step, spec).await
        } else if let Some(spec) = &step.request {
            self.send_request(state, step, spec).await
        } else if let Some(spec) = &step.raw {
            self.send_raw(step, spec).await
        } else if let Some(spec) = &step.wait {
            self.wait(state, step, spec).await
        } else if let Some(change) = &step.host {
            self.change_host(change).await
        } else if let Some(Received::Host(name)) = &step.received {
            self.received(name)
        } else {
            Err(StepError::Suite("the step has no action".to_owned()))
        }
    }

    async fn change_host(
        &self,
        change: &crate::case::action::HostChange,
    ) -> Result<Performed, StepError> {
        let host = self.live_host(&change.host)?;
        if change.await_request {
            let limit = self.within(None)?;
            if !host.wait_for_request(limit).await {
                return Err(StepError::Withheld {
                    rule: "SRC-2",
                    what: format!(
                        "the registry never asked the content host `{}` within {limit:?}",
                        change.host
                    ),
                });
            }
        }
        if let Some(behaviour) = &change.set {
            let behaviour = hosts::resolve(behaviour, &self.contents, &self.hosts)
                .map_err(StepError::Suite)?;
            host.set(behaviour);
        }
        if change.release {
            host.release();
        }
        Ok(Performed::default())
    }

    fn received(&self, name: &str) -> Result<Performed, StepError> {
        Ok(Performed {
            received: Some(self.live_host(name)?.received()),
            rule: "SRC-2",
            ..Performed::default()
        })
    }

    fn live_host(&self, name: &str) -> Result<&crate::origin::Host, StepError> {
        self.hosts
            .get(name)
            .and_then(hosts::CaseHost::live)
            .ok_or_else(|| StepError::Suite(format!("`{name}` is no content host that answers")))
    }

    async fn judge_step(
        &self,
        state: &State,
        raw: &Value,
        step: &Step,
        performed: &Performed,
        lenient: bool,
    ) -> (Vec<Mismatch>, Flow) {
        let mut mismatches = Vec::new();
        // The exchange of an attempt was judged with its own step.
        if step.attempt.is_none() {
            for (exchange, scope) in &performed.exchanges {
                match self.general(exchange, *scope, performed).await {
                    Ok(found) => mismatches.extend(found),
                    Err(flow) => return (mismatches, flow),
                }
            }
        }
        mismatches.extend(performed.implied.iter().cloned());
        if let Some(skip) = &step.skip_unless
            && let Some(flow) = self.skip(skip, performed, &mut mismatches)
        {
            return (mismatches, flow);
        }
        let expectations = match self.expectations(state, raw) {
            Ok(expectations) => expectations,
            Err(StepError::Suite(error)) => return (mismatches, Flow::Error(error)),
            Err(error) => return (mismatches, Flow::Stop(error.to_string())),
        };
        let subject = self.subject(state, step, performed, &expectations);
        let context = self.judging();
        let mut judges_success = lenient || performed.answer_optional;
        for expectation in &expectations {
            judges_success |= expectation.judges_success();
            mismatches.extend(judge(expectation, &subject, &context, Some(performed.rule)));
        }
        let is_group = step.parallel.is_some() || step.received.is_some() || step.host.is_some();
        if judges_success || is_group || performed.succeeded() {
            return (mismatches, Flow::Continue);
        }
        let success = Expectation {
            succeeds: Some(true),
            ..Expectation::default()
        };
        let found = judge(&success, &subject, &context, Some(performed.rule));
        mismatches.extend(found);
        let name = step.name.as_deref().unwrap_or(step.action());
        (
            mismatches,
            Flow::Stop(format!("the step `{name}` before did not succeed")),
        )
    }

    fn subject<'s>(
        &self,
        state: &'s State,
        step: &Step,
        performed: &'s Performed,
        expectations: &[Expectation],
    ) -> Subject<'s> {
        let compared = expectations
            .iter()
            .find_map(|expectation| expectation.same_as.as_ref())
            .and_then(|name| state.steps.get(name))
            .map(Arc::as_ref);
        let label = label_of(step).unwrap_or("main");
        Subject {
            exchange: performed
                .judged
                .and_then(|index| performed.exchanges.get(index))
                .map(|(exchange, _)| exchange),
            conclusion: performed.conclusion.as_ref(),
            parallel: performed
                .parallel
                .iter()
                .filter_map(|index| performed.exchanges.get(*index))
                .map(|(exchange, _)| exchange)
                .collect(),
            received: performed.received.as_deref(),
            compared,
            signed: state
                .releases
                .get(label)
                .and_then(|release| release.signed.as_deref()),
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
        let Err(error) = &exchange.answer else {
            return Ok(implied::general(
                exchange,
                scope,
                &self.context.target.problems,
                &|octets| self.context.shows_token(octets),
            ));
        };
        if performed.answer_optional || scope == Scope::Elsewhere {
            return Ok(Vec::new());
        }
        match self.context.client.alive(&self.context.target.registry).await {
            Alive::Answers => Ok(vec![
                Mismatch::new(
                    Some("ERR-4"),
                    Level::Must,
                    "the request got no answer, though the registry lives",
                )
                .beside("an answer", error.to_string()),
            ]),
            Alive::Gone => Err(Flow::Error(format!("the registry is gone: {error}"))),
        }
    }

    fn skip(
        &self,
        skip: &crate::case::model::SkipUnless,
        performed: &Performed,
        mismatches: &mut Vec<Mismatch>,
    ) -> Option<Flow> {
        let (exchange, _) = performed.exchanges.get(performed.judged?)?;
        let status = exchange.answer.as_ref().ok()?.status;
        if status == skip.status || !(200..300).contains(&status) {
            return None;
        }
        // Declared, and not there: a must does not hide behind a skip.
        if self.context.target.capabilities.is(&skip.capability) {
            mismatches.push(
                Mismatch::new(
                    Some(&skip.rule),
                    Level::Must,
                    format!("the target declares {}, and it is not there", skip.capability),
                )
                .beside(skip.status.to_string(), status.to_string()),
            );
            return Some(Flow::Stop(format!("{} is not there", skip.capability)));
        }
        Some(Flow::Skip {
            capability: skip.capability.clone(),
            reason: format!(
                "{}: this registry answered {status} here, the case is about {}",
                skip.capability, skip.status
            ),
        })
    }

    fn keep(&self, state: &mut State, step: &Step, performed: &Performed) {
        let judged = performed
            .judged
            .and_then(|index| performed.exchanges.get(index));
        let Some((exchange, _)) = judged else { return };
        if let Some(name) = &step.name {
            state.steps.insert(name.clone(), Arc::new(exchange.clone()));
        }
        let Ok(answer) = &exchange.answer else { return };
        for (name, what) in step.save.iter().flatten() {
            if let Ok(value) = part_of_answer(answer, &exchange.request.url, what) {
                state.saved.insert(name.clone(), value);
            }
        }
    }

    fn failed_step(
        &self,
        raw: &Value,
        pointer: &str,
        error: &StepError,
        journal: &mut Journal,
    ) -> Flow {
        if let StepError::Suite(message) = error {
            return Flow::Error(message.clone());
        }
        let mut record = self.not_run(raw, pointer, &error.to_string());
        record.mismatches.extend(error.mismatch());
        journal.steps.push(record);
        Flow::Stop(error.to_string())
    }

    fn line(&self, pointer: &str) -> Option<usize> {
        Some(self.case.spans.value(pointer).line)
    }

    fn not_run(&self, raw: &Value, pointer: &str, why: &str) -> StepRecord {
        let action = Step::ACTIONS
            .iter()
            .find(|action| raw.get(**action).is_some())
            .unwrap_or(&"step");
        StepRecord {
            name: raw
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or(action)
                .to_owned(),
            line: self.line(pointer),
            exchanges: Vec::new(),
            transcripts: Vec::new(),
            curl: None,
            mismatches: Vec::new(),
            not_run: Some(why.to_owned()),
        }
    }

    fn record(
        &self,
        raw: &Value,
        step: &Step,
        pointer: &str,
        performed: &Performed,
        mismatches: Vec<Mismatch>,
    ) -> StepRecord {
        let redactor = &self.context.redactor;
        let mut record = self.not_run(raw, pointer, "");
        record.not_run = None;
        for (exchange, _) in &performed.exchanges {
            // In reports the exchanges of an attempt stand with its steps.
            if step.attempt.is_none() {
                record.exchanges.push(render::to_report(exchange, redactor));
            }
            record
                .transcripts
                .push(render::http_text(exchange, redactor, BodyLimit::default()));
        }
        record.curl = performed
            .judged
            .and_then(|index| performed.exchanges.get(index))
            .map(|(exchange, _)| render::curl(exchange, redactor));
        record.mismatches = mismatches
            .into_iter()
            .map(|mut mismatch| {
                mismatch.what = redactor.text(&mismatch.what);
                mismatch.expected = mismatch.expected.map(|text| redactor.text(&text));
                mismatch.actual = mismatch.actual.map(|text| redactor.text(&text));
                mismatch
            })
            .collect();
        record
    }

    /// Cancels what is still pending, where the registry can.
    async fn clean_up(&self, state: &State) {
        if !self.context.capabilities.is("cancel") {
            return;
        }
        for release in state.releases.values().filter(|release| !release.published) {
            let url = self.operation_url(Operation::Cancel, &release.name, &release.version);
            let mut request = crate::wire::Request::new("clean up", "DELETE", url);
            request.credentials = self.credentials(&release.identity).ok().flatten();
            self.context.client.send(&request).await;
        }
    }
}

/// The release that a step is about.
fn label_of(step: &Step) -> Option<&str> {
    let reads = [&step.status, &step.get, &step.cancel]
        .into_iter()
        .flatten()
        .find_map(|read| read.release.as_deref());
    reads
        .or_else(|| step.publish.as_ref().and_then(|publish| publish.release.as_deref()))
        .or_else(|| step.create.as_ref().and_then(|create| create.release.as_deref()))
}

/// Wall time of something.
pub(super) fn since(start: Instant) -> std::time::Duration {
    start.elapsed()
}
