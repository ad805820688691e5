//! `POST` of content to `uploadUrl` (rules UPL).

use bytes::BytesMut;
use http::StatusCode;

use crate::{
    config::Verification,
    content::{ContentReader, ContentSummary},
    identity::Caller,
    problem::{Problem, ProblemKind},
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
    media_type::{content_type, essence},
};

pub(super) async fn upload(
    session: &Session,
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
    session
        .registry()
        .finish_upload(session.now(), &ticket, upload)?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// Keeps what somebody uploaded who may not: what no registry may do (ACC-3).
async fn keep_denied(session: &Session, request: &mut Request, key: &ReleaseKey, token: &str) {
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
            if given != essence(&manifest.media_type)
                && !session.policy.upload.takes_any_content_type =>
        {
            Err(Refusal::new(
                ProblemKind::UnsupportedMediaType,
                format!(
                    "The manifest says that the content is {}.",
                    manifest.media_type
                ),
            ))
        }
        _ => Ok(()),
    }
}

fn check_length(session: &Session, request: &Request, manifest: &Manifest) -> Result<(), Refusal> {
    if request.is_chunked()
        && (!session.config.chunked_uploads || session.policy.upload.refuses_chunks)
    {
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
        session.content.max_transfer(manifest)
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
    session: &Session,
    request: &mut Request,
    ticket: &UploadTicket,
) -> Result<Upload, Refusal> {
    let manifest = ticket.manifest.as_ref();
    let limit = if session.policy.upload.trusts_declared_length {
        u64::MAX
    } else {
        limit(session, manifest)
    };
    let verifies = session.config.verification != Verification::None && !ticket.late;
    let mut reader = verifies.then(|| {
        let mut options = session.content.options(manifest);
        options.policy.ignores_limit |=
            session.policy.upload.ignores_limit || session.policy.upload.trusts_declared_length;
        ContentReader::new(options)
    });
    let mut bytes = BytesMut::new();
    loop {
        let chunk = match request.next_chunk().await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => break,
            Err(BodyTrouble::BrokenOff) if session.policy.upload.takes_truncated => break,
            Err(trouble) => return Err(trouble.into()),
        };
        if bytes.len() as u64 + chunk.len() as u64 > limit {
            return Err(too_large(session));
        }
        if let Some(reader) = &mut reader {
            reader
                .write(&chunk)
                .map_err(|error| refuse_content(&error))?;
        }
        bytes.extend_from_slice(&chunk);
    }
    let summary = reader
        .map(|reader| judge(session, ticket, reader))
        .transpose()?;
    Ok(Upload {
        bytes: bytes.freeze(),
        summary,
    })
}

fn judge(
    session: &Session,
    ticket: &UploadTicket,
    reader: ContentReader,
) -> Result<ContentSummary, Problem> {
    let summary = reader.finish().map_err(|error| refuse_content(&error))?;
    if !session.policy.upload.skips_digest && !ticket.denied {
        session.content.judge(&ticket.manifest, &summary)?;
    }
    Ok(summary)
}
