//! Content that is hashed while it arrives.

use super::{
    ContentError, ContentPolicy, ContentSummary, EntryPath, EntrySummary,
    collect::{ArchiveEntries, OpenEntry},
    held::Held,
    summary::index_of,
    tar::TarReader,
};
use crate::{
    digest::{Digest, DigestAlgorithm, Hasher},
    room::Room,
};

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
    pub fn of_media_type(media_type: &str) -> Self {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case("application/x-tar") {
            Self::Tar
        } else {
            Self::Single(EntryPath::component())
        }
    }
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
    pub fn new(format: ContentFormat, algorithms: Vec<DigestAlgorithm>, max_content: u64) -> Self {
        Self {
            format,
            algorithms,
            max_content,
            max_overhead: Self::DEFAULT_MAX_OVERHEAD,
            policy: ContentPolicy::default(),
        }
    }
}

/// Takes content chunk by chunk, hashes it and checks its shape. Holds no content, only headers and paths.
#[derive(Debug)]
pub struct ContentReader {
    algorithms: Vec<DigestAlgorithm>,
    max_content: u64,
    policy: ContentPolicy,
    /// Of the bytes as they travel; none where somebody else hashes them.
    raw: Vec<Option<Hasher>>,
    length: u64,
    shape: Shape,
    failed: Option<ContentError>,
}

#[derive(Debug)]
enum Shape {
    Single(OpenEntry),
    Tar(Box<(TarReader, ArchiveEntries)>),
}

impl ContentReader {
    /// A reader at the start of the content.
    pub fn new(options: ContentOptions) -> Self {
        Self::with_hashers(options, |algorithm| Some(algorithm.hasher()))
    }

    /// A reader of what somebody else hashes with SHA-256, and says with [`Self::finish_with`].
    pub(crate) fn without_sha256(options: ContentOptions) -> Self {
        Self::with_hashers(options, |algorithm| {
            (algorithm != DigestAlgorithm::Sha256).then(|| algorithm.hasher())
        })
    }

    fn with_hashers(
        options: ContentOptions,
        hasher: impl Fn(DigestAlgorithm) -> Option<Hasher>,
    ) -> Self {
        let ContentOptions {
            format,
            algorithms,
            max_content,
            max_overhead,
            policy,
        } = options;
        let shape = match format {
            ContentFormat::Single(path) => Shape::Single(OpenEntry::alone(path)),
            ContentFormat::Tar => Shape::Tar(Box::new((
                TarReader::new(max_overhead),
                ArchiveEntries::new(algorithms.clone(), max_content, policy.clone()),
            ))),
        };
        Self {
            raw: algorithms
                .iter()
                .map(|algorithm| hasher(*algorithm))
                .collect(),
            algorithms,
            max_content,
            policy,
            length: 0,
            shape,
            failed: None,
        }
    }

    /// Counts what it keeps of an archive's entries in this room, until the last copy of what it found is gone.
    #[must_use]
    pub(crate) fn within(mut self, room: &Room) -> Self {
        if let Shape::Tar(archive) = &mut self.shape {
            archive.1.within(room);
        }
        self
    }

    /// Whether there may be so many entries that it takes a while to put them in order.
    pub(crate) fn is_of_archive(&self) -> bool {
        matches!(self.shape, Shape::Tar(_))
    }

    /// Takes a chunk of any size. After an error every further call gives the same error.
    pub fn write(&mut self, chunk: &[u8]) -> Result<(), ContentError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.try_write(chunk)
            .inspect_err(|error| self.failed = Some(error.clone()))
    }

    fn try_write(&mut self, chunk: &[u8]) -> Result<(), ContentError> {
        self.length = self
            .length
            .saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        let travels_as_is = matches!(self.shape, Shape::Single(_));
        if self.length > self.max_content
            && (travels_as_is || self.policy.counts_headers)
            && !self.policy.ignores_limit
        {
            return Err(ContentError::TooLarge {
                limit: self.max_content,
            });
        }
        for hasher in self.raw.iter_mut().flatten() {
            hasher.update(chunk);
        }
        match &mut self.shape {
            Shape::Single(entry) => {
                entry.update(chunk);
                Ok(())
            }
            Shape::Tar(archive) => {
                let (reader, entries) = &mut **archive;
                reader.write(chunk, entries)
            }
        }
    }

    /// Says that this was all.
    pub fn finish(self) -> Result<ContentSummary, ContentError> {
        self.finish_with(None)
    }

    /// Says that this was all, and what its SHA-256 is where the reader was not to find that out.
    pub(crate) fn finish_with(
        self,
        sha256: Option<[u8; 32]>,
    ) -> Result<ContentSummary, ContentError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let given = sha256.map(Digest::of_sha256);
        let mut raw: Vec<Digest> = self
            .raw
            .into_iter()
            .filter_map(|hasher| {
                hasher.map_or_else(|| given.clone(), |hasher| Some(hasher.finish()))
            })
            .collect();
        // Kept for as long as the release is.
        raw.shrink_to_fit();
        let (mut entries, held) = match self.shape {
            Shape::Single(entry) => {
                let entry = EntrySummary {
                    digests: raw.clone(),
                    ..entry.finish()
                };
                (vec![entry], Held::default())
            }
            Shape::Tar(archive) => {
                let (reader, mut entries) = *archive;
                reader.finish()?;
                let held = entries.keep();
                (entries.finish()?, held)
            }
        };
        let index = index_of(&self.algorithms, &entries, &self.policy);
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(ContentSummary {
            entries,
            length: self.length,
            raw,
            index,
            held,
        })
    }

    /// Reads bytes that are all there.
    pub fn read_all(options: ContentOptions, bytes: &[u8]) -> Result<ContentSummary, ContentError> {
        let mut reader = Self::new(options);
        reader.write(bytes)?;
        reader.finish()
    }
}
