//! The content of a release: entries, their paths, and the content index (section 2 of the profile).

mod collect;
mod component;
mod error;
mod held;
mod index;
mod path;
mod policy;
mod reader;
mod summary;
mod tar;

pub use error::ContentError;
pub use index::index_digest;
pub use path::{EntryPath, EntryPathError};
pub use policy::ContentPolicy;
pub use reader::{ContentFormat, ContentOptions, ContentReader};
pub use summary::{COMPONENT_ENTRY, ContentSummary, EntrySummary};
