//! The reader itself: a state for each kind of block.

use super::{
    super::ContentError,
    header::{BLOCK, Header},
    pax::PaxRecords,
};

/// Octets of one extended header (PAX records or a GNU long name); a path has at most 65,535.
const MAX_EXTENDED_HEADER: u64 = 1 << 20;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum EntryKind {
    File,
    Directory,
    Sparse,
    Link(&'static str),
    Device(&'static str),
    Unknown(&'static str),
}

/// The beginning of an entry.
#[derive(Debug)]
pub(in super::super) struct Entry {
    pub(in super::super) path: Vec<u8>,
    /// Octets of data that follow.
    pub(in super::super) size: u64,
    pub(in super::super) kind: EntryKind,
}

/// Receives the entries of an archive. What it takes is read; an error ends the archive.
pub(in super::super) trait Sink {
    /// An entry begins; its data and [`Sink::end`] follow.
    fn begin(&mut self, entry: Entry) -> Result<(), ContentError>;
    /// Data of the entry that began last.
    fn data(&mut self, bytes: &[u8]);
    /// All of its data was there.
    fn end(&mut self);
}

/// Takes an archive in chunks of any size.
#[derive(Debug)]
pub(in super::super) struct TarReader {
    state: State,
    /// Extended headers for the next entry.
    pax: Option<PaxRecords>,
    long_name: Option<Vec<u8>>,
    long_link: bool,
    any_header: bool,
    overhead: u64,
    max_overhead: u64,
}

#[derive(Debug)]
enum State {
    Header {
        block: Box<[u8; BLOCK]>,
        filled: usize,
    },
    Extended {
        kind: Extension,
        rest: u64,
        data: Vec<u8>,
    },
    Data {
        rest: u64,
        padding: u64,
    },
    Padding {
        rest: u64,
    },
    /// After the first zero block nothing but zeros may follow.
    End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extension {
    PaxNext,
    PaxGlobal,
    LongName,
    LongLink,
}

impl State {
    fn next_header() -> Self {
        Self::Header {
            block: Box::new([0; BLOCK]),
            filled: 0,
        }
    }

    fn padding(rest: u64) -> Self {
        match rest {
            0 => Self::next_header(),
            rest => Self::Padding { rest },
        }
    }
}

impl TarReader {
    pub(in super::super) fn new(max_overhead: u64) -> Self {
        Self {
            state: State::next_header(),
            pax: None,
            long_name: None,
            long_link: false,
            any_header: false,
            overhead: 0,
            max_overhead,
        }
    }

    pub(in super::super) fn write(
        &mut self,
        mut chunk: &[u8],
        sink: &mut impl Sink,
    ) -> Result<(), ContentError> {
        while !chunk.is_empty() {
            let wanted = match &self.state {
                State::Header { filled, .. } => to_u64(BLOCK - filled),
                State::Extended { rest, .. }
                | State::Data { rest, .. }
                | State::Padding { rest } => *rest,
                State::End => u64::MAX,
            };
            let taken = chunk
                .len()
                .min(usize::try_from(wanted).unwrap_or(usize::MAX));
            let (piece, after) = chunk.split_at(taken);
            if !matches!(self.state, State::Data { .. }) {
                self.count_overhead(piece.len())?;
            }
            self.take(piece, sink)?;
            chunk = after;
        }
        Ok(())
    }

    /// Says that the archive is over. The two zero blocks at its end may be missing, as many readers allow.
    pub(in super::super) fn finish(self) -> Result<(), ContentError> {
        match self.state {
            State::Header { filled: 0, .. } | State::End => {}
            State::Header { .. } if !self.any_header => return Err(ContentError::NotAnArchive),
            State::Header { .. } | State::Extended { .. } => {
                return Err(ContentError::Truncated("a header"));
            }
            State::Data { .. } | State::Padding { .. } => {
                return Err(ContentError::Truncated("an entry"));
            }
        }
        if self.pax.is_some() || self.long_name.is_some() || self.long_link {
            return Err(ContentError::Truncated("an entry"));
        }
        Ok(())
    }

    fn count_overhead(&mut self, length: usize) -> Result<(), ContentError> {
        self.overhead = self.overhead.saturating_add(to_u64(length));
        if self.overhead > self.max_overhead {
            return Err(ContentError::OverheadTooLarge {
                limit: self.max_overhead,
            });
        }
        Ok(())
    }

    /// Takes octets that all belong to the present state.
    fn take(&mut self, piece: &[u8], sink: &mut impl Sink) -> Result<(), ContentError> {
        let length = to_u64(piece.len());
        match &mut self.state {
            State::Header { block, filled } => {
                block[*filled..*filled + piece.len()].copy_from_slice(piece);
                *filled += piece.len();
                if *filled == BLOCK {
                    let block = std::mem::replace(block, Box::new([0; BLOCK]));
                    self.header(&block, sink)?;
                }
            }
            State::Extended { kind, rest, data } => {
                data.extend_from_slice(piece);
                *rest -= length;
                if *rest == 0 {
                    let (kind, data) = (*kind, std::mem::take(data));
                    self.state = State::padding(padding_of(to_u64(data.len())));
                    self.extension(kind, data)?;
                }
            }
            State::Data { rest, padding } => {
                sink.data(piece);
                *rest -= length;
                if *rest == 0 {
                    sink.end();
                    self.state = State::padding(*padding);
                }
            }
            State::Padding { rest } => {
                *rest -= length;
                if *rest == 0 {
                    self.state = State::next_header();
                }
            }
            State::End => {
                if piece.iter().any(|octet| *octet != 0) {
                    return Err(ContentError::BadArchive("something follows its end"));
                }
            }
        }
        Ok(())
    }

    fn header(&mut self, block: &[u8; BLOCK], sink: &mut impl Sink) -> Result<(), ContentError> {
        if block.iter().all(|octet| *octet == 0) {
            self.state = State::End;
            return Ok(());
        }
        let header = Header::parse(block).map_err(|error| {
            if self.any_header {
                error
            } else {
                ContentError::NotAnArchive
            }
        })?;
        self.any_header = true;
        match extension_of(header.type_flag) {
            Some(kind) => self.begin_extension(kind, header.size),
            None => self.begin_entry(header, sink),
        }
    }

    fn begin_extension(&mut self, kind: Extension, size: u64) -> Result<(), ContentError> {
        if size > MAX_EXTENDED_HEADER {
            return Err(ContentError::BadArchive(
                "an extended header is larger than 1 MiB",
            ));
        }
        if size == 0 {
            self.state = State::next_header();
            return self.extension(kind, Vec::new());
        }
        self.state = State::Extended {
            kind,
            rest: size,
            data: Vec::new(),
        };
        Ok(())
    }

    /// Takes a whole extended header. Readers differ in which of several counts, so more than one is refused.
    fn extension(&mut self, kind: Extension, mut data: Vec<u8>) -> Result<(), ContentError> {
        match kind {
            Extension::PaxGlobal => {
                let records = PaxRecords::parse(&data)?;
                if records != PaxRecords::default() {
                    return Err(ContentError::BadArchive(
                        "a global header names a path, a size or a sparse file",
                    ));
                }
            }
            Extension::PaxNext => {
                let records = PaxRecords::parse(&data)?;
                if self.pax.replace(records).is_some() {
                    return Err(REPEATED);
                }
            }
            Extension::LongName => {
                let end = data.iter().rposition(|octet| *octet != 0);
                data.truncate(end.map_or(0, |last| last + 1));
                if self.long_name.replace(data).is_some() {
                    return Err(REPEATED);
                }
            }
            Extension::LongLink => {
                if std::mem::replace(&mut self.long_link, true) {
                    return Err(REPEATED);
                }
            }
        }
        Ok(())
    }

    fn begin_entry(&mut self, header: Header, sink: &mut impl Sink) -> Result<(), ContentError> {
        let pax = self.pax.take().unwrap_or_default();
        let path = match (pax.path, self.long_name.take()) {
            (Some(path), Some(name)) if path != name => return Err(REPEATED),
            (Some(path), _) | (None, Some(path)) => path,
            (None, None) => header.name,
        };
        self.long_link = false;
        let kind = match kind_of(header.type_flag, &path) {
            EntryKind::File if pax.sparse => EntryKind::Sparse,
            kind => kind,
        };
        let size = match kind {
            // Links have no data, whatever their size says.
            EntryKind::Link(_) => 0,
            _ => pax.size.unwrap_or(header.size),
        };
        if kind == EntryKind::Directory && size != 0 {
            // Some readers skip as many octets, some none.
            return Err(ContentError::BadArchive("a directory has a size"));
        }
        sink.begin(Entry { path, size, kind })?;
        if size == 0 {
            sink.end();
            self.state = State::next_header();
        } else {
            self.state = State::Data {
                rest: size,
                padding: padding_of(size),
            };
        }
        Ok(())
    }
}

const REPEATED: ContentError =
    ContentError::BadArchive("an entry has several extended headers of one kind");

fn extension_of(type_flag: u8) -> Option<Extension> {
    match type_flag {
        b'x' => Some(Extension::PaxNext),
        b'g' => Some(Extension::PaxGlobal),
        b'L' => Some(Extension::LongName),
        b'K' => Some(Extension::LongLink),
        _ => None,
    }
}

fn kind_of(type_flag: u8, path: &[u8]) -> EntryKind {
    match type_flag {
        // Before POSIX a directory was a file whose name ends in a slash.
        0 if path.ends_with(b"/") => EntryKind::Directory,
        0 | b'0' | b'7' => EntryKind::File,
        b'1' => EntryKind::Link("a hard link"),
        b'2' => EntryKind::Link("a symbolic link"),
        b'3' => EntryKind::Device("a character device"),
        b'4' => EntryKind::Device("a block device"),
        b'5' => EntryKind::Directory,
        b'6' => EntryKind::Device("a FIFO"),
        b'S' => EntryKind::Sparse,
        b'M' => EntryKind::Unknown("a part of a file in several volumes"),
        b'V' => EntryKind::Unknown("a volume label"),
        _ => EntryKind::Unknown("an entry of an unknown type"),
    }
}

fn padding_of(size: u64) -> u64 {
    size.wrapping_neg() % to_u64(BLOCK)
}

fn to_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
