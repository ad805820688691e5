//! `GET components/{name}/v{version}`.

use std::sync::Arc;

use http::{StatusCode, header};
use sha2::{Digest, Sha256};

use crate::{
    identity::Caller,
    problem::ProblemKind,
    refusal::{Refusal, forbidden, not_found},
    registry::{ReleaseKey, ReleaseView},
    reply::Reply,
    session::Session,
    wire::render_release,
};

use super::{
    Request,
    authenticate::authenticate,
    conditional::{entity_tag, unless_known},
};

pub(super) fn get(
    session: &Session,
    request: &Request,
    key: &ReleaseKey,
) -> Result<Reply, Refusal> {
    let caller = match authenticate(session, &request.headers) {
        Err(refusal)
            if session.policy.access.unknown_token_is_forbidden
                && refusal.kind() == ProblemKind::Unauthenticated =>
        {
            return Err(forbidden());
        }
        caller => caller?,
    };
    if session.policy.reading.plus_is_space && request.path().contains('+') {
        return Err(not_found());
    }
    let found = session.registry().release(session.now(), &caller, key);
    let view = match found {
        Err(refusal)
            if refusal.kind() == ProblemKind::NotFound
                && session.policy.reading.missing_is_null
                && session.registry().has_published(&key.name) =>
        {
            return Ok(Reply::json(StatusCode::OK, &serde_json::Value::Null));
        }
        Err(refusal)
            if refusal.kind() == ProblemKind::NotFound
                && session.policy.reading.unknown_name_is_internal_error
                && !session.registry().knows_name(&key.name) =>
        {
            return Err(refusal.with_status(StatusCode::INTERNAL_SERVER_ERROR.as_u16()));
        }
        Err(mut refusal) => {
            refusal.by_hand = session.policy.errors.unused_names_by_hand
                && refusal.kind() == ProblemKind::NotFound
                && !session.registry().knows_name(&key.name);
            return Err(refusal);
        }
        Ok(view) => view,
    };
    if session.policy.reading.refuses_ranges_of_documents
        && request.headers.contains_key(header::RANGE)
    {
        return Err(Refusal::new(
            ProblemKind::MalformedRequest,
            "Ranges are served of content alone.",
        ));
    }
    let reply = match view.revision {
        None => Arc::new(document(session, key, &view)),
        Some(revision) => {
            let name = (session.number, revision);
            session.documents.get(name).unwrap_or_else(|| {
                let document = Arc::new(document(session, key, &view));
                session.documents.add(name, document.clone());
                document
            })
        }
    };
    let reply = Reply::clone(&reply);
    let tag = reply.headers.get(header::ETAG).cloned();
    let tag = tag.as_ref().and_then(|tag| tag.to_str().ok());
    unless_known(session, &request.headers, reply, tag.unwrap_or_default())
}

/// The document of a release, as it is sent to whoever may see it.
fn document(session: &Session, key: &ReleaseKey, view: &ReleaseView) -> Reply {
    let is_public = session
        .access
        .read_manifest(&Caller::Anonymous, key.namespace())
        .is_ok();
    let reply = Reply::json(StatusCode::OK, &render_release(view, session.rendering()))
        .with_header(header::CACHE_CONTROL, cache_control(session, is_public))
        .with_header(header::VARY, &session.config.auth_header);
    let sha256: [u8; 32] = Sha256::digest(&reply.body).into();
    let tag = if session.policy.reading.tag_of_manifest {
        entity_tag(&Sha256::digest(&view.manifest.bytes).into())
    } else {
        entity_tag(&sha256)
    };
    Reply {
        sha256: Some(sha256),
        ..reply
    }
    .with_header(header::ETAG, &tag)
}

/// Its sources change, so that caches ask before they answer (REL-5).
fn cache_control(session: &Session, is_public: bool) -> &'static str {
    match is_public {
        _ if session.policy.reading.immutable => "public, max-age=31536000, immutable",
        true => "public, no-cache",
        false => "private, no-cache",
    }
}
