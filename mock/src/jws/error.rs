//! Why a signature is refused.

/// Why a document is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// Not a JWS in JSON serialization: `malformed-request`.
    #[error("failed to read the JWS: {0}")]
    Malformed(String),
    /// No signature: `missing-signature`.
    #[error("failed to find a signature")]
    MissingSignature,
    /// A signature does not hold, or its header breaks a rule: `bad-signature`.
    #[error("failed to verify signature {index}: {reason}")]
    BadSignature {
        /// Position of the entry, from 0.
        index: usize,
        /// What is wrong.
        reason: String,
    },
    /// `none`, an HMAC, or not the key's algorithm: `unsupported-algorithm`.
    #[error("failed to verify signature {index}: algorithm {algorithm:?} is not taken")]
    UnsupportedAlgorithm {
        /// Position of the entry, from 0.
        index: usize,
        /// The `alg` of its header.
        algorithm: String,
    },
    /// No signature by a key that is trusted for this namespace: `untrusted-key`.
    #[error("failed to find a signature by a key that is trusted for this namespace")]
    UntrustedKey,
    /// Signatures over other bytes than those that are there: `signature-payload-mismatch`.
    #[error("failed to add the signatures: they are over other bytes")]
    PayloadMismatch,
}

impl JwsError {
    /// The problem name.
    pub fn problem(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed-request",
            Self::MissingSignature => "missing-signature",
            Self::BadSignature { .. } => "bad-signature",
            Self::UnsupportedAlgorithm { .. } => "unsupported-algorithm",
            Self::UntrustedKey => "untrusted-key",
            Self::PayloadMismatch => "signature-payload-mismatch",
        }
    }
}

/// Why keys can not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum KeyStoreError {
    /// Not a JSON Web Key Set (RFC 7517).
    #[error("failed to read the key set: {0}")]
    Malformed(String),
    /// A key without `kid`, `alg` or `identity`, or of an unsupported kind.
    #[error("failed to read key {kid:?}: {reason}")]
    Key {
        /// Its `kid`, if any.
        kid: String,
        /// What is wrong.
        reason: String,
    },
}
