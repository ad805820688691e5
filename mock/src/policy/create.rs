//! How unpublished releases are created.

use serde_json::{Map, Value};

use crate::{identity::Caller, problem::ProblemKind, refusal::Refusal};

/// Members of a manifest that the profile knows.
const KNOWN_MEMBERS: [&str; 5] = [
    "packageType",
    "name",
    "version",
    "contentDigest",
    "mediaType",
];

/// How unpublished releases are created.
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a mistake of its own"
)]
pub(crate) struct CreatePolicy {
    /// Takes every content type as a naked manifest (CRE-3).
    pub takes_any_content_type: bool,
    /// Takes duplicate member names (CRE-5).
    pub takes_duplicate_members: bool,
    /// Takes names of any form (CRE-6).
    pub takes_any_name: bool,
    /// Takes versions of any form (CRE-6).
    pub takes_any_version: bool,
    /// Takes every package type (CRE-7).
    pub takes_any_package_type: bool,
    /// Lets a create replace a pending release (CRE-10).
    pub replaces_pending: bool,
    /// Lets a create replace a published release (CRE-10).
    pub replaces_published: bool,
    /// Looks whether the name is taken, and takes it later (CRE-11).
    pub checks_then_acts: bool,
    /// Drops members that it does not know (CRE-12).
    pub drops_unknown_members: bool,
    /// Takes `creator` from the manifest (CRE-13).
    pub creator_from_body: bool,
    /// Says of a pending release that it has expired (CRE-14).
    pub expiry_in_past: bool,
    /// Leaves a failed release in the way of a new one (ASY-10).
    pub failure_blocks: bool,
    /// Leaves an expired release in the way of a new one (PUB-9).
    pub expired_blocks: bool,
    /// Does not verify signatures that come with create (CRE-2).
    pub skips_signature: bool,
    /// Answers a signed create without `Location` (CRE-1).
    pub no_location: bool,
    /// Leaves `Location` out of the owner's conflict (CRE-10).
    pub conflict_without_location: bool,
    /// Answers 200 with the problem to a signed create that it can not read (SIG-9).
    pub unreadable_jws_is_200: bool,
}

impl CreatePolicy {
    /// The members of a manifest that are kept.
    pub(crate) fn kept_members(&self, members: Map<String, Value>) -> Map<String, Value> {
        if !self.drops_unknown_members {
            return members;
        }
        members
            .into_iter()
            .filter(|(name, _)| KNOWN_MEMBERS.contains(&name.as_str()))
            .collect()
    }

    /// The refusal of a signed create that can not be read.
    pub(crate) fn unreadable_jws(&self, refusal: Refusal) -> Refusal {
        if self.unreadable_jws_is_200 && refusal.kind() == ProblemKind::MalformedRequest {
            refusal.with_status(200)
        } else {
            refusal
        }
    }

    /// What is shown as `creator`.
    pub(crate) fn creator(&self, caller: &Caller, manifest: &Value) -> String {
        let claimed = manifest
            .get("creator")
            .and_then(Value::as_str)
            .filter(|_| self.creator_from_body);
        let authenticated = caller
            .identity()
            .map_or("anonymous", |identity| &identity.name);
        claimed.unwrap_or(authenticated).to_owned()
    }
}
