//! The types of problem documents (RFC 9457), by the names of section ERR of the profile.

use std::collections::BTreeMap;

/// The names of all problems of the profile, by status.
pub const PROBLEM_NAMES: &[&str] = &[
    "malformed-manifest",
    "malformed-request",
    "unauthenticated",
    "forbidden",
    "not-found",
    "method-not-allowed",
    "release-exists",
    "missing-content",
    "processing",
    "already-published",
    "expired",
    "length-required",
    "content-too-large",
    "unsupported-media-type",
    "invalid-name",
    "invalid-version",
    "unsupported-package-type",
    "unsupported-digest-algorithm",
    "invalid-digest",
    "missing-signature",
    "bad-signature",
    "untrusted-key",
    "unsupported-algorithm",
    "signature-payload-mismatch",
    "release-digest-mismatch",
    "digest-mismatch",
    "source-unreachable",
    "source-forbidden",
    "unsupported-source-scheme",
    "invalid-source",
    "invalid-content",
    "invalid-content-index",
    "too-many-requests",
    "insufficient-storage",
];

const PREFIX: &str = "urn:publish-api:problem:";

/// The problem types of one registry: those of the profile, unless the target maps them to its own URIs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProblemTypes {
    pub(super) mapped: BTreeMap<String, String>,
}

impl ProblemTypes {
    /// The `type` of the problem with a name, such as `urn:publish-api:problem:not-found`.
    pub fn problem_type(&self, name: &str) -> String {
        self.mapped
            .get(name)
            .cloned()
            .unwrap_or_else(|| format!("{PREFIX}{name}"))
    }

    /// The name of a problem by its `type`; `None` for a type of the registry's own. Where several names are
    /// mapped to one URI, the first in alphabetical order.
    pub fn name_of<'a>(&'a self, problem_type: &'a str) -> Option<&'a str> {
        let mapped = self
            .mapped
            .iter()
            .find(|(_, uri)| *uri == problem_type)
            .map(|(name, _)| name.as_str());
        mapped.or_else(|| {
            problem_type
                .strip_prefix(PREFIX)
                .filter(|name| PROBLEM_NAMES.contains(name) && !self.mapped.contains_key(*name))
        })
    }
}
