//! Control of canned answers: `__admin/answers`.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    handlers::Request,
    queue_control::{added, allow, listed, read_document, removed},
    refusal::Refusal,
    reply::Reply,
    session::Session,
};

use super::parse::parse_answers;

/// Answers a request for control of canned answers; `None` where the path, relative to `__admin/`, is about something else.
pub(crate) async fn handle(
    session: &Session,
    request: &mut Request,
    path: &str,
) -> Option<Result<Reply, Refusal>> {
    match path.split('/').collect::<Vec<_>>().as_slice() {
        ["answers"] => Some(all(session, request).await),
        ["answers", id] => Some(one(session, request, id)),
        _ => None,
    }
}

async fn all(session: &Session, request: &mut Request) -> Result<Reply, Refusal> {
    allow(
        request,
        &[Method::GET, Method::HEAD, Method::POST, Method::DELETE],
    )?;
    if request.method == Method::DELETE {
        session.answers.clear();
        return Ok(Reply::empty(StatusCode::NO_CONTENT));
    }
    if request.method == Method::POST {
        let answers = parse_answers(&read_document(request).await?)?;
        let ids = session.answers.add(answers)?;
        return Ok(added("answers", &ids, states(session)));
    }
    Ok(Reply::json(
        StatusCode::OK,
        &json!({"answers": states(session)}),
    ))
}

fn one(session: &Session, request: &Request, id: &str) -> Result<Reply, Refusal> {
    allow(request, &[Method::GET, Method::HEAD, Method::DELETE])?;
    if request.method == Method::DELETE {
        return removed(session.answers.remove(id));
    }
    listed(states(session), id)
}

fn states(session: &Session) -> Vec<Value> {
    let states = session.answers.states();
    states
        .iter()
        .map(super::CannedAnswerState::to_json)
        .collect()
}
