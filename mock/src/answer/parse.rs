//! Reading canned answers.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderName, HeaderValue, header};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::selection::{
    BadMember, Members, Selector, bad, elements, operations, phase, release_match, when,
};

use super::{CannedAnswer, Content, ContentBody};

const ANSWER: &[&str] = &["operation", "release", "path", "when", "phase", "answer"];
const CONTENT: &[&str] = &["status", "headers", "json", "text", "base64"];
const BODIES: [&str; 3] = ["json", "text", "base64"];

/// One canned answer, or an array of them.
pub(super) fn parse_answers(document: &Value) -> Result<Vec<CannedAnswer>, BadMember> {
    elements(document, "")
        .into_iter()
        .map(|(element, at)| parse_answer(element, &at))
        .collect()
}

fn parse_answer(document: &Value, at: &str) -> Result<CannedAnswer, BadMember> {
    let members = Members::of(document, at, ANSWER)?;
    let (name, version) = match members.get("release") {
        None => (None, None),
        Some(release) => release_match(&Members::of(
            release,
            &members.place("release"),
            &["name", "version"],
        )?)?,
    };
    let selector = Selector {
        operations: operations(&members)?,
        name,
        version,
        path: members.text("path")?.map(relative),
        when: when(&members)?,
    };
    let phase = phase(&members)?.unwrap_or_default();
    let expected = format!("an object with {}", CONTENT.join(", "));
    let content = members
        .get("answer")
        .ok_or_else(|| members.missing("answer", expected))?;
    Ok(CannedAnswer {
        selector,
        phase,
        content: parse_content(content, &members.place("answer"))?,
    })
}

fn parse_content(document: &Value, at: &str) -> Result<Content, BadMember> {
    let members = Members::of(document, at, CONTENT)?;
    let body = content_body(&members)?;
    Ok(Content {
        status: members.status("status")?.unwrap_or_default(),
        headers: header_list(&members)?,
        body,
    })
}

/// The body, in at most one of the members that can hold it.
fn content_body(members: &Members<'_>) -> Result<Option<ContentBody>, BadMember> {
    let mut given = BODIES
        .into_iter()
        .filter_map(|name| Some((name, members.get(name)?)));
    let Some((name, value)) = given.next() else {
        return Ok(None);
    };
    if let Some((other, value)) = given.next() {
        let expected = format!("nothing, because {name} is the body already");
        return Err(bad(&members.place(other), expected, value));
    }
    let wrong = |expected: &str| bad(&members.place(name), expected, value);
    Ok(Some(match name {
        "json" => ContentBody::Json(value.clone()),
        "text" => ContentBody::Text(value.as_str().ok_or_else(|| wrong("text"))?.to_owned()),
        _ => ContentBody::Bytes(
            value
                .as_str()
                .and_then(|text| STANDARD.decode(text).ok())
                .ok_or_else(|| wrong("bytes in base64 (RFC 4648, section 4)"))?
                .into(),
        ),
    }))
}

/// `headers`: an object of names and values, or an array of pairs where the order or a name that comes twice matters.
pub(crate) fn header_list(members: &Members<'_>) -> Result<Vec<(HeaderName, String)>, BadMember> {
    let at = members.place("headers");
    match members.get("headers") {
        None => Ok(Vec::new()),
        Some(Value::Object(fields)) => fields
            .iter()
            .map(|(name, value)| header_field(name, value, &format!("{at}.{name}"), value))
            .collect(),
        Some(list @ Value::Array(_)) => elements(list, &at)
            .into_iter()
            .map(|(pair, at)| match pair.as_array().map(Vec::as_slice) {
                Some([Value::String(name), value]) => header_field(name, value, &at, pair),
                _ => Err(bad(&at, "a pair of a name and a value", pair)),
            })
            .collect(),
        Some(other) => Err(bad(
            &at,
            "an object of names and values, or an array of pairs",
            other,
        )),
    }
}

fn header_field(
    name: &str,
    value: &Value,
    at: &str,
    shown: &Value,
) -> Result<(HeaderName, String), BadMember> {
    let wrong = |expected: &str| bad(at, expected, shown);
    let name = HeaderName::try_from(name).map_err(|_| wrong("the name of a header field"))?;
    if name == header::CONTENT_LENGTH || name == header::TRANSFER_ENCODING {
        return Err(wrong(
            "another header field: this one follows from the body (the fault truncate declares more than comes)",
        ));
    }
    let text = match value {
        Value::Number(number) => number.to_string(),
        value => value.as_str().map(str::to_owned).unwrap_or_default(),
    };
    let is_text = value.is_string() || value.is_number();
    if !is_text || HeaderValue::from_str(&text).is_err() {
        return Err(wrong("a value that a header field can have"));
    }
    Ok((name, text))
}

/// A path as requests are compared with: decoded, without a leading slash.
pub(super) fn relative(path: &str) -> String {
    percent_decode_str(path.strip_prefix('/').unwrap_or(path))
        .decode_utf8_lossy()
        .into_owned()
}
