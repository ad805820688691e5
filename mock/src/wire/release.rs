//! The release.

use serde_json::{Map, Value, json};

use crate::registry::ReleaseView;

use super::{Rendering, render_sources};

/// The document of a release.
pub(crate) fn render_release(view: &ReleaseView, rendering: Rendering<'_>) -> Value {
    let key = &view.manifest.key;
    let manifest = view.manifest.value();
    let mut document = Map::new();
    document.insert(
        "release".to_owned(),
        rendering.policy.reading.manifest(&manifest),
    );
    document.insert(
        "releaseSignature".to_owned(),
        view.signature.to_general_json(),
    );
    document.insert("creator".to_owned(), json!(view.creator));
    document.insert(
        "contentSources".to_owned(),
        render_sources(&view.sources, key, rendering),
    );
    document.insert(
        "publishedAt".to_owned(),
        json!(view.published_at.to_string()),
    );
    let document = rendering.policy.reading.document(document, &manifest);
    rendering.oddities.disturb(document, &key.to_string())
}
