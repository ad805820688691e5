//! Strict JSON (RFC 8259) of request bodies, and equality of JSON values.

mod equal;
mod parse;

pub use equal::equal;
pub use parse::{Document, JsonError, parse, parse_strict};
