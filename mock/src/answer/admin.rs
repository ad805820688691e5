//! Control of canned answers: `__admin/answers`.

use http::{Method, StatusCode};
use serde_json::Value;

use crate::{
    handlers::Request,
    queue_control::{added, all, one, read_document, removed},
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
            one(state(session, id))
        };
    }
    if method == Method::DELETE {
        session.answers.clear();
        return Ok(Reply::empty(StatusCode::NO_CONTENT));
    }
    if method == Method::POST {
        let answers = parse_answers(&read_document(request).await?)?;
        let held = session.keep_canned(&request.take_held())?;
        let ids = session.answers.add_held(answers, held)?;
        return Ok(added("answers", &ids, |id| state(session, id)));
    }
    let ids = session.answers.ids();
    Ok(all("answers", &ids, |id| state(session, id)))
}

fn state(session: &Session, id: &str) -> Option<Value> {
    session
        .answers
        .state(id)
        .as_ref()
        .map(CannedAnswerState::to_json)
}
