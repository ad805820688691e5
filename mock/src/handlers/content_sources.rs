//! `POST` and `PUT components/{name}/v{version}/content-sources`.

use std::sync::Arc;

use http::{Method, StatusCode, header};
use serde_json::{Value, json};
use url::Url;

use crate::{
    aside::aside_if_long,
    fetch::Credentials,
    identity::Caller,
    problem::ProblemKind,
    refusal::Refusal,
    registry::{ReleaseKey, Source, SourcesChange, SourcesOutcome},
    reply::Reply,
    session::Session,
    wire::{parse_sources, render_sources},
};

use super::{Request, authenticate::authenticate, media_type::require_json, publish::RACE_WINDOW};

/// Bytes of a list of sources.
const LIMIT: u64 = 1 << 20;

pub(super) async fn content_sources(
    session: &Arc<Session>,
    request: &mut Request,
    key: &ReleaseKey,
) -> Result<Reply, Refusal> {
    let caller = authenticate(session, &request.headers)?;
    let policy = session.policy.sources;
    let is_open = request.method == Method::PUT && policy.replace_is_open;
    if !session.policy.access.checks_sources_late() && !is_open {
        session
            .registry()
            .permit_write(session.now(), &caller, key)?;
    }
    require_json(&request.headers)?;
    let body = request.read_body(LIMIT).await?;
    let before = policy
        .remembers_list()
        .then(|| session.registry().sources_now(session.now(), key))
        .transpose()?;
    if policy.clears_before_replacing && request.method == Method::PUT {
        session.registry().clear_sources(session.now(), key);
    }
    let (parsing, own, given) = (session.clone(), session.links.content(key), body.clone());
    let parsed = aside_if_long(body.len(), move || {
        parse_sources(&given, &own, &parsing.source_rules())
    });
    let parsed = match parsed.await {
        Err(_) if policy.takes_unreadable => return unchanged(session, key),
        Err(refusal) => return Err(noted(session, key, refusal, &body)),
        Ok(parsed) => parsed,
    };
    let (mut sources, refused) = taken(parsed, policy.skips_refused);
    if let Some(refusal) = &refused
        && !policy.adds_until_refused
    {
        if policy.takes_unreadable && !names_urls(&body) {
            return unchanged(session, key);
        }
        return Err(noted(session, key, refusal.clone(), &body));
    }
    if session.policy.sources.forwards_publisher_token {
        lend_token(&mut sources, &caller);
    }
    let change = if request.method == Method::PUT {
        SourcesChange::Replace(sources)
    } else if sources.is_empty() && !session.policy.sources.takes_empty_list {
        let refusal = Refusal::new(
            ProblemKind::InvalidSource,
            "There is no content source to add.",
        );
        return Err(noted(session, key, refusal, &body));
    } else if policy.races_additions {
        let mut all = session.registry().sources_now(session.now(), key)?;
        tokio::time::sleep(RACE_WINDOW).await;
        all.extend(sources);
        SourcesChange::Replace(all)
    } else {
        SourcesChange::Add(sources)
    };

    if policy.racing_addition_is_conflict {
        tokio::time::sleep(RACE_WINDOW).await;
        let now = session.registry().sources_now(session.now(), key)?;
        if before.as_ref() != Some(&now) {
            return Err(Refusal::new(
                ProblemKind::Processing,
                "The release was changed meanwhile.",
            ));
        }
    }
    let outcome = session
        .registry()
        .change_sources(session.now(), &caller, key, change)?;
    let sources = match outcome {
        SourcesOutcome::Changed(sources) => sources,
        SourcesOutcome::Recheck(work) => {
            if let Err(refusal) = session.verifier().recheck(&work).await {
                if policy.recheck_forgets {
                    session.registry().forget_sources(session.now(), key);
                }
                return Err(refusal);
            }
            session.registry().finish_sources(session.now(), work)?
        }
    };
    if let Some(refusal) = refused {
        return Err(refusal);
    }
    let shown = before.filter(|_| policy.answers_with_old_list);
    Ok(listed(session, key, shown.as_ref().unwrap_or(&sources)))
}

/// The list as it is shown.
fn listed(session: &Session, key: &ReleaseKey, sources: &[Source]) -> Reply {
    let document = json!({"contentSources": render_sources(sources, key, session.rendering())});
    Reply::json(
        StatusCode::OK,
        &session.oddities.disturb(document, &key.to_string()),
    )
    .with_header(header::CACHE_CONTROL, "no-store")
}

/// Answers what could not be read as if it were nothing: what no registry may do (SRC-11).
fn unchanged(session: &Session, key: &ReleaseKey) -> Result<Reply, Refusal> {
    let sources = session.registry().sources_now(session.now(), key)?;
    Ok(listed(session, key, &sources))
}

/// Whether every source in a body has a URL that a parser takes.
fn names_urls(body: &[u8]) -> bool {
    serde_json::from_slice::<Value>(body).is_ok_and(|body| {
        body["contentSources"]
            .as_array()
            .is_some_and(|sources| sources.iter().all(|source| is_url(&source["url"])))
    })
}

fn is_url(value: &Value) -> bool {
    value.as_str().is_some_and(|text| Url::parse(text).is_ok())
}

/// A refusal, and whatever else the registry makes of it.
fn noted(session: &Session, key: &ReleaseKey, refusal: Refusal, body: &[u8]) -> Refusal {
    let refusal = if session.policy.sources.quotes_refused {
        refusal.with("received", String::from_utf8_lossy(body).into_owned())
    } else {
        refusal
    };
    session
        .registry()
        .note_refused_sources(session.now(), key, &refusal.problem);
    refusal
}

/// The sources up to the first that is refused, and why that is.
fn taken(
    parsed: Vec<Result<Source, Refusal>>,
    skips_refused: bool,
) -> (Vec<Source>, Option<Refusal>) {
    let mut sources = Vec::new();
    let any_good = parsed.iter().any(Result::is_ok);
    for source in parsed {
        match source {
            Ok(source) => sources.push(source),
            Err(_) if skips_refused && any_good => {}
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
