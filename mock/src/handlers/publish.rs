//! `POST components/{name}/v{version}`.

use std::{sync::Arc, time::Duration};

use http::{StatusCode, header};
use serde_json::{Value, json};
use tokio::sync::OwnedSemaphorePermit;

use crate::{
    aside::aside_if_long,
    config::ProcessingMode,
    identity::Caller,
    jws::JwsDocument,
    problem::ProblemKind,
    refusal::{Refusal, not_found},
    registry::{Manifest, PublishWork, ReleaseKey, ReleaseView, Source, UnpublishedView},
    reply::Reply,
    session::Session,
    wire::{PublishRequest, render_release, render_unpublished},
};

use super::{
    Request, authenticate::authenticate, create::envelope_limit, locate::locate,
    media_type::require_json, retry_after::retry_after,
};

/// What a check lies before its act in a registry that has the two apart.
pub(super) const RACE_WINDOW: Duration = Duration::from_millis(25);

/// How long a registry that would rather answer with the outcome waits for it.
const PATIENCE: Duration = Duration::from_millis(100);

pub(super) async fn publish(
    session: &Arc<Session>,
    request: &mut Request,
    key: ReleaseKey,
) -> Result<Reply, Refusal> {
    let caller = authenticate(session, &request.headers)?;
    if session.policy.access.resets_before_permission {
        session.registry().reset_failed(session.now(), &key);
    }
    session
        .registry()
        .permit_write(session.now(), &caller, &key)?;
    require_json(&request.headers)?;
    let body = request
        .read_body(envelope_limit(session.config.max_manifest))
        .await?;
    let parsing = session.clone();
    let length = body.len();
    let publish_request = aside_if_long(length, move || {
        PublishRequest::parse(&body, &parsing.policy.publish)
    })
    .await?;

    // A task of its own: what was begun comes to its end, also when the client is gone.
    let under_way = session.begin_publishing()?;
    let held = request.take_held();
    let publish_request = Sent {
        request: publish_request,
        length,
    };
    let work = run(session.clone(), caller, key, publish_request, under_way);
    session
        .tasks()
        .spawn(async move {
            let answer = work.await;
            drop(held);
            answer
        })
        .await
        .unwrap_or_else(|_| Err(not_found()))
}

/// What was sent, and how many bytes that was.
struct Sent {
    request: PublishRequest,
    length: usize,
}

async fn run(
    session: Arc<Session>,
    caller: Caller,
    key: ReleaseKey,
    sent: Sent,
    under_way: OwnedSemaphorePermit,
) -> Result<Reply, Refusal> {
    if session.policy.publish.publishes_unknown
        && let Some(manifest) = signed_manifest(&session, &sent.request)
        && *manifest.key == key
    {
        session
            .registry()
            .create_unless_there(session.now(), &caller, manifest)?;
    }
    let work = session
        .registry()
        .begin_publish(session.now(), &caller, &key)?;
    let work = Arc::new(work);
    session
        .guarded(
            &work.claim,
            carry_out(session.clone(), work.clone(), sent, under_way),
        )
        .await
}

async fn carry_out(
    session: Arc<Session>,
    work: Arc<PublishWork>,
    sent: Sent,
    under_way: OwnedSemaphorePermit,
) -> Result<Reply, Refusal> {
    if session.policy.publish.checks_then_acts {
        tokio::time::sleep(RACE_WINDOW).await;
    }
    let (checking, claimed) = (session.clone(), work.clone());
    // Verifying may take long, and what was sent much memory: it is let go of before.
    let checked = aside_if_long(sent.length, move || {
        check(&checking, &claimed, &sent.request)
    });
    let signature = match checked.await {
        Ok(signature) => signature,
        Err(refusal) => {
            session
                .registry()
                .abandon_publish(session.now(), &work.claim, &refusal);
            return Err(refusal);
        }
    };
    session
        .registry()
        .refuse_again(session.now(), &work.claim)?;
    if session.config.processing == ProcessingMode::Immediate {
        let verdict = session.verify(&work).await;
        let view =
            session
                .registry()
                .finish_publish(session.now(), &work.claim, signature, verdict)?;
        return Ok(published(&session, &view, work.signed_at_create.is_some()));
    }
    let verifying = session.verifying();
    let view = session
        .registry()
        .accept_publish(session.now(), &work.claim, signature)?;
    let mut reply = accepted(&session, &view, work.signed_at_create.is_some());
    let background = session.clone();
    let mut job = session.tasks().spawn(async move {
        let settled = background.guarded(&work.claim, async {
            let verdict = background.verify(&work).await;
            background
                .registry()
                .settle_publish(background.now(), &work.claim, verdict);
            Ok(())
        });
        // What broke down is told by the status of the release.
        let _ = settled.await;
        drop((verifying, under_way));
    });
    if session.policy.processing.slow_is_200
        && tokio::time::timeout(PATIENCE, &mut job).await.is_err()
    {
        reply.status = StatusCode::OK;
    }
    Ok(reply)
}

/// The manifest that is signed, for a registry that creates with it what is not there (PUB-6).
fn signed_manifest(session: &Session, request: &PublishRequest) -> Option<Manifest> {
    let document = session.signatures.parse(request.signature.as_ref()?).ok()?;
    Manifest::parse(document.payload(), &session.manifest_rules).ok()
}

fn check(
    session: &Session,
    work: &PublishWork,
    request: &PublishRequest,
) -> Result<JwsDocument, Refusal> {
    let signature = session.signatures.judge_publish(
        &work.manifest,
        work.signed_at_create.as_deref().cloned(),
        request,
    )?;
    session
        .registry()
        .require_content(session.now(), &work.claim)?;
    if session.policy.verification.refuses_unknown_digest_late && work.manifest.has_unknown_digest()
    {
        return Err(Refusal::new(
            ProblemKind::UnsupportedDigestAlgorithm,
            "A digest is of an algorithm that is not supported.",
        ));
    }
    Ok(signature)
}

fn published(session: &Session, view: &ReleaseView, signed_at_create: bool) -> Reply {
    let key = &view.manifest.key;
    let status = if signed_at_create && session.policy.publish.answers_200 {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    let mut document = render_release(view, session.rendering());
    if session.policy.publish.answer_is_rewritten {
        rewrite(&mut document, view);
    }
    let reply = Reply::json(status, &document);
    if status == StatusCode::OK {
        return reply;
    }
    reply.with_header(
        header::LOCATION,
        &locate(session, key, &session.links.release(key)),
    )
}

/// Fills in defaults and sorts members: what no registry may do (PUB-1).
fn rewrite(document: &mut Value, view: &ReleaseView) {
    document["release"]["mediaType"] = json!(view.manifest.media_type());
    let signature = JwsDocument::clone(&view.signature).reserialised();
    document["releaseSignature"] = signature.to_general_json();
}

fn accepted(session: &Session, view: &UnpublishedView, signed_at_create: bool) -> Reply {
    let key = &view.manifest.key;
    let status = if signed_at_create && session.policy.publish.answers_200 {
        StatusCode::OK
    } else {
        StatusCode::ACCEPTED
    };
    let reply = Reply::json(status, &render_unpublished(view, session.rendering()))
        .with_header(header::RETRY_AFTER, &retry_after(session, view));
    let is_remote = |source: &&Source| **source != Source::Own;
    let fetches = view.sources.iter().filter(is_remote).count();
    if fetches > 1 && session.policy.processing.no_location {
        return reply;
    }
    if fetches > 1 && session.policy.processing.location_is_release {
        return reply.with_header(header::LOCATION, &session.links.release(key));
    }
    let url = session.links.status(key, view.status_token.as_deref());
    reply.with_header(header::LOCATION, &locate(session, key, &url))
}
