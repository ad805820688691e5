//! How releases are read.

use serde_json::{Map, Value, json};

use super::create::KNOWN_MEMBERS;

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
    /// Leaves the default media type out (PUB-3).
    pub omits_default_media_type: bool,
    /// Leaves out all digests but the first (DIG-4).
    pub shows_first_digest_only: bool,
    /// Leaves out members that it does not know, but for the answer to create (CRE-12).
    pub drops_unknown_when_read: bool,
    /// Shows `contentSources` of the manifest as those of the release (CRE-12).
    pub sources_from_manifest: bool,
    /// Shows `status` and `uploadUrl` of the manifest as those of the unpublished release (CRE-12).
    pub status_from_manifest: bool,
    /// Reads `+` in a path as white space (CRE-15).
    pub plus_is_space: bool,
    /// Finds no pre-releases by name and version (CRE-15).
    pub hides_pre_releases: bool,
    /// Serves the latest build of a version for every one (CRE-15).
    pub serves_latest_build: bool,
    /// Has the unpublished release at its `Location` only (CRE-1).
    pub status_at_location_only: bool,
}

impl ReadingPolicy {
    /// Whether create shows the manifest as it was sent, and reading it shows another.
    pub(crate) fn shows_what_was_sent(self) -> bool {
        self.adds_default_media_type
            || self.omits_default_media_type
            || self.drops_unknown_when_read
    }

    /// The document of a release or of an unpublished one, with what is taken from its manifest.
    pub(crate) fn document(self, mut document: Map<String, Value>, manifest: &Value) -> Value {
        let taken: &[&str] = match (self.sources_from_manifest, self.status_from_manifest) {
            (true, _) => &["contentSources"],
            (_, true) => &["status", "uploadUrl"],
            _ => &[],
        };
        for name in taken {
            if let (true, Some(value)) = (document.contains_key(*name), manifest.get(*name)) {
                document.insert((*name).to_owned(), value.clone());
            }
        }
        Value::Object(document)
    }

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
        if self.omits_default_media_type
            && let Value::Object(members) = &mut manifest
            && members.get("mediaType") == Some(&json!("application/wasm"))
        {
            members.remove("mediaType");
        }
        if self.drops_unknown_when_read
            && let Value::Object(members) = &mut manifest
        {
            members.retain(|name, _| KNOWN_MEMBERS.contains(&name.as_str()));
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
