//! The registry as a state machine: typed commands in, results or refusals out. No HTTP, no IO, and no clock but the time that each
//! command is given. Hashing, fetching and signature checks happen outside; see `PublishWork` and `UploadTicket`.

mod access;
mod cancel;
mod create;
mod manifest;
mod name;
mod permit;
mod publish;
mod read;
mod release;
mod secret;
mod slips;
mod snapshot;
mod source;
mod sources;
mod store;
mod upload;
mod version;
mod view;
mod walk;

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;

pub(crate) use access::Access;
pub(crate) use manifest::{Manifest, ManifestRules};
pub(crate) use publish::{PublishClaim, PublishWork};
pub(crate) use read::UnpublishedAddress;
pub(crate) use release::{
    Attempt, AttemptId, Processing, ReleaseKey, Stage, Status, Upload, Verdict,
};
pub(crate) use source::{RemoteSource, Source, SourceRules};
pub(crate) use sources::{SourcesChange, SourcesOutcome, SourcesWork};
pub(crate) use store::{Registry, RegistrySettings};
pub(crate) use upload::UploadTicket;
pub(crate) use version::is_valid as is_valid_version;
pub(crate) use view::{ReleaseView, UnpublishedView};
