//! What reading the content found.

use super::{ContentError, EntryPath};
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
}

impl ContentSummary {
    /// Puts together content whose entries came one by one (IDX-7). Duplicate and prefix paths are errors.
    pub fn assemble(parts: Vec<Self>, algorithms: &[DigestAlgorithm], max_content: u64) -> Result<Self, ContentError> { todo!() }
    /// Checks that `component.wasm` is there (IDX-3), and returns it.
    pub fn component(&self) -> Result<&EntrySummary, ContentError> { todo!() }
}
