//! From the path of a request to the registry that answers it.

use std::{pin::pin, sync::Arc, task::Poll};

use http::{Response, header};
use hyper::body::Incoming;

use crate::{
    admin::{self, Answer, Control},
    delivery::{Delivery, deliver},
    handlers::{self, Request, Route, Unmatched},
    housing::housed,
    journal::{Arrival, ReceivedBy, Recording, Sender},
    refusal::not_found,
    reply::ReplyBody,
    session::Session,
    sessions::{self, Sessions},
};

use super::{
    Activity,
    script::{TakenOver, Takeover},
};

/// Under which control stands.
const ADMIN: &str = "__admin";

/// One of the origins that are served.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    /// Which one.
    pub kind: ReceivedBy,
    /// Path of its base URL, with a slash at both ends.
    pub base_path: String,
    /// Whether it is served with TLS.
    pub tls: bool,
}

/// Everything that is served.
pub(crate) struct App {
    sessions: Sessions,
}

/// What a path leads to.
struct Located<'p> {
    session: Arc<Session>,
    place: Place<'p>,
}

enum Place<'p> {
    /// Control, by the path below its own.
    Control { path: &'p str, of_server: bool },
    /// The API or the upload origin: the path relative to the session's base URL, or why it lies outside.
    Api(Result<&'p str, &'static str>),
}

impl App {
    /// Serves these registries.
    pub(crate) fn new(sessions: Sessions) -> Self {
        Self { sessions }
    }

    /// The registries.
    pub(crate) fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// Answers a request, or leaves what is to become of its connection.
    pub(crate) async fn serve(
        &self,
        origin: &Origin,
        request: http::Request<Incoming>,
        activity: &Arc<Activity>,
        takeover: &Takeover,
    ) -> Result<Response<ReplyBody>, TakenOver> {
        let mut request = Request::new(request, activity.clone(), &self.sessions.root().room);
        let uri = request.uri.clone();
        let Located { session, place } = self.locate(origin, uri.path());
        let mut response = match place {
            Place::Control { path, of_server } => {
                let control = Control {
                    sessions: &self.sessions,
                    session: &session,
                    of_server,
                };
                match admin::handle(&control, path, &mut request).await {
                    Answer::Whole(reply) => housed(&session, reply).into_response(),
                    Answer::InPieces(head, rest) => head.into_response_of(rest),
                }
            }
            Place::Api(path) => {
                let Delivery { reply, script, .. } =
                    perform(origin, &session, path, &mut request).await;
                if let Some(script) = script {
                    request.read_off().await;
                    return Err(takeover.begin(script));
                }
                housed(&session, reply).into_response()
            }
        };
        if !request.drain(session.tasks()) {
            response
                .headers_mut()
                .insert(header::CONNECTION, http::HeaderValue::from_static("close"));
        }
        Ok(response)
    }

    fn locate<'p>(&self, origin: &Origin, path: &'p str) -> Located<'p> {
        let root = |place| Located {
            session: self.sessions.root().clone(),
            place,
        };
        let Some(below) = path.strip_prefix(&origin.base_path) else {
            return root(Place::Api(Err(
                "the path is not below that of the base URL",
            )));
        };
        let with_control = origin.kind == ReceivedBy::Api;
        if let Some(of_session) = below.strip_prefix(sessions::PREFIX)
            && let Some((id, rest)) = of_session.split_once('/')
        {
            let Some(session) = self.sessions.get(id) else {
                return root(Place::Api(Err(
                    "there is no session of that id, or no longer",
                )));
            };
            let place = place(rest, with_control, false);
            return Located { session, place };
        }
        root(place(below, with_control, true))
    }
}

fn place(path: &str, with_control: bool, of_server: bool) -> Place<'_> {
    match path.strip_prefix(ADMIN).filter(|_| with_control) {
        Some(control) if control.is_empty() || control.starts_with('/') => Place::Control {
            path: control.trim_start_matches('/'),
            of_server,
        },
        _ => Place::Api(Ok(path)),
    }
}

/// Answers a request to a session, and has it recorded.
async fn perform(
    origin: &Origin,
    session: &Arc<Session>,
    path: Result<&str, &'static str>,
    request: &mut Request,
) -> Delivery {
    let route = handlers::route(session, origin.kind, path, request);
    let shown_path = path.unwrap_or_else(|_| request.path());
    request.recording = Some(record(origin, session, shown_path, &route, request));
    let gone = || Delivery::undisturbed(handlers::refused(session, &not_found()));
    let delivery = if session.has_ended() {
        gone()
    } else {
        let mut delivery = pin!(deliver(session, route, path.ok(), request));
        // Most of what is asked is answered at once, and needs no watch over the session.
        match futures::poll!(delivery.as_mut()) {
            Poll::Ready(delivery) => delivery,
            Poll::Pending => tokio::select! {
                biased;
                () = session.ended() => gone(),
                delivery = delivery => delivery,
            },
        }
    };
    if let Some(recording) = &mut request.recording {
        if delivery.is_answered {
            recording.answer(&delivery.reply).await;
        } else {
            recording.unanswered();
        }
    }
    delivery
}

fn record(
    origin: &Origin,
    session: &Arc<Session>,
    path: &str,
    route: &Result<Route, Unmatched>,
    request: &Request,
) -> Recording {
    let (operation, nearest, key) = match route {
        Ok(route) => (Some(route.operation), None, route.resource.key()),
        Err(unmatched) => (None, Some(unmatched.nearest.clone()), None),
    };
    let token = handlers::token_of(session, &request.headers);
    let sender = match token {
        None => Sender::Nobody,
        Some(token) => match session.config.identities.by_token(token) {
            Some(identity) => Sender::Known(identity),
            None => Sender::Unknown,
        },
    };
    let arrival = Arrival {
        origin: origin.kind,
        tls: origin.tls,
        method: &request.method,
        target: request.target(),
        path,
        headers: &request.headers,
        operation,
        nearest,
        release: key.map(|key| (key.name.as_str(), key.version.as_str())),
        sender,
        token,
    };
    Recording::begin(session, arrival)
}
