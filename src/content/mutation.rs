use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Entry, SeededBytes};

/// The smallest changes that make other content (IDX-4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mutation {
    /// One bit of one byte of the last entry that has any bytes.
    ByteChanged,
    /// One bit of one byte of `component.wasm`, behind its preamble if it is long enough.
    ComponentByteChanged,
    /// One entry more.
    EntryAdded,
    /// One entry fewer (never `component.wasm`).
    EntryRemoved,
    /// One entry under another name of the same length (never `component.wasm`).
    EntryRenamed,
    /// Two entries' bytes exchanged under unchanged names (never those of `component.wasm`).
    BytesSwapped,
}

/// These entries can not be changed in this way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("failed to apply {mutation:?}: the content has no entries that it could be applied to")]
pub struct MutationError {
    /// What was asked for.
    pub mutation: Mutation,
}

/// A copy of `entries` with one change.
pub fn mutate(
    entries: &[Entry],
    mutation: Mutation,
    stream: &mut SeededBytes,
) -> Result<Vec<Entry>, MutationError> {
    todo!()
}
