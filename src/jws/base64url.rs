use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Text is not strict base64url.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("failed to decode base64url: {0}")]
pub struct Base64UrlError(#[from] base64::DecodeError);

/// Base64url without padding (RFC 7515 section 2).
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Decodes strictly: the URL alphabet, no padding, no white space, no stray bits in the last character.
pub fn decode(text: &str) -> Result<Vec<u8>, Base64UrlError> {
    Ok(URL_SAFE_NO_PAD.decode(text)?)
}
