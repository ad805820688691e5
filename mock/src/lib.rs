//! In-memory registry.

pub mod content;
pub mod digest;
pub mod fetch;
pub mod json;
pub mod jws;
