//! `GET components/{name}/v{version}/unpublished`.

use http::{StatusCode, header};
use serde_json::Value;

use crate::{
    policy::internal_error,
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
    if session.policy.crash.cuts_text && has_four_octets(&view.manifest.value()) {
        return Err(internal_error("EOF while parsing a string"));
    }
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

fn has_four_octets(value: &Value) -> bool {
    value.to_string().chars().any(|c| c > '\u{ffff}')
}
