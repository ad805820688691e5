//! Control of canned answers: `__admin/answers`.

use std::sync::Arc;

use http::{Method, StatusCode};
use serde_json::Value;

use crate::{
    aside::aside_if_long,
    handlers::Request,
    pieces::Pieces,
    queue_control::{StatesText, added, one, post, removed},
    refusal::Refusal,
    reply::Reply,
    session::Session,
};

use super::parse::parse_answers;

/// Answers a request for control of canned answers: of all, or of the one with this name if there is one.
pub(crate) async fn control(
    session: &Arc<Session>,
    id: &str,
    request: &mut Request,
) -> Result<Reply, Refusal> {
    let method = request.method.clone();
    if !id.is_empty() {
        return if method == Method::DELETE {
            removed(session.answers.remove(id))
        } else {
            let (session, id) = (session.clone(), id.to_owned());
            let bytes = usize::try_from(session.canned_bytes()).unwrap_or(usize::MAX);
            aside_if_long(bytes, move || one(state(&session, &id))).await
        };
    }
    if method == Method::DELETE {
        session.answers.clear();
        return Ok(Reply::empty(StatusCode::NO_CONTENT));
    }
    post(session, request, |session, document, posted| {
        let answers = parse_answers(&document)?;
        drop(document);
        let held = session.keep_canned(&posted)?;
        let ids = session.answers.add_held(answers, held)?;
        Ok(added("answers", &ids, |id| state(session, id)))
    })
    .await
}

/// All canned answers, in order.
pub(crate) fn all(session: &Arc<Session>) -> impl Pieces + use<> {
    let (session, ids) = (session.clone(), session.answers.ids());
    let is_short = session.holds_little_canned();
    StatesText::new("answers", ids, is_short, move |id| state(&session, id))
}

fn state(session: &Session, id: &str) -> Option<Value> {
    session.answers.state_json(id)
}
