//! One case: its contents, hosts and steps, one after another.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize as _;
use serde_json::{Map, Value};

use super::context::RunContext;
use super::hosts::{self, CaseHosts};
use super::journal::journal;
use super::names;
use super::outside::Outside;
use super::performed::{Performed, StepError};
use super::release::State;
use super::scope::{CaseScope, part_of_answer};
use crate::case::action::Received;
use crate::case::content_spec::{ContentSpec, Contents};
use crate::case::expectation::Expectation;
use crate::case::template::TemplateError;
use crate::case::{Case, Step, template};
use crate::content::SeededBytes;
use crate::outcome::StepRecord;
use crate::target::{Needs, Operation};
use crate::wire::Redactor;

/// How a case goes on after a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Flow {
    Continue,
    /// What follows can not be judged.
    Stop(String),
    /// The registry took a way that the case is not about.
    Skip {
        capability: String,
        reason: String,
    },
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
    /// What its client must leave alone; none in a case about a registry.
    pub outside: Option<Outside>,
    /// Knows the secrets of this case too.
    pub redactor: Redactor,
    /// When the case began, on the clock of the client.
    pub began: Duration,
}

impl<'a> CaseRun<'a> {
    /// Makes contents and starts hosts.
    pub(super) fn prepare(context: &'a RunContext, case: &'a Case) -> Result<Self, String> {
        let outside = case.is_about_client().then(Outside::new).transpose();
        let mut run = Self {
            context,
            case,
            contents: Contents::new(),
            hosts: CaseHosts::new(),
            outside: outside.map_err(|error| format!("failed to make a folder: {error}"))?,
            redactor: context.redactor.scoped(),
            began: context.client.elapsed(),
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
        run.hosts = hosts::start(context, &case.id, &specs, &run.contents)?;
        Ok(run)
    }

    /// Carries out all steps. What is in the journal is there even if somebody loses patience in the middle of one.
    pub(super) async fn run(&self, journal: &mut Journal) -> Flow {
        let mut state = State::default();
        let mut end = Flow::Continue;
        for (index, raw) in self.case.raw_steps.iter().enumerate() {
            let pointer = format!("/steps/{index}");
            if let Flow::Stop(why) = &end {
                journal.steps.push(self.not_run(raw, &pointer, why));
                continue;
            }
            let (_, flow) = self.step(&mut state, raw, &pointer, journal, false).await;
            match flow {
                Flow::Continue => {}
                Flow::Stop(_) => end = flow,
                Flow::Skip { .. } | Flow::Error(_) => return flow,
            }
        }
        self.clean_up(&state).await;
        end
    }

    pub(super) fn fresh_label(&self, label: &str) -> String {
        names::fresh_label(self.context.seed, &self.case.id, label)
    }

    fn render(&self, state: &State, value: &Value) -> Result<Value, StepError> {
        template::render(value, &CaseScope { run: self, state }).map_err(|error| match error {
            TemplateError::NotGiven { .. } => StepError::Unprepared(error.to_string()),
            _ => StepError::suite(error),
        })
    }

    /// The step without its expectations and nested steps, templates filled in.
    pub(super) fn render_step(&self, state: &State, raw: &Value) -> Result<Step, StepError> {
        let mut rendered = Map::new();
        for (name, member) in raw.as_object().into_iter().flatten() {
            let member = match name.as_str() {
                "expect" => continue,
                "attempt" => Value::Array(Vec::new()),
                "parallel" => {
                    let mut parallel = member.clone();
                    parallel["steps"] = Value::Array(Vec::new());
                    self.render(state, &parallel)?
                }
                _ => self.render(state, member)?,
            };
            rendered.insert(name.clone(), member);
        }
        serde_json::from_value(Value::Object(rendered))
            .map_err(|error| StepError::Suite(format!("with templates filled in: {error}")))
    }

    /// Those that are judged here, each with its pointer below the step.
    pub(super) fn expectations(
        &self,
        state: &State,
        raw: &Value,
        has_succeeded: bool,
    ) -> Result<Vec<(String, Expectation)>, StepError> {
        let Some(expect) = raw.get("expect") else {
            return Ok(Vec::new());
        };
        // What is not judged here is not rendered either: its values may not exist.
        let applying = |(_, expectation): &(String, &Value)| {
            expectation
                .get("when")
                .is_none_or(|when| self.applies(when))
        };
        let placed: Vec<(String, &Value)> = match expect {
            Value::Array(many) => many
                .iter()
                .enumerate()
                .map(|(index, one)| (format!("/expect/{index}"), one))
                .collect(),
            one => vec![("/expect".to_owned(), one)],
        };
        placed
            .into_iter()
            .filter(applying)
            .map(|(pointer, raw)| {
                let read = if template::is_in(raw) {
                    self.render(state, raw).map(Expectation::deserialize)
                } else {
                    Ok(Expectation::deserialize(raw))
                };
                let expectation = match read {
                    Ok(read) => read.map_err(StepError::suite)?,
                    // It speaks of what this very step should have brought: then success is what it expects.
                    Err(StepError::Unprepared(_)) if !has_succeeded => Expectation {
                        rule: raw.get("rule").and_then(Value::as_str).map(str::to_owned),
                        succeeds: Some(true),
                        ..Expectation::default()
                    },
                    Err(error) => return Err(error),
                };
                Ok((pointer, expectation))
            })
            .collect()
    }

    fn applies(&self, when: &Value) -> bool {
        Needs::from_json(when).is_ok_and(|needs| self.context.capabilities.meets(&needs).is_ok())
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
        if step
            .place
            .is_some_and(|place| !self.is_placed(state, &step, place))
        {
            return (None, Flow::Continue);
        }
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
                    let nested = raw["parallel"]["steps"]
                        .as_array()
                        .cloned()
                        .unwrap_or_default();
                    self.parallel(state, &nested, parallel.times.unwrap_or(1))
                        .await
                }
                None => self.perform(state, &step).await,
            };
            match result {
                Ok(performed) => performed,
                Err(error) => return (None, self.failed_step(raw, pointer, &error, journal)),
            }
        };
        for update in std::mem::take(&mut performed.updates) {
            performed.implied.extend(state.apply(update));
        }
        let (mismatches, flow) = self
            .judge_step(state, (raw, pointer), &step, &performed, lenient)
            .await;
        keep(state, &step, &performed);
        journal
            .steps
            .push(self.record(raw, &step, pointer, &performed, mismatches));
        (Some(performed), flow)
    }

    /// Carries out a single action.
    pub(super) async fn perform(&self, state: &State, step: &Step) -> Result<Performed, StepError> {
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
        } else if let Some(spec) = &step.client {
            self.client(state, spec).await
        } else if let Some(faults) = &step.inject {
            self.tell_mock("faults", faults).await
        } else if let Some(answers) = &step.answer {
            self.tell_mock("answers", answers).await
        } else if let Some(spec) = &step.serve {
            self.serve(spec).await
        } else if let Some(query) = &step.journal {
            let run = state.client.as_ref().ok_or_else(|| {
                StepError::Suite("the journal is empty before the client has run".to_owned())
            })?;
            Ok(journal(&run.watched, query))
        } else {
            Err(StepError::Suite("the step has no action".to_owned()))
        }
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

/// Keeps what later steps and templates refer to.
fn keep(state: &mut State, step: &Step, performed: &Performed) {
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
