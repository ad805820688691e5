//! From a request to the handler of its operation.

use std::sync::Arc;

use http::{Method, StatusCode, header};

use crate::{
    journal::{NearestOperation, ReceivedBy},
    nearest::nearest_of_path,
    operation::Operation,
    policy::internal_error,
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

/// Where a request leads to.
pub(crate) struct Route {
    pub resource: Resource,
    pub operation: Operation,
}

/// Why a request leads nowhere.
pub(crate) struct Unmatched {
    pub refusal: Refusal,
    pub nearest: NearestOperation,
}

impl Unmatched {
    /// The same for people in the problem's detail, where the session is not plain.
    fn new(session: &Session, mut refusal: Refusal, nearest: NearestOperation) -> Self {
        if !session.config.plain {
            let detail = &mut refusal.problem.detail;
            *detail = match nearest.operation {
                Some(operation) => {
                    format!("{detail} Nearest operation: {operation} ({}).", nearest.why)
                }
                None => format!("{} ({}).", detail.trim_end_matches('.'), nearest.why),
            };
        }
        Self { refusal, nearest }
    }

    fn nowhere(session: &Session, refusal: Refusal, why: &str) -> Self {
        let nearest = NearestOperation {
            operation: None,
            why: why.to_owned(),
        };
        Self::new(session, refusal, nearest)
    }
}

/// Where a request to one of the origins leads to; the path is relative to the session's base URL there, an error says why it lies
/// outside.
pub(crate) fn route(
    session: &Session,
    origin: ReceivedBy,
    path: Result<&str, &str>,
    request: &Request,
) -> Result<Route, Unmatched> {
    if session.policy.crash.wants_ascii_fields
        && request
            .headers
            .values()
            .any(|value| value.to_str().is_err())
    {
        let refusal = internal_error("called `Result::unwrap()` on an `Err` value: ToStrError");
        return Err(Unmatched::nowhere(session, refusal, "a field is not ASCII"));
    }
    if let Err(refusal) = request.require_host() {
        return Err(Unmatched::nowhere(
            session,
            refusal,
            "HTTP/1.1 wants one Host header (RFC 9112, section 3.2)",
        ));
    }
    let outside = |why: &str| Unmatched::nowhere(session, not_found(), why);
    let path = path.map_err(outside)?;
    let is_upload = |resource: &Resource| matches!(resource, Resource::Upload { .. });
    let elsewhere = |resource: &Resource| match origin {
        ReceivedBy::Api => is_upload(resource) && session.links.uploads_elsewhere(),
        ReceivedBy::Uploads => !is_upload(resource),
    };
    let resource = Resource::at(path, &session.config, &session.policy).map_err(|refusal| {
        if refusal.kind() == ProblemKind::NotFound {
            let nearest = nearest_of_path(&request.method, path, &session.config.create_path);
            Unmatched::new(session, refusal, nearest)
        } else {
            let why = refusal.problem.detail.trim_end_matches('.').to_owned();
            Unmatched {
                refusal,
                nearest: NearestOperation {
                    operation: None,
                    why,
                },
            }
        }
    });
    let resource = match resource {
        // That other things are elsewhere, under whatever method, is not this origin's to tell.
        Ok(resource) if elsewhere(&resource) => {
            return Err(match origin {
                ReceivedBy::Api => outside(
                    "uploads go to the `uploadUrl` of the release, which is on another origin",
                ),
                ReceivedBy::Uploads => {
                    outside("this origin takes uploads only, at the `uploadUrl` of a release")
                }
            });
        }
        Err(_) if !KNOWN_METHODS.contains(&request.method) => {
            return Err(unknown_method(session));
        }
        resource => resource?,
    };
    if !KNOWN_METHODS.contains(&request.method) {
        return Err(unknown_method(session));
    }
    require_method(session, &resource, request)?;
    Ok(Route {
        operation: resource.operation(&request.method),
        resource,
    })
}

/// Answers a request to the API or to the upload origin.
pub(crate) async fn handle(
    session: &Arc<Session>,
    route: Result<Route, Unmatched>,
    request: &mut Request,
) -> Reply {
    let mut operation = None;
    let result = match route {
        Ok(route) => {
            operation = Some(route.operation);
            guarded(session, route.resource, request).await
        }
        Err(Unmatched { refusal, .. })
            if refusal.kind() == ProblemKind::NotFound && session.policy.errors.html_not_found =>
        {
            Ok(Reply::with_body(
                StatusCode::NOT_FOUND,
                "text/html",
                "<h1>404 Not Found</h1>",
            ))
        }
        Err(Unmatched { refusal, .. }) => Err(refusal),
    };
    result.unwrap_or_else(|refusal| tell(session, operation, request, refusal))
}

/// Carries out an operation, unless one that failed has left the lock of the package behind.
async fn guarded(
    session: &Arc<Session>,
    resource: Resource,
    request: &mut Request,
) -> Result<Reply, Refusal> {
    let package = resource.key().map(|key| key.name.clone());
    if let Some(package) = &package
        && session.is_locked(package)
    {
        return Err(internal_error("The lock of the package is poisoned."));
    }
    let result = dispatch(session, resource, request).await;
    if let (Err(refusal), Some(package)) = (&result, package)
        && session.policy.crash.leaves_lock(refusal)
    {
        session.lock(package);
    }
    result
}

/// The answer to a refused operation; to none, where the path leads nowhere.
fn tell(
    session: &Session,
    operation: Option<Operation>,
    request: &Request,
    refusal: Refusal,
) -> Reply {
    let policy = &session.policy;
    let refusal = policy.crash.mishandled(operation, refusal);
    refuse(
        session,
        &policy.errors.told(operation, &request.headers, refusal),
    )
}

/// The answer to a request that reached no operation.
pub(crate) fn refused(session: &Session, refusal: &Refusal) -> Reply {
    refuse(session, refusal)
}

fn unknown_method(session: &Session) -> Unmatched {
    let refusal = if session.policy.crash.unknown_methods {
        internal_error("The method is in no table.")
    } else if session.policy.errors.method_is_not_found {
        not_found()
    } else {
        Refusal::new(ProblemKind::MethodNotAllowed, "The method is unknown.").with_status(501)
    };
    Unmatched::nowhere(session, refusal, "no registry knows this method")
}

/// Refuses methods that the resource does not support (ERR-3).
fn require_method(
    session: &Session,
    resource: &Resource,
    request: &Request,
) -> Result<(), Unmatched> {
    let mut methods = resource.methods(&session.config);
    if session.policy.errors.uploads_can_be_deleted && matches!(resource, Resource::Upload { .. }) {
        methods.push(Method::DELETE);
    }
    if methods.contains(&request.method)
        && !(request.method == Method::HEAD && session.policy.reading.lacks_head)
    {
        return Ok(());
    }
    let allow: Vec<&str> = methods.iter().map(Method::as_str).collect();
    let allow = allow.join(", ");
    let refusal = if session.policy.errors.method_is_not_found {
        not_found()
    } else {
        let refusal = Refusal::new(
            ProblemKind::MethodNotAllowed,
            format!("{} is not supported here.", request.method),
        );
        if session.policy.errors.no_allow {
            refusal
        } else {
            refusal.with_header(header::ALLOW, allow.clone())
        }
    };
    let nearest = NearestOperation {
        operation: methods.first().map(|method| resource.operation(method)),
        why: format!("the path is right, and takes {allow}"),
    };
    Err(Unmatched::new(session, refusal, nearest))
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
        Resource::Upload { key, token } if method == Method::DELETE => {
            session
                .registry()
                .delete_upload(session.now(), &key, &token)?;
            Ok(Reply::empty(StatusCode::NO_CONTENT))
        }
        Resource::Upload { key, token } => upload(session, request, &key, &token).await,
        Resource::ContentSources(key) => content_sources(session, request, &key).await,
        Resource::Release(key) if method == Method::POST => publish(session, request, key).await,
        Resource::Release(key) => get(session, request, &key),
        Resource::Content(key) => content(session, request, &key),
    }
}
