//! Reading faults.

use std::num::NonZeroU32;

use http::StatusCode;
use serde_json::Value;

use crate::{
    answer::{ContentBody, header_list},
    selection::{
        BadMember, Members, Phase, Selector, bad, elements, operations, phase, release_match, when,
    },
};

use super::{ConnectionFault, Fault, FaultKind, StatusFault, retry_after::RetryAfter};

const FAULT: &[&str] = &["operation", "match", "when", "phase", "fault"];
/// What a fault can do; exactly one of them.
const KINDS: [&str; 7] = [
    "status",
    "delay",
    "stall",
    "hold",
    "connection",
    "truncate",
    "dribble",
];
/// What goes with a status.
const BESIDE_STATUS: [&str; 3] = ["retry-after", "body", "headers"];

/// One fault, or an array of them.
pub(super) fn parse_faults(document: &Value) -> Result<Vec<Fault>, BadMember> {
    elements(document, "")
        .into_iter()
        .map(|(element, at)| parse_fault(element, &at))
        .collect()
}

fn parse_fault(document: &Value, at: &str) -> Result<Fault, BadMember> {
    let members = Members::of(document, at, FAULT)?;
    let mut selector = Selector {
        operations: operations(&members)?,
        when: when(&members)?,
        ..Selector::default()
    };
    if let Some(wanted) = members.get("match") {
        let wanted = Members::of(wanted, &members.place("match"), &["name", "version"])?;
        (selector.name, selector.version) = release_match(&wanted)?;
    }
    let kind = members
        .get("fault")
        .ok_or_else(|| members.missing("fault", one_kind()))?;
    let kind = parse_kind(kind, &members.place("fault"))?;
    let phase = match (phase(&members)?, default_phase(&kind)) {
        (Some(Phase::Before), Phase::Before) => Phase::Before,
        (None, phase) => phase,
        _ => Phase::After,
    };
    Ok(Fault {
        selector,
        phase,
        kind,
    })
}

/// A dribbled answer comes whole in the end, and so can only be one to work that was done, whatever phase was asked for.
pub(super) fn default_phase(kind: &FaultKind) -> Phase {
    match kind {
        FaultKind::Dribble { .. } => Phase::After,
        _ => Phase::Before,
    }
}

fn one_kind() -> String {
    format!("an object with one of {}", KINDS.join(", "))
}

fn parse_kind(document: &Value, at: &str) -> Result<FaultKind, BadMember> {
    let known: Vec<&str> = KINDS.into_iter().chain(BESIDE_STATUS).collect();
    let members = Members::of(document, at, &known)?;
    let mut kinds = KINDS
        .into_iter()
        .filter_map(|kind| Some((kind, members.get(kind)?)));
    let Some((kind, value)) = kinds.next() else {
        return Err(bad(at, one_kind(), document));
    };
    if let Some((other, value)) = kinds.next() {
        let expected = format!("nothing, because the fault is {kind} already");
        return Err(bad(&members.place(other), expected, value));
    }
    if kind != "status"
        && let Some((beside, found)) = BESIDE_STATUS
            .into_iter()
            .find_map(|name| Some((name, members.get(name)?)))
    {
        let expected = "nothing, because it goes with status alone";
        return Err(bad(&members.place(beside), expected, found));
    }
    let place = members.place(kind);
    let wrong = |expected: String| bad(&place, expected, value);
    Ok(match kind {
        "status" => FaultKind::Status(Box::new(parse_status(&members)?)),
        "delay" => FaultKind::Delay(members.duration(kind)?.unwrap_or_default()),
        "stall" => FaultKind::Stall(members.duration(kind)?.unwrap_or_default()),
        "hold" => FaultKind::Hold(
            value
                .as_str()
                .filter(|name| is_hold_name(name))
                .ok_or_else(|| {
                    wrong("a name of 1 to 64 letters, digits, `-`, `_` and `.`".to_owned())
                })?
                .to_owned(),
        ),
        "connection" => FaultKind::Connection(
            ConnectionFault::ALL
                .into_iter()
                .find(|connection| value.as_str() == Some(connection.name()))
                .ok_or_else(|| wrong(format!("one of {}", connection_names())))?,
        ),
        "truncate" => FaultKind::Truncate(
            value
                .as_u64()
                .and_then(|bytes| u32::try_from(bytes).ok())
                .ok_or_else(|| wrong("a whole number of bytes from 0".to_owned()))?,
        ),
        _ => parse_dribble(value, &place)?,
    })
}

/// Names stand in paths of control.
pub(super) fn is_hold_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|octet| octet.is_ascii_alphanumeric() || b"-_.".contains(&octet))
}

fn connection_names() -> String {
    ConnectionFault::ALL.map(ConnectionFault::name).join(", ")
}

fn parse_status(members: &Members<'_>) -> Result<StatusFault, BadMember> {
    let status = members.status("status")?.unwrap_or_default();
    let retry_after = match members.get("retry-after") {
        None => None,
        Some(value) => Some(
            RetryAfter::from_json(value)
                .ok_or_else(|| bad(&members.place("retry-after"), RetryAfter::EXPECTED, value))?,
        ),
    };
    let body = members.get("body").map(|body| match body {
        Value::String(text) => ContentBody::Text(text.clone()),
        document => ContentBody::Json(document.clone()),
    });
    let has_no_body = [
        StatusCode::NO_CONTENT,
        StatusCode::RESET_CONTENT,
        StatusCode::NOT_MODIFIED,
    ];
    if has_no_body.contains(&status)
        && let Some(body) = members.get("body")
    {
        let expected = format!("nothing, because {} has no body", status.as_u16());
        return Err(bad(&members.place("body"), expected, body));
    }
    Ok(StatusFault {
        status,
        retry_after,
        headers: header_list(members)?,
        body,
    })
}

fn parse_dribble(value: &Value, at: &str) -> Result<FaultKind, BadMember> {
    let members = Members::of(value, at, &["bytes", "every"])?;
    let bytes: NonZeroU32 = members
        .count("bytes")?
        .ok_or_else(|| members.missing("bytes", "a whole number from 1"))?;
    let every = members
        .duration("every")?
        .ok_or_else(|| members.missing("every", "a duration such as \"50ms\""))?;
    Ok(FaultKind::Dribble { bytes, every })
}
