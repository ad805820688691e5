//! `DELETE components/{name}/v{version}/unpublished`.

use http::StatusCode;

use crate::{refusal::Refusal, registry::UnpublishedAddress, reply::Reply, session::Session};

use super::{Request, authenticate::authenticate};

pub(super) fn cancel(
    session: &Session,
    request: &Request,
    address: &UnpublishedAddress,
) -> Result<Reply, Refusal> {
    let caller = authenticate(session, &request.headers)?;
    session
        .registry()
        .cancel(session.now(), &caller, address)
        .map_err(|refusal| session.policy.errors.cancel(refusal))?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}
