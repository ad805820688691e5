//! Long work on behalf of the state machine, done outside its lock: hashing content, fetching sources, comparing both with the manifest.

mod content;
mod entries;
mod finding;
mod signature;
mod sources;
mod verdict;

pub(crate) use content::ContentCheck;
pub(crate) use content::refuse_content;
pub(crate) use finding::Finding;
pub(crate) use signature::SignatureCheck;
pub(crate) use sources::Verifier;
