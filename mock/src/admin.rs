//! Control of a registry, under `__admin/`.

use std::sync::Arc;

use http::{Method, StatusCode, header};
use serde_json::json;

use crate::{
    problem::ProblemKind,
    refusal::{Refusal, not_found},
    reply::Reply,
    session::Session,
};

/// Answers a request for control; the path is relative to `__admin/`.
pub(crate) fn handle(
    session: &Arc<Session>,
    method: &Method,
    path: &str,
) -> Result<Reply, Refusal> {
    let allowed = match path {
        "health" | "version" | "state" => [Method::GET, Method::HEAD].as_slice(),
        "reset" | "process" => [Method::POST].as_slice(),
        _ => return Err(not_found()),
    };
    if !allowed.contains(method) {
        let allow: Vec<&str> = allowed.iter().map(Method::as_str).collect();
        return Err(Refusal::new(
            ProblemKind::MethodNotAllowed,
            format!("{method} is not supported here."),
        )
        .with_header(header::ALLOW, allow.join(", ")));
    }
    Ok(match path {
        "health" => Reply::json(StatusCode::OK, &json!({"status": "ok"})),
        "version" => Reply::json(
            StatusCode::OK,
            &json!({"name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION"), "profile": "publish-api"}),
        ),
        "state" => Reply::json(StatusCode::OK, &session.state()),
        "process" => Reply::json(StatusCode::OK, &json!({"released": session.registry().process_held(session.now())})),
        _ => {
            session.reset();
            Reply::empty(StatusCode::NO_CONTENT)
        }
    }
    .with_header(header::CACHE_CONTROL, "no-store"))
}
