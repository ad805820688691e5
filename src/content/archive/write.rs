use bytes::Bytes;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::header::{self, BLOCK, Header};
use super::{Member, MemberKind, SparseMap, pax};
use crate::content::Entry;

/// The unit in which tapes were written: an archive is padded to it.
const RECORD: usize = 10_240;

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
        let members = entries
            .iter()
            .map(|entry| Member::file(entry.path.clone(), entry.bytes.clone()))
            .collect();
        Self {
            format,
            members,
            short_end: false,
        }
    }

    /// The bytes of the archive; the same plan always gives the same bytes.
    pub fn write(&self) -> Result<Bytes, ArchiveError> {
        let contents: usize = self.members.iter().map(|member| member.bytes.len()).sum();
        let mut archive =
            Vec::with_capacity(contents + (3 * self.members.len() + 2) * BLOCK + RECORD);
        for member in &self.members {
            write_member(&mut archive, member, self.format)?;
        }
        archive.resize(archive.len() + 2 * BLOCK, 0);
        if !self.short_end {
            archive.resize(archive.len().next_multiple_of(RECORD), 0);
        }
        Ok(archive.into())
    }

    /// The entries that a registry would see that checks nothing: regular files with paths as they stand (a leading `./`
    /// stripped), sparse files expanded (old GNU) or as they are stored (PAX), links and devices ignored. A digest of
    /// these makes sure that a refusal is for the archive and not for the digest.
    pub fn careless_entries(&self) -> Vec<Entry> {
        self.members.iter().filter_map(careless_entry).collect()
    }
}

fn careless_entry(member: &Member) -> Option<Entry> {
    let (path, bytes) = match &member.kind {
        MemberKind::File => (member.path.clone(), member.bytes.clone()),
        MemberKind::GnuSparse(map) => (member.path.clone(), map.expand(&member.bytes)),
        MemberKind::PaxSparse(map) => (
            pax_sparse_path(&member.path),
            map.stored_with_map(&member.bytes),
        ),
        _ => return None,
    };
    let path = match path.strip_prefix(b"./") {
        Some(stripped) if !stripped.is_empty() => stripped.to_vec(),
        _ => path,
    };
    Some(Entry { path, bytes })
}

fn write_member(
    archive: &mut Vec<u8>,
    member: &Member,
    format: Format,
) -> Result<(), ArchiveError> {
    let mut pax = member.pax.clone();
    let mut path = member.path.clone();
    let mut stored = Bytes::new();
    let mut link: &[u8] = b"";
    let mut device = None;
    let kind = match &member.kind {
        MemberKind::File => {
            stored = member.bytes.clone();
            b'0'
        }
        MemberKind::Hardlink(target) => {
            link = target;
            b'1'
        }
        MemberKind::Symlink(target) => {
            link = target;
            b'2'
        }
        MemberKind::CharacterDevice => {
            device = Some((1, 3));
            b'3'
        }
        MemberKind::BlockDevice => {
            device = Some((8, 0));
            b'4'
        }
        MemberKind::Directory => b'5',
        MemberKind::Fifo => b'6',
        MemberKind::GnuSparse(map) => return write_gnu_sparse(archive, member, map),
        MemberKind::PaxSparse(map) => {
            pax.extend(pax_sparse_records(&path, map));
            path = pax_sparse_path(&path);
            stored = map.stored_with_map(&member.bytes);
            b'0'
        }
        MemberKind::PaxGlobal(records) => {
            let body = pax::records(records);
            push_block(
                archive,
                &Header::new(b"pax_global_header", b'g', body.len() as u64),
                Format::Pax,
            );
            push_body(archive, &body);
            return Ok(());
        }
    };
    let mut header = Header::new(&path, kind, stored.len() as u64);
    header.device = device;
    if kind == b'5' {
        header.mode = 0o755;
    }
    say_path(archive, &mut header, &path, format, &mut pax)?;
    say_link(archive, &mut header, link, format, &mut pax)?;
    if !pax.is_empty() {
        let body = pax::records(&pax);
        push_block(
            archive,
            &Header::new(b"PaxHeaders/entry", b'x', body.len() as u64),
            Format::Pax,
        );
        push_body(archive, &body);
    }
    push_block(archive, &header, format);
    push_body(archive, &stored);
    Ok(())
}

/// Says a path in the header, or before it where the header has no room.
fn say_path<'a>(
    archive: &mut Vec<u8>,
    header: &mut Header<'a>,
    path: &'a [u8],
    format: Format,
    pax: &mut Vec<(String, Vec<u8>)>,
) -> Result<(), ArchiveError> {
    let holds_nul = path.contains(&0);
    if header::fits_name(path) && !(format == Format::Pax && holds_nul) {
        return Ok(());
    }
    match format {
        Format::Ustar => {
            let (prefix, name) = header::split(path).ok_or(ArchiveError::PathDoesNotFit {
                octets: path.len(),
                format,
            })?;
            header.prefix = prefix;
            header.name = name;
        }
        Format::Pax => push_pax_text(pax, "path", path),
        Format::Gnu => push_gnu_long(archive, b'L', path),
    }
    Ok(())
}

/// Says a link target in the header, or before it where the header has no room.
fn say_link<'a>(
    archive: &mut Vec<u8>,
    header: &mut Header<'a>,
    link: &'a [u8],
    format: Format,
    pax: &mut Vec<(String, Vec<u8>)>,
) -> Result<(), ArchiveError> {
    header.link = link;
    if !header::fits_name(link) {
        match format {
            Format::Ustar => {
                return Err(ArchiveError::PathDoesNotFit {
                    octets: link.len(),
                    format,
                });
            }
            Format::Pax => push_pax_text(pax, "linkpath", link),
            Format::Gnu => push_gnu_long(archive, b'K', link),
        }
    }
    Ok(())
}

/// A PAX record of octets, which are declared not to be UTF-8 where they are not.
fn push_pax_text(pax: &mut Vec<(String, Vec<u8>)>, key: &str, value: &[u8]) {
    if std::str::from_utf8(value).is_err() {
        pax.push(("hdrcharset".to_owned(), b"BINARY".to_vec()));
    }
    pax.push((key.to_owned(), value.to_vec()));
}

fn push_gnu_long(archive: &mut Vec<u8>, kind: u8, value: &[u8]) {
    let mut body = value.to_vec();
    body.push(0);
    push_block(
        archive,
        &Header::new(b"././@LongLink", kind, body.len() as u64),
        Format::Gnu,
    );
    push_body(archive, &body);
}

fn write_gnu_sparse(
    archive: &mut Vec<u8>,
    member: &Member,
    map: &SparseMap,
) -> Result<(), ArchiveError> {
    const STRETCHES: usize = 4;
    if map.data.len() > STRETCHES {
        return Err(ArchiveError::SparseMapDoesNotFit {
            stretches: map.data.len(),
        });
    }
    if !header::fits_name(&member.path) {
        push_gnu_long(archive, b'L', &member.path);
    }
    let mut block = Header::new(&member.path, b'S', member.bytes.len() as u64).block(Format::Gnu);
    for (index, &(offset, length)) in map.data.iter().enumerate() {
        header::put_octal(&mut block, 386 + index * 24, 12, offset);
        header::put_octal(&mut block, 398 + index * 24, 12, length);
    }
    header::put_octal(&mut block, 483, 12, map.size);
    header::put_checksum(&mut block);
    archive.extend(block);
    push_body(archive, &member.bytes);
    Ok(())
}

/// The name under which a reader that does not know PAX 1.0 sparse files sees one.
fn pax_sparse_path(path: &[u8]) -> Vec<u8> {
    let at = path
        .iter()
        .rposition(|&octet| octet == b'/')
        .map_or(0, |slash| slash + 1);
    [&path[..at], b"GNUSparseFile.0/", &path[at..]].concat()
}

fn pax_sparse_records(path: &[u8], map: &SparseMap) -> Vec<(String, Vec<u8>)> {
    vec![
        ("GNU.sparse.major".to_owned(), b"1".to_vec()),
        ("GNU.sparse.minor".to_owned(), b"0".to_vec()),
        ("GNU.sparse.name".to_owned(), path.to_vec()),
        (
            "GNU.sparse.realsize".to_owned(),
            map.size.to_string().into_bytes(),
        ),
    ]
}

fn push_block(archive: &mut Vec<u8>, header: &Header<'_>, format: Format) {
    archive.extend(header.block(format));
}

fn push_body(archive: &mut Vec<u8>, body: &[u8]) {
    archive.extend(body);
    archive.resize(archive.len().next_multiple_of(BLOCK), 0);
}
