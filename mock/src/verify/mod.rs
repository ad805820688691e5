//! Long work on behalf of the state machine, done outside its lock: hashing content, fetching sources, comparing both with the manifest.

mod content;
mod entries;
mod finding;
mod signature;
mod sources;
mod verdict;

pub use content::ContentCheck;
pub(crate) use content::refuse_content;
pub use finding::Finding;
pub use signature::SignatureCheck;
pub use sources::Verifier;
