//! How content is compared with its manifest, beside the digests themselves.

/// How content is compared with its manifest, beside the digests themselves.
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a mistake of its own"
)]
pub(crate) struct VerificationPolicy {
    /// Takes digests of the bytes as well as of the index (DIG-8).
    pub accepts_either_form: bool,
    /// Takes an archive whose component alone is what the digest is of (IDX-4).
    pub accepts_component_alone: bool,
    /// Takes what is no component (DIG-10).
    pub skips_component_check: bool,
    /// Takes a component without `component.wasm` (IDX-3).
    pub takes_missing_component: bool,
    /// Compares uploads while processing, and has an error of its own for that (ASY-4).
    pub uploads_late: bool,
    /// Takes no component without sections (DIG-1).
    pub refuses_empty_component: bool,
    /// Refuses algorithms that it does not know when the release is published (DIG-5).
    pub refuses_unknown_digest_late: bool,
}
