//! From a request to what is sent: the registry's own answer or a canned one, disturbed by a fault or not.

use std::sync::Arc;

use http::StatusCode;

use crate::{
    fault::{
        FaultKind, HeldRequest, Hit, connection_script, dribbled, stalled, stand_in, truncated,
    },
    handlers::{self, Request, Route, Unmatched},
    housing::{canned, housed},
    journal::{AppliedFault, Recording},
    reply::Reply,
    selection::{Phase, Subject, identify},
    server::WireScript,
    session::Session,
};

/// What becomes of a request.
#[derive(Debug)]
pub(crate) struct Delivery {
    /// The answer, as it would be if nothing disturbed it on its way.
    pub reply: Reply,
    /// Whether anything of it is sent.
    pub is_answered: bool,
    /// What is sent in the place of the answer.
    pub script: Option<WireScript>,
}

impl Delivery {
    /// An answer that is sent as it is.
    pub(crate) fn undisturbed(reply: Reply) -> Self {
        Self {
            reply,
            is_answered: true,
            script: None,
        }
    }

    fn scripted(reply: Reply, script: WireScript) -> Self {
        Self {
            script: Some(script),
            ..Self::undisturbed(reply)
        }
    }
}

/// A request on its way to the registry.
struct Arrived<'a> {
    session: &'a Arc<Session>,
    route: Result<Route, Unmatched>,
    request: &'a mut Request,
}

/// Answers a request to the API or to the origin of uploads. The path is relative to the base URL there, `None` where it lies
/// outside.
pub(crate) async fn deliver(
    session: &Arc<Session>,
    route: Result<Route, Unmatched>,
    path: Option<&str>,
    request: &mut Request,
) -> Delivery {
    if session.faults.is_idle() && session.answers.is_idle() {
        return Delivery::undisturbed(handlers::handle(session, route, request).await);
    }
    let subject = identify(session, route.as_ref().ok(), path, request).await;
    let hit = session.faults.select(&subject);
    let arrived = Arrived {
        session,
        route,
        request,
    };
    match hit {
        None => Delivery::undisturbed(arrived.own_reply(&subject).await),
        Some(hit) => arrived.disturbed(&subject, hit).await,
    }
}

impl Arrived<'_> {
    /// Counts and records what the request met, before it waits for anything; the journal keeps what came first.
    fn note(&mut self, id: &str, kind: &str) {
        self.session.metrics.disturbed(kind);
        if let Some(recording) = &mut self.request.recording {
            recording.disturbed_by(AppliedFault {
                id: id.to_owned(),
                kind: kind.to_owned(),
            });
        }
    }

    /// The answer that nothing disturbs yet.
    async fn own_reply(mut self, subject: &Subject) -> Reply {
        let Some(answer) = self.session.answers.select(subject) else {
            return handlers::handle(self.session, self.route, self.request).await;
        };
        self.note(&answer.id, "answer");
        if answer.phase == Phase::After {
            handlers::handle(self.session, self.route, self.request).await;
        }
        canned(self.session, &answer.payload)
    }

    async fn disturbed(mut self, subject: &Subject, hit: Hit) -> Delivery {
        let Hit { chosen, gate } = hit;
        self.note(&chosen.id, chosen.payload.name());
        let session = self.session;
        let after = chosen.phase == Phase::After;
        match &*chosen.payload {
            FaultKind::Status(status) => {
                if after {
                    self.own_reply(subject).await;
                }
                Delivery::undisturbed(status.reply(session))
            }
            FaultKind::Delay(by) => {
                // Its time begins when it is waited for.
                let wait = async { tokio::time::sleep(*by).await };
                Delivery::undisturbed(self.own_reply_with(subject, after, wait).await)
            }
            FaultKind::Hold(_) => {
                let held = HeldRequest {
                    fault: chosen.id,
                    request: self.request.recording.as_ref().map(Recording::id),
                    operation: subject.operation,
                    method: subject.method.to_string(),
                    path: subject.path.clone(),
                    since: session.now().to_string(),
                };
                let wait = async {
                    if let Some(gate) = gate {
                        gate.pass(held).await;
                    }
                };
                Delivery::undisturbed(self.own_reply_with(subject, after, wait).await)
            }
            FaultKind::Connection(connection) => {
                if after {
                    self.own_reply(subject).await;
                }
                let about = format!("{} {}", chosen.id, chosen.ordinal);
                let script = connection_script(*connection, session.oddities.seed(), &about);
                Delivery {
                    is_answered: false,
                    ..Delivery::scripted(Reply::empty(StatusCode::OK), script)
                }
            }
            FaultKind::Stall(silence) => {
                let reply = housed(session, self.reply_to_break_off(subject, after).await);
                let script = stalled(reply.clone(), &subject.method, *silence);
                Delivery::scripted(reply, script)
            }
            FaultKind::Truncate(bytes) => {
                let reply = housed(session, self.reply_to_break_off(subject, after).await);
                let script = truncated(reply.clone(), &subject.method, *bytes);
                Delivery::scripted(reply, script)
            }
            FaultKind::Dribble { bytes, every } => {
                let reply = housed(session, self.own_reply(subject).await);
                let script = dribbled(reply.clone(), &subject.method, *bytes, *every);
                Delivery::scripted(reply, script)
            }
        }
    }

    /// The answer, with something to wait for after the work or before it.
    async fn own_reply_with(
        self,
        subject: &Subject,
        after: bool,
        wait: impl Future<Output = ()>,
    ) -> Reply {
        if after {
            let reply = self.own_reply(subject).await;
            wait.await;
            reply
        } else {
            wait.await;
            self.own_reply(subject).await
        }
    }

    /// The answer that will break off. Before the registry has done anything that would change it there is none of its own.
    async fn reply_to_break_off(self, subject: &Subject, after: bool) -> Reply {
        match subject.operation {
            Some(operation) if !after && !operation.is_read() => stand_in(operation),
            _ => self.own_reply(subject).await,
        }
    }
}
