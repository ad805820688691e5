//! Conformance suite.
pub mod credentials;
pub mod yaml;
