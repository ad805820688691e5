//! How a registry behaves, as values that the state machine and the handlers read. Every default conforms; whatever a field says
//! otherwise is a mistake that implementers make. Which defect sets which field is decided in one place, `defects.rs`.

mod access;
mod crash;
mod create;
mod defects;
mod errors;
mod processing;
mod publish;
mod reading;
mod sources;
mod upload;
mod verification;

pub(crate) use access::AccessPolicy;
use crash::OddText;
pub(crate) use crash::{CrashPolicy, internal_error};
pub(crate) use create::CreatePolicy;
pub(crate) use errors::ErrorPolicy;
pub(crate) use processing::ProcessingPolicy;
pub(crate) use publish::PublishPolicy;
pub(crate) use reading::ReadingPolicy;
pub(crate) use sources::SourcePolicy;
pub(crate) use upload::{FailedUpload, UploadPolicy};
pub(crate) use verification::VerificationPolicy;

use crate::{
    content::ContentPolicy, digest::DigestPolicy, fetch::FetchPolicy, jws::SignaturePolicy,
};

/// How a registry behaves, area by area.
#[derive(Clone, Debug, Default)]
pub(crate) struct Policy {
    /// CRE: create.
    pub create: CreatePolicy,
    /// DIG: how digests are read and compared.
    pub digest: DigestPolicy,
    /// DIG, IDX: how content is compared.
    pub verification: VerificationPolicy,
    /// UPL: uploads.
    pub upload: UploadPolicy,
    /// SRC: content sources.
    pub sources: SourcePolicy,
    /// SRC: how sources are fetched.
    pub fetch: FetchPolicy,
    /// SIG: signatures.
    pub signature: SignaturePolicy,
    /// PUB: publish and cancel.
    pub publish: PublishPolicy,
    /// ASY: processing after 202.
    pub processing: ProcessingPolicy,
    /// ERR-4: where it breaks instead of refusing.
    pub crash: CrashPolicy,
    /// ERR: problem documents.
    pub errors: ErrorPolicy,
    /// ACC: who may do what.
    pub access: AccessPolicy,
    /// REL: reading.
    pub reading: ReadingPolicy,
    /// IDX: archives.
    pub content: ContentPolicy,
}
