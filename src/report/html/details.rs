//! What the page's script shows of a case: its exchanges and what a client said, as JSON.

use serde_json::{Value, json};

use super::text::shown;
use crate::report::model::{ReportedCase, ReportedExchange};

/// Mismatches of an exchange that are told beside it.
const MISMATCHES: usize = 20;

/// Header fields of a message that are told.
const FIELDS: usize = 100;

/// How much of a case is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// Everything, with texts up to so many characters.
    Texts(usize),
    /// One line for each exchange, and so many at most.
    Lines(usize),
}

/// A case, as far as that; `null` where nothing was sent.
pub(super) fn document(case: &ReportedCase, detail: Detail) -> Value {
    if case.exchanges.is_empty() && case.clients.is_empty() {
        return Value::Null;
    }
    let (limit, most) = match detail {
        Detail::Texts(limit) => (limit, usize::MAX),
        Detail::Lines(most) => (120, most),
    };
    let exchanges: Vec<Value> = case
        .exchanges
        .iter()
        .take(most)
        .map(|exchange| exchange_view(exchange, detail))
        .collect();
    let clients: Vec<Value> = case
        .clients
        .iter()
        .take(most)
        .map(|client| {
            json!({
                "name": shown(&client.name, limit),
                "operation": shown(&client.operation, 40),
                "ending": shown(&client.ending, limit),
                "done": client.is_done,
                "at": client.at_ms,
                "took": client.duration_ms,
                "stdout": shown(&client.stdout, limit),
                "stderr": shown(&client.stderr, limit),
            })
        })
        .collect();
    json!({
        "took": case.duration_ms,
        "exchanges": exchanges,
        "clients": clients,
        "omitted": case.exchanges.len().saturating_sub(most),
        "brief": matches!(detail, Detail::Lines(_)),
    })
}

/// Octets of the texts of a case, each cut at the limit: less than those of its document.
pub(super) fn length(case: &ReportedCase, limit: usize) -> usize {
    let of_part = |part: &Value| {
        let fields = part.get("headers").and_then(Value::as_array);
        let fields: usize = fields
            .into_iter()
            .flatten()
            .take(FIELDS)
            .filter_map(|field| field.get("value")?.as_str())
            .map(|value| value.len().min(limit))
            .sum();
        let body = part.pointer("/body/text").and_then(Value::as_str);
        fields + body.map_or(0, |text| text.len().min(limit))
    };
    case.exchanges
        .iter()
        .map(|exchange| of_part(&exchange.request.value()) + of_part(&exchange.response.value()))
        .sum()
}

fn exchange_view(exchange: &ReportedExchange, detail: Detail) -> Value {
    let (request, response) = (&exchange.request.value(), &exchange.response.value());
    let text = |value: Option<&Value>, limit| {
        value
            .and_then(Value::as_str)
            .map(|text| shown(text, limit))
            .unwrap_or_default()
    };
    let line_limit = match detail {
        Detail::Texts(limit) => limit.max(240),
        Detail::Lines(_) => 120,
    };
    let mut view = json!({
        "name": shown(&exchange.name, line_limit),
        "line": exchange.line,
        "method": text(request.get("method"), 40),
        "url": text(request.get("target").or(request.get("url")), line_limit),
        "status": response.get("status"),
        "reason": text(response.get("reason"), 80),
        "error": text(response.get("error"), line_limit),
        "at": exchange.at_ms,
        "took": exchange.duration_ms,
        "notRun": exchange.not_run.as_deref().map(|why| shown(why, line_limit)),
        "fault": exchange.fault.as_ref().map(|fault| shown(&fault_in_words(fault), line_limit)),
        "broken": exchange
            .mismatches
            .iter()
            .take(MISMATCHES)
            .map(|mismatch| json!([mismatch.requirement.as_deref().map(|rule| shown(rule, 40)), shown(&mismatch.message, 240)]))
            .collect::<Vec<_>>(),
    });
    if let (Detail::Texts(limit), Some(members)) = (detail, view.as_object_mut()) {
        members.insert("sent".to_owned(), message(request, limit));
        members.insert("came".to_owned(), message(response, limit));
        if let Some(curl) = &exchange.curl {
            members.insert("curl".to_owned(), whole(curl, limit.max(1_024)).into());
        }
    }
    // What is absent needs no room.
    if let Some(members) = view.as_object_mut() {
        members.retain(|_, value| match value {
            Value::Null => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(items) => !items.is_empty(),
            _ => true,
        });
    }
    view
}

/// A command, or none: a part of one is no command.
fn whole(command: &str, limit: usize) -> Option<String> {
    (command.chars().count() <= limit).then(|| command.to_owned())
}

fn fault_in_words(fault: &Value) -> String {
    fault
        .get("kind")
        .and_then(Value::as_str)
        .map_or_else(|| fault.to_string(), str::to_owned)
}

/// Header fields and body of a request or an answer.
fn message(part: &Value, limit: usize) -> Value {
    let headers: Vec<Value> = part
        .get("headers")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .take(FIELDS)
        .map(|field| {
            let member = |name: &str| {
                let text = field.get(name).and_then(Value::as_str).unwrap_or_default();
                shown(text, limit)
            };
            json!([member("name"), member("value")])
        })
        .collect();
    let body = part.get("body").or(part.get("raw"));
    let member = |name: &str| body.and_then(|body| body.get(name));
    let mut message = json!({"headers": headers});
    if let Some(octets) = member("octets") {
        message["octets"] = octets.clone();
    }
    if let Some(text) = member("text").and_then(Value::as_str) {
        let kept: String = text.chars().take(limit).collect();
        let is_whole = kept.len() == text.len() && member("left_out").is_none();
        message["body"] = shown(&kept, limit).into();
        message["whole"] = is_whole.into();
    } else if let Some(hex) = member("hex").and_then(Value::as_str) {
        message["hex"] = hex.into();
    }
    if let Some(trouble) = part.get("trouble").and_then(Value::as_str) {
        message["trouble"] = shown(trouble, limit).into();
    }
    message
}
