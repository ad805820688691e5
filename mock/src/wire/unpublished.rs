//! The unpublished release.

use serde_json::{Map, Value, json};

use crate::registry::{Status, UnpublishedView};

use super::{Rendering, render_sources};

/// The document of an unpublished release.
pub(crate) fn render_unpublished(view: &UnpublishedView, rendering: Rendering<'_>) -> Value {
    let key = &view.manifest.key;
    let manifest = view.manifest.value();
    let mut document = Map::new();
    document.insert(
        "release".to_owned(),
        rendering.policy.reading.manifest(&manifest),
    );
    document.insert("creator".to_owned(), json!(view.creator));
    let about = key.to_string();
    let status = match view.status {
        Status::Processing => rendering.oddities.processing_state(&about, view.polls),
        status => status.name(),
    };
    document.insert("status".to_owned(), json!(status));
    document.insert(
        "contentSources".to_owned(),
        render_sources(&view.sources, key, rendering),
    );
    if let Some(token) = &view.upload_token {
        document.insert(
            "uploadUrl".to_owned(),
            json!(rendering.links.upload(key, token)),
        );
    }
    document.insert("createdAt".to_owned(), json!(view.created_at.to_string()));
    if let Some(at) = view.expires_at {
        document.insert("expiresAt".to_owned(), json!(at.to_string()));
    }
    if let Some(at) = view.processed_at {
        document.insert("processedAt".to_owned(), json!(at.to_string()));
    }
    if let Some(error) = &view.error {
        let status = error.kind.status();
        document.insert(
            "error".to_owned(),
            rendering.oddities.disturb(
                error.document(rendering.problem_type_prefix, Some(status)),
                &about,
            ),
        );
    }
    let document = rendering.policy.reading.document(document, &manifest);
    rendering.oddities.disturb(document, &about)
}
