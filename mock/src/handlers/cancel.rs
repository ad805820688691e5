//! `DELETE components/{name}/v{version}/unpublished`.

use http::StatusCode;

use crate::{refusal::Refusal, registry::UnpublishedAddress, reply::Reply, session::Session};

use super::{Request, authenticate::authenticate};

pub(super) async fn cancel(
    session: &Session,
    request: &Request,
    address: &UnpublishedAddress,
) -> Result<Reply, Refusal> {
    let caller = authenticate(session, &request.headers)?;
    if session.policy.publish.cancel_races {
        let found = session
            .registry()
            .cancellable(session.now(), &caller, address);
        if let Some(id) = found {
            tokio::time::sleep(super::publish::RACE_WINDOW).await;
            session.registry().cancel_blindly(id);
            return Ok(Reply::empty(StatusCode::NO_CONTENT));
        }
    }
    session
        .registry()
        .cancel(session.now(), &caller, address)
        .map_err(|refusal| session.policy.errors.cancel(refusal))?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}
