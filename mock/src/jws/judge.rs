//! Acceptance of a document by the rule of SIG.

use super::{JwsDocument, JwsError, Key, KeyStore, SignaturePolicy};

/// A document that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// `kid`s of the signatures that verified under a key trusted for the namespace, in order; at least one.
    pub signers: Vec<String>,
}

/// Accepts if and only if at least one signature verifies under a key for which `trusted_for` is true, no entry whose `kid` is in `keys`
/// fails, and no entry at all has a header that SIG forbids.
pub fn judge(document: &JwsDocument, keys: &KeyStore, trusted_for: impl Fn(&Key) -> bool, policy: &SignaturePolicy) -> Result<Accepted, JwsError> { todo!() }
