//! What reading the content found.

use super::{
    ContentError, ContentPolicy, EntryPath,
    collect::check_paths,
    held::Held,
    index::{index_digest, index_digest_in_order, index_digest_over_sha256},
};
use crate::digest::{Digest, DigestAlgorithm};

/// The entry that every component has.
pub const COMPONENT_ENTRY: &str = "component.wasm";

/// One entry of the content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntrySummary {
    /// Where it stands.
    pub path: EntryPath,
    /// Its bytes.
    pub length: u64,
    /// Digests of its bytes, one an algorithm.
    pub digests: Vec<Digest>,
    /// Whether its bytes have the preamble of a component and well-formed sections (DIG-10).
    pub is_component: bool,
}

impl EntrySummary {
    /// The digest of its bytes; `None` when it was not hashed with this algorithm.
    pub fn digest(&self, algorithm: DigestAlgorithm) -> Option<&Digest> {
        self.digests
            .iter()
            .find(|digest| digest.algorithm() == algorithm)
    }
}

/// What reading the content found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentSummary {
    /// The entries, sorted bytewise by path.
    pub entries: Vec<EntrySummary>,
    /// Bytes as they travelled (of an archive: with its headers).
    pub length: u64,
    /// `digest.form: raw`: digests of the bytes as they travelled, one an algorithm. Empty when assembled from entries.
    pub raw: Vec<Digest>,
    /// `digest.form: index`: digests of the content index, one an algorithm.
    pub index: Vec<Digest>,
    /// The room that the entries of an archive take.
    pub(super) held: Held,
}

impl ContentSummary {
    /// Puts together content whose entries came one by one (IDX-7). Duplicate and prefix paths are errors.
    pub fn assemble(
        parts: Vec<Self>,
        algorithms: &[DigestAlgorithm],
        max_content: u64,
    ) -> Result<Self, ContentError> {
        Self::assemble_as(parts, algorithms, max_content, &ContentPolicy::default())
    }

    /// The same, with mistakes.
    pub(crate) fn assemble_as(
        parts: Vec<Self>,
        algorithms: &[DigestAlgorithm],
        max_content: u64,
        policy: &ContentPolicy,
    ) -> Result<Self, ContentError> {
        let length = parts
            .iter()
            .fold(0_u64, |sum, part| sum.saturating_add(part.length));
        let mut entries: Vec<_> = parts.into_iter().flat_map(|part| part.entries).collect();
        check_paths(&entries, false)?;
        let index = index_of(algorithms, &entries, policy);
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        let content = entries
            .iter()
            .fold(0_u64, |sum, entry| sum.saturating_add(entry.length));
        if content > max_content && !policy.limits_each_entry {
            return Err(ContentError::TooLarge { limit: max_content });
        }
        Ok(Self {
            index,
            entries,
            length,
            raw: Vec::new(),
            held: Held::default(),
        })
    }

    /// Its entries alone, without the digests of them all together.
    pub(crate) fn into_entries(self) -> Self {
        Self {
            raw: Vec::new(),
            index: Vec::new(),
            ..self
        }
    }

    /// What is known of content that nobody has read.
    pub(crate) fn unread() -> Self {
        Self {
            entries: Vec::new(),
            length: 0,
            raw: Vec::new(),
            index: Vec::new(),
            held: Held::default(),
        }
    }

    /// Checks that `component.wasm` is there (IDX-3), and returns it.
    pub fn component(&self) -> Result<&EntrySummary, ContentError> {
        self.entries
            .iter()
            .find(|entry| entry.path.as_bytes() == COMPONENT_ENTRY.as_bytes())
            .ok_or(ContentError::MissingComponent)
    }
}

/// Index digests of entries that stand in the order in which they arrived.
pub(super) fn index_of(
    algorithms: &[DigestAlgorithm],
    arrived: &[EntrySummary],
    policy: &ContentPolicy,
) -> Vec<Digest> {
    let digest_with = |algorithm: &DigestAlgorithm| {
        if policy.keeps_archive_order {
            index_digest_in_order(*algorithm, arrived)
        } else if policy.sha256_inside {
            index_digest_over_sha256(*algorithm, arrived)
        } else if policy.sorts_as_utf16 {
            let mut sorted: Vec<_> = arrived.iter().collect();
            sorted.sort_by_cached_key(|entry| {
                let text = String::from_utf8_lossy(entry.path.as_bytes());
                text.encode_utf16().collect::<Vec<u16>>()
            });
            index_digest_in_order(*algorithm, sorted)
        } else {
            index_digest(*algorithm, arrived)
        }
    };
    algorithms.iter().filter_map(digest_with).collect()
}
