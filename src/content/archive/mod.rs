//! Tar archives, written block by block, because a library that writes good archives refuses to write bad ones.

mod header;
mod member;
mod pax;
mod write;

pub use member::{Member, MemberKind, SparseMap};
pub use write::{Archive, ArchiveError, Format};
