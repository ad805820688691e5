//! `POST` of content to `uploadUrl` (rules UPL).

use std::sync::Arc;

use http::{HeaderMap, StatusCode, header};

use crate::{
    aside::aside_if_long,
    config::Verification,
    content::{ContentReader, ContentSummary},
    identity::Caller,
    policy::internal_error,
    problem::{Problem, ProblemKind},
    received::Received,
    refusal::Refusal,
    registry::{Manifest, ReleaseKey, Upload, UploadTicket},
    reply::Reply,
    session::Session,
    verify::refuse_content,
};

use super::{
    Request,
    authenticate::authenticate,
    body::BodyTrouble,
    media_type::{content_type, essence, odd_media_type},
    publish::RACE_WINDOW,
};

pub(super) async fn upload(
    session: &Arc<Session>,
    request: &mut Request,
    key: &ReleaseKey,
    token: &str,
) -> Result<Reply, Refusal> {
    let needs_authorization =
        !session.links.uploads_elsewhere() || session.policy.upload.wants_authorization_elsewhere;
    let caller = if needs_authorization {
        authenticate(session, &request.headers)
    } else {
        Ok(Caller::Anonymous)
    };
    let begun = caller.and_then(|caller| {
        session
            .registry()
            .begin_upload(session.now(), &caller, key, token)
    });
    let ticket = match begun {
        Err(refusal) if session.policy.access.denied_uploads_are_kept => {
            keep_denied(session, request, key, token).await;
            return Err(refusal);
        }
        begun => begun?,
    };
    check_content_type(session, request, &ticket.manifest)?;
    check_length(session, request, &ticket.manifest)?;
    let received = receive(session, request, &ticket).await;
    if received.is_err() && session.policy.upload.refusal_is_final {
        session
            .registry()
            .refuse_further_uploads(session.now(), &ticket);
    }
    let upload = received?;
    if session.policy.upload.collide {
        return collide(session, &ticket, upload).await;
    }
    session
        .registry()
        .finish_upload(session.now(), &ticket, upload)?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// Writes to a file that has to be new, under a name that another upload may have: what no registry may do (UPL-6).
async fn collide(
    session: &Session,
    ticket: &UploadTicket,
    upload: Upload,
) -> Result<Reply, Refusal> {
    let name = ticket.manifest.value()["contentDigest"].to_string();
    if !session.registry().temporary_files.insert(name.clone()) {
        return Err(internal_error("open: EEXIST"));
    }
    tokio::time::sleep(RACE_WINDOW).await;
    let mut registry = session.registry();
    registry.temporary_files.remove(&name);
    registry.finish_upload(session.now(), ticket, upload)?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// Keeps what somebody uploaded who may not: what no registry may do (ACC-3).
async fn keep_denied(session: &Arc<Session>, request: &mut Request, key: &ReleaseKey, token: &str) {
    let ticket = session.registry().denied_upload(session.now(), key, token);
    if let Ok(ticket) = ticket
        && let Ok(upload) = receive(session, request, &ticket).await
    {
        // The denial is the answer, whatever becomes of the bytes.
        let _ = session
            .registry()
            .finish_upload(session.now(), &ticket, upload);
    }
}

/// A type that is not given contradicts nothing (UPL-9).
fn check_content_type(
    session: &Session,
    request: &Request,
    manifest: &Manifest,
) -> Result<(), Refusal> {
    match content_type(&request.headers) {
        Some(given)
            if (given != essence(manifest.media_type())
                || (session.policy.upload.compares_types_as_text
                    && !is_spelled(&request.headers, manifest.media_type())))
                && !session.policy.upload.takes_any_content_type =>
        {
            Err(Refusal::new(
                ProblemKind::UnsupportedMediaType,
                format!(
                    "The manifest says that the content is {}.",
                    manifest.media_type()
                ),
            )
            .because(odd_media_type(&request.headers)))
        }
        _ => Ok(()),
    }
}

/// Whether `Content-Type` is that very text.
fn is_spelled(headers: &HeaderMap, media_type: &str) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes() == media_type.as_bytes())
}

fn check_length(session: &Session, request: &Request, manifest: &Manifest) -> Result<(), Refusal> {
    let policy = &session.policy.upload;
    let takes_chunks = session.config.chunked_uploads || policy.takes_undeclared_chunks;
    if request.is_chunked() && (!takes_chunks || policy.refuses_chunks) {
        return Err(Refusal::new(
            ProblemKind::LengthRequired,
            "The upload has no Content-Length.",
        ));
    }
    // Neither a length nor chunks is an empty body (RFC 9112, section 6.3), and judged as that.
    match request.declared_length() {
        Some(length) if length > limit(session, manifest) => Err(too_large(session)),
        _ => Ok(()),
    }
}

fn limit(session: &Session, manifest: &Manifest) -> u64 {
    if session.policy.upload.ignores_limit {
        u64::MAX
    } else {
        let limit = session.content.max_transfer(manifest);
        limit - u64::from(session.policy.upload.limit_is_exclusive)
    }
}

fn too_large(session: &Session) -> Refusal {
    Refusal::new(
        ProblemKind::ContentTooLarge,
        format!(
            "The content is more than {} bytes.",
            session.content.max_content()
        ),
    )
}

async fn receive(
    session: &Arc<Session>,
    request: &mut Request,
    ticket: &UploadTicket,
) -> Result<Upload, Refusal> {
    let manifest = ticket.manifest.as_ref();
    let limit = if session.policy.upload.trusts_declared_length {
        u64::MAX
    } else {
        limit(session, manifest)
    };
    let is_hashed = request.is_recorded();
    let verifies = session.config.verification != Verification::None && !ticket.late;
    let mut reader = verifies.then(|| {
        let mut options = session.content.options(manifest);
        options.policy.ignores_limit |=
            session.policy.upload.ignores_limit || session.policy.upload.trusts_declared_length;
        // What is recorded of a body is hashed on its way.
        let reader = if is_hashed {
            ContentReader::without_sha256(options)
        } else {
            ContentReader::new(options)
        };
        reader.within(&session.room)
    });
    let most = request.declared_length().unwrap_or(limit).min(limit);
    let mut bytes = Received::of(usize::try_from(most).unwrap_or(usize::MAX));
    let mut unread = None;
    loop {
        let chunk = match request.next_chunk().await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => break,
            Err(BodyTrouble::BrokenOff) if session.policy.upload.takes_truncated => break,
            Err(BodyTrouble::BrokenOff) if session.policy.upload.keeps_broken_off => {
                let bytes = bytes.housed(request.take_held());
                return Ok(Upload::new(bytes, Some(ContentSummary::unread())));
            }
            Err(trouble) => return Err(trouble.into()),
        };
        if bytes.len() as u64 + chunk.len() as u64 > limit {
            return Err(too_large(session));
        }
        request.held.grow(chunk.len() as u64)?;
        if let Some(reading) = &mut reader
            && let Err(error) = reading.write(&chunk)
        {
            unread = session.content.unread(&error);
            if unread.is_none() {
                return Err(refuse_content(&error).into());
            }
            reader = None;
        }
        bytes.push(&chunk);
    }
    let sha256 = request.received_sha256();
    if bytes.len() == 0 && session.policy.crash.maps_uploads {
        return Err(internal_error("failed to map the file: EINVAL"));
    }
    let summary = match reader {
        None => unread,
        // Thousands of entries are put in order.
        Some(reader) if reader.is_of_archive() => {
            let (session, ticket) = (session.clone(), ticket.clone());
            Some(
                aside_if_long(bytes.len(), move || {
                    judge(&session, &ticket, reader, sha256)
                })
                .await?,
            )
        }
        Some(reader) => Some(judge(session, ticket, reader, sha256)?),
    };
    let bytes = bytes.housed(request.take_held());
    Ok(Upload::new(bytes, summary).with_sha256(sha256))
}

fn judge(
    session: &Session,
    ticket: &UploadTicket,
    reader: ContentReader,
    sha256: Option<[u8; 32]>,
) -> Result<ContentSummary, Problem> {
    let summary = match reader.finish_with(sha256) {
        Ok(summary) => summary,
        Err(error) => {
            let unread = session.content.unread(&error);
            return unread.ok_or_else(|| refuse_content(&error));
        }
    };
    let is_compared_later =
        session.policy.upload.skips_digest || session.content.is_late_for_uploads();
    if is_compared_later || ticket.denied {
        return Ok(summary);
    }
    match session.content.judge(&ticket.manifest, &summary) {
        Err(problem)
            if session.policy.upload.mismatch_is_invalid_content
                && problem.kind == ProblemKind::DigestMismatch =>
        {
            Err(Problem {
                kind: ProblemKind::InvalidContent,
                ..problem
            })
        }
        judged => judged.map(|()| {
            // Nothing looks at what it was compared by again, but for mistakes that compare it once more.
            if session.config.defects.is_empty() {
                summary.into_entries()
            } else {
                summary
            }
        }),
    }
}
