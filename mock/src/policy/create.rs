//! How unpublished releases are created.

use serde_json::{Map, Value};

use crate::{
    identity::Caller,
    problem::ProblemKind,
    refusal::Refusal,
    registry::{Attempt, ReleaseKey},
};

/// Members of a manifest that the profile knows.
pub(super) const KNOWN_MEMBERS: [&str; 5] = [
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
    /// Answers 202 to what has another content type (CRE-3).
    pub queues_unknown_types: bool,
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
    /// Takes `application/json` in that spelling only (CRE-1).
    pub compares_type_literally: bool,
    /// Takes only manifests without white space between their members (CRE-1).
    pub wants_compact_json: bool,
    /// Takes labels of 62 octets at most (CRE-1).
    pub labels_of_62: bool,
    /// Takes only labels that begin with a letter (CRE-1).
    pub labels_begin_with_letter: bool,
    /// Takes only versions whose numbers fit into 32 bits (CRE-1).
    pub versions_of_32_bits: bool,
    /// Refuses signed manifests (CRE-2).
    pub refuses_signed: bool,
    /// Takes a signed create before it reads the manifest (CRE-4).
    pub queues_signed: bool,
    /// Reads a manifest and not what follows it (CRE-4).
    pub ignores_trailing: bool,
    /// Takes an array of one value for that value (CRE-4).
    pub unwraps_arrays: bool,
    /// Makes text of whatever stands where text is wanted (CRE-4).
    pub coerces_types: bool,
    /// Fills in what a manifest lacks (CRE-4).
    pub fills_missing: bool,
    /// Cuts white space off names (CRE-6).
    pub trims_names: bool,
    /// Puts a name without a namespace into the publisher's own (CRE-6).
    pub default_namespace: bool,
    /// Has one problem for every name that it refuses, that of a malformed manifest (CRE-6).
    pub names_are_malformed: bool,
    /// Has one problem for every version that it refuses, that of a malformed manifest (CRE-6).
    pub versions_are_malformed: bool,
    /// Drops build metadata of the version (CRE-6).
    pub drops_builds: bool,
    /// A create that loses a race removes what the winner made (CRE-11).
    pub loser_rolls_back: bool,
    /// Lets a create replace what is processed (CRE-10).
    pub replaces_processing: bool,
    /// Points to the release in every conflict (CRE-10).
    pub conflict_locates_release: bool,
    /// Has written the manifest when it notices a conflict (CRE-10).
    pub writes_before_conflict: bool,
    /// Takes one pending release of a name, whatever its version (CRE-10).
    pub one_pending_of_a_name: bool,
    /// Takes a name for taken when another one begins with it (CRE-10).
    pub names_are_prefixes: bool,
    /// Refuses members that it does not know (CRE-12).
    pub refuses_unknown_members: bool,
    /// Has another `creator` for each release (CRE-13).
    pub creator_of_each_release: bool,
    /// Has one `creator` for all (CRE-13).
    pub one_creator: bool,
    /// Shows an earlier `expiresAt` at each look (CRE-14).
    pub expiry_moves_earlier: bool,
    /// Refuses pre-releases (CRE-15).
    pub refuses_pre_releases: bool,
    /// Takes a pre-release and its release for the same version (CRE-10).
    pub compares_core_versions: bool,
    /// Refuses build metadata (CRE-15).
    pub refuses_builds: bool,
    /// Takes all builds of a version for the same (CRE-15).
    pub ignores_builds: bool,
}

impl CreatePolicy {
    /// Whether a manifest has a member that is refused.
    pub(crate) fn refuses_member(&self, members: &Map<String, Value>) -> bool {
        self.refuses_unknown_members
            && members
                .keys()
                .any(|name| !KNOWN_MEMBERS.contains(&name.as_str()))
    }

    /// Whether a name within the grammar is refused all the same.
    pub(crate) fn refuses_name(&self, name: &str) -> bool {
        let labels = || name.split([':', '.']);
        (self.labels_of_62 && labels().any(|label| label.len() > 62))
            || (self.labels_begin_with_letter
                && labels().any(|label| label.starts_with(|c: char| c.is_ascii_digit())))
    }

    /// Whether a version within the grammar is refused all the same.
    pub(crate) fn refuses_version(&self, version: &str) -> bool {
        let core = version.split(['-', '+']).next().unwrap_or_default();
        (self.versions_of_32_bits && core.split('.').any(|number| number.parse::<i32>().is_err()))
            || (self.refuses_pre_releases && version.contains('-'))
            || (self.refuses_builds && version.contains('+'))
    }

    /// What is wrong with a manifest whose version is refused.
    pub(crate) fn problem_of_versions(&self) -> ProblemKind {
        if self.versions_are_malformed {
            ProblemKind::MalformedManifest
        } else {
            ProblemKind::InvalidVersion
        }
    }

    /// A manifest as it is looked at: text made of what is none, what is missing filled in.
    pub(crate) fn completed(&self, mut members: Map<String, Value>) -> Map<String, Value> {
        if self.coerces_types {
            for name in KNOWN_MEMBERS {
                if let Some(value) = members.get_mut(name) {
                    coerce(value);
                }
            }
        }
        if self.fills_missing {
            for (name, default) in [("packageType", "component"), ("version", "1.0.0")] {
                members
                    .entry(name)
                    .or_insert_with(|| Value::String(default.to_owned()));
            }
        }
        if self.drops_builds
            && let Some(Value::String(version)) = members.get_mut("version")
            && let Some(at) = version.find('+')
        {
            version.truncate(at);
        }
        if self.trims_names
            && let Some(Value::String(name)) = members.get_mut("name")
        {
            *name = name.trim().to_owned();
        }
        members
    }

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

    /// Whether another release is taken for the one with this key.
    pub(crate) fn takes_others_for_same(&self) -> bool {
        self.one_pending_of_a_name
            || self.names_are_prefixes
            || self.compares_core_versions
            || self.ignores_builds
    }

    /// Whether it takes a release for another (CRE-10).
    pub(crate) fn takes_for_same(&self, other: &Attempt, key: &ReleaseKey) -> bool {
        let theirs = other.key();
        if theirs == key {
            return false;
        }
        let core = |version: &str| version.split(['-', '+']).next().map(str::to_owned);
        let unbuilt = |version: &str| version.split('+').next().map(str::to_owned);
        let same_name = theirs.name == key.name;
        (self.one_pending_of_a_name && same_name && other.stage_is_pending())
            || (self.names_are_prefixes
                && theirs.version == key.version
                && key.name.starts_with(&theirs.name))
            || (self.compares_core_versions
                && same_name
                && core(&theirs.version) == core(&key.version))
            || (self.ignores_builds
                && same_name
                && unbuilt(&theirs.version) == unbuilt(&key.version))
    }

    /// What is shown as `creator`.
    pub(crate) fn creator(
        &self,
        caller: &Caller,
        manifest: impl FnOnce() -> Value,
        attempt: u64,
    ) -> String {
        if self.one_creator {
            return "publisher".to_owned();
        }
        let manifest = self.creator_from_body.then(manifest);
        let claimed = (manifest.as_ref())
            .and_then(|manifest| manifest.get("creator"))
            .and_then(Value::as_str);
        let authenticated = caller
            .identity()
            .map_or("anonymous", |identity| &identity.name);
        let creator = claimed.unwrap_or(authenticated).to_owned();
        if self.creator_of_each_release {
            format!("{creator}/{attempt}")
        } else {
            creator
        }
    }
}

/// Makes text of a value, as loosely typed languages do.
fn coerce(value: &mut Value) {
    match value {
        Value::Number(number) => *value = Value::String(number.to_string()),
        Value::Bool(truth) => *value = Value::String(truth.to_string()),
        Value::Array(items) if items.len() == 1 => {
            let mut only = items.swap_remove(0);
            coerce(&mut only);
            *value = only;
        }
        Value::Object(members) => members.values_mut().for_each(coerce),
        Value::Null | Value::String(_) | Value::Array(_) => {}
    }
}
