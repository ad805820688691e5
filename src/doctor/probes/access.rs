//! What is shown to whom.

use serde_json::Value;

use super::creating::unanswered;
use super::{Known, Observation};
use crate::doctor::identities::{MANIFEST_READER, OTHER};
use crate::doctor::keys::FIRST;
use crate::doctor::registry::OWNER;
use crate::doctor::release::{Draft, Release};
use crate::doctor::visit::Visit;
use crate::target::Operation;
use crate::wire::{Exchange, Request};

/// By the statuses of creates in somebody else's namespace.
pub(super) fn hides(known: &Known<'_>) -> Observation {
    let statuses = &known.denials.statuses;
    if statuses.is_empty() {
        return Observation::unclear("nothing was denied");
    }
    if statuses.iter().all(|status| *status == 404) {
        Observation::choice("true")
    } else if statuses.iter().all(|status| *status == 403) {
        Observation::choice("false")
    } else {
        Observation::unclear(format!("denied callers get {statuses:?}"))
    }
}

/// A release in the private namespace, which its owner reads and another publisher does not.
pub(super) async fn private(visit: &mut Visit<'_>, known: &mut Known<'_>) -> Observation {
    let Some(namespace) = visit.context.target.private_namespace.clone() else {
        return Observation::unclear("the target file has no `private-namespace`");
    };
    let draft = Draft::new(namespace, visit.new_content());
    let release = match visit.create(Some(OWNER), &draft).await {
        Ok(release) => release,
        Err(exchange) => return unanswered(&exchange),
    };
    let published = match visit.publish_created(release, FIRST, None).await {
        Ok(published) => published,
        Err(trouble) => return Observation::unclear(trouble.detail),
    };
    let release = published.release;
    let by_owner = get(visit, &release, OWNER).await;
    if by_owner.status() != Some(200) {
        return Observation::unclear("its owner can not read a release there").by(by_owner);
    }
    let by_other = get(visit, &release, OTHER).await;
    known.private = Some(release);
    Observation::is(by_other.status() != Some(200)).by(by_other)
}

/// Whether the manifest-reader reads the manifest of a private release, and not its content.
pub(super) async fn separate(visit: &mut Visit<'_>, known: &Known<'_>) -> Observation {
    if visit
        .context
        .target
        .identities
        .get(MANIFEST_READER)
        .is_none()
    {
        return Observation::unclear("the target file has no `manifest-reader`");
    }
    let Some(release) = &known.private else {
        return Observation::unclear("depends on `access.private`");
    };
    let manifest = get(visit, release, MANIFEST_READER).await;
    if manifest.status() != Some(200) {
        return Observation::is(false).by(manifest);
    }
    let document = manifest.answered().and_then(|answer| answer.json().ok());
    let sources = document
        .and_then(|document| document.get("contentSources"))
        .and_then(Value::as_array);
    let urls: Vec<_> = sources
        .into_iter()
        .flatten()
        .filter_map(|source| source.get("url")?.as_str())
        .filter_map(|url| manifest.request.url.join(url).ok())
        // Other hosts than the registry's own know nothing of its identities.
        .filter(|url| url.origin() == visit.context.target.registry.origin())
        .take(4)
        .collect();
    for url in urls {
        let content = visit
            .send(Request::new("content", "GET", url), Some(MANIFEST_READER))
            .await;
        if matches!(content.status(), Some(200..400)) {
            return Observation::is(false).by(content);
        }
    }
    Observation::is(true)
}

async fn get(visit: &mut Visit<'_>, release: &Release, identity: &str) -> Exchange {
    let url = visit.url(Operation::Get, &release.name, &release.version);
    visit
        .send(Request::new("get", "GET", url), Some(identity))
        .await
}
