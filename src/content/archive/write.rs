use bytes::Bytes;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Member;
use crate::content::Entry;

/// How an archive says paths that do not fit into a header's 100 octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// POSIX.1-1988: the prefix field, 255 octets at most.
    #[default]
    Ustar,
    /// POSIX.1-2001: an extended header before the member.
    Pax,
    /// GNU tar: a member of type `L` before the member.
    Gnu,
}

/// An archive could not be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// The format has no room for a path (or link target) of this length.
    #[error(
        "failed to write a tar archive: a path of {octets} octets does not fit into the {format:?} format"
    )]
    PathDoesNotFit {
        /// Length of the path in octets.
        octets: usize,
        /// The format that was to be written.
        format: Format,
    },
    /// The old GNU header has room for four stretches of data.
    #[error(
        "failed to write a tar archive: a sparse file of {stretches} stretches does not fit into a GNU header (4 do)"
    )]
    SparseMapDoesNotFit {
        /// Number of stretches.
        stretches: usize,
    },
}

/// The plan of an archive: members in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Archive {
    /// How long paths are said.
    pub format: Format,
    /// The members, in the order in which they are written; nothing is checked.
    pub members: Vec<Member>,
    /// Whether to end without padding to a record of 10 KiB.
    pub short_end: bool,
}

impl Archive {
    /// An archive of regular files, in the given order.
    pub fn of_entries(entries: &[Entry], format: Format) -> Self {
        todo!()
    }

    /// The bytes of the archive; the same plan always gives the same bytes.
    pub fn write(&self) -> Result<Bytes, ArchiveError> {
        todo!()
    }

    /// The entries that a registry would see that checks nothing: regular files with paths as they stand, sparse
    /// files expanded (old GNU) or as they are stored (PAX), links and devices ignored. A digest of
    /// these makes sure that a refusal is for the archive and not for the digest.
    pub fn careless_entries(&self) -> Vec<Entry> {
        todo!()
    }
}
