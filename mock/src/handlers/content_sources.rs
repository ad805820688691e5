//! `POST` and `PUT components/{name}/v{version}/content-sources`.

use http::{Method, StatusCode, header};
use serde_json::json;

use crate::{
    problem::ProblemKind,
    refusal::Refusal,
    registry::{ReleaseKey, SourcesChange, SourcesOutcome},
    reply::Reply,
    session::Session,
    wire::{parse_sources, render_sources},
};

use super::{Request, authenticate::authenticate, media_type::require_json};

/// Bytes of a list of sources.
const LIMIT: u64 = 1 << 20;

pub(super) async fn content_sources(session: &Session, request: &mut Request, key: &ReleaseKey) -> Result<Reply, Refusal> {
    let caller = authenticate(session, &request.headers)?;
    if !session.policy.access.denied_sources_are_kept {
        session.access.write(&caller, key.namespace())?;
    }
    require_json(&request.headers)?;
    let body = request.read_body(LIMIT).await?;
    let sources = parse_sources(&body, &session.links.content(key), &session.source_rules())?;
    let change = if request.method == Method::PUT {
        SourcesChange::Replace(sources)
    } else if sources.is_empty() && !session.policy.sources.takes_empty_list {
        return Err(Refusal::new(ProblemKind::InvalidSource, "There is no content source to add."));
    } else {
        SourcesChange::Add(sources)
    };

    let outcome = session.registry().change_sources(session.now(), &caller, key, change)?;
    let sources = match outcome {
        SourcesOutcome::Changed(sources) => sources,
        SourcesOutcome::Recheck(work) => {
            session.verifier().recheck(&work).await?;
            session.registry().finish_sources(session.now(), work)?
        }
    };
    let document = json!({"contentSources": render_sources(&sources, key, session.rendering())});
    Ok(Reply::json(StatusCode::OK, &session.oddities.disturb(document, &key.to_string()))
        .with_header(header::CACHE_CONTROL, "no-store"))
}
