//! What cases send as content: components, other bytes and archives, made to measure and always the same
//! for the same seed, and the digests that commit to them.

mod archive;
mod blob;
mod component;
mod digest;
mod entry;
mod mutation;
mod oddity;
mod seeded;

pub use archive::{Archive, ArchiveError, Format, Member, MemberKind, SparseMap};
pub use blob::{core_module, html_page, random_bytes, text};
pub use component::{ComponentSizeError, EMPTY_COMPONENT, component};
pub use digest::{
    DigestAlgorithm, DigestError, DigestForm, WeakAlgorithm, index_digest, raw_digest, weak_digest,
};
pub use entry::{COMPONENT_PATH, Content, Entry, TAR_MEDIA_TYPE, WASM_MEDIA_TYPE, last_of_each};
pub use mutation::{Mutation, MutationError, mutate};
pub use oddity::{Harmless, Hostile, harmless_archive, hostile_archive, long_path};
pub use seeded::SeededBytes;
