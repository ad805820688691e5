//! From a request to the handler of its operation.

use std::sync::Arc;

use http::{Method, StatusCode, header};

use crate::{
    problem::ProblemKind,
    refusal::{Refusal, not_found},
    reply::Reply,
    router::Resource,
    session::Session,
};

use super::{
    Request, cancel::cancel, content::content, content_sources::content_sources, create::create,
    get::get, publish::publish, refuse::refuse, status::status, upload::upload,
};

/// Methods of RFC 9110 and RFC 5789: those that a server may know.
const KNOWN_METHODS: [Method; 9] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::DELETE,
    Method::CONNECT,
    Method::OPTIONS,
    Method::TRACE,
    Method::PATCH,
];

/// Answers a request to the API; the path is relative to the base URL, `None` where it lies outside.
pub(crate) async fn handle(
    session: &Arc<Session>,
    path: Option<&str>,
    request: &mut Request,
) -> Reply {
    let result = match resource(session, path, request) {
        Ok(Resource::Upload { .. }) if session.links.uploads_elsewhere() => Err(not_found()),
        Ok(resource) => dispatch(session, resource, request).await,
        Err(refusal)
            if refusal.kind() == ProblemKind::NotFound && session.policy.errors.html_not_found =>
        {
            Ok(Reply::with_body(
                StatusCode::NOT_FOUND,
                "text/html",
                "<h1>404 Not Found</h1>",
            ))
        }
        Err(refusal) => Err(refusal),
    };
    result.unwrap_or_else(|refusal| refuse(session, &refusal))
}

/// Answers a request to the origin that takes uploads only.
pub(crate) async fn handle_upload_origin(
    session: &Arc<Session>,
    path: Option<&str>,
    request: &mut Request,
) -> Reply {
    let result = match resource(session, path, request) {
        Ok(Resource::Upload { key, token }) => upload(session, request, &key, &token).await,
        // That other things are elsewhere, under whatever method, is not this origin's to tell.
        Ok(_) => Err(not_found()),
        Err(refusal)
            if refusal.kind() == ProblemKind::MethodNotAllowed && !is_upload(session, path) =>
        {
            Err(not_found())
        }
        Err(refusal) => Err(refusal),
    };
    result.unwrap_or_else(|refusal| refuse(session, &refusal))
}

fn is_upload(session: &Session, path: Option<&str>) -> bool {
    path.and_then(|path| Resource::at(path, &session.config, &session.policy).ok())
        .is_some_and(|resource| matches!(resource, Resource::Upload { .. }))
}

/// The answer to a request that reached no operation.
pub(crate) fn refused(session: &Session, refusal: &Refusal) -> Reply {
    refuse(session, refusal)
}

/// The resource, if it supports the method (ERR-3).
fn resource(session: &Session, path: Option<&str>, request: &Request) -> Result<Resource, Refusal> {
    if !KNOWN_METHODS.contains(&request.method) {
        return Err(
            Refusal::new(ProblemKind::MethodNotAllowed, "The method is unknown.").with_status(501),
        );
    }
    let resource = Resource::at(
        path.ok_or_else(not_found)?,
        &session.config,
        &session.policy,
    )?;
    let methods = resource.methods(&session.config);
    if methods.contains(&request.method)
        && !(request.method == Method::HEAD && session.policy.reading.lacks_head)
    {
        return Ok(resource);
    }
    if session.policy.errors.method_is_not_found {
        return Err(not_found());
    }
    let refusal = Refusal::new(
        ProblemKind::MethodNotAllowed,
        format!("{} is not supported here.", request.method),
    );
    if session.policy.errors.no_allow {
        return Err(refusal);
    }
    let allow: Vec<&str> = methods.iter().map(Method::as_str).collect();
    Err(refusal.with_header(header::ALLOW, allow.join(", ")))
}

async fn dispatch(
    session: &Arc<Session>,
    resource: Resource,
    request: &mut Request,
) -> Result<Reply, Refusal> {
    let method = request.method.clone();
    match resource {
        Resource::Releases => create(session, request).await,
        Resource::Unpublished(address) if method == Method::DELETE => {
            cancel(session, request, &address).await
        }
        Resource::Unpublished(address) => status(session, request, &address),
        Resource::Upload { key, token } => upload(session, request, &key, &token).await,
        Resource::ContentSources(key) => content_sources(session, request, &key).await,
        Resource::Release(key) if method == Method::POST => publish(session, request, key).await,
        Resource::Release(key) => get(session, request, &key),
        Resource::Content(key) => content(session, request, &key),
    }
}
