use bytes::Bytes;

use super::SeededBytes;

/// A valid, empty core module: WebAssembly, but no component.
pub fn core_module() -> Bytes {
    Bytes::from_static(&[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00])
}

/// `size` bytes of the stream. They never begin with the WebAssembly magic (a first byte of 0 becomes 1).
pub fn random_bytes(stream: &mut SeededBytes, size: usize) -> Bytes {
    let mut bytes = stream.bytes(size).to_vec();
    if let Some(first) = bytes.first_mut().filter(|first| **first == 0) {
        *first = 1;
    }
    bytes.into()
}

/// `size` bytes of lower-case words and line feeds.
pub fn text(stream: &mut SeededBytes, size: usize) -> Bytes {
    let mut text = Vec::with_capacity(size + 16);
    while text.len() < size {
        for _ in 0..=stream.below(9) {
            text.push(b'a' + u8::try_from(stream.below(26)).unwrap_or_default());
        }
        text.push(if stream.below(8) == 0 { b'\n' } else { b' ' });
    }
    text.truncate(size);
    text.into()
}

/// An HTML page such as a captive portal or a login form shows in the content's place; different for each stream.
pub fn html_page(stream: &mut SeededBytes) -> Bytes {
    let state = hex::encode(stream.bytes(16));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>Sign in</title></head>\n<body>\n<h1>Sign in</h1>\n\
         <form method=\"post\" action=\"/login?state={state}\"><input name=\"user\"><input name=\"password\" type=\"password\">\
         <button>Sign in</button></form>\n</body>\n</html>\n"
    )
    .into()
}
