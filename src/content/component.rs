use bytes::Bytes;

use super::SeededBytes;

/// The shortest component: magic, version 13 and the component layer, no section. Its `index` sha256 digest is one of the known
/// answers of the profile.
pub const EMPTY_COMPONENT: [u8; 8] = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];

/// No component has this size.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("failed to make a component of {size} bytes: 8 bytes, or 11 bytes to 4 GiB, are possible")]
pub struct ComponentSizeError {
    /// The size asked for, in bytes.
    pub size: usize,
}

/// A valid component of exactly `size` bytes: the empty component, and (for more than its 8 bytes) one custom section with the
/// stream's next bytes.
///
/// # Errors
///
/// 0 to 7, 9 and 10 bytes hold no component of this kind, nor do more than 4 GiB.
pub fn component(stream: &mut SeededBytes, size: usize) -> Result<Bytes, ComponentSizeError> {
    todo!()
}
