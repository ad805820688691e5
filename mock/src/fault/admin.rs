//! Control of faults: `__admin/faults` and `__admin/holds`.

use std::sync::Arc;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    handlers::Request,
    pieces::Pieces,
    problem::ProblemKind,
    queue_control::{StatesText, added, one, post, removed},
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

/// Answers a request for control of faults by the path of its endpoint below `__admin/`, and what stands in the placeholder there.
pub(crate) async fn control(
    session: &Arc<Session>,
    endpoint: &str,
    parameter: &str,
    request: &mut Request,
) -> Result<Reply, Refusal> {
    match endpoint {
        "faults" => change_all(session, request).await,
        "faults/{id}" if request.method == Method::DELETE => {
            removed(session.faults.remove(parameter))
        }
        "faults/{id}" => one(state(session, parameter)),
        "holds/{name}/release" => {
            let released = session.faults.release(parameter)?;
            Ok(document(&json!({"name": parameter, "released": released})))
        }
        "holds/{name}" => {
            let holds = session.faults.holds();
            let hold = holds.iter().find(|hold| hold["name"] == parameter);
            hold.map(document).ok_or_else(not_found)
        }
        _ => Ok(document(&json!({"holds": session.faults.holds()}))),
    }
}

async fn change_all(session: &Arc<Session>, request: &mut Request) -> Result<Reply, Refusal> {
    if request.method == Method::DELETE {
        session.faults.clear();
        return Ok(Reply::empty(StatusCode::NO_CONTENT));
    }
    post(session, request, |session, document, posted| {
        let faults = parse_faults(&document)?;
        drop(document);
        let held = session.keep_canned(&posted)?;
        let ids = session.faults.add_held(faults, held)?;
        Ok(added("faults", &ids, |id| state(session, id)))
    })
    .await
}

/// All faults, in order.
pub(crate) fn all(session: &Arc<Session>) -> impl Pieces + use<> {
    let (session, ids) = (session.clone(), session.faults.ids());
    let is_short = session.holds_little_canned();
    StatesText::new("faults", ids, is_short, move |id| state(&session, id))
}

fn document(document: &Value) -> Reply {
    Reply::json(StatusCode::OK, document)
}

fn state(session: &Session, id: &str) -> Option<Value> {
    session.faults.state(id).as_ref().map(FaultState::to_json)
}
