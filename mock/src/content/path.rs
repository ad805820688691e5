//! Paths of entries.

use std::{borrow::Cow, fmt};

/// A path that follows the octet rules of section 2: 1 to 65,535 octets, no NUL, no leading or trailing `/`,
/// no empty, `.` or `..` segment. Not necessarily UTF-8. `Debug` shows it as escaped text.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryPath(Cow<'static, [u8]>);

impl EntryPath {
    /// The most octets of a path: its length is a uint16 in the content index.
    pub const MAX_OCTETS: usize = 65_535;

    /// Checks the rules.
    pub fn new(octets: impl Into<Vec<u8>>) -> Result<Self, EntryPathError> {
        let octets = octets.into();
        check(&octets, false)?;
        Ok(Self(octets.into()))
    }

    /// Checks the rules but for the one against `..`, which some implementers forget.
    pub(super) fn with_parent_segments(octets: Vec<u8>) -> Result<Self, EntryPathError> {
        check(&octets, true)?;
        Ok(Self(octets.into()))
    }

    /// Looks for `..` and a leading slash alone, as implementers do who think of unpacking only.
    pub(super) fn without_traversal(octets: Vec<u8>) -> Result<Self, EntryPathError> {
        if octets.first() == Some(&b'/') {
            return Err(EntryPathError::Absolute);
        }
        if octets
            .split(|octet| *octet == b'/')
            .any(|segment| segment == b"..")
        {
            return Err(EntryPathError::DotSegment);
        }
        Ok(Self(octets.into()))
    }

    /// Checks the rules but for the greatest length.
    pub(super) fn of_any_length(octets: Vec<u8>) -> Result<Self, EntryPathError> {
        match check(&octets, false) {
            Ok(()) | Err(EntryPathError::TooLong) => Ok(Self(octets.into())),
            Err(error) => Err(error),
        }
    }

    /// The path of the one entry that every component has.
    pub fn component() -> Self {
        Self(Cow::Borrowed(super::COMPONENT_ENTRY.as_bytes()))
    }

    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// As text, with replacement characters for what is not UTF-8, and shortened: for messages only.
    pub fn to_display(&self) -> String {
        display_octets(&self.0)
    }

    /// Whether this path is a folder of the other: its prefix at a `/`.
    pub(super) fn is_folder_of(&self, other: &[u8]) -> bool {
        other
            .strip_prefix(self.as_bytes())
            .is_some_and(|rest| rest.first() == Some(&b'/'))
    }
}

impl fmt::Debug for EntryPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_display())
    }
}

/// Octets as text for a message, of a bounded length.
pub(super) fn display_octets(octets: &[u8]) -> String {
    const SHOWN: usize = 200;
    match octets.get(..SHOWN) {
        Some(beginning) if octets.len() > SHOWN => {
            format!(
                "{}... ({} octets)",
                String::from_utf8_lossy(beginning),
                octets.len()
            )
        }
        _ => String::from_utf8_lossy(octets).into_owned(),
    }
}

fn check(octets: &[u8], parent_segments_allowed: bool) -> Result<(), EntryPathError> {
    if octets.is_empty() {
        return Err(EntryPathError::Empty);
    }
    if octets.len() > EntryPath::MAX_OCTETS {
        return Err(EntryPathError::TooLong);
    }
    if octets.contains(&0) {
        return Err(EntryPathError::Nul);
    }
    if octets.first() == Some(&b'/') {
        return Err(EntryPathError::Absolute);
    }
    if octets.last() == Some(&b'/') {
        return Err(EntryPathError::TrailingSlash);
    }
    for segment in octets.split(|octet| *octet == b'/') {
        match segment {
            b"" => return Err(EntryPathError::EmptySegment),
            b".." if parent_segments_allowed => {}
            b"." | b".." => return Err(EntryPathError::DotSegment),
            _ => {}
        }
    }
    Ok(())
}

/// The rule a path breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntryPathError {
    /// No octets.
    #[error("it is empty")]
    Empty,
    /// More than 65,535 octets.
    #[error("it is longer than 65,535 octets")]
    TooLong,
    /// A NUL octet.
    #[error("it contains NUL")]
    Nul,
    /// A leading `/`.
    #[error("it is absolute")]
    Absolute,
    /// A trailing `/`.
    #[error("it ends in a slash")]
    TrailingSlash,
    /// An empty segment (`//`).
    #[error("it has an empty segment")]
    EmptySegment,
    /// A `.` or `..` segment.
    #[error("it has a `.` or `..` segment")]
    DotSegment,
}
