//! Media types of requests.

use http::{HeaderMap, header};

use crate::{cause::Cause, problem::ProblemKind, refusal::Refusal};

/// The media type of the request's `Content-Type`, lower case and without parameters; `None` where there is no header.
pub(super) fn content_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?;
    Some(essence(&String::from_utf8_lossy(value.as_bytes())))
}

/// A media type, lower case and without parameters.
pub(super) fn essence(media_type: &str) -> String {
    media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

/// Refuses what is not `application/json`.
pub(super) fn require_json(headers: &HeaderMap) -> Result<(), Refusal> {
    match content_type(headers).as_deref() {
        Some("application/json") => Ok(()),
        _ => Err(Refusal::new(
            ProblemKind::UnsupportedMediaType,
            "The body is not application/json.",
        )
        .because(odd_media_type(headers))),
    }
}

/// Whether the request's `Content-Type` is missing, or nothing that parses (RFC 9110, section 8.3.1).
pub(super) fn odd_media_type(headers: &HeaderMap) -> Option<Cause> {
    let parses = content_type(headers).is_some_and(|essence| {
        essence.split_once('/').is_some_and(|(kind, subtype)| {
            [kind, subtype]
                .iter()
                .all(|part| !part.is_empty() && !part.contains(['/', ' ', ',', ';']))
        })
    });
    (!parses).then_some(Cause::OddMediaType)
}
