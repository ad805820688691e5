//! What the steps before have shown.

use crate::doctor::identities::Denials;
use crate::doctor::publishing::Published;
use crate::doctor::release::Release;
use crate::doctor::source::Sourced;

pub(in crate::doctor) struct Known<'a> {
    pub first: &'a Published,
    pub sourced: &'a Sourced,
    pub denials: &'a Denials,
    /// Names of algorithms that a signature was accepted under.
    pub ed25519: Vec<String>,
    /// A release in the private namespace, once there is one.
    pub private: Option<Release>,
}
