//! The room that what is known of an archive's entries takes.

use std::sync::Arc;

use super::EntryPath;
use crate::room::{NoRoom, Reserved, Room};

/// What an entry takes beside its path: the structure, twice while the list of them grows, and its allocations.
const ENTRY: usize = 160;
/// What each of its digests takes.
const DIGEST: usize = 96;

/// Room that is given back with the last copy; says nothing about what it is for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Held {
    _entries: Option<Arc<Reserved>>,
}

impl PartialEq for Held {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Held {}

/// Room that is taken entry by entry.
#[derive(Debug)]
pub(super) struct HeldEntries(Reserved);

impl HeldEntries {
    pub(super) fn within(room: &Room) -> Self {
        Self(room.nothing())
    }

    pub(super) fn add(&mut self, path: &EntryPath, digests: usize) -> Result<(), NoRoom> {
        let bytes = ENTRY + path.as_bytes().len() + DIGEST * digests;
        self.0.grow(bytes as u64)
    }

    pub(super) fn keep(&mut self) -> Held {
        Held {
            _entries: Some(Arc::new(self.0.take())),
        }
    }
}
