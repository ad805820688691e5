use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Archive, Format, SeededBytes};

/// What must be refused in an archive (IDX-2, IDX-3, section 2): `invalid-content-index`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Hostile {
    /// `/etc/passwd`
    Absolute,
    /// `assets/../../escape.txt`
    ParentSegment,
    /// `..`
    ParentOnly,
    /// `assets/./a.txt`
    DotSegment,
    /// `assets//a.txt`
    EmptySegment,
    /// A regular file whose name ends in `/`.
    TrailingSlash,
    /// No name at all.
    EmptyName,
    /// A NUL inside of a path (in a PAX record; a header field ends there).
    NulInPath,
    /// 65,536 octets: one more than the index can say.
    PathTooLong,
    /// One path twice, with the same bytes.
    Duplicate,
    /// One path twice, with other bytes.
    DuplicateOtherBytes,
    /// `a` and `a/b`, both files, in this order.
    FilePrefix,
    /// `a/b` and `a`, both files, in this order.
    FilePrefixReversed,
    /// A symbolic link to an entry of the archive.
    Symlink,
    /// A symbolic link to `/etc/passwd`.
    SymlinkOutside,
    /// A hard link to an entry of the archive.
    Hardlink,
    /// A character device.
    CharacterDevice,
    /// A block device.
    BlockDevice,
    /// A named pipe.
    Fifo,
    /// A sparse file of the old GNU format (type `S`).
    GnuSparse,
    /// A sparse file of PAX format 1.0 (`GNU.sparse.*` records).
    PaxSparse,
    /// Everything but `component.wasm`.
    NoComponent,
    /// No entry at all: only the end of the archive.
    Empty,
}

/// What is unusual in an archive and yet allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Harmless {
    /// Members for the directories too.
    Directories,
    /// Every path with `./` before it. A registry may refuse it (`invalid-content-index`) instead.
    LeadingDotSlash,
    /// An order that is not the bytewise one.
    Unsorted,
    /// A global PAX header, as `git archive` writes.
    GlobalPaxHeader,
    /// PAX records besides the path (`mtime`, `comment`, an unknown one).
    ExtraPaxRecords,
    /// A path that is not UTF-8.
    NonUtf8Path,
    /// A path of 65,535 octets.
    LongestPath,
    /// An empty file.
    EmptyFile,
    /// Names that only differ in case.
    CaseOnly,
    /// No padding to 10 KiB: the two end blocks and nothing else.
    ShortEnd,
}

impl Hostile {
    /// All of them, in the order of declaration.
    pub const ALL: &'static [Self] = &[];
}

impl Harmless {
    /// All of them, in the order of declaration.
    pub const ALL: &'static [Self] = &[];
}

/// An archive with `component.wasm`, a good asset, and the one thing that is wrong.
/// The format is the one given, unless the oddity can only be said in another.
pub fn hostile_archive(hostile: Hostile, format: Format, stream: &mut SeededBytes) -> Archive {
    todo!()
}

/// An archive with `component.wasm`, good assets, and the one thing that is unusual.
/// The format is the one given, unless the oddity can only be said in another.
pub fn harmless_archive(harmless: Harmless, format: Format, stream: &mut SeededBytes) -> Archive {
    todo!()
}

/// A good path of exactly `octets` octets (at least 1), in segments of at most 200 so that nothing but the whole is long.
pub fn long_path(octets: usize) -> Vec<u8> {
    todo!()
}
