//! Conformance suite for registries that implement the Publish API.

pub mod content;
pub mod credentials;
pub mod jws;
pub mod origin;
pub mod yaml;
