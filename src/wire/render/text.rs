use std::fmt::Write as _;

use super::{
    BodyLimit,
    body::{lines, shown},
    visible::visible_line,
};
use crate::wire::{Answer, Body, Exchange, Redactor, RequestRecord, encode::target_of};

/// An exchange as a text for people: the request with `>`, the answer with `<`, as it was on the wire but for
/// secrets, long bodies, and characters that do not belong on a terminal.
pub fn http_text(exchange: &Exchange, redactor: &Redactor, limit: BodyLimit) -> String {
    let mut text = String::new();
    request(&mut text, &exchange.request, redactor, limit);
    match &exchange.answer {
        Ok(given) => answer(&mut text, given, redactor, limit),
        Err(error) => {
            let _ = writeln!(
                text,
                "! {}",
                visible_line(&redactor.bytes(error.to_string().as_bytes()))
            );
        }
    }
    if exchange.retries > 0 {
        let end = if exchange.gave_up {
            "; the last was 429 too"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "! sent again {} times after 429{end}",
            exchange.retries
        );
    }
    text
}

fn request(text: &mut String, request: &RequestRecord, redactor: &Redactor, limit: BodyLimit) {
    if let Some((pieces, ending)) = &request.raw {
        let _ = writeln!(
            text,
            "> (octets sent to {}, then {ending:?})",
            request_url(request, redactor)
        );
        prefixed(text, ">", &lines(&shown(&pieces.concat(), redactor, limit)));
        return;
    }
    let target = target_of(&request.url, request.target.as_deref());
    let _ = writeln!(
        text,
        "> {} {} HTTP/1.1",
        visible_line(request.method.as_bytes()),
        visible_line(&redactor.bytes(target.as_bytes()))
    );
    for (name, value) in rendered_headers(request, redactor) {
        let _ = writeln!(text, "> {name}: {value}");
    }
    let body = lines(&shown(&request.body.octets(), redactor, limit));
    if !body.is_empty() {
        text.push_str(">\n");
        prefixed(text, ">", &body);
    }
    if let Body::Cut { declared, sent } = &request.body {
        let _ = writeln!(
            text,
            "> (the sending side ends here: {} of {declared} octets)",
            sent.len()
        );
    }
}

fn answer(text: &mut String, answer: &Answer, redactor: &Redactor, limit: BodyLimit) {
    let reason = visible_line(&redactor.bytes(answer.reason.as_bytes()));
    let _ = writeln!(text, "< HTTP/1.1 {} {reason}", answer.status);
    for (name, value) in &answer.headers {
        let _ = writeln!(
            text,
            "< {}: {}",
            visible_line(&redactor.bytes(name.as_bytes())),
            visible_line(&redactor.bytes(value))
        );
    }
    let body = lines(&shown(&answer.body, redactor, limit));
    if !body.is_empty() {
        text.push_str("<\n");
        prefixed(text, "<", &body);
    }
    if let Some(trouble) = &answer.trouble {
        let _ = writeln!(text, "! the body is not whole: {trouble}");
    }
    if answer.surplus > 0 {
        let _ = writeln!(
            text,
            "! {} octets came after the end of the answer",
            answer.surplus
        );
    }
}

fn prefixed(text: &mut String, prefix: &str, lines: &str) {
    for line in lines.lines() {
        let _ = writeln!(text, "{prefix} {line}");
    }
}

pub(super) fn request_url(request: &RequestRecord, redactor: &Redactor) -> String {
    visible_line(&redactor.bytes(request.url.as_str().as_bytes()))
}

/// Names and values of all header fields, credentials by the name of their secret.
pub(super) fn rendered_headers(
    request: &RequestRecord,
    redactor: &Redactor,
) -> Vec<(String, String)> {
    let plain = request.headers.iter().map(|(name, value)| {
        (
            visible_line(name.as_bytes()),
            visible_line(&redactor.bytes(value)),
        )
    });
    let secret = request
        .credentials
        .iter()
        .flat_map(|credentials| &credentials.fields)
        .map(|field| {
            (
                field.name.clone(),
                format!("{}{}", field.prefix, field.secret),
            )
        });
    plain.chain(secret).collect()
}
