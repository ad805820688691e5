//! Refusals as answers (rules ERR).

use http::{StatusCode, header};
use serde_json::{Value, json};

use crate::{problem::ProblemKind, refusal::Refusal, reply::Reply, session::Session};

/// The problem document of a refusal, with the headers that go with it.
pub(super) fn refuse(session: &Session, refusal: &Refusal) -> Reply {
    let policy = &session.policy.errors;
    let kind = refusal.kind();
    let status = match refusal.status() {
        _ if kind == ProblemKind::MalformedRequest && policy.malformed_is_internal_error => 500,
        status => status,
    };
    let shown_status = if policy.wrong_status_member {
        kind.status()
    } else {
        status
    };
    let mut document = refusal
        .problem
        .document(&session.config.problem_type_prefix, Some(shown_status));
    if policy.shows_stack_trace && kind == ProblemKind::MalformedManifest {
        document["trace"] = json!(
            "at registry::manifest (/srv/registry/src/manifest.rs:118)\nat tokio::runtime::task::poll"
        );
    }
    // Shuffled by what it says alone: with what it is about, a denial could tell whether that exists (ACC-6).
    let mut document = disturbed(session, document, kind);
    let by_hand = refusal.by_hand || policy.plain_json && kind == ProblemKind::Unauthenticated;
    if by_hand {
        document["status"] = json!("error");
    }

    let media_type = if by_hand {
        "application/json"
    } else {
        "application/problem+json"
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut reply = Reply::with_body(status, media_type, document.to_string())
        .with_header(header::CACHE_CONTROL, "no-store");
    if let Some(location) = &refusal.location {
        reply = reply.with_header(header::LOCATION, location);
    }
    if status == StatusCode::UNAUTHORIZED && !session.policy.access.no_challenge {
        reply = reply.with_header(header::WWW_AUTHENTICATE, challenge(session));
    }
    for (name, value) in &refusal.headers {
        reply = reply.with_header(name.clone(), value);
    }
    reply
}

fn disturbed(session: &Session, document: Value, kind: ProblemKind) -> Value {
    session.oddities.disturb(document, kind.name())
}

fn challenge(session: &Session) -> &'static str {
    if session
        .config
        .auth_header
        .eq_ignore_ascii_case(header::AUTHORIZATION.as_str())
    {
        "Bearer realm=\"publish-api\""
    } else {
        "ApiKey realm=\"publish-api\""
    }
}
