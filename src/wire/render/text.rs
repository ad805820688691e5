use std::borrow::Cow;
use std::fmt::Write as _;

use super::{
    BodyLimit,
    body::{length, lines, shown},
    line::{Shown, fields, line},
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
            let _ = writeln!(text, "! {}", line(error.to_string().as_bytes(), redactor));
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
        prefixed(
            text,
            ">",
            &lines(&shown(pieces, length(pieces), redactor, limit)),
        );
        return;
    }
    let target = target_of(&request.url, request.target.as_deref());
    let _ = writeln!(
        text,
        "> {} {} HTTP/1.1",
        line(request.method.as_bytes(), redactor),
        line(target.as_bytes(), redactor)
    );
    head(text, ">", rendered_headers(request, redactor));
    let body = lines(&shown(
        request.body.pieces(),
        request.body.len(),
        redactor,
        limit,
    ));
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
    let reason = line(answer.reason.as_bytes(), redactor);
    let _ = writeln!(text, "< HTTP/1.1 {} {reason}", answer.status);
    head(text, "<", fields(&answer.headers, redactor));
    let pieces = std::slice::from_ref(&answer.body);
    let body = lines(&shown(pieces, answer.octets(), redactor, limit));
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

fn head(text: &mut String, prefix: &str, (fields, left_out): (Vec<Shown<'_>>, usize)) {
    for (name, value) in fields {
        let _ = writeln!(text, "{prefix} {name}: {value}");
    }
    if left_out > 0 {
        let _ = writeln!(text, "! and {left_out} header fields more");
    }
}

fn prefixed(text: &mut String, prefix: &str, lines: &str) {
    for line in lines.lines() {
        let _ = writeln!(text, "{prefix} {line}");
    }
}

pub(super) fn request_url<'a>(request: &'a RequestRecord, redactor: &Redactor) -> Cow<'a, str> {
    line(request.url.as_str().as_bytes(), redactor)
}

/// Names and values of header fields, credentials by the name of their secret, and how many there are beyond those.
pub(super) fn rendered_headers<'a>(
    request: &'a RequestRecord,
    redactor: &Redactor,
) -> (Vec<Shown<'a>>, usize) {
    let (mut shown, left_out) = fields(&request.headers, redactor);
    let secret = request
        .credentials
        .iter()
        .flat_map(|credentials| &credentials.fields)
        .map(|field| {
            (
                Cow::Borrowed(field.name.as_str()),
                Cow::Owned(format!("{}{}", field.prefix, field.secret)),
            )
        });
    shown.extend(secret);
    (shown, left_out)
}
