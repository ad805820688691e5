//! From a request to what is sent: the registry's own answer or a canned one, disturbed by a fault or not.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    fault::{
        FaultKind, HeldRequest, Hit, connection_script, dribbled, stalled, stand_in, truncated,
    },
    handlers::{self, Request},
    reply::Reply,
    selection::{Phase, Subject, identify},
    server::{Origin, WireScript},
    session::Session,
};

/// What becomes of a request.
#[derive(Debug)]
pub(crate) struct Delivery {
    /// The answer, as it would be if nothing disturbed it on its way.
    pub reply: Reply,
    /// What is sent in the place of the answer.
    pub script: Option<WireScript>,
    /// Faults and canned answers that it met, in that order.
    pub applied: Vec<Applied>,
}

/// A fault or a canned answer that a request met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Applied {
    /// Names it.
    pub id: String,
    /// The kind of fault, or `answer`.
    pub kind: &'static str,
}

impl Applied {
    /// As records show it.
    #[expect(dead_code, reason = "the journal records it")]
    pub(crate) fn to_json(&self) -> Value {
        json!({"id": self.id, "kind": self.kind})
    }
}

/// A request on its way to the registry. The path is relative to the base URL of its origin, `None` where it lies outside.
struct Incoming<'a> {
    session: &'a Arc<Session>,
    origin: Origin,
    path: Option<&'a str>,
    request: &'a mut Request,
    applied: Vec<Applied>,
}

/// Answers a request to the API or to the origin of uploads.
pub(crate) async fn deliver(
    session: &Arc<Session>,
    origin: Origin,
    path: Option<&str>,
    request: &mut Request,
) -> Delivery {
    let mut incoming = Incoming {
        session,
        origin,
        path,
        request,
        applied: Vec::new(),
    };
    let (reply, script) = if session.faults.is_idle() && session.answers.is_idle() {
        (incoming.registry_reply().await, None)
    } else {
        let subject = identify(session, origin, path, incoming.request).await;
        match session.faults.select(&subject) {
            None => (incoming.own_reply(&subject).await, None),
            Some(hit) => incoming.disturbed(&subject, hit).await,
        }
    };
    Delivery {
        reply,
        script,
        applied: incoming.applied,
    }
}

impl Incoming<'_> {
    async fn registry_reply(&mut self) -> Reply {
        match self.origin {
            Origin::Uploads => {
                handlers::handle_upload_origin(self.session, self.path, self.request).await
            }
            Origin::Api => handlers::handle(self.session, self.path, self.request).await,
        }
    }

    /// The answer that nothing disturbs yet.
    async fn own_reply(&mut self, subject: &Subject) -> Reply {
        let Some(canned) = self.session.answers.select(subject) else {
            return self.registry_reply().await;
        };
        self.applied.push(Applied {
            id: canned.id,
            kind: "answer",
        });
        if canned.phase == Phase::After {
            self.registry_reply().await;
        }
        canned.payload.reply(&self.session.links)
    }

    async fn disturbed(&mut self, subject: &Subject, hit: Hit) -> (Reply, Option<WireScript>) {
        let Hit { chosen, gate } = hit;
        self.applied.push(Applied {
            id: chosen.id.clone(),
            kind: chosen.payload.name(),
        });
        let after = chosen.phase == Phase::After;
        let method = &subject.method;
        match &*chosen.payload {
            FaultKind::Status(status) => {
                if after {
                    self.own_reply(subject).await;
                }
                (status.reply(self.session), None)
            }
            FaultKind::Delay(by) => {
                if after {
                    let reply = self.own_reply(subject).await;
                    tokio::time::sleep(*by).await;
                    (reply, None)
                } else {
                    tokio::time::sleep(*by).await;
                    (self.own_reply(subject).await, None)
                }
            }
            FaultKind::Hold(_) => {
                let reply = if after {
                    Some(self.own_reply(subject).await)
                } else {
                    None
                };
                if let Some(gate) = gate {
                    gate.pass(self.held(subject, chosen.id)).await;
                }
                match reply {
                    Some(reply) => (reply, None),
                    None => (self.own_reply(subject).await, None),
                }
            }
            FaultKind::Connection(connection) => {
                let reply = if after {
                    self.own_reply(subject).await
                } else {
                    Reply::empty(http::StatusCode::OK)
                };
                let about = format!("{} {}", chosen.id, chosen.ordinal);
                let seed = self.session.oddities.seed();
                (reply, Some(connection_script(*connection, seed, &about)))
            }
            FaultKind::Stall(silence) => {
                let reply = self.reply_to_break_off(subject, after).await;
                let script = stalled(reply.clone(), method, *silence);
                (reply, Some(script))
            }
            FaultKind::Truncate(bytes) => {
                let reply = self.reply_to_break_off(subject, after).await;
                let script = truncated(reply.clone(), method, *bytes);
                (reply, Some(script))
            }
            FaultKind::Dribble { bytes, every } => {
                let reply = self.own_reply(subject).await;
                let script = dribbled(reply.clone(), method, *bytes, *every);
                (reply, Some(script))
            }
        }
    }

    /// The answer that will break off. Before the registry has done anything that would change it there is none of its own.
    async fn reply_to_break_off(&mut self, subject: &Subject, after: bool) -> Reply {
        match subject.operation {
            Some(operation) if !after && !operation.is_read() => stand_in(operation),
            _ => self.own_reply(subject).await,
        }
    }

    fn held(&self, subject: &Subject, fault: String) -> HeldRequest {
        HeldRequest {
            fault,
            operation: subject.operation,
            method: subject.method.to_string(),
            path: subject.path.clone(),
            since: self.session.now().to_string(),
        }
    }
}
