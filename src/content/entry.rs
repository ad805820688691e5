use bytes::Bytes;

use super::{Archive, ArchiveError, DigestAlgorithm, DigestForm, Format, index_digest, raw_digest};

/// Path of the entry that a component has.
pub const COMPONENT_PATH: &[u8] = b"component.wasm";
/// Media type of a component that travels alone.
pub const WASM_MEDIA_TYPE: &str = "application/wasm";
/// Media type of content with several entries.
pub const TAR_MEDIA_TYPE: &str = "application/x-tar";

/// Octets of a block of an archive.
const BLOCK: usize = 512;
/// Octets from which on bytes are shared.
const SHARED: usize = 1 << 20;

/// One file of the content. The path is octets, not text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Entry {
    /// Octets of the path, unchecked.
    pub path: Vec<u8>,
    /// The file.
    pub bytes: Bytes,
}

impl Entry {
    /// An entry of any path and bytes.
    pub fn new(path: impl Into<Vec<u8>>, bytes: impl Into<Bytes>) -> Self {
        Self {
            path: path.into(),
            bytes: bytes.into(),
        }
    }
}

/// The entries that are left when a later one of the same path replaces an earlier one, as in a map: the other reading of an
/// archive with duplicates.
pub fn last_of_each(entries: &[Entry]) -> Vec<Entry> {
    let later =
        |index: usize, path: &[u8]| entries[index + 1..].iter().any(|entry| entry.path == path);
    entries
        .iter()
        .enumerate()
        .filter(|(index, entry)| !later(*index, &entry.path))
        .map(|(_, entry)| entry.clone())
        .collect()
}

/// What a digest commits to, and the form in which it travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The entries that the digest commits to, in the order of the archive.
    pub entries: Vec<Entry>,
    /// Media type of the body.
    pub media_type: String,
    /// What travels: the single blob, or the archive.
    pub body: Bytes,
}

impl Content {
    /// One blob, as the entry `component.wasm`, travelling as `application/wasm`. The bytes need not be a component.
    pub fn blob(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self {
            entries: vec![Entry::new(COMPONENT_PATH, bytes.clone())],
            media_type: WASM_MEDIA_TYPE.to_owned(),
            body: bytes,
        }
    }

    /// Entries, in the given order, travelling as a tar archive of the given format.
    pub fn tar(entries: Vec<Entry>, format: Format) -> Result<Self, ArchiveError> {
        let body = Archive::of_entries(&entries, format).write()?;
        Ok(Self {
            entries,
            media_type: TAR_MEDIA_TYPE.to_owned(),
            body,
        })
    }

    /// An archive of any members; its entries are those of [`Archive::careless_entries`].
    pub fn archive(archive: &Archive) -> Result<Self, ArchiveError> {
        Ok(Self {
            entries: archive.careless_entries(),
            media_type: TAR_MEDIA_TYPE.to_owned(),
            body: archive.write()?,
        })
    }

    /// The digest of the content: of the index, or of the body.
    pub fn digest(&self, algorithm: DigestAlgorithm, form: DigestForm) -> String {
        match form {
            DigestForm::Index => index_digest(algorithm, &self.entries),
            DigestForm::Raw => raw_digest(algorithm, &self.body),
        }
    }

    /// The same content, but only the first `length` bytes of what travels (the digest is still that of the whole).
    #[must_use]
    pub fn truncated(&self, length: usize) -> Self {
        Self {
            body: self.body.slice(..length.min(self.body.len())),
            ..self.clone()
        }
    }

    /// With the bytes of its entries where they stand in the body, in which they are without a change: what an archive is made of is not
    /// kept beside it.
    #[must_use]
    pub fn sharing_bytes(mut self) -> Self {
        let mut from = 0;
        for entry in &mut self.entries {
            let length = entry.bytes.len();
            if length < SHARED {
                continue;
            }
            // Members of an archive begin at multiples of a block.
            let at = (from..self.body.len().saturating_sub(length))
                .step_by(BLOCK)
                .find(|at| self.body[*at..*at + length] == entry.bytes);
            if let Some(at) = at {
                entry.bytes = self.body.slice(at..at + length);
                from = at + length.next_multiple_of(BLOCK);
            }
        }
        self
    }

    /// Sum of the entries' sizes in bytes: what a content limit counts.
    pub fn size(&self) -> u64 {
        self.entries
            .iter()
            .map(|entry| entry.bytes.len() as u64)
            .sum()
    }
}
