use bytes::Bytes;

use super::SeededBytes;

/// The shortest component: magic, version 13 and the component layer, no section. Its `index` sha256 digest is one of the known
/// answers of the profile.
pub const EMPTY_COMPONENT: [u8; 8] = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];

const CUSTOM_SECTION: u8 = 0;
const SECTION_NAME: &[u8] = b"conformance";

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
    const PREAMBLE: usize = EMPTY_COMPONENT.len();
    let failure = ComponentSizeError { size };
    let mut component = Vec::with_capacity(size);
    component.extend_from_slice(&EMPTY_COMPONENT);
    if size == PREAMBLE {
        return Ok(component.into());
    }
    // The length field may be longer than it has to be (LEB128 up to five bytes), else some sizes were out of reach.
    let (width, payload) = (1..=5_usize)
        .filter_map(|width| Some((width, size.checked_sub(PREAMBLE + 1 + width)?)))
        .find(|&(width, payload)| {
            payload >= 1 && u32::try_from(payload).is_ok() && (payload as u64) < 1 << (7 * width)
        })
        .ok_or(failure)?;
    component.push(CUSTOM_SECTION);
    push_leb128(&mut component, payload as u64, width);
    let name: &[u8] = if payload > SECTION_NAME.len() {
        SECTION_NAME
    } else {
        b""
    };
    push_leb128(&mut component, name.len() as u64, 1);
    component.extend_from_slice(name);
    let filled = component.len();
    component.resize(size, 0);
    stream.fill(&mut component[filled..]);
    Ok(component.into())
}

/// Unsigned LEB128 in exactly `width` bytes.
fn push_leb128(target: &mut Vec<u8>, value: u64, width: usize) {
    for index in 0..width {
        let continued = if index + 1 < width { 0x80 } else { 0 };
        let bits = (value >> (7 * index)) & 0x7f;
        target.push(u8::try_from(bits).unwrap_or_default() | continued);
    }
}
