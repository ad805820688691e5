//! `GET components/{name}/v{version}/unpublished`.

use http::{StatusCode, header};

use crate::{
    refusal::Refusal,
    registry::{Status, UnpublishedAddress},
    reply::Reply,
    session::Session,
    wire::render_unpublished,
};

use super::{Request, authenticate::authenticate, retry_after::retry_after};

pub(super) fn status(
    session: &Session,
    request: &Request,
    address: &UnpublishedAddress,
) -> Result<Reply, Refusal> {
    let caller = authenticate(session, &request.headers)?;
    let view = session
        .registry()
        .unpublished(session.now(), &caller, address)?;
    let reply = Reply::json(
        StatusCode::OK,
        &render_unpublished(&view, session.rendering()),
    );
    let reply = if session.policy.reading.status_is_cacheable {
        reply
    } else {
        reply.with_header(header::CACHE_CONTROL, "no-store")
    };
    Ok(match view.status {
        Status::Processing => reply.with_header(header::RETRY_AFTER, &retry_after(session, &view)),
        _ => reply,
    })
}
