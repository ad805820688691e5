//! Content that is hashed while it arrives.

use super::{ContentError, ContentSummary, EntryPath};
use crate::digest::DigestAlgorithm;

/// How content travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContentFormat {
    /// One entry at this path, the bytes themselves: `component.wasm` for `application/wasm`, or what a source with `path` serves.
    Single(EntryPath),
    /// A tar archive (ustar, PAX, GNU long names): `application/x-tar`.
    Tar,
}

impl ContentFormat {
    /// The format of a manifest's `mediaType`, its parameters ignored; anything but `application/x-tar` is one entry
    /// `component.wasm`.
    pub fn of_media_type(media_type: &str) -> Self { todo!() }
}

/// What to compute and how much to take.
#[derive(Debug, Clone)]
pub struct ContentOptions {
    /// How the content travels.
    pub format: ContentFormat,
    /// The digests to compute.
    pub algorithms: Vec<DigestAlgorithm>,
    /// Bytes of all entries together.
    pub max_content: u64,
    /// Bytes of headers, directories and padding of an archive; bounds the memory of the reader too.
    pub max_overhead: u64,
    /// Mistakes, none by default.
    pub policy: ContentPolicy,
}

impl ContentOptions {
    /// Overhead that [`ContentOptions::new`] allows: 64 MiB.
    pub const DEFAULT_MAX_OVERHEAD: u64 = 64 << 20;

    /// Options with the default overhead and no mistakes.
    pub fn new(format: ContentFormat, algorithms: Vec<DigestAlgorithm>, max_content: u64) -> Self { todo!() }
}

/// How content is read; the default conforms, any other value is a mistake.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a mistake of its own")]
pub struct ContentPolicy {
    /// Takes links as empty entries (IDX-2).
    pub accepts_links: bool,
    /// Takes devices and FIFOs as empty entries (IDX-2).
    pub accepts_devices: bool,
    /// Takes a sparse file as if its stored bytes were all (IDX-2).
    pub accepts_sparse: bool,
    /// Of duplicate paths the last one stands (IDX-2).
    pub accepts_duplicates: bool,
    /// Takes `..` segments (IDX-2).
    pub accepts_parent_segments: bool,
    /// Strips the leading `/` (IDX-2).
    pub strips_leading_slash: bool,
    /// Drops an empty path (IDX-2).
    pub accepts_empty_paths: bool,
    /// Sorts entries in the order of the archive (IDX-1).
    pub keeps_archive_order: bool,
    /// Counts no entry against the limit (IDX-5).
    pub ignores_limit: bool,
    /// Counts the whole archive against the limit (IDX-5).
    pub counts_headers: bool,
    /// Cuts paths at 255 octets (IDX-6).
    pub truncates_long_paths: bool,
    /// Replaces what is not UTF-8 in paths (IDX-6).
    pub paths_as_text: bool,
    /// Leaves the path out of the index (IDX-4).
    pub index_without_paths: bool,
}

/// Takes content chunk by chunk, hashes it and checks its shape. Holds no content, only headers and paths.
#[derive(Debug)]
pub struct ContentReader(());

impl ContentReader {
    /// A reader at the start of the content.
    pub fn new(options: ContentOptions) -> Self { todo!() }
    /// Takes a chunk of any size. After an error every further call gives the same error.
    pub fn write(&mut self, chunk: &[u8]) -> Result<(), ContentError> { todo!() }
    /// Says that this was all.
    pub fn finish(self) -> Result<ContentSummary, ContentError> { todo!() }
    /// Reads bytes that are all there.
    pub fn read_all(options: ContentOptions, bytes: &[u8]) -> Result<ContentSummary, ContentError> { todo!() }
}
