use bytes::Bytes;

use super::header::BLOCK;

/// Where the data of a sparse file lie: `(offset, length)` in bytes, in order; the rest up to `size` is zeros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SparseMap {
    /// Size of the expanded file in bytes.
    pub size: u64,
    /// Offset and length of each stretch of data; at most four, as the old GNU header holds. A file that ends with a hole
    /// has a last stretch `(size, 0)`.
    pub data: Vec<(u64, u64)>,
}

impl SparseMap {
    /// The whole file: `stored` in its places, and zeros.
    pub(super) fn expand(&self, stored: &[u8]) -> Bytes {
        let mut file = vec![0; usize::try_from(self.size).unwrap_or_default()];
        let mut rest = stored;
        for &(offset, length) in &self.data {
            let offset = usize::try_from(offset)
                .unwrap_or(usize::MAX)
                .min(file.len());
            let length = usize::try_from(length)
                .unwrap_or(usize::MAX)
                .min(rest.len())
                .min(file.len() - offset);
            let (stretch, remaining) = rest.split_at(length);
            file[offset..offset + length].copy_from_slice(stretch);
            rest = remaining;
        }
        file.into()
    }

    /// What a PAX 1.0 member stores: the map as decimal lines, padded to a block, and the data.
    pub(super) fn stored_with_map(&self, stored: &[u8]) -> Bytes {
        let numbers = self
            .data
            .iter()
            .flat_map(|&(offset, length)| [offset, length]);
        let mut body = Vec::new();
        for number in std::iter::once(self.data.len() as u64).chain(numbers) {
            body.extend(number.to_string().as_bytes());
            body.push(b'\n');
        }
        body.resize(body.len().next_multiple_of(BLOCK), 0);
        body.extend(stored);
        body.into()
    }
}

/// What a member of an archive is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberKind {
    /// A regular file (type `0`).
    File,
    /// A directory (type `5`).
    Directory,
    /// A symbolic link (type `2`) to a target.
    Symlink(Vec<u8>),
    /// A hard link (type `1`) to a target.
    Hardlink(Vec<u8>),
    /// A character device (type `3`), 1:3.
    CharacterDevice,
    /// A block device (type `4`), 8:0.
    BlockDevice,
    /// A named pipe (type `6`).
    Fifo,
    /// A sparse file of the old GNU format (type `S`); the bytes are the stored ones, without holes.
    GnuSparse(SparseMap),
    /// A sparse file of PAX format 1.0; the bytes are the stored ones, without holes.
    PaxSparse(SparseMap),
    /// A global PAX header (type `g`) with these records; path and bytes do not matter.
    PaxGlobal(Vec<(String, Vec<u8>)>),
}

/// One member of an archive. Nothing is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Octets of the path, written as they are.
    pub path: Vec<u8>,
    /// What it is.
    pub kind: MemberKind,
    /// What is stored (files and sparse files).
    pub bytes: Bytes,
    /// PAX records that are written for this member whatever the format.
    pub pax: Vec<(String, Vec<u8>)>,
}

impl Member {
    /// A regular file.
    pub fn file(path: impl Into<Vec<u8>>, bytes: impl Into<Bytes>) -> Self {
        Self {
            path: path.into(),
            kind: MemberKind::File,
            bytes: bytes.into(),
            pax: Vec::new(),
        }
    }

    /// Anything that has no bytes.
    pub fn special(path: impl Into<Vec<u8>>, kind: MemberKind) -> Self {
        Self {
            path: path.into(),
            kind,
            bytes: Bytes::new(),
            pax: Vec::new(),
        }
    }
}
