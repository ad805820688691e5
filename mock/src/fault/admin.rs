//! Control of faults: `__admin/faults` and `__admin/holds`.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    handlers::Request,
    problem::ProblemKind,
    queue_control::{added, allow, listed, read_document, removed},
    refusal::{Refusal, not_found},
    reply::Reply,
    session::Session,
};

use super::{FaultState, UnknownHold, parse::parse_faults};

impl From<UnknownHold> for Refusal {
    fn from(error: UnknownHold) -> Self {
        Self::new(ProblemKind::NotFound, format!("{error}."))
    }
}

/// Answers a request for control of faults; `None` where the path, relative to `__admin/`, is about something else.
pub(crate) async fn handle(
    session: &Session,
    request: &mut Request,
    path: &str,
) -> Option<Result<Reply, Refusal>> {
    Some(match path.split('/').collect::<Vec<_>>().as_slice() {
        ["faults"] => all(session, request).await,
        ["faults", id] => one(session, request, id),
        ["holds"] => holds(session, request),
        ["holds", name] => hold(session, request, name),
        ["holds", name, "release"] => release(session, request, name),
        _ => return None,
    })
}

async fn all(session: &Session, request: &mut Request) -> Result<Reply, Refusal> {
    allow(
        request,
        &[Method::GET, Method::HEAD, Method::POST, Method::DELETE],
    )?;
    if request.method == Method::DELETE {
        session.faults.clear();
        return Ok(Reply::empty(StatusCode::NO_CONTENT));
    }
    if request.method == Method::POST {
        let faults = parse_faults(&read_document(request).await?)?;
        let ids = session.faults.add(faults)?;
        return Ok(added("faults", &ids, states(session)));
    }
    Ok(Reply::json(
        StatusCode::OK,
        &json!({"faults": states(session)}),
    ))
}

fn one(session: &Session, request: &Request, id: &str) -> Result<Reply, Refusal> {
    allow(request, &[Method::GET, Method::HEAD, Method::DELETE])?;
    if request.method == Method::DELETE {
        return removed(session.faults.remove(id));
    }
    listed(states(session), id)
}

fn holds(session: &Session, request: &Request) -> Result<Reply, Refusal> {
    allow(request, &[Method::GET, Method::HEAD])?;
    Ok(Reply::json(
        StatusCode::OK,
        &json!({"holds": session.faults.holds()}),
    ))
}

fn hold(session: &Session, request: &Request, name: &str) -> Result<Reply, Refusal> {
    allow(request, &[Method::GET, Method::HEAD])?;
    session
        .faults
        .holds()
        .into_iter()
        .find(|hold| hold["name"] == name)
        .map(|hold| Reply::json(StatusCode::OK, &hold))
        .ok_or_else(not_found)
}

fn release(session: &Session, request: &Request, name: &str) -> Result<Reply, Refusal> {
    allow(request, &[Method::POST])?;
    let released = session.faults.release(name)?;
    Ok(Reply::json(
        StatusCode::OK,
        &json!({"name": name, "released": released}),
    ))
}

fn states(session: &Session) -> Vec<Value> {
    session
        .faults
        .states()
        .iter()
        .map(FaultState::to_json)
        .collect()
}
