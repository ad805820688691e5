//! The records of steps, from which nothing secret can be read.

use std::time::Duration;

use serde_json::{Value, json};

use super::bounded::few;
use super::case::{CaseRun, Flow, Journal};
use super::journal;
use super::performed::{Asked, Performed, StepError};
use crate::case::Step;
use crate::check::client::ClientEnd;
use crate::outcome::{ClientRecord, ExchangeRecord, Mismatch, StepRecord};
use crate::wire::render::{self, BodyLimit};

impl CaseRun<'_> {
    pub(super) fn failed_step(
        &self,
        raw: &Value,
        pointer: &str,
        error: &StepError,
        journal: &mut Journal,
    ) -> Flow {
        match error {
            StepError::Suite(message) => return Flow::Error(message.clone()),
            StepError::NotImplemented(reason) => {
                return Flow::Skip {
                    capability: "client".to_owned(),
                    reason: reason.clone(),
                };
            }
            _ => {}
        }
        let mut record = self.not_run(raw, pointer, &error.to_string());
        record.mismatches.extend(error.mismatch());
        journal.steps.push(record);
        Flow::Stop(error.to_string())
    }

    pub(super) fn not_run(&self, raw: &Value, pointer: &str, why: &str) -> StepRecord {
        let action = Step::raw_action(raw).unwrap_or("step");
        let told = matches!(action, "inject" | "answer" | "serve" | "host")
            .then(|| json!({action: raw[action]}));
        StepRecord {
            told: told.map(|told| self.redactor.json(&told)),
            name: raw
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or(action)
                .to_owned(),
            line: Some(self.case.line_of(pointer)),
            not_run: Some(why.to_owned()),
            ..StepRecord::default()
        }
    }

    pub(super) fn record(
        &self,
        raw: &Value,
        step: &Step,
        pointer: &str,
        performed: &Performed,
        mismatches: Vec<Mismatch>,
    ) -> StepRecord {
        let redactor = &self.redactor;
        let mut record = self.not_run(raw, pointer, "");
        record.not_run = None;
        for (exchange, _) in &performed.exchanges {
            // In reports the exchanges of an attempt stand with its steps.
            if step.attempt.is_none() {
                let began = exchange.started.saturating_sub(self.began);
                record.exchanges.push(ExchangeRecord {
                    at_ms: Some(millis(began)),
                    ..render::to_report(exchange, redactor).into_record()
                });
            }
        }
        for entry in &performed.watched {
            let exchange = journal::exchange(entry);
            record
                .exchanges
                .push(ExchangeRecord::of_value(&redactor.json(&exchange)));
        }
        if let Some(client) = &performed.client {
            record.story = Some(redactor.text(&story(client, &performed.watched)));
            record.client = performed
                .asked
                .as_ref()
                .map(|asked| self.client_record(&record.name, asked, client));
        }
        if !mismatches.is_empty() {
            // What explains a failure; nobody reads it of a step that went well.
            record.transcripts.extend(
                performed.exchanges.iter().map(|(exchange, _)| {
                    render::http_text(exchange, redactor, BodyLimit::default())
                }),
            );
            record.curl = performed
                .judged
                .and_then(|index| performed.exchanges.get(index))
                .map(|(exchange, _)| render::curl(exchange, redactor));
        }
        record.mismatches = few(mismatches)
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

    fn client_record(&self, name: &str, asked: &Asked, client: &ClientEnd) -> ClientRecord {
        ClientRecord {
            name: name.to_owned(),
            operation: asked.operation.as_str().to_owned(),
            asked: asked
                .what
                .iter()
                .map(|(name, value)| (name.clone(), self.redactor.text(value)))
                .collect(),
            ending: client.describe_ending(),
            is_done: client.is_done(),
            at_ms: millis(asked.at.saturating_sub(self.began)),
            duration_ms: millis(client.took),
            stdout: self.redactor.text(&said(&client.stdout)),
            stderr: self.redactor.text(&said(&client.stderr)),
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The beginning of what a client said, as it can be shown.
fn said(octets: &[u8]) -> String {
    let said: String = String::from_utf8_lossy(octets).chars().take(SAID).collect();
    said.lines()
        .map(render::visible)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Characters of what a client said that are shown.
const SAID: usize = 4000;

/// What a client did, and what it said.
fn story(client: &ClientEnd, watched: &[Value]) -> String {
    let mut text = String::new();
    if watched.is_empty() {
        text.push_str("  it sent no request\n");
    }
    for entry in watched {
        text.push_str(&journal::line(entry));
        text.push('\n');
    }
    for (name, octets) in [("stdout", &client.stdout), ("stderr", &client.stderr)] {
        if octets.is_empty() {
            continue;
        }
        text.push_str(name);
        text.push_str(":\n");
        for line in said(octets).lines() {
            text.push_str("  ");
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}
