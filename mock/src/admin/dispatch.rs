//! From a path below `__admin/` to its endpoint.

use std::sync::Arc;

use http::{Method, StatusCode, header};
use serde_json::{Map, Value};

use crate::{
    answer,
    aside::{aside, aside_if_long},
    fault,
    handlers::Request,
    json,
    problem::ProblemKind,
    refusal::Refusal,
    reply::Reply,
    session::Session,
    sessions::Sessions,
    state::StateText,
};

use super::{
    clock,
    endpoints::ENDPOINTS,
    index, lifecycle, metrics, openapi,
    reply::{self, Answer},
    requests, sessions,
};

/// Bytes of a body.
const LIMIT: u64 = 1 << 20;

/// What is controlled.
pub(crate) struct Control<'c> {
    /// All registries of the server.
    pub sessions: &'c Sessions,
    /// The one whose control this is.
    pub session: &'c Arc<Session>,
    /// Whether that is the server's own.
    pub of_server: bool,
}

/// Answers a request for control; the path is relative to `__admin/`.
pub(crate) async fn handle(control: &Control<'_>, path: &str, request: &mut Request) -> Answer {
    let result = match endpoint(path, &request.method) {
        Ok(endpoint) => answer(control, &endpoint, request).await,
        Err(refusal) => Err(refusal),
    };
    result
        .unwrap_or_else(|refusal| reply::refused(&refusal).into())
        .uncached()
}

/// An endpoint with what its path says.
pub(super) struct Matched<'p> {
    /// Path of the endpoint, placeholders included.
    pub path: &'static str,
    /// What stands in the place of the placeholder.
    pub parameter: &'p str,
}

fn endpoint<'p>(path: &'p str, method: &Method) -> Result<Matched<'p>, Refusal> {
    let mut methods = Vec::new();
    for endpoint in ENDPOINTS {
        let Some(parameter) = parameter_of(endpoint.path, path) else {
            continue;
        };
        if endpoint.method == *method || endpoint.method == Method::GET && *method == Method::HEAD {
            return Ok(Matched {
                path: endpoint.path,
                parameter,
            });
        }
        methods.push(endpoint.method.as_str());
        if endpoint.method == Method::GET {
            methods.push(Method::HEAD.as_str());
        }
    }
    if methods.is_empty() {
        return Err(Refusal::new(
            ProblemKind::NotFound,
            "There is no such control. GET __admin/ lists what there is.",
        ));
    }
    let allow = methods.join(", ");
    Err(Refusal::new(
        ProblemKind::MethodNotAllowed,
        format!("This control takes {allow}."),
    )
    .with_header(header::ALLOW, allow))
}

/// The segment in the place of the placeholder, empty where there is none, if the path is that of the pattern.
fn parameter_of<'p>(pattern: &str, path: &'p str) -> Option<&'p str> {
    let Some((before, rest)) = pattern.split_once('{') else {
        return (pattern == path).then_some("");
    };
    let (_, after) = rest.split_once('}')?;
    let parameter = path.strip_prefix(before)?.strip_suffix(after)?;
    (!parameter.is_empty() && !parameter.contains('/')).then_some(parameter)
}

/// What may be long is made in pieces; all else is done at once.
async fn answer(
    control: &Control<'_>,
    endpoint: &Matched<'_>,
    request: &mut Request,
) -> Result<Answer, Refusal> {
    let session = control.session;
    match (request.method.as_str(), endpoint.path) {
        (_, "state") => Ok(Answer::of(StateText::new(session.clone()), &session.room)),
        ("GET" | "HEAD", "requests") => requests::list(session, request),
        (_, "requests/find") => requests::find(session, &read_object(request).await?, request),
        ("GET" | "HEAD", "faults") => Ok(Answer::of(fault::all(session), &session.room)),
        ("GET" | "HEAD", "answers") => Ok(Answer::of(answer::all(session), &session.room)),
        _ => perform(control, endpoint, request).await.map(Answer::Whole),
    }
}

async fn perform(
    control: &Control<'_>,
    endpoint: &Matched<'_>,
    request: &mut Request,
) -> Result<Reply, Refusal> {
    let session = control.session;
    match (request.method.as_str(), endpoint.path) {
        (_, "") => Ok(index::list(session)),
        (_, "health") => Ok(lifecycle::health()),
        (_, "version") => Ok(lifecycle::version()),
        (_, "openapi.json") => Ok(openapi::document()),
        (_, "reset") => {
            let session = session.clone();
            aside(move || session.reset()).await;
            Ok(Reply::empty(StatusCode::NO_CONTENT))
        }
        (_, "process") => Ok(lifecycle::process(session).await),
        ("PUT", "clock") => clock::change(session, &read_object(request).await?).await,
        (_, "clock") => Ok(clock::show(session)),
        (_, "requests") => {
            session.journal.clear();
            Ok(Reply::empty(StatusCode::NO_CONTENT))
        }
        (_, "requests/count") => requests::count(session, &read_object(request).await?).await,
        (_, "faults" | "faults/{id}" | "holds" | "holds/{name}" | "holds/{name}/release") => {
            fault::control(session, endpoint.path, endpoint.parameter, request).await
        }
        (_, "answers" | "answers/{id}") => {
            answer::control(session, endpoint.parameter, request).await
        }
        (_, "metrics") => Ok(metrics::show(control).await),
        ("POST", "sessions") => sessions::create(control, &read_object(request).await?),
        (_, "sessions") => sessions::list(control),
        ("DELETE", "sessions/{id}") => sessions::delete(control, endpoint.parameter).await,
        (_, "sessions/{id}") => sessions::show(control, endpoint.parameter),
        _ => Err(Refusal::new(
            ProblemKind::NotFound,
            "There is no such control.",
        )),
    }
}

/// The body, which is a JSON object or nothing at all.
async fn read_object(request: &mut Request) -> Result<Map<String, Value>, Refusal> {
    let body = request.read_control_body(LIMIT).await?;
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    match aside_if_long(body.len(), move || json::parse_strict(&body)).await {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(reply::malformed("The body has to be a JSON object.")),
        Err(error) => Err(reply::malformed(format!("The body is not JSON: {error}."))),
    }
}
