//! Conformance suite.
pub mod credentials;
pub mod target;
pub mod wire;
pub mod yaml;
