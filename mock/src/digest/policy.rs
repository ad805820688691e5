//! How digests are read and compared.

/// How digests are read and compared; the default conforms, any other value is a mistake.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a mistake of its own"
)]
pub struct DigestPolicy {
    /// Takes a `contentDigest` without any supported algorithm, and keeps nothing of it (CRE-8).
    pub accepts_unsupported_only: bool,
    /// Calls a manifest without any supported algorithm malformed (CRE-8).
    pub unsupported_is_malformed: bool,
    /// Takes digests of any form (CRE-9).
    pub accepts_any_form: bool,
    /// Drops digests of unknown algorithms (DIG-5).
    pub drops_unknown: bool,
    /// Which of several digests are compared, and how.
    pub comparison: DigestComparison,
}

/// How a manifest's digests are compared with the content's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DigestComparison {
    /// Every supported one, whole.
    #[default]
    Every,
    /// Only the one that stands first (DIG-3).
    FirstOnly,
    /// Only the one that stands last (DIG-3).
    LastOnly,
    /// One match is enough (DIG-3).
    AnySuffices,
    /// Only sha256, whatever else is there (DIG-3, DIG-9).
    Sha256Only,
    /// Only the first eight digits of each (DIG-2).
    Prefix,
    /// Nothing (DIG-2).
    Nothing,
}
