//! JSON Web Signatures (RFC 7515) of releases, judged by the rules of SIG.

mod base64url;
mod document;
mod error;
mod headers;
mod hmac;
mod judge;
mod keys;
mod policy;

pub use document::{JwsDocument, SignatureEntry};
pub use error::{JwsError, KeyStoreError};
pub use judge::{Accepted, judge};
pub use keys::{Key, KeyAlgorithm, KeyStore};
pub use policy::SignaturePolicy;
