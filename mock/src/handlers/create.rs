//! `POST releases`.

use bytes::Bytes;
use http::{StatusCode, header};
use serde_json::Value;

use crate::{
    identity::Caller, json, jws::JwsDocument, problem::ProblemKind, refusal::Refusal,
    registry::Manifest, reply::Reply, session::Session, wire::render_unpublished,
};

use super::{Request, authenticate::authenticate, locate::locate, media_type::content_type};

/// What a JWS may have beside a manifest of the limit's size in base64url.
const ENVELOPE: u64 = 256 << 10;

pub(super) async fn create(session: &Session, request: &mut Request) -> Result<Reply, Refusal> {
    let caller = authenticate(session, &request.headers)?;
    session.access.require_writer(&caller)?;
    let (manifest, signature) = match content_type(&request.headers).as_deref() {
        Some("application/jose+json") if session.config.signed_create => {
            let read = read_signed(session, request).await;
            read.map_err(|refusal| session.policy.create.unreadable_jws(refusal))?
        }
        Some("application/json") => (read_naked(session, request).await?, None),
        _ if session.policy.create.takes_any_content_type => {
            (read_naked(session, request).await?, None)
        }
        _ => {
            return Err(Refusal::new(
                ProblemKind::UnsupportedMediaType,
                "The body is neither a manifest nor a signed one.",
            ));
        }
    };
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

    let reply = Reply::json(
        StatusCode::CREATED,
        &render_unpublished(&view, session.rendering()),
    );
    if signed && session.policy.create.no_location {
        return Ok(reply);
    }
    let url = if session.config.plain {
        session.links.unpublished(&view.manifest.key)
    } else {
        session
            .links
            .unpublished_by_token(&view.manifest.key, &view.status_token)
    };
    Ok(reply.with_header(header::LOCATION, &locate(session, &view.manifest.key, &url)))
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
    session.registry().create(now, caller, manifest, signature)
}

fn manifest_limit(session: &Session) -> u64 {
    if session.policy.errors.no_manifest_limit {
        u64::MAX / 4
    } else {
        session.config.max_manifest
    }
}

async fn read_naked(session: &Session, request: &mut Request) -> Result<Manifest, Refusal> {
    let body = request.read_body(manifest_limit(session)).await?;
    Manifest::parse(body, &session.manifest_rules)
}

async fn read_signed(
    session: &Session,
    request: &mut Request,
) -> Result<(Manifest, Option<JwsDocument>), Refusal> {
    let limit = manifest_limit(session);
    let body = request.read_body(envelope_limit(limit)).await?;
    let malformed = |detail: String| Refusal::new(ProblemKind::MalformedRequest, detail);
    let value: Value = json::parse_strict(&body)
        .map_err(|error| malformed(format!("The body is not JSON: {error}.")))?;
    let signature = session.signatures.parse(&value)?;
    if signature.payload().len() as u64 > limit {
        return Err(Refusal::new(
            ProblemKind::ContentTooLarge,
            format!("The manifest is more than {limit} bytes."),
        ));
    }
    let manifest = Manifest::parse(
        Bytes::copy_from_slice(signature.payload()),
        &session.manifest_rules,
    )?;
    Ok((manifest, Some(signature)))
}

/// Bytes of a JWS whose payload is a manifest of the limit's size.
pub(super) fn envelope_limit(manifest_limit: u64) -> u64 {
    manifest_limit.saturating_mul(2).saturating_add(ENVELOPE)
}
