//! Entity tags (RFC 9110, section 13.1.2).

use http::{HeaderMap, StatusCode, header};
use sha2::{Digest, Sha256};

use crate::{policy::internal_error, refusal::Refusal, reply::Reply, session::Session};

/// Adds an entity tag, made from `tagged`, to an answer; one that the client has already becomes 304 without the body.
pub(super) fn conditional(
    session: &Session,
    headers: &HeaderMap,
    reply: Reply,
    tagged: &[u8],
) -> Result<Reply, Refusal> {
    if session.policy.crash.parses_entity_tags && has_broken_tag(headers) {
        return Err(internal_error("failed to parse the entity tag"));
    }
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(tagged)[..16]));
    let reply = reply.with_header(header::ETAG, &tag);
    let policy = &session.policy.reading;
    let takes_any = policy.any_tag_matches && headers.contains_key(header::IF_NONE_MATCH);
    if !(names(headers, &tag) || takes_any) || policy.ignores_if_none_match {
        return Ok(reply);
    }
    let mut not_modified = Reply {
        status: StatusCode::NOT_MODIFIED,
        body: bytes::Bytes::new(),
        ..reply
    };
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
