//! `POST` and `PUT components/{name}/v{version}/content-sources`.

use http::{Method, StatusCode, header};
use serde_json::json;

use crate::{
    fetch::Credentials,
    identity::Caller,
    problem::ProblemKind,
    refusal::Refusal,
    registry::{ReleaseKey, Source, SourcesChange, SourcesOutcome},
    reply::Reply,
    session::Session,
    wire::{parse_sources, render_sources},
};

use super::{Request, authenticate::authenticate, media_type::require_json};

/// Bytes of a list of sources.
const LIMIT: u64 = 1 << 20;

pub(super) async fn content_sources(
    session: &Session,
    request: &mut Request,
    key: &ReleaseKey,
) -> Result<Reply, Refusal> {
    let caller = authenticate(session, &request.headers)?;
    if !session.policy.access.checks_sources_late() {
        session
            .registry()
            .permit_write(session.now(), &caller, key)?;
    }
    require_json(&request.headers)?;
    let body = request.read_body(LIMIT).await?;
    let parsed = parse_sources(&body, &session.links.content(key), &session.source_rules())?;
    let (mut sources, refused) = taken(parsed);
    if let Some(refusal) = &refused
        && !session.policy.sources.adds_until_refused
    {
        return Err(refusal.clone());
    }
    if session.policy.sources.forwards_publisher_token {
        lend_token(&mut sources, &caller);
    }
    let change = if request.method == Method::PUT {
        SourcesChange::Replace(sources)
    } else if sources.is_empty() && !session.policy.sources.takes_empty_list {
        return Err(Refusal::new(
            ProblemKind::InvalidSource,
            "There is no content source to add.",
        ));
    } else {
        SourcesChange::Add(sources)
    };

    let outcome = session
        .registry()
        .change_sources(session.now(), &caller, key, change)?;
    let sources = match outcome {
        SourcesOutcome::Changed(sources) => sources,
        SourcesOutcome::Recheck(work) => {
            session.verifier().recheck(&work).await?;
            session.registry().finish_sources(session.now(), work)?
        }
    };
    if let Some(refusal) = refused {
        return Err(refusal);
    }
    let document = json!({"contentSources": render_sources(&sources, key, session.rendering())});
    Ok(Reply::json(
        StatusCode::OK,
        &session.oddities.disturb(document, &key.to_string()),
    )
    .with_header(header::CACHE_CONTROL, "no-store"))
}

/// The sources up to the first that is refused, and why that is.
fn taken(parsed: Vec<Result<Source, Refusal>>) -> (Vec<Source>, Option<Refusal>) {
    let mut sources = Vec::new();
    for source in parsed {
        match source {
            Ok(source) => sources.push(source),
            Err(refusal) => return (sources, Some(refusal)),
        }
    }
    (sources, None)
}

/// Makes the publisher's own token the credentials of sources that have none: what no registry may do (SRC-14).
fn lend_token(sources: &mut [Source], caller: &Caller) {
    let Some(identity) = caller.identity() else {
        return;
    };
    for source in sources {
        if let Source::Remote(remote) = source {
            remote
                .credentials
                .get_or_insert_with(|| Credentials::Bearer {
                    token: identity.token.clone(),
                });
        }
    }
}
