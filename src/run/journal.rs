//! The client's requests, as the mock's journal has them, and what the mock is told.

use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use super::case::CaseRun;
use super::performed::{Performed, StepError};
use super::sessions::control;
use crate::case::client::JournalQuery;
use crate::case::one_or_many::OneOrMany;
use crate::origin::Received;

impl CaseRun<'_> {
    fn control_url(&self, path: &str) -> Result<Url, StepError> {
        self.context
            .target
            .registry
            .join(&format!("__admin/{path}"))
            .map_err(StepError::suite)
    }

    /// Tells the mock of faults or answers.
    pub(super) async fn tell_mock(
        &self,
        path: &str,
        what: &[Value],
    ) -> Result<Performed, StepError> {
        let url = self.control_url(path)?;
        for one in what {
            control(&self.context.client, "POST", url.clone(), Some(one))
                .await
                .map_err(StepError::Suite)?;
        }
        Ok(Performed::default())
    }

    async fn entries(&self) -> Result<Vec<Value>, StepError> {
        let url = self.control_url("requests")?;
        let document = control(&self.context.client, "GET", url, None)
            .await
            .map_err(StepError::Suite)?;
        if document.get("dropped").and_then(Value::as_u64) > Some(0) {
            return Err(StepError::Suite(
                "the client made more requests than the mock remembers".to_owned(),
            ));
        }
        match document.get("requests") {
            Some(Value::Array(entries)) => Ok(entries.clone()),
            _ => Err(StepError::Suite("the mock has no journal".to_owned())),
        }
    }

    /// The id of the last request so far, 0 without one.
    pub(super) async fn last_entry(&self) -> Result<u64, StepError> {
        let entries = self.entries().await?;
        Ok(entries.last().map_or(0, id))
    }

    /// The requests after that one.
    pub(super) async fn entries_after(&self, last: u64) -> Result<Vec<Value>, StepError> {
        let mut entries = self.entries().await?;
        entries.retain(|entry| id(entry) > last);
        Ok(entries)
    }
}

/// Those of the client's last run that fit.
pub(super) fn journal(watched: &[Value], query: &JournalQuery) -> Performed {
    let is_first = |entry: &Value| {
        query
            .since
            .as_deref()
            .is_none_or(|since| entry.get("operation").and_then(Value::as_str) == Some(since))
    };
    let received = watched
        .iter()
        .skip_while(|entry| !is_first(entry))
        .filter(|entry| fits(entry, query))
        .map(received)
        .collect();
    Performed {
        received: Some(received),
        received_by: "of the client",
        rule: "CLI-1",
        ..Performed::default()
    }
}

fn id(entry: &Value) -> u64 {
    entry.get("id").and_then(Value::as_u64).unwrap_or_default()
}

fn fits(entry: &Value, query: &JournalQuery) -> bool {
    let text = |name: &str| entry.get(name).and_then(Value::as_str);
    let one_of = |wanted: &Option<OneOrMany<String>>, actual: Option<&str>| {
        wanted
            .as_ref()
            .is_none_or(|wanted| wanted.as_slice().iter().any(|one| actual == Some(one)))
    };
    let status = entry.get("status").and_then(Value::as_u64);
    one_of(&query.operation, text("operation"))
        && one_of(&query.method, text("method"))
        && query.status.as_ref().is_none_or(|wanted| {
            wanted
                .as_slice()
                .iter()
                .any(|one| status == Some(u64::from(*one)))
        })
        && query
            .url
            .as_deref()
            .is_none_or(|wanted| text("url").is_some_and(|url| url.contains(wanted)))
        && query
            .identity
            .as_deref()
            .is_none_or(|wanted| text("identity").unwrap_or("none") == wanted)
        && query
            .origin
            .as_deref()
            .is_none_or(|wanted| text("origin") == Some(wanted))
        && query
            .disturbed
            .is_none_or(|wanted| wanted == entry.get("fault").is_some_and(|fault| !fault.is_null()))
}

fn received(entry: &Value) -> Received {
    let text = |name: &str| {
        entry
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let headers = entry.get("headers").and_then(Value::as_array);
    Received {
        method: text("method"),
        target: text("url"),
        headers: headers
            .into_iter()
            .flatten()
            .filter_map(|field| {
                let name = field.get(0)?.as_str()?.to_ascii_lowercase();
                Some((name, field.get(1)?.as_str()?.to_owned()))
            })
            .collect(),
        body_len: entry
            .pointer("/body/length")
            .and_then(Value::as_u64)
            .unwrap_or_default(),
        at: millis(entry.get("elapsed_ms")),
    }
}

fn millis(value: Option<&Value>) -> Duration {
    let millis = value.and_then(Value::as_f64).unwrap_or_default();
    Duration::try_from_secs_f64(millis / 1000.0).unwrap_or_default()
}

/// The digest of the manifest that the client created, where it was a naked create.
pub(super) fn created_sha256(watched: &[Value]) -> Option<String> {
    let is_naked = |entry: &Value| {
        received(entry)
            .header("content-type")
            .is_some_and(|media_type| media_type.starts_with("application/json"))
    };
    watched
        .iter()
        .rev()
        .find(|entry| {
            entry.get("operation").and_then(Value::as_str) == Some("create")
                && entry.get("status").and_then(Value::as_u64) == Some(201)
        })
        .filter(|entry| is_naked(entry))
        .and_then(|entry| entry.pointer("/body/sha256")?.as_str())
        .map(str::to_owned)
}

/// An entry as an exchange of a report.
pub(super) fn exchange(entry: &Value) -> Value {
    let name = entry
        .get("operation")
        .and_then(Value::as_str)
        .unwrap_or("request");
    let mut exchange = json!({
        "name": format!("client: {name}"),
        "request": {
            "method": entry.get("method"),
            "url": entry.get("url"),
            "headers": fields(entry.get("headers")),
            "body": body(entry.get("body")),
        },
        "duration_ms": entry.get("duration_ms").and_then(Value::as_f64).map(f64::round),
        "at_ms": entry.get("elapsed_ms"),
    });
    match entry.get("status").filter(|status| !status.is_null()) {
        Some(status) => {
            exchange["response"] = json!({
                "status": status,
                "headers": fields(entry.pointer("/response/headers")),
                "body": body(entry.pointer("/response/body")),
            });
        }
        None => exchange["error"] = json!("no answer"),
    }
    if let Some(fault) = entry.get("fault").filter(|fault| !fault.is_null()) {
        exchange["fault"] = fault.clone();
    }
    exchange
}

fn fields(fields: Option<&Value>) -> Value {
    fields
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|field| json!({"name": field.get(0), "value": field.get(1)}))
        .collect()
}

fn body(body: Option<&Value>) -> Value {
    let Some(body) = body.filter(|body| !body.is_null()) else {
        return Value::Null;
    };
    let text = match body.get("json") {
        Some(document) if !document.is_null() => document.to_string(),
        _ => format!(
            "sha256 {}",
            body.get("sha256").and_then(Value::as_str).unwrap_or("–")
        ),
    };
    json!({"octets": body.get("length"), "text": text})
}

/// A line for the terminal.
pub(super) fn line(entry: &Value) -> String {
    let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
    let status = match entry.get("status").and_then(Value::as_u64) {
        Some(status) => status.to_string(),
        None => "no answer".to_owned(),
    };
    let problem = match text("problem") {
        "" => String::new(),
        problem => format!(" {problem}"),
    };
    let fault = match entry.pointer("/fault/kind").and_then(Value::as_str) {
        Some(kind) => format!("   [{kind}]"),
        None => String::new(),
    };
    format!(
        "{:>9.3} s  {:<6} {} -> {status}{problem}{fault}",
        millis(entry.get("elapsed_ms")).as_secs_f64(),
        text("method"),
        text("url"),
    )
}
