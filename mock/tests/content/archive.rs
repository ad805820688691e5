//! A writer of tar archives that checks nothing.

/// The smallest component.
pub(crate) const COMPONENT: [u8; 8] = *b"\0asm\x0d\0\x01\0";

const BLOCK: usize = 512;

/// An archive in the making.
#[derive(Debug, Clone, Default)]
pub(crate) struct Archive(Vec<u8>);

impl Archive {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn push(mut self, record: Record) -> Self {
        self.0.extend(record.finish());
        self
    }

    pub(crate) fn file(self, name: &str, data: &[u8]) -> Self {
        self.push(Record::file(name, data))
    }

    pub(crate) fn entry(self, kind: u8, name: &str, data: &[u8]) -> Self {
        self.push(Record::file(name, data).kind(kind))
    }

    /// Without the blocks at the end.
    pub(crate) fn bytes(self) -> Vec<u8> {
        self.0
    }

    pub(crate) fn end(mut self) -> Vec<u8> {
        self.0.extend([0; 2 * BLOCK]);
        self.0
    }
}

/// One header and its data.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    header: Vec<u8>,
    data: Vec<u8>,
}

impl Record {
    /// A ustar record of a regular file.
    pub(crate) fn file(name: &str, data: &[u8]) -> Self {
        let mut header = vec![0; BLOCK];
        header[100..108].copy_from_slice(b"0000644\0");
        header[108..124].copy_from_slice(b"0000000\x000000000\0");
        header[136..148].copy_from_slice(b"00000000000\0");
        header[156] = b'0';
        header[257..265].copy_from_slice(b"ustar\x0000");
        let record = Self {
            header,
            data: data.to_vec(),
        };
        record.name(name.as_bytes()).declare(data.len() as u64)
    }

    pub(crate) fn name(self, name: &[u8]) -> Self {
        self.field(0, 100, name)
    }

    pub(crate) fn kind(mut self, kind: u8) -> Self {
        self.header[156] = kind;
        self
    }

    pub(crate) fn link(self, target: &str) -> Self {
        self.field(157, 100, target.as_bytes())
    }

    pub(crate) fn prefix(self, prefix: &str) -> Self {
        self.field(345, 155, prefix.as_bytes())
    }

    /// GNU's magic in place of POSIX's.
    pub(crate) fn gnu(self) -> Self {
        self.field(257, 8, b"ustar  \0")
    }

    /// Says another size than that of the data.
    pub(crate) fn declare(self, size: u64) -> Self {
        self.field(124, 12, format!("{size:011o}\0").as_bytes())
    }

    pub(crate) fn raw_size(self, text: &[u8]) -> Self {
        self.field(124, 12, text)
    }

    pub(crate) fn base_256(self, size: u64) -> Self {
        let mut field = [0; 12];
        field[0] = 0x80;
        field[4..].copy_from_slice(&size.to_be_bytes());
        self.field(124, 12, &field)
    }

    fn field(mut self, at: usize, length: usize, value: &[u8]) -> Self {
        let field = &mut self.header[at..at + length];
        field.fill(0);
        let taken = value.len().min(length);
        field[..taken].copy_from_slice(&value[..taken]);
        self
    }

    fn finish(mut self) -> Vec<u8> {
        fix_checksum(&mut self.header, 0);
        self.data.resize(self.data.len().next_multiple_of(BLOCK), 0);
        [self.header, self.data].concat()
    }
}

/// Writes the right checksum into the header at an offset, if there is a whole one.
pub(crate) fn fix_checksum(archive: &mut [u8], at: usize) {
    if let Some(header) = archive.get_mut(at..at + BLOCK) {
        header[148..156].fill(b' ');
        let sum: u64 = header.iter().map(|octet| u64::from(*octet)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    }
}

/// Records of an extended header.
pub(crate) fn pax(records: &[(&str, &[u8])]) -> Vec<u8> {
    let mut data = Vec::new();
    for (key, value) in records {
        let rest = key.len() + value.len() + 3;
        let mut length = rest;
        while length != rest + length.to_string().len() {
            length = rest + length.to_string().len();
        }
        data.extend(format!("{length} {key}=").as_bytes());
        data.extend(*value);
        data.push(b'\n');
    }
    data
}
