//! `GET` of uploaded content (rules UPL-8, REL-4, ACC-8).

use http::{StatusCode, header};
use sha2::{Digest, Sha256};

use crate::{
    identity::Caller, problem::ProblemKind, refusal::Refusal, registry::ReleaseKey, reply::Reply,
    session::Session, wire::content_signature,
};

use super::{
    Request,
    authenticate::authenticate,
    conditional::conditional,
    range::{Requested, requested},
};

pub(super) fn content(
    session: &Session,
    request: &Request,
    key: &ReleaseKey,
) -> Result<Reply, Refusal> {
    let caller = match signed_for(session, request, key) {
        Some(owner) => owner,
        None => authenticate(session, &request.headers)?,
    };
    let content = session.registry().content(session.now(), &caller, key)?;
    let mut bytes = content.upload.bytes.clone();
    let mut sha256 = content.upload.sha256();
    if session.policy.upload.serves_fewer_bytes {
        bytes.truncate(bytes.len().saturating_sub(1));
        sha256 = Sha256::digest(&bytes).into();
    }
    let reply = Reply::with_body(StatusCode::OK, &content.media_type, bytes)
        .with_header(header::ACCEPT_RANGES, "bytes")
        .with_header(
            header::CACHE_CONTROL,
            if content.is_public {
                "public, no-cache"
            } else {
                "private, no-store"
            },
        )
        .with_header(header::VARY, &session.config.auth_header);
    let reply = Reply {
        sha256: Some(sha256),
        is_shared: true,
        ..reply
    };
    let reply = conditional(session, &request.headers, reply, &sha256)?;
    if reply.status == StatusCode::OK {
        ranged(session, request, reply)
    } else {
        Ok(reply)
    }
}

/// The owner, where the URL itself opens the content to whoever has it.
fn signed_for(session: &Session, request: &Request, key: &ReleaseKey) -> Option<Caller> {
    let signed = content_signature(&session.policy, &session.oddities, key)?;
    if request.uri.query() != Some(signed.as_str()) {
        return None;
    }
    let owner = session.config.identities.owner_of(key.namespace())?;
    Some(Caller::Identity(owner.clone()))
}

fn ranged(session: &Session, request: &Request, mut reply: Reply) -> Result<Reply, Refusal> {
    // With If-Range the client wants the range only of what it has already, and the whole otherwise.
    let current = match (
        request.headers.get(header::IF_RANGE),
        reply.headers.get(header::ETAG),
    ) {
        (Some(wanted), Some(tag)) => wanted == tag,
        (wanted, _) => wanted.is_none(),
    };
    let value = request
        .headers
        .get(header::RANGE)
        .and_then(|value| value.to_str().ok())
        .filter(|_| current);
    let length = reply.body.len();
    let policy = &session.policy.reading;
    let read = |value| match requested(value, length) {
        Requested::Whole if policy.reads_ranges_leniently => Requested::Part(0..length.min(1)),
        Requested::Unsatisfiable if policy.unsatisfiable_is_empty_part => {
            Requested::Part(length..length)
        }
        read => read,
    };
    match value.map_or(Requested::Whole, read) {
        Requested::Whole => Ok(reply),
        Requested::Unsatisfiable => Err(Refusal::new(
            ProblemKind::MalformedRequest,
            "The range lies outside the content.",
        )
        .with_status(StatusCode::RANGE_NOT_SATISFIABLE.as_u16())
        .with_header(header::CONTENT_RANGE, format!("bytes */{length}"))),
        Requested::Part(range) => {
            let last = range.end - usize::from(!policy.content_range_off_by_one);
            let shown = format!("bytes {}-{last}/{length}", range.start);
            let end = if session.policy.reading.range_off_by_one {
                range.end - 1
            } else {
                range.end
            };
            let part = reply.body.slice(range.start..end.max(range.start));
            reply = reply.with_other_body(part);
            reply.status = StatusCode::PARTIAL_CONTENT;
            Ok(reply.with_header(header::CONTENT_RANGE, &shown))
        }
    }
}
