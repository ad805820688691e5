//! The records of steps, from which nothing secret can be read.

use serde_json::Value;

use super::case::{CaseRun, Flow, Journal};
use super::performed::{Performed, StepError};
use crate::case::Step;
use crate::outcome::{Mismatch, StepRecord};
use crate::wire::render::{self, BodyLimit};

impl CaseRun<'_> {
    pub(super) fn failed_step(
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

    pub(super) fn not_run(&self, raw: &Value, pointer: &str, why: &str) -> StepRecord {
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
            line: Some(self.case.spans.value(pointer).line),
            exchanges: Vec::new(),
            transcripts: Vec::new(),
            curl: None,
            mismatches: Vec::new(),
            not_run: Some(why.to_owned()),
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
                record.exchanges.push(render::to_report(exchange, redactor));
            }
        }
        if !mismatches.is_empty() {
            // What explains a failure; nobody reads it of a step that went well.
            record.transcripts = performed
                .exchanges
                .iter()
                .map(|(exchange, _)| render::http_text(exchange, redactor, BodyLimit::default()))
                .collect();
            record.curl = performed
                .judged
                .and_then(|index| performed.exchanges.get(index))
                .map(|(exchange, _)| render::curl(exchange, redactor));
        }
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
}
