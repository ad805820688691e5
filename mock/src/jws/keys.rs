//! Public keys of publishers.

use super::KeyStoreError;

/// Algorithm of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyAlgorithm {
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// Ed25519.
    Ed25519,
}

/// A publisher's public key.
#[derive(Debug, Clone)]
pub struct Key {
    /// Key id, unique in a store.
    pub kid: String,
    /// The one algorithm it is used with.
    pub algorithm: KeyAlgorithm,
    /// The identity whose key it is (`owner`, `other`).
    pub identity: String,
}

/// Keys that are trusted for some publisher, by `kid`.
#[derive(Debug, Clone, Default)]
pub struct KeyStore(());

impl KeyStore {
    /// Reads a JWKS of public keys, each with `kid`, `alg` (`ES256`, `EdDSA` or `Ed25519`) and `identity`.
    pub fn from_jwks(bytes: &[u8]) -> Result<Self, KeyStoreError> { todo!() }
    /// The key of that id.
    pub fn get(&self, kid: &str) -> Option<&Key> { todo!() }
    /// All keys, in the order given.
    pub fn keys(&self) -> impl Iterator<Item = &Key> { std::iter::empty() }
}
