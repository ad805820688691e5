use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{COMPONENT_PATH, EMPTY_COMPONENT, Entry, SeededBytes};

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
    let failure = MutationError { mutation };
    let mut entries = entries.to_vec();
    let others: Vec<usize> = (0..entries.len())
        .filter(|&index| entries[index].path != COMPONENT_PATH)
        .collect();
    match mutation {
        Mutation::ByteChanged => {
            let entry = entries
                .iter_mut()
                .rev()
                .find(|entry| !entry.bytes.is_empty())
                .ok_or(failure)?;
            change_byte(entry, 0, stream);
        }
        Mutation::ComponentByteChanged => {
            let entry = entries
                .iter_mut()
                .find(|entry| entry.path == COMPONENT_PATH && !entry.bytes.is_empty())
                .ok_or(failure)?;
            let preamble = EMPTY_COMPONENT.len();
            // Behind the section's header the change leaves a valid component, so that only the digest can tell.
            let from = if entry.bytes.len() > preamble + 32 {
                preamble + 32
            } else {
                0
            };
            change_byte(entry, from, stream);
        }
        Mutation::EntryAdded => {
            let path = format!("added-{}.txt", hex::encode(stream.bytes(8)));
            entries.push(Entry::new(path, stream.bytes(16)));
        }
        Mutation::EntryRemoved => {
            entries.remove(*others.last().ok_or(failure)?);
        }
        Mutation::EntryRenamed => {
            let index = *others.last().ok_or(failure)?;
            let taken: Vec<Vec<u8>> = entries.iter().map(|entry| entry.path.clone()).collect();
            let renamed = (b'a'..=b'z')
                .map(|letter| {
                    let mut path = entries[index].path.clone();
                    if let Some(last) = path.last_mut() {
                        *last = letter;
                    }
                    path
                })
                .find(|path| !taken.contains(path))
                .ok_or(failure)?;
            entries[index].path = renamed;
        }
        Mutation::BytesSwapped => {
            let (first, second) = others
                .iter()
                .flat_map(|&first| others.iter().map(move |&second| (first, second)))
                .find(|&(first, second)| entries[first].bytes != entries[second].bytes)
                .ok_or(failure)?;
            let bytes = entries[first].bytes.clone();
            entries[first].bytes = std::mem::replace(&mut entries[second].bytes, bytes);
        }
    }
    Ok(entries)
}

/// Flips one bit of one byte at or behind `from`.
fn change_byte(entry: &mut Entry, from: usize, stream: &mut SeededBytes) {
    let mut bytes = entry.bytes.to_vec();
    let room = bytes.len().saturating_sub(from) as u64;
    let position = from + usize::try_from(stream.below(room)).unwrap_or_default();
    if let Some(byte) = bytes.get_mut(position) {
        *byte ^= 1 << stream.below(8);
    }
    entry.bytes = bytes.into();
}
