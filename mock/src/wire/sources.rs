//! Lists of content sources.

use serde_json::{Map, Value, json};

use crate::{
    json,
    problem::ProblemKind,
    refusal::Refusal,
    registry::{ReleaseKey, RemoteSource, Source, SourceRules},
};

use super::Rendering;

/// Reads `{"contentSources": [...]}`, every element for itself. A source with the URL of the registry's own store of this release is that store.
pub(crate) fn parse_sources(
    body: &[u8],
    own_url: &str,
    rules: &SourceRules<'_>,
) -> Result<Vec<Result<Source, Refusal>>, Refusal> {
    let malformed = |detail: String| Refusal::new(ProblemKind::MalformedRequest, detail);
    let value = json::parse_strict(body).map_err(|error| {
        malformed(format!("The body is not JSON: {error}.")).because(error.cause())
    })?;
    rules.crash.store_value(&value)?;
    let Some(Value::Array(elements)) = value.get("contentSources") else {
        return Err(malformed(
            "The body has no array contentSources.".to_owned(),
        ));
    };
    let parsed = elements.iter().map(|element| {
        if element.get("url").and_then(Value::as_str) == Some(own_url)
            && element.get("path").is_none()
        {
            Ok(Source::Own)
        } else {
            RemoteSource::parse(element, rules)
                .map(|remote| Source::Remote(Box::new(remote)))
                .map_err(|refusal| {
                    if rules.policy.refusal_shows_source {
                        refusal.with("input", element.clone())
                    } else {
                        refusal
                    }
                })
        }
    });
    Ok(parsed.collect())
}

/// The array of source objects, without credentials.
pub(crate) fn render_sources(
    sources: &[Source],
    key: &ReleaseKey,
    rendering: Rendering<'_>,
) -> Value {
    sources
        .iter()
        .filter(|source| match source {
            Source::Own => true,
            Source::Remote(remote) => remote.is_listed(&rendering.policy.sources),
        })
        .map(|source| match source {
            Source::Own => {
                let mut members = Map::new();
                members.insert("url".to_owned(), json!(rendering.links.content(key)));
                Value::Object(members)
            }
            Source::Remote(remote) => remote.shown(&rendering.policy.sources),
        })
        .collect()
}
