//! Conformance suite.

pub mod content;
pub mod jws;
pub mod origin;
