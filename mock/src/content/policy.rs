//! How content is read.

/// How content is read; the default conforms, any other value is a mistake that implementers make.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a mistake of its own"
)]
pub struct ContentPolicy {
    /// Passes over links as if they were not there (IDX-2).
    pub accepts_links: bool,
    /// Passes over devices and FIFOs as if they were not there (IDX-2).
    pub accepts_devices: bool,
    /// Takes a sparse file as if its stored bytes were all (IDX-2).
    pub accepts_sparse: bool,
    /// Of duplicate paths the last one stands (IDX-2).
    pub accepts_duplicates: bool,
    /// Takes paths that are both a file and a folder (section 2).
    pub accepts_prefix_paths: bool,
    /// Takes `..` segments (IDX-2).
    pub accepts_parent_segments: bool,
    /// Strips leading slashes (IDX-2).
    pub strips_leading_slash: bool,
    /// Passes over an entry with an empty path (IDX-2).
    pub accepts_empty_paths: bool,
    /// Takes the entries in the order of the archive (IDX-1).
    pub keeps_archive_order: bool,
    /// Counts no entry against the limit (IDX-5).
    pub ignores_limit: bool,
    /// Counts the whole archive against the limit (IDX-5).
    pub counts_headers: bool,
    /// Cuts paths at 255 octets (IDX-6).
    pub truncates_long_paths: bool,
    /// Takes no archive of a single entry (IDX-1).
    pub wants_several_entries: bool,
    /// Looks for `..` and a leading slash in paths, and nothing else (IDX-2).
    pub checks_traversal_only: bool,
    /// Takes an archive that it can not read as verified (IDX-2).
    pub unreadable_passes: bool,
    /// Counts each entry for itself against the limit (IDX-5).
    pub limits_each_entry: bool,
    /// Takes paths of any length, and writes their length modulo 65,536 (IDX-6).
    pub wraps_path_length: bool,
    /// Sorts paths as UTF-16 text (IDX-6).
    pub sorts_as_utf16: bool,
    /// Folds the case of paths (IDX-6).
    pub folds_case: bool,
    /// Has sha256 inside the index of every algorithm (DIG-9).
    pub sha256_inside: bool,
    /// Replaces what is not UTF-8 in paths (IDX-6).
    pub paths_as_text: bool,
}
