//! Entity tags (RFC 9110, section 13.1.2).

use http::{HeaderMap, StatusCode, header};

use crate::{policy::internal_error, refusal::Refusal, reply::Reply, session::Session};

/// Adds an entity tag, made from a SHA-256, to an answer; one that the client has already becomes 304 without the body.
pub(super) fn conditional(
    session: &Session,
    headers: &HeaderMap,
    reply: Reply,
    sha256: &[u8; 32],
) -> Result<Reply, Refusal> {
    let tag = entity_tag(sha256);
    let reply = reply.with_header(header::ETAG, &tag);
    unless_known(session, headers, reply, &tag)
}

/// The entity tag that is made from a SHA-256.
pub(super) fn entity_tag(sha256: &[u8; 32]) -> String {
    format!("\"{}\"", hex::encode(&sha256[..16]))
}

/// An answer with this entity tag, or 304 for clients that have it already.
pub(super) fn unless_known(
    session: &Session,
    headers: &HeaderMap,
    reply: Reply,
    tag: &str,
) -> Result<Reply, Refusal> {
    let policy = &session.policy.reading;
    if !headers.contains_key(header::IF_NONE_MATCH) {
        return Ok(reply);
    }
    if session.policy.crash.parses_entity_tags && has_broken_tag(headers) {
        return Err(internal_error("failed to parse the entity tag"));
    }
    if !(names(headers, tag) || policy.any_tag_matches) || policy.ignores_if_none_match {
        return Ok(reply);
    }
    let mut not_modified = reply.with_other_body(bytes::Bytes::new());
    not_modified.status = StatusCode::NOT_MODIFIED;
    not_modified.headers.remove(header::CONTENT_TYPE);
    Ok(not_modified)
}

/// Whether a quote of `If-None-Match` is not closed.
fn has_broken_tag(headers: &HeaderMap) -> bool {
    headers.get_all(header::IF_NONE_MATCH).iter().any(|value| {
        value
            .as_bytes()
            .split(|c| *c == b'"')
            .count()
            .is_multiple_of(2)
    })
}

/// Whether `If-None-Match` names the tag; weak tags compare like strong ones.
fn names(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|candidate| {
            candidate == "*" || candidate.strip_prefix("W/").unwrap_or(candidate) == tag
        })
}
