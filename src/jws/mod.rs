//! JWS (RFC 7515) documents in JSON serialization: signed rightly, signed wrongly on purpose, and judged.
//!
//! Documents and headers are built and parsed here; josekit gives keys and the signature primitives only.

mod base64url;
mod derive;
mod entry;
mod es256;
mod header;
mod key;
mod key_set;
mod sign;
mod tamper;
mod verify;

pub use base64url::{Base64UrlError, decode, encode};
pub use header::HeaderEdit;
pub use key::{Key, KeyAlgorithm};
pub use key_set::{KeyError, KeySet, KeySetError};
pub use sign::{Form, KeyRef, SignAs, SignError, SignatureSpec, Signing};
pub use tamper::{PayloadTamper, PublicKeyText, Tamper};
pub use verify::{DocumentError, EntryVerdict, Invalid, Verification, verify};
