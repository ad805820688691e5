//! How signatures are judged.

/// How signatures are judged; the default conforms, any other value is a mistake that implementers make.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a mistake of its own"
)]
pub struct SignaturePolicy {
    /// Names taken for an Ed25519 key's algorithm (`jws.ed25519`): `EdDSA` (RFC 8037) and `Ed25519` (RFC 9864) by default. Not a mistake.
    pub ed25519_names: Vec<String>,
    /// Takes `none` with whatever signature as good for the key named (SIG-5).
    pub accepts_alg_none: bool,
    /// Takes an HMAC keyed with the public key (SIG-5).
    pub hmac_with_public_key: bool,
    /// Reads `alg` from the unprotected header when the protected one lacks it (SIG-6).
    pub alg_from_unprotected_header: bool,
    /// Reads `kid` from the unprotected header when the protected one lacks it (SIG-6).
    pub kid_from_unprotected_header: bool,
    /// Takes an entry without `alg` as of the key's algorithm (SIG-6).
    pub alg_optional: bool,
    /// Takes an entry without `kid`, and tries every key (SIG-6).
    pub kid_optional: bool,
    /// Takes a header parameter in both headers (SIG-6).
    pub accepts_parameter_in_both_headers: bool,
    /// Verifies with the key's algorithm, whatever `alg` says (SIG-7).
    pub alg_not_bound_to_key: bool,
    /// Takes an unknown `crit` (SIG-8).
    pub ignores_crit: bool,
    /// Takes an empty `crit` (SIG-8).
    pub accepts_empty_crit: bool,
    /// Takes an unprotected `crit` (SIG-8).
    pub ignores_unprotected_crit: bool,
    /// Verifies nothing: the `kid` is enough (SIG-9).
    pub skips_verification: bool,
    /// Verifies nothing that goes by the name `Ed25519` (SIG-9).
    pub fully_named_unverified: bool,
    /// Cuts a signature that is too long (SIG-9).
    pub accepts_long_signature: bool,
    /// Takes base64url with padding, or in the standard alphabet (SIG-9).
    pub accepts_padded_base64: bool,
    /// Takes an empty `signatures` (SIG-10).
    pub accepts_no_signatures: bool,
    /// Counts an entry by an unknown `kid` (SIG-11).
    pub trusts_unknown_kid: bool,
    /// Verifies with the key in the header's `jwk`, and counts it (SIG-11).
    pub trusts_embedded_jwk: bool,
    /// Counts every publisher's key for every namespace (SIG-12).
    pub trusts_every_publisher: bool,
    /// Looks at the first signature only (SIG-14).
    pub only_first_signature: bool,
    /// Is content with one valid signature, whatever the others are (SIG-14).
    pub any_valid_signature_suffices: bool,
    /// Refuses a document with an entry by an unknown key (SIG-14).
    pub refuses_unknown_signers: bool,
    /// Does not verify Ed25519 (SIG-1).
    pub lacks_ed25519: bool,
    /// Refuses the flattened form (SIG-2).
    pub lacks_flattened: bool,
    /// Takes a document with both `signature` and `signatures` (SIG-2).
    pub accepts_both_forms: bool,
    /// Records only the first signature of a document (SIG-4).
    pub keeps_first_signature_only: bool,
    /// Records signatures in the reverse order (SIG-4).
    pub reverses_signatures: bool,
    /// Records no signatures by unknown keys (SIG-14).
    pub drops_unknown_signatures: bool,
    /// Records the payload as its JSON value is written anew, so that the signatures no longer hold (SIG-3).
    pub reserialises_payload: bool,
    /// Reads `alg` and `kid` of other types as the text that they convert to (SIG-6).
    pub parameters_as_text: bool,
    /// Takes what any key of the same publisher has signed (SIG-7).
    pub any_key_of_publisher: bool,
    /// Passes over entries with a `crit` that it does not understand (SIG-8).
    pub skips_critical_entries: bool,
    /// Passes over entries whose protected header it can not read (SIG-9).
    pub skips_unreadable_headers: bool,
    /// Reads signatures that are none as an empty list, and takes that (SIG-9).
    pub unreadable_entries_are_none: bool,
    /// Takes a document for which the lookup of a key fails (SIG-9).
    pub long_kid_passes: bool,
    /// Tells base64url that it can not decode as a malformed manifest (SIG-9).
    pub misnames_bad_base64: bool,
    /// Refuses header parameters that it does not know (SIG-1).
    pub refuses_unknown_parameters: bool,
    /// Shows a flattened document as it was sent (SIG-3).
    pub keeps_flattened_form: bool,
}

impl Default for SignaturePolicy {
    fn default() -> Self {
        Self {
            ed25519_names: vec!["EdDSA".to_owned(), "Ed25519".to_owned()],
            accepts_alg_none: false,
            hmac_with_public_key: false,
            alg_from_unprotected_header: false,
            kid_from_unprotected_header: false,
            alg_optional: false,
            kid_optional: false,
            accepts_parameter_in_both_headers: false,
            alg_not_bound_to_key: false,
            ignores_crit: false,
            accepts_empty_crit: false,
            ignores_unprotected_crit: false,
            skips_verification: false,
            fully_named_unverified: false,
            accepts_long_signature: false,
            accepts_padded_base64: false,
            accepts_no_signatures: false,
            trusts_unknown_kid: false,
            trusts_embedded_jwk: false,
            trusts_every_publisher: false,
            only_first_signature: false,
            any_valid_signature_suffices: false,
            refuses_unknown_signers: false,
            lacks_ed25519: false,
            lacks_flattened: false,
            accepts_both_forms: false,
            keeps_first_signature_only: false,
            reverses_signatures: false,
            drops_unknown_signatures: false,
            reserialises_payload: false,
            parameters_as_text: false,
            any_key_of_publisher: false,
            skips_critical_entries: false,
            skips_unreadable_headers: false,
            unreadable_entries_are_none: false,
            long_kid_passes: false,
            misnames_bad_base64: false,
            refuses_unknown_parameters: false,
            keeps_flattened_form: false,
        }
    }
}
