//! `GET components/{name}/v{version}`.

use http::{StatusCode, header};

use crate::{
    identity::Caller,
    problem::ProblemKind,
    refusal::{Refusal, forbidden, not_found},
    registry::ReleaseKey,
    reply::Reply,
    session::Session,
    wire::render_release,
};

use super::{Request, authenticate::authenticate, conditional::conditional};

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
    if session.policy.reading.plus_is_space && request.path.contains('+') {
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
    let is_public = session
        .access
        .read_manifest(&Caller::Anonymous, key.namespace())
        .is_ok();
    let reply = Reply::json(StatusCode::OK, &render_release(&view, session.rendering()))
        .with_header(header::CACHE_CONTROL, cache_control(session, is_public))
        .with_header(header::VARY, &session.config.auth_header);
    let tagged = if session.policy.reading.tag_of_manifest {
        view.manifest.bytes.clone()
    } else {
        reply.body.clone()
    };
    conditional(session, &request.headers, reply, &tagged)
}

/// Its sources change, so that caches ask before they answer (REL-5).
fn cache_control(session: &Session, is_public: bool) -> &'static str {
    match is_public {
        _ if session.policy.reading.immutable => "public, max-age=31536000, immutable",
        true => "public, no-cache",
        false => "private, no-cache",
    }
}
