//! A case that has to fit into less room than it takes. What decides its verdict stays; texts are cut, header fields and
//! bodies left out, and exchanges in which nothing is wrong, in this order, until it fits.
//!
//! `left_out` (octets) and `headers_left_out` of a request or an answer are members that readers need not know.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::budget::beginning;
use super::json::size;
use super::model::{LeftOut, ReportedCase, ReportedExchange};
use crate::outcome::Message;

/// Octets of each text, and header fields of each message, from the most generous to the least.
const TEXTS: [(usize, usize); 4] = [(8 * 1024, 64), (1024, 32), (256, 32), (64, 16)];
/// Octets of each text where there is no more than a line for each exchange.
const BRIEF: usize = 200;
/// Exchanges that are kept at last: of those that broke a rule, and of the others.
const EXCHANGES: [(usize, usize); 4] = [(usize::MAX, usize::MAX), (32, 16), (8, 2), (2, 0)];
/// What did not hold, of one exchange.
const MISMATCHES: usize = 16;
/// Octets of a reason.
const REASON: usize = 2000;

/// The case in so many octets, or as few as it takes to say what it came to.
pub(super) fn fitting(case: &ReportedCase, room: usize) -> ReportedCase {
    let whole = size(case).unwrap_or(usize::MAX);
    let fits = |case: &ReportedCase| size(case).is_ok_and(|size| size <= room);
    for (limit, fields) in TEXTS {
        let cut = with_texts(case, limit, fields);
        if fits(&cut) {
            return cut;
        }
    }
    let mut cut = with_texts(case, BRIEF, 0);
    for (exchange, whole) in cut.exchanges.iter_mut().zip(&case.exchanges) {
        outline(exchange, whole);
    }
    cut.told.clear();
    for (broken, others) in EXCHANGES {
        keep(&mut cut.exchanges, broken, others);
        mark(&mut cut, case, whole);
        if fits(&cut) {
            break;
        }
    }
    cut
}

/// The case with texts of so many octets, and so many header fields of each message.
fn with_texts(case: &ReportedCase, limit: usize, fields: usize) -> ReportedCase {
    let mut cut = case.clone();
    cut.reason = cut.reason.map(|reason| beginning(&reason, REASON));
    for exchange in &mut cut.exchanges {
        shorten(exchange, limit, fields);
    }
    for client in &mut cut.clients {
        client.stdout = beginning(&client.stdout, limit);
        client.stderr = beginning(&client.stderr, limit);
    }
    cut
}

fn mark(cut: &mut ReportedCase, case: &ReportedCase, whole: usize) {
    let exchanges = case.exchanges.len() - cut.exchanges.len();
    if exchanges > 0 {
        cut.left_out = None;
        let octets = whole.saturating_sub(size(cut).unwrap_or(whole));
        cut.left_out = Some(LeftOut { octets, exchanges });
    }
}

fn shorten(exchange: &mut ReportedExchange, limit: usize, fields: usize) {
    for kept in [&mut exchange.request, &mut exchange.response] {
        let mut message = kept.value();
        let headers = message.get_mut("headers").and_then(Value::as_array_mut);
        if let Some(headers) = headers {
            let more = headers.len().saturating_sub(fields);
            headers.truncate(fields);
            if more > 0 {
                message["headers_left_out"] = json!(more);
            }
        }
        texts(&mut message, limit);
        *kept = Message::new(&message);
    }
    // A part of a command is none.
    exchange.curl = exchange
        .curl
        .take()
        .filter(|curl| curl.len() <= limit.max(1024));
    let of_mismatch = limit.max(BRIEF);
    let more = exchange.mismatches.len().saturating_sub(MISMATCHES);
    exchange.mismatches.truncate(MISMATCHES);
    for mismatch in &mut exchange.mismatches {
        mismatch.message = beginning(&mismatch.message, of_mismatch);
        for value in [&mut mismatch.expected, &mut mismatch.actual]
            .into_iter()
            .flatten()
        {
            *value = beginning(value, of_mismatch);
        }
    }
    if let (Some(last), 1..) = (exchange.mismatches.last_mut(), more) {
        let _ = write!(last.message, "; and {more} more that did not hold");
    }
}

fn texts(value: &mut Value, limit: usize) {
    match value {
        Value::String(text) if text.len() > limit => *text = beginning(text, limit),
        Value::Array(items) => items.iter_mut().for_each(|item| texts(item, limit)),
        Value::Object(members) => members.values_mut().for_each(|item| texts(item, limit)),
        _ => {}
    }
}

/// What was asked and how it was answered, in a line.
fn outline(exchange: &mut ReportedExchange, whole: &ReportedExchange) {
    let messages = [
        (&mut exchange.request, &whole.request),
        (&mut exchange.response, &whole.response),
    ];
    for (kept, whole) in messages {
        let mut message = kept.value();
        if let Some(members) = message.as_object_mut() {
            members.retain(|name, _| {
                ["method", "url", "target", "status", "reason", "error"].contains(&name.as_str())
            });
        }
        let left_out = whole.size().saturating_sub(message.to_string().len());
        if left_out > 0 && message.is_object() {
            message["left_out"] = json!(left_out);
        }
        *kept = Message::new(&message);
    }
    exchange.curl = None;
    exchange.fault = None;
}

/// Those that broke a rule stay before the others.
fn keep(exchanges: &mut Vec<ReportedExchange>, mut broken: usize, mut others: usize) {
    exchanges.retain(|exchange| {
        let left = if exchange.mismatches.is_empty() {
            &mut others
        } else {
            &mut broken
        };
        let is_kept = *left > 0;
        *left = left.saturating_sub(1);
        is_kept
    });
}
