//! `POST releases`.

use std::sync::Arc;

use http::{StatusCode, header};
use serde_json::{Value, json};

use crate::{
    aside::aside_if_long, identity::Caller, json, jws::JwsDocument, policy::internal_error,
    problem::ProblemKind, refusal::Refusal, registry::Manifest, reply::Reply, session::Session,
    wire::render_unpublished,
};

use super::{
    Request,
    authenticate::authenticate,
    locate::locate,
    media_type::{content_type, odd_media_type},
};

/// What a JWS may have beside a manifest of the limit's size in base64url.
const ENVELOPE: u64 = 256 << 10;

pub(super) async fn create(
    session: &Arc<Session>,
    request: &mut Request,
) -> Result<Reply, Refusal> {
    let caller = authenticate(session, &request.headers)?;
    session.access.require_writer(&caller)?;
    if session.policy.crash.decodes_content
        && request.headers.contains_key(header::CONTENT_ENCODING)
    {
        return Err(internal_error("incorrect header check"));
    }
    let policy = &session.policy.create;
    let (mut manifest, signature) = match content_type(&request.headers).as_deref() {
        _ if policy.compares_type_literally && !is_spelt_plainly(request) => {
            return Err(unsupported(request));
        }
        Some("application/jose+json") if policy.refuses_signed => {
            return Err(unsupported(request));
        }
        Some("application/jose+json") if session.config.signed_create => {
            match read_signed(session, request).await {
                Err(refusal) if policy.queues_signed && is_malformed(&refusal) => {
                    return Ok(queued());
                }
                read => read.map_err(|refusal| policy.unreadable_jws(refusal))?,
            }
        }
        Some("application/json") => (read_naked(session, request).await?, None),
        _ if session.policy.create.takes_any_content_type => {
            (read_naked(session, request).await?, None)
        }
        _ if policy.queues_unknown_types => return Ok(queued()),
        _ => return Err(unsupported(request)),
    };
    if policy.default_namespace && !manifest.key.name.contains(':') {
        let own = caller
            .identity()
            .and_then(|identity| identity.namespaces.first());
        let key = Arc::make_mut(&mut manifest.key);
        key.name = format!("{}:{}", own.map_or("", String::as_str), key.name);
    }
    if let Some(signature) = &signature {
        if session.policy.access.conflict_before_permission {
            session.registry().refuse_stranger_or_conflict(
                session.now(),
                &caller,
                &manifest.key,
            )?;
        }
        // Before the signature is looked at: whose namespace it is decides which keys count, and who may ask.
        session.access.write(&caller, manifest.namespace())?;
        if !session.policy.create.skips_signature {
            session.signatures.judge(signature, manifest.namespace())?;
        }
    }
    let signed = signature.is_some();
    let view = take_name(session, &caller, manifest, signature).await?;

    let mut document = render_unpublished(&view, session.rendering());
    if session.policy.reading.shows_what_was_sent() {
        document["release"] = view.manifest.value();
    }
    let reply = Reply::json(StatusCode::CREATED, &document);
    if signed && session.policy.create.no_location {
        return Ok(reply);
    }
    let url = session
        .links
        .status(&view.manifest.key, view.status_token.as_deref());
    Ok(reply.with_header(header::LOCATION, &locate(session, &view.manifest.key, &url)))
}

/// What is said of a body that is read later: what no registry may do (CRE-3, CRE-4).
fn queued() -> Reply {
    Reply::json(StatusCode::ACCEPTED, &json!({"status": "pending"}))
}

fn is_malformed(refusal: &Refusal) -> bool {
    matches!(
        refusal.kind(),
        ProblemKind::MalformedManifest | ProblemKind::MalformedRequest
    )
}

fn unsupported(request: &Request) -> Refusal {
    Refusal::new(
        ProblemKind::UnsupportedMediaType,
        "The body is neither a manifest nor a signed one.",
    )
    .because(odd_media_type(&request.headers))
}

/// Whether the content type is spelt as most clients do.
fn is_spelt_plainly(request: &Request) -> bool {
    request
        .headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value == "application/json" || value == "application/jose+json")
}

async fn take_name(
    session: &Session,
    caller: &Caller,
    manifest: Manifest,
    signature: Option<JwsDocument>,
) -> Result<crate::registry::UnpublishedView, Refusal> {
    let now = session.now();
    if session.policy.create.checks_then_acts {
        session
            .registry()
            .refuse_stranger_or_conflict(now, caller, &manifest.key)?;
        tokio::time::sleep(super::publish::RACE_WINDOW).await;
        return Ok(session
            .registry()
            .start_attempt(now, caller, manifest, signature));
    }
    if session.policy.create.loser_rolls_back {
        let key = manifest.key.clone();
        session
            .registry()
            .refuse_stranger_or_conflict(now, caller, &key)?;
        tokio::time::sleep(super::publish::RACE_WINDOW).await;
        let created = session.registry().create(now, caller, manifest, signature);
        if created.is_err() {
            session.registry().remove_current(&key);
        }
        return created;
    }
    session.registry().create(now, caller, manifest, signature)
}

fn manifest_limit(session: &Session) -> u64 {
    if session.policy.errors.no_manifest_limit {
        u64::MAX / 4
    } else if session.policy.errors.limit_is_exclusive {
        session.config.max_manifest.saturating_sub(1)
    } else {
        session.config.max_manifest
    }
}

async fn read_naked(session: &Arc<Session>, request: &mut Request) -> Result<Manifest, Refusal> {
    let body = request.read_body(manifest_limit(session)).await?;
    let session = session.clone();
    aside_if_long(body.len(), move || {
        Manifest::parse(&body, &session.manifest_rules)
    })
    .await
}

async fn read_signed(
    session: &Arc<Session>,
    request: &mut Request,
) -> Result<(Manifest, Option<JwsDocument>), Refusal> {
    let limit = manifest_limit(session);
    let envelope = if session.policy.errors.counts_envelope {
        limit
    } else {
        envelope_limit(limit)
    };
    let body = request.read_body(envelope).await?;
    let session = session.clone();
    aside_if_long(body.len(), move || parse_signed(&session, &body, limit)).await
}

fn parse_signed(
    session: &Session,
    body: &[u8],
    limit: u64,
) -> Result<(Manifest, Option<JwsDocument>), Refusal> {
    let malformed = |detail: String| Refusal::new(ProblemKind::MalformedRequest, detail);
    let value: Value = json::parse_strict(body).map_err(|error| {
        malformed(format!("The body is not JSON: {error}.")).because(error.cause())
    })?;
    let signature = session.signatures.parse(&value)?;
    if signature.payload().len() as u64 > limit {
        return Err(Refusal::new(
            ProblemKind::ContentTooLarge,
            format!("The manifest is more than {limit} bytes."),
        ));
    }
    let manifest = Manifest::parse(signature.payload(), &session.manifest_rules)?;
    Ok((manifest, Some(signature)))
}

/// Bytes of a JWS whose payload is a manifest of the limit's size.
pub(super) fn envelope_limit(manifest_limit: u64) -> u64 {
    manifest_limit.saturating_mul(2).saturating_add(ENVELOPE)
}
