//! The registry as a state machine: typed commands in, results or refusals out. No HTTP, no IO, and no clock but the time that each
//! command is given. Hashing, fetching and signature checks happen outside; see [`PublishWork`] and [`UploadTicket`].

mod access;
mod cancel;
mod create;
mod manifest;
mod name;
mod publish;
mod read;
mod release;
mod snapshot;
mod source;
mod sources;
mod store;
mod upload;
mod version;
mod view;

pub use access::Access;
pub use manifest::{Manifest, ManifestRules};
pub use publish::PublishWork;
pub use read::UnpublishedAddress;
pub use release::{Attempt, AttemptId, Processing, ReleaseKey, Stage, Status, Upload, Verdict};
pub use source::{RemoteSource, Source, SourceRules};
pub use sources::{SourcesChange, SourcesOutcome, SourcesWork};
pub use store::{Registry, RegistrySettings};
pub use view::{ReleaseView, UnpublishedView};
