//! Lists of content sources.

use serde_json::{Map, Value, json};

use crate::{
    json,
    oddity::Oddities,
    policy::Policy,
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
        let url = element.get("url").and_then(Value::as_str);
        let unsigned = url.and_then(|url| url.split("?signature=").next());
        if unsigned == Some(own_url) && element.get("path").is_none() {
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

/// The query that opens uploaded content to whoever has it, in a registry that shows it to those who may not (ACC-8).
pub(crate) fn content_signature(
    policy: &Policy,
    oddities: &Oddities,
    key: &ReleaseKey,
) -> Option<String> {
    policy
        .access
        .shows_signed_urls
        .then(|| format!("signature={}", oddities.token("content", &key.to_string())))
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
                let url = rendering.links.content(key);
                let url = match content_signature(rendering.policy, rendering.oddities, key) {
                    Some(signature) => format!("{url}?{signature}"),
                    None => url,
                };
                members.insert("url".to_owned(), json!(url));
                Value::Object(members)
            }
            Source::Remote(remote) => remote.shown(&rendering.policy.sources),
        })
        .collect()
}
