//! Paths of entries.

/// A path that follows the octet rules of section 2: 1 to 65,535 octets, no NUL, no leading or trailing `/`,
/// no empty, `.` or `..` segment. Not necessarily UTF-8.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryPath(Vec<u8>);

impl EntryPath {
    /// Checks the rules.
    pub fn new(octets: impl Into<Vec<u8>>) -> Result<Self, EntryPathError> { todo!() }
    /// The octets.
    pub fn as_bytes(&self) -> &[u8] { &self.0 }
    /// As text, with replacement characters for what is not UTF-8: for messages only.
    pub fn to_display(&self) -> String { todo!() }
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
