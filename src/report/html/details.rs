//! The exchanges of a case as the page's script unpacks them: JSON, deflated, in base64.
//!
//! In this form nothing of a registry's is markup or script, and a case that passed takes about as much room as its line in the list.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::{Value, json};

use super::text::shown;
use crate::outcome::Verdict;
use crate::report::model::{ReportedCase, ReportedExchange};

/// Octets that the details of a case that passed may take, packed.
const PASSED: usize = 1_700;
/// Octets that those of any other case may take.
const NOT_PASSED: usize = 16 * 1024;
/// The same, where more cases than `MANY` did not pass.
const NOT_PASSED_OF_MANY: usize = 4 * 1024;
const MANY: usize = 500;

/// How much smaller than its texts a case may become.
const BEST_RATIO: usize = 12;

/// Characters of each text that are kept, from the most generous to the last that is tried before texts are left out.
const TEXTS: [usize; 4] = [4_096, 1_024, 384, 128];

/// How much room the details of each case have.
#[derive(Clone, Copy)]
pub(super) struct Room {
    not_passed: usize,
}

impl Room {
    /// For these cases.
    pub(super) fn of(cases: &[ReportedCase]) -> Self {
        let not_passed = cases
            .iter()
            .filter(|case| !matches!(case.verdict, Verdict::Pass | Verdict::Skip))
            .count();
        Self {
            not_passed: if not_passed > MANY {
                NOT_PASSED_OF_MANY
            } else {
                NOT_PASSED
            },
        }
    }

    /// The details of a case, packed; none where nothing was sent.
    pub(super) fn pack(self, case: &ReportedCase) -> Option<String> {
        if case.exchanges.is_empty() && case.clients.is_empty() {
            return None;
        }
        let room = match case.verdict {
            Verdict::Pass | Verdict::Skip => PASSED,
            _ => self.not_passed,
        };
        let mut packed = Vec::new();
        for limit in TEXTS {
            // Deflating gains less than that; what can not fit is not tried.
            if length(case, limit) > room * BEST_RATIO {
                continue;
            }
            packed = deflate(&document(case, Detail::Texts(limit)));
            if packed.len() <= room {
                return Some(STANDARD.encode(packed));
            }
        }
        for most in [usize::MAX, 100, 20, 5] {
            packed = deflate(&document(case, Detail::Lines(most)));
            if packed.len() <= room {
                break;
            }
        }
        Some(STANDARD.encode(packed))
    }
}

fn deflate(document: &Value) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    // A vector takes everything.
    let _ = encoder.write_all(document.to_string().as_bytes());
    encoder.finish().unwrap_or_default()
}

/// Octets of the texts of a case, each cut at the limit.
fn length(case: &ReportedCase, limit: usize) -> usize {
    let of_part = |part: &Value| {
        let fields = part.get("headers").and_then(Value::as_array);
        let fields: usize = fields
            .into_iter()
            .flatten()
            .filter_map(|field| field.get("value")?.as_str())
            .map(|value| value.len().min(limit))
            .sum();
        let body = part.pointer("/body/text").and_then(Value::as_str);
        fields + body.map_or(0, |text| text.len().min(limit))
    };
    case.exchanges
        .iter()
        .map(|exchange| {
            let curl = exchange
                .curl
                .as_ref()
                .map_or(0, |curl| curl.len().min(limit));
            of_part(&exchange.request) + of_part(&exchange.response) + curl
        })
        .sum()
}

/// How much of a case is told.
#[derive(Clone, Copy)]
enum Detail {
    /// Everything, with texts up to so many characters.
    Texts(usize),
    /// One line for each exchange, and so many at most.
    Lines(usize),
}

fn document(case: &ReportedCase, detail: Detail) -> Value {
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

fn exchange_view(exchange: &ReportedExchange, detail: Detail) -> Value {
    let request = &exchange.request;
    let response = &exchange.response;
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
            .map(|mismatch| json!([mismatch.requirement.as_deref().map(|rule| shown(rule, 40)), shown(&mismatch.message, line_limit)]))
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
        .take(100)
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
