use bytes::Bytes;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Archive, COMPONENT_PATH, EMPTY_COMPONENT, Format, Member, MemberKind, SeededBytes, SparseMap,
    component, text,
};

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
    pub const ALL: &'static [Self] = &[
        Self::Absolute,
        Self::ParentSegment,
        Self::ParentOnly,
        Self::DotSegment,
        Self::EmptySegment,
        Self::TrailingSlash,
        Self::EmptyName,
        Self::NulInPath,
        Self::PathTooLong,
        Self::Duplicate,
        Self::DuplicateOtherBytes,
        Self::FilePrefix,
        Self::FilePrefixReversed,
        Self::Symlink,
        Self::SymlinkOutside,
        Self::Hardlink,
        Self::CharacterDevice,
        Self::BlockDevice,
        Self::Fifo,
        Self::GnuSparse,
        Self::PaxSparse,
        Self::NoComponent,
        Self::Empty,
    ];
}

impl Harmless {
    /// All of them, in the order of declaration.
    pub const ALL: &'static [Self] = &[
        Self::Directories,
        Self::LeadingDotSlash,
        Self::Unsorted,
        Self::GlobalPaxHeader,
        Self::ExtraPaxRecords,
        Self::NonUtf8Path,
        Self::LongestPath,
        Self::EmptyFile,
        Self::CaseOnly,
        Self::ShortEnd,
    ];
}

const ASSET: &str = "assets/a.txt";

/// An archive with `component.wasm`, a good asset, and the one thing that is wrong.
/// The format is the one given, unless the oddity can only be said in another.
pub fn hostile_archive(hostile: Hostile, format: Format, stream: &mut SeededBytes) -> Archive {
    let mut members = vec![component_member(stream), asset(ASSET, stream)];
    let mut format = format;
    let special = |kind| vec![Member::special("assets/special", kind)];
    let added = match hostile {
        Hostile::Absolute => vec![asset("/etc/passwd", stream)],
        Hostile::ParentSegment => vec![asset("assets/../../escape.txt", stream)],
        Hostile::ParentOnly => vec![asset("..", stream)],
        Hostile::DotSegment => vec![asset("assets/./b.txt", stream)],
        Hostile::EmptySegment => vec![asset("assets//b.txt", stream)],
        Hostile::TrailingSlash => vec![asset("assets/b/", stream)],
        Hostile::EmptyName => vec![asset("", stream)],
        Hostile::NulInPath => {
            format = Format::Pax;
            vec![asset("assets/b.txt\0.wasm", stream)]
        }
        Hostile::PathTooLong => {
            format = roomy(format);
            vec![asset(long_path(LONGEST_PATH + 1), stream)]
        }
        Hostile::Duplicate => vec![members[1].clone()],
        Hostile::DuplicateOtherBytes => vec![asset(ASSET, stream)],
        Hostile::FilePrefix => vec![asset("a", stream), asset("a/b", stream)],
        Hostile::FilePrefixReversed => vec![asset("a/b", stream), asset("a", stream)],
        Hostile::Symlink => special(MemberKind::Symlink(b"a.txt".to_vec())),
        Hostile::SymlinkOutside => special(MemberKind::Symlink(b"/etc/passwd".to_vec())),
        Hostile::Hardlink => special(MemberKind::Hardlink(ASSET.as_bytes().to_vec())),
        Hostile::CharacterDevice => special(MemberKind::CharacterDevice),
        Hostile::BlockDevice => special(MemberKind::BlockDevice),
        Hostile::Fifo => special(MemberKind::Fifo),
        Hostile::GnuSparse => {
            format = Format::Gnu;
            vec![sparse(MemberKind::GnuSparse, stream)]
        }
        Hostile::PaxSparse => {
            format = Format::Pax;
            vec![sparse(MemberKind::PaxSparse, stream)]
        }
        Hostile::NoComponent => {
            members.remove(0);
            vec![asset("assets/b.txt", stream)]
        }
        Hostile::Empty => {
            members.clear();
            Vec::new()
        }
    };
    members.extend(added);
    Archive {
        format,
        members,
        short_end: false,
    }
}

/// An archive with `component.wasm`, good assets, and the one thing that is unusual.
/// The format is the one given, unless the oddity can only be said in another.
pub fn harmless_archive(harmless: Harmless, format: Format, stream: &mut SeededBytes) -> Archive {
    let mut archive = Archive {
        format,
        members: vec![
            component_member(stream),
            asset(ASSET, stream),
            asset("assets/b.txt", stream),
        ],
        short_end: false,
    };
    let members = &mut archive.members;
    match harmless {
        Harmless::Directories => {
            members.insert(1, Member::special("assets/", MemberKind::Directory));
            members.push(Member::special("empty/", MemberKind::Directory));
        }
        Harmless::LeadingDotSlash => {
            for member in members.iter_mut() {
                member.path = [b"./", member.path.as_slice()].concat();
            }
            members.insert(0, Member::special("./", MemberKind::Directory));
        }
        Harmless::Unsorted => {
            for path in ["a0", "a/b", "a.b", "a-"] {
                members.insert(0, asset(path, stream));
            }
        }
        Harmless::GlobalPaxHeader => {
            archive.format = Format::Pax;
            let comment = hex::encode(stream.bytes(20)).into_bytes();
            let global = MemberKind::PaxGlobal(vec![("comment".to_owned(), comment)]);
            members.insert(0, Member::special("", global));
        }
        Harmless::ExtraPaxRecords => {
            archive.format = Format::Pax;
            members[1].pax = vec![
                ("mtime".to_owned(), b"1652227200.123456789".to_vec()),
                ("comment".to_owned(), b"an asset".to_vec()),
                ("VENDOR.unknown".to_owned(), b"kept or ignored".to_vec()),
            ];
        }
        Harmless::NonUtf8Path => members.push(asset(b"assets/\xff\xfe.bin".as_slice(), stream)),
        Harmless::LongestPath => {
            archive.format = roomy(format);
            members.push(asset(long_path(LONGEST_PATH), stream));
        }
        Harmless::EmptyFile => members.push(Member::file("assets/empty", Bytes::new())),
        Harmless::CaseOnly => members.push(asset("assets/A.txt", stream)),
        Harmless::ShortEnd => archive.short_end = true,
    }
    archive
}

/// A good path of exactly `octets` octets, in segments of at most 201 so that nothing but the whole is long.
pub fn long_path(octets: usize) -> Vec<u8> {
    (1..=octets)
        .map(|place| {
            if place % 201 == 0 && place < octets {
                b'/'
            } else {
                b'p'
            }
        })
        .collect()
}

/// The longest path that the index can say.
const LONGEST_PATH: usize = 65_535;

/// The format, or one that holds paths of any length.
fn roomy(format: Format) -> Format {
    if format == Format::Ustar {
        Format::Pax
    } else {
        format
    }
}

fn component_member(stream: &mut SeededBytes) -> Member {
    // 600 bytes are a possible size, and fill more than one block.
    let bytes = component(stream, 600).unwrap_or_else(|_| Bytes::from_static(&EMPTY_COMPONENT));
    Member::file(COMPONENT_PATH, bytes)
}

fn asset(path: impl Into<Vec<u8>>, stream: &mut SeededBytes) -> Member {
    Member::file(path, text(stream, 100))
}

fn sparse(kind: impl Fn(SparseMap) -> MemberKind, stream: &mut SeededBytes) -> Member {
    let map = SparseMap {
        size: 4096,
        data: vec![(512, 512), (2048, 512), (4096, 0)],
    };
    Member {
        path: b"assets/sparse.bin".to_vec(),
        kind: kind(map),
        bytes: text(stream, 1024),
        pax: Vec::new(),
    }
}
