use serde_json::{Map, Value, json};

use super::{
    BodyLimit,
    body::{Shown, shown},
    curl,
    text::{rendered_headers, request_url},
    visible::visible_line,
};
use crate::wire::{Answer, Exchange, Redactor, RequestRecord};

/// An exchange as a report holds it: `{name, request, response | error, curl, duration_ms}`, with `retries` and
/// `gave_up` where there were 429 answers.
///
/// `request` is `{method, url, target?, headers, body?}` (of raw octets `{url, raw}`), `response` is
/// `{status, reason, headers, body?, complete, trouble?}`; `headers` is a list of `{name, value}`, a body
/// `{octets, text, left_out?}` or `{octets, hex}`.
pub fn to_report(exchange: &Exchange, redactor: &Redactor) -> Value {
    let mut report = Map::new();
    report.insert("name".to_owned(), redactor.text(&exchange.name).into());
    report.insert("request".to_owned(), request(&exchange.request, redactor));
    match &exchange.answer {
        Ok(answer) => report.insert("response".to_owned(), response(answer, redactor)),
        Err(error) => report.insert("error".to_owned(), redactor.text(&error.to_string()).into()),
    };
    report.insert("curl".to_owned(), curl(exchange, redactor).into());
    let millis = u64::try_from(exchange.duration.as_millis()).unwrap_or(u64::MAX);
    report.insert("duration_ms".to_owned(), millis.into());
    if exchange.retries > 0 || exchange.gave_up {
        report.insert("retries".to_owned(), exchange.retries.into());
        report.insert("gave_up".to_owned(), exchange.gave_up.into());
    }
    Value::Object(report)
}

fn request(request: &RequestRecord, redactor: &Redactor) -> Value {
    let url = request_url(request, redactor);
    if let Some((pieces, ending)) = &request.raw {
        return json!({"url": url, "raw": body(&pieces.concat(), redactor), "ending": format!("{ending:?}")});
    }
    let headers: Vec<Value> = rendered_headers(request, redactor)
        .into_iter()
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect();
    let mut report = Map::new();
    report.insert(
        "method".to_owned(),
        visible_line(request.method.as_bytes()).into(),
    );
    report.insert("url".to_owned(), url.into());
    if let Some(target) = &request.target {
        report.insert(
            "target".to_owned(),
            visible_line(&redactor.bytes(target.as_bytes())).into(),
        );
    }
    report.insert("headers".to_owned(), headers.into());
    if let Some(body) = body(&request.body.octets(), redactor) {
        report.insert("body".to_owned(), body);
    }
    Value::Object(report)
}

fn response(answer: &Answer, redactor: &Redactor) -> Value {
    let headers: Vec<Value> = answer
        .headers
        .iter()
        .map(|(name, value)| {
            let name = visible_line(&redactor.bytes(name.as_bytes()));
            json!({"name": name, "value": visible_line(&redactor.bytes(value))})
        })
        .collect();
    let mut report = Map::new();
    report.insert("status".to_owned(), answer.status.into());
    report.insert(
        "reason".to_owned(),
        visible_line(&redactor.bytes(answer.reason.as_bytes())).into(),
    );
    report.insert("headers".to_owned(), headers.into());
    if let Some(body) = body(&answer.body, redactor) {
        report.insert("body".to_owned(), body);
    }
    report.insert("complete".to_owned(), answer.complete.into());
    if let Some(trouble) = &answer.trouble {
        report.insert("trouble".to_owned(), trouble.clone().into());
    }
    Value::Object(report)
}

fn body(octets: &[u8], redactor: &Redactor) -> Option<Value> {
    let length = octets.len();
    match shown(octets, redactor, BodyLimit::default()) {
        Shown::Empty => None,
        Shown::Text { text, left_out: 0 } => Some(json!({"octets": length, "text": text})),
        Shown::Text { text, left_out } => {
            Some(json!({"octets": length, "text": text, "left_out": left_out}))
        }
        Shown::Binary { head, .. } => Some(json!({"octets": length, "hex": hex::encode(head)})),
    }
}
