//! How releases are read.

use serde_json::{Value, json};

/// How releases are read.
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a mistake of its own"
)]
pub(crate) struct ReadingPolicy {
    /// Answers 200 with `null` for a version that a published name does not have (REL-1).
    pub missing_is_null: bool,
    /// Answers HEAD with 405 (REL-2).
    pub lacks_head: bool,
    /// Sends the whole document although the entity tag matches (REL-3).
    pub ignores_if_none_match: bool,
    /// Sends a range that is one byte short (REL-4).
    pub range_off_by_one: bool,
    /// Answers 500 for names that nobody has (REL-1).
    pub unknown_name_is_internal_error: bool,
    /// Makes the entity tag of a release from its manifest alone (REL-3).
    pub tag_of_manifest: bool,
    /// Takes every `If-None-Match` for a match (REL-3).
    pub any_tag_matches: bool,
    /// Has the position behind the range in `Content-Range` (REL-4).
    pub content_range_off_by_one: bool,
    /// Answers 400 to a range of a document (REL-4).
    pub refuses_ranges_of_documents: bool,
    /// Answers 206 with nothing to a range behind the end (REL-4).
    pub unsatisfiable_is_empty_part: bool,
    /// Reads malformed ranges as something (REL-4).
    pub reads_ranges_leniently: bool,
    /// Says nothing to caches about the status (REL-5).
    pub status_is_cacheable: bool,
    /// Calls release documents immutable (REL-5).
    pub immutable: bool,
    /// Takes names as they stand in the path, encoded (CRE-15).
    pub compares_encoded_names: bool,
    /// Adds the default media type to manifests without one (PUB-3).
    pub adds_default_media_type: bool,
    /// Leaves out all digests but the first (DIG-4).
    pub shows_first_digest_only: bool,
}

impl ReadingPolicy {
    /// The manifest as it is shown.
    pub(crate) fn manifest(self, manifest: &Value) -> Value {
        let mut manifest = manifest.clone();
        if self.adds_default_media_type
            && let Value::Object(members) = &mut manifest
        {
            members
                .entry("mediaType")
                .or_insert_with(|| json!("application/wasm"));
        }
        if self.shows_first_digest_only
            && let Some(Value::Object(digests)) = manifest.get_mut("contentDigest")
        {
            let first = digests.keys().next().cloned();
            digests.retain(|name, _| Some(name) == first.as_ref());
        }
        manifest
    }
}
