//! `sessions` and `sessions/{id}`.

use http::{StatusCode, header};
use serde_json::{Map, Value, json};

use crate::{
    aside::aside, cli::SessionOptions, problem::ProblemKind, refusal::Refusal, reply::Reply,
    session::Session, sessions::SessionError,
};

use super::{
    dispatch::Control,
    reply::{document, malformed},
};

pub(super) fn create(
    control: &Control<'_>,
    members: &Map<String, Value>,
) -> Result<Reply, Refusal> {
    require_server(control)?;
    let config = SessionOptions::read(members)
        .and_then(|options| options.apply(control.session.config.clone()))
        .map_err(|error| malformed(format!("{error}.")))?;
    let (id, session) = control
        .sessions
        .create(config)
        .map_err(|error| match error {
            SessionError::TooMany(_) => {
                Refusal::new(ProblemKind::InsufficientStorage, format!("{error}."))
            }
            SessionError::Fetch(_) => {
                malformed(format!("{}.", crate::problem::with_causes(&error)))
            }
        })?;
    let shown = describe(&id, &session);
    let url = format!("{}__admin/sessions/{id}", control.session.links.base());
    Ok(Reply::json(StatusCode::CREATED, &shown).with_header(header::LOCATION, &url))
}

pub(super) fn list(control: &Control<'_>) -> Result<Reply, Refusal> {
    require_server(control)?;
    let sessions: Vec<Value> = control
        .sessions
        .list()
        .iter()
        .map(|(id, session)| describe(id, session))
        .collect();
    Ok(document(&json!({"sessions": sessions})))
}

pub(super) fn show(control: &Control<'_>, id: &str) -> Result<Reply, Refusal> {
    require_server(control)?;
    let session = control.sessions.get(id).ok_or_else(no_session)?;
    Ok(document(&describe(id, &session)))
}

pub(super) async fn delete(control: &Control<'_>, id: &str) -> Result<Reply, Refusal> {
    require_server(control)?;
    let removed = control.sessions.take(id).ok_or_else(no_session)?;
    // What it holds may be much to let go of.
    aside(move || removed.end()).await;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

fn describe(id: &str, session: &Session) -> Value {
    let url = session.links.base();
    json!({"id": id, "url": url, "admin": format!("{url}__admin/")})
}

fn no_session() -> Refusal {
    Refusal::new(
        ProblemKind::NotFound,
        "There is no session of that id, or no longer.",
    )
}

/// A session has no sessions of its own.
fn require_server(control: &Control<'_>) -> Result<(), Refusal> {
    if control.of_server {
        return Ok(());
    }
    let root = control.sessions.root().links.base();
    Err(Refusal::new(
        ProblemKind::NotFound,
        format!("Sessions are controlled at {root}__admin/sessions."),
    ))
}
