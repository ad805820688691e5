use bytes::Bytes;

use super::SeededBytes;

/// A valid, empty core module: WebAssembly, but no component.
pub fn core_module() -> Bytes {
    Bytes::from_static(&[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00])
}

/// `size` bytes of the stream. They never begin with the WebAssembly magic (a first byte of 0 becomes 1).
pub fn random_bytes(stream: &mut SeededBytes, size: usize) -> Bytes {
    todo!()
}

/// `size` bytes of lower-case words and line feeds.
pub fn text(stream: &mut SeededBytes, size: usize) -> Bytes {
    todo!()
}

/// An HTML page such as a captive portal or a login form shows in the content's place; different for each stream.
pub fn html_page(stream: &mut SeededBytes) -> Bytes {
    todo!()
}
