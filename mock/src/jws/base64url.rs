//! Strict base64url (RFC 7515, section 2).

use base64::{
    Engine,
    alphabet::URL_SAFE,
    engine::{
        DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::URL_SAFE_NO_PAD,
    },
};

use super::SignaturePolicy;

/// Takes padding, and bits behind the last octet.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Decodes without padding, white space, or bits behind the last octet, so that no two texts decode to the same octets.
pub(super) fn decode(text: &str, policy: &SignaturePolicy) -> Option<Vec<u8>> {
    if policy.accepts_padded_base64 {
        let url_safe: String = text
            .chars()
            .filter(|octet| !octet.is_ascii_whitespace())
            .map(|octet| match octet {
                '+' => '-',
                '/' => '_',
                other => other,
            })
            .collect();
        return LENIENT.decode(url_safe).ok();
    }
    URL_SAFE_NO_PAD.decode(text).ok()
}

pub(super) fn encode(octets: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}
