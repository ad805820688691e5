//! Entries of an archive, hashed and checked while they arrive.

use super::{
    ContentError, ContentPolicy, EntryPath, EntryPathError, EntrySummary,
    component::ComponentCheck,
    held::{Held, HeldEntries},
    path::display_octets,
    tar::{Entry, EntryKind, Sink},
};
use crate::{
    digest::{DigestAlgorithm, Hasher},
    room::Room,
};

/// An entry whose bytes are arriving.
#[derive(Debug)]
pub(super) struct OpenEntry {
    path: EntryPath,
    length: u64,
    hashers: Vec<Hasher>,
    component: ComponentCheck,
}

impl OpenEntry {
    /// An entry that is not hashed by itself, because it is all that travels.
    pub(super) fn alone(path: EntryPath) -> Self {
        Self::new(path, &[])
    }

    pub(super) fn new(path: EntryPath, algorithms: &[DigestAlgorithm]) -> Self {
        Self {
            path,
            length: 0,
            hashers: algorithms
                .iter()
                .map(|algorithm| algorithm.hasher())
                .collect(),
            component: ComponentCheck::new(),
        }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.length = self
            .length
            .saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        for hasher in &mut self.hashers {
            hasher.update(bytes);
        }
        self.component.update(bytes);
    }

    pub(super) fn finish(self) -> EntrySummary {
        EntrySummary {
            path: self.path,
            length: self.length,
            digests: self.hashers.into_iter().map(Hasher::finish).collect(),
            is_component: self.component.finish(),
        }
    }
}

/// Collects the entries of an archive in its order.
#[derive(Debug)]
pub(super) struct ArchiveEntries {
    algorithms: Vec<DigestAlgorithm>,
    max_content: u64,
    policy: ContentPolicy,
    declared: u64,
    /// The entry whose data arrives; none while something is passed over.
    open: Option<OpenEntry>,
    finished: Vec<EntrySummary>,
    held: HeldEntries,
}

impl ArchiveEntries {
    pub(super) fn new(
        algorithms: Vec<DigestAlgorithm>,
        max_content: u64,
        policy: ContentPolicy,
    ) -> Self {
        Self {
            algorithms,
            max_content,
            policy,
            declared: 0,
            open: None,
            finished: Vec::new(),
            held: HeldEntries::within(&Room::default()),
        }
    }

    /// Counts what is kept of the entries in this room.
    pub(super) fn within(&mut self, room: &Room) {
        self.held = HeldEntries::within(room);
    }

    /// What the entries take.
    pub(super) fn keep(&mut self) -> Held {
        self.held.keep()
    }

    /// All entries, in the order of the archive.
    pub(super) fn finish(mut self) -> Result<Vec<EntrySummary>, ContentError> {
        if self.policy.accepts_duplicates {
            let mut seen = std::collections::HashSet::new();
            self.finished.reverse();
            self.finished
                .retain(|entry| seen.insert(entry.path.clone()));
            self.finished.reverse();
        }
        check_paths(&self.finished, self.policy.accepts_prefix_paths)?;
        if self.policy.wants_several_entries && self.finished.len() == 1 {
            return Err(ContentError::NoEntries);
        }
        Ok(self.finished)
    }

    /// Whether an entry of this kind is content, is passed over, or is refused.
    fn takes(&self, entry: &Entry) -> Result<bool, ContentError> {
        let (passed_over, kind) = match entry.kind {
            EntryKind::File => return Ok(true),
            EntryKind::Directory => return Ok(false),
            EntryKind::Sparse if self.policy.accepts_sparse => return Ok(true),
            EntryKind::Sparse => (false, "a sparse file"),
            EntryKind::Link(kind) => (self.policy.accepts_links, kind),
            EntryKind::Device(kind) => (self.policy.accepts_devices, kind),
            EntryKind::Unknown(kind) => (false, kind),
        };
        if passed_over {
            return Ok(false);
        }
        Err(ContentError::UnsupportedEntry {
            path: display_octets(&entry.path),
            kind,
        })
    }

    /// The path of an entry; none for an empty one that is passed over.
    fn path(&self, octets: &[u8]) -> Result<Option<EntryPath>, ContentError> {
        let mut path = octets.strip_prefix(b"./").unwrap_or(octets).to_vec();
        if self.policy.strips_leading_slash {
            let slashes = path.iter().take_while(|octet| **octet == b'/').count();
            path.drain(..slashes);
        }
        if self.policy.truncates_long_paths {
            path.truncate(255);
        }
        if self.policy.paths_as_text {
            path = String::from_utf8_lossy(&path).into_owned().into_bytes();
        }
        if self.policy.folds_case {
            path = path.to_ascii_lowercase();
        }
        let checked = if self.policy.accepts_parent_segments {
            EntryPath::with_parent_segments(path)
        } else if self.policy.checks_traversal_only {
            EntryPath::without_traversal(path)
        } else if self.policy.wraps_path_length {
            EntryPath::of_any_length(path)
        } else {
            EntryPath::new(path)
        };
        match checked {
            Ok(path) => Ok(Some(path)),
            Err(EntryPathError::Empty) if self.policy.accepts_empty_paths => Ok(None),
            Err(source) => Err(ContentError::InvalidPath {
                path: display_octets(octets),
                source,
            }),
        }
    }

    fn check_limit(&self) -> Result<(), ContentError> {
        if self.declared > self.max_content && !self.policy.ignores_limit {
            return Err(ContentError::TooLarge {
                limit: self.max_content,
            });
        }
        Ok(())
    }
}

impl Sink for ArchiveEntries {
    fn begin(&mut self, entry: Entry) -> Result<(), ContentError> {
        self.open = None;
        // What a passed-over entry holds counts too, or an archive of them would have no limit.
        self.declared = if self.policy.limits_each_entry {
            entry.size
        } else {
            self.declared.saturating_add(entry.size)
        };
        if !self.takes(&entry)? {
            return self.check_limit();
        }
        let path = self.path(&entry.path)?;
        self.check_limit()?;
        if let Some(path) = path {
            let held = self.held.add(&path, self.algorithms.len());
            held.map_err(|_| ContentError::NoRoomForEntries)?;
            self.open = Some(OpenEntry::new(path, &self.algorithms));
        }
        Ok(())
    }

    fn data(&mut self, bytes: &[u8]) {
        if let Some(entry) = &mut self.open {
            entry.update(bytes);
        }
    }

    fn end(&mut self) {
        self.finished
            .extend(self.open.take().map(OpenEntry::finish));
    }
}

/// Checks that there are entries, that their paths are unique, and that none is a folder of another.
pub(super) fn check_paths(
    entries: &[EntrySummary],
    accepts_prefix_paths: bool,
) -> Result<(), ContentError> {
    if entries.is_empty() {
        return Err(ContentError::NoEntries);
    }
    let mut paths: Vec<&EntryPath> = entries.iter().map(|entry| &entry.path).collect();
    // Sorted by segments, whatever lies in a folder follows its path at once.
    paths.sort_by(|a, b| segments(a).cmp(segments(b)));
    for pair in paths.windows(2) {
        let [first, second] = pair else { continue };
        if first == second {
            return Err(ContentError::DuplicatePath(first.to_display()));
        }
        if first.is_folder_of(second.as_bytes()) && !accepts_prefix_paths {
            return Err(ContentError::PrefixPath {
                parent: first.to_display(),
                path: second.to_display(),
            });
        }
    }
    Ok(())
}

fn segments(path: &EntryPath) -> impl Iterator<Item = &[u8]> {
    path.as_bytes().split(|octet| *octet == b'/')
}
