//! What about an input made the registry refuse it, finer than the problem says: where implementations break instead of refusing.

/// What about an input made the registry refuse it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Octets that are no UTF-8 where text is wanted.
    NotUtf8,
    /// JSON that is nested deeper than the parser goes.
    NestedDeeply,
    /// A number that no double holds.
    NumberOutOfRange,
    /// A member of another JSON type.
    WrongType,
    /// An archive that is none, or ends too early.
    BrokenArchive,
    /// An entry of an archive that a folder could not hold.
    OddEntry,
    /// A signature that has not the length of its algorithm's, or is not base64url.
    OddSignature,
    /// A key, or a reference to one, in a signature's header, that is none.
    BrokenKeyReference,
    /// A media type that does not parse, or none at all.
    OddMediaType,
    /// Credentials of no known scheme.
    OddCredentials,
    /// A body that ended before its declared length.
    BrokenOff,
    /// A host that is not known.
    UnknownHost,
}
