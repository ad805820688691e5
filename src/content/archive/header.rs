use super::Format;

/// Size of a tar block in bytes.
pub(super) const BLOCK: usize = 512;
const NAME: usize = 100;
const PREFIX: usize = 155;

/// The fields of a header that differ between members (POSIX.1-2017 pax, "ustar Interchange Format").
pub(super) struct Header<'a> {
    pub(super) name: &'a [u8],
    pub(super) prefix: &'a [u8],
    pub(super) kind: u8,
    pub(super) size: u64,
    pub(super) link: &'a [u8],
    pub(super) device: Option<(u32, u32)>,
    pub(super) mode: u32,
}

impl<'a> Header<'a> {
    pub(super) fn new(name: &'a [u8], kind: u8, size: u64) -> Self {
        Self {
            name,
            prefix: b"",
            kind,
            size,
            link: b"",
            device: None,
            mode: 0o644,
        }
    }

    /// The block, checksum included; names that are too long are cut.
    pub(super) fn block(&self, format: Format) -> [u8; BLOCK] {
        let mut block = [0; BLOCK];
        put(&mut block, 0, NAME, self.name);
        put_octal(&mut block, 100, 8, self.mode.into());
        put_octal(&mut block, 108, 8, 0);
        put_octal(&mut block, 116, 8, 0);
        put_octal(&mut block, 124, 12, self.size);
        put_octal(&mut block, 136, 12, 0);
        block[156] = self.kind;
        put(&mut block, 157, NAME, self.link);
        let magic: &[u8] = if format == Format::Gnu {
            b"ustar  \0"
        } else {
            b"ustar\x0000"
        };
        put(&mut block, 257, 8, magic);
        if let Some((major, minor)) = self.device {
            put_octal(&mut block, 329, 8, major.into());
            put_octal(&mut block, 337, 8, minor.into());
        }
        put(&mut block, 345, PREFIX, self.prefix);
        put_checksum(&mut block);
        block
    }
}

/// Writes the checksum of a block whose other fields are final.
pub(super) fn put_checksum(block: &mut [u8; BLOCK]) {
    block[148..156].fill(b' ');
    let sum: u64 = block.iter().map(|&byte| u64::from(byte)).sum();
    put(block, 148, 8, format!("{sum:06o}\0 ").as_bytes());
}

/// Writes a number as octal digits with a NUL behind them.
pub(super) fn put_octal(block: &mut [u8; BLOCK], at: usize, width: usize, value: u64) {
    put(
        block,
        at,
        width,
        format!("{value:0digits$o}\0", digits = width - 1).as_bytes(),
    );
}

fn put(block: &mut [u8; BLOCK], at: usize, width: usize, value: &[u8]) {
    let length = value.len().min(width);
    block[at..at + length].copy_from_slice(&value[..length]);
}

/// Whether a path or link target fits into the name field.
pub(super) fn fits_name(path: &[u8]) -> bool {
    path.len() <= NAME
}

/// Splits a path that does not fit into the name field at a `/`, as ustar does: `(prefix, name)`.
pub(super) fn split(path: &[u8]) -> Option<(&[u8], &[u8])> {
    let slash = |&at: &usize| path[at] == b'/' && at > 0 && at <= PREFIX;
    let at = (0..path.len())
        .filter(slash)
        .find(|at| (1..=NAME).contains(&(path.len() - at - 1)))?;
    Some((&path[..at], &path[at + 1..]))
}
