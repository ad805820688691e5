//! Why content is refused.

use super::EntryPathError;

/// Why content is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    /// The entries are more than the limit: `content-too-large`.
    #[error("failed to take the content: it is more than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// Headers, directories and padding of an archive are more than the limit: `content-too-large`.
    #[error("failed to take the archive: its headers and padding are more than {limit} bytes")]
    OverheadTooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// What is kept of the entries takes more memory than there is room for: `insufficient-storage`.
    #[error(
        "failed to take the archive: there is no room for what is kept of its entries (--max-storage)"
    )]
    NoRoomForEntries,
    /// The very first block is no tar header, so that this is something else (an HTML page): `invalid-content-index`,
    /// or `digest-mismatch` when it came from a source (SRC-7).
    #[error("failed to read the archive: the bytes are not a tar archive")]
    NotAnArchive,
    /// The archive ends within an entry or a header: `invalid-content-index`.
    #[error("failed to read the archive: it ends in the middle of {0}")]
    Truncated(&'static str),
    /// A header is broken: `invalid-content-index`.
    #[error("failed to read the archive: {0}")]
    BadArchive(&'static str),
    /// A link, device, FIFO, sparse or unknown kind of entry: `invalid-content-index`.
    #[error("failed to take the entry {path:?}: {kind} is not a regular file")]
    UnsupportedEntry {
        /// The path as far as it reads as text.
        path: String,
        /// What it is: `a symbolic link`, ...
        kind: &'static str,
    },
    /// A path breaks the rules of section 2: `invalid-content-index`.
    #[error("failed to take the path {path:?}: {source}")]
    InvalidPath {
        /// The path as far as it reads as text.
        path: String,
        /// The rule it breaks.
        #[source]
        source: EntryPathError,
    },
    /// Two entries with one path: `invalid-content-index`.
    #[error("failed to take the path {0:?}: it stands twice")]
    DuplicatePath(String),
    /// One path is another's prefix at a `/`: `invalid-content-index`.
    #[error("failed to take the path {path:?}: {parent:?} is a file")]
    PrefixPath {
        /// The shorter path.
        parent: String,
        /// The longer path.
        path: String,
    },
    /// No entries at all: `invalid-content-index`.
    #[error("failed to find an entry in the content")]
    NoEntries,
    /// A component without `component.wasm`: `invalid-content-index` (IDX-3).
    #[error("failed to find the entry component.wasm")]
    MissingComponent,
}

impl ContentError {
    /// The problem name: `content-too-large` or `invalid-content-index`.
    pub fn problem(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } | Self::OverheadTooLarge { .. } => "content-too-large",
            Self::NoRoomForEntries => "insufficient-storage",
            _ => "invalid-content-index",
        }
    }
}
