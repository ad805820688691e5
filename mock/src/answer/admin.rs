//! Control of canned answers: `__admin/answers`.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    handlers::Request,
    queue_control::{added, listed, read_document, removed},
    refusal::Refusal,
    reply::Reply,
    session::Session,
};

use super::{CannedAnswerState, parse::parse_answers};

/// Answers a request for control of canned answers: of all, or of the one with this name if there is one.
pub(crate) async fn control(
    session: &Session,
    id: &str,
    request: &mut Request,
) -> Result<Reply, Refusal> {
    let method = request.method.clone();
    if !id.is_empty() {
        return if method == Method::DELETE {
            removed(session.answers.remove(id))
        } else {
            listed(states(session), id)
        };
    }
    if method == Method::DELETE {
        session.answers.clear();
        return Ok(Reply::empty(StatusCode::NO_CONTENT));
    }
    if method == Method::POST {
        let answers = parse_answers(&read_document(request).await?)?;
        let ids = session.answers.add_held(answers, request.take_held())?;
        return Ok(added("answers", &ids, states(session)));
    }
    Ok(Reply::json(
        StatusCode::OK,
        &json!({"answers": states(session)}),
    ))
}

fn states(session: &Session) -> Vec<Value> {
    let states = session.answers.states();
    states.iter().map(CannedAnswerState::to_json).collect()
}
