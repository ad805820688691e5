//! How content sources are treated.

use crate::registry::Source;

/// How content sources are treated.
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a mistake of its own"
)]
pub(crate) struct SourcePolicy {
    /// Lists sources in the reverse order (SRC-1).
    pub reverses_order: bool,
    /// Lists a source as often as it was added (SRC-1).
    pub keeps_duplicates: bool,
    /// Publishes nothing without an upload (SRC-2).
    pub wants_upload: bool,
    /// Takes sources of single entries beside sources of the whole (IDX-7).
    pub takes_mixed: bool,
    /// Keeps only the first of several mirrors in the release (SRC-3).
    pub keeps_first_only: bool,
    /// Adds the good ones of a list that is refused (SRC-4).
    pub adds_until_refused: bool,
    /// Fetches sources and does not compare them (SRC-5, DIG-2).
    pub skips_digest: bool,
    /// Compares the first source only (SRC-5).
    pub checks_first_only: bool,
    /// Keeps a mirror that serves other bytes beside a good one (SRC-5).
    pub keeps_bad_mirrors: bool,
    /// Publishes although nothing could be fetched (SRC-6, ACC-9).
    pub publishes_unreachable: bool,
    /// Leaves the URL out of the problem (SRC-6).
    pub hides_unreachable_url: bool,
    /// Lets one unreachable mirror sink the release (SRC-8).
    pub wants_every_mirror: bool,
    /// Takes every scheme (SRC-10).
    pub takes_any_scheme: bool,
    /// Takes what is no URL with a host (SRC-11).
    pub takes_any_url: bool,
    /// Takes an empty list of sources to add (SRC-11).
    pub takes_empty_list: bool,
    /// Takes no sources once published (SRC-12).
    pub frozen_after_publishing: bool,
    /// Shows sources as they were given, credentials included (SRC-13).
    pub shows_credentials: bool,
    /// Looks at addresses only when fetching; allowed, and not a mistake by itself.
    pub checks_addresses_only_when_fetching: bool,
    /// Sends the publisher's own token along when fetching (SRC-14).
    pub forwards_publisher_token: bool,
    /// Takes sources after publishing without a look (SRC-17).
    pub skips_recheck: bool,
    /// Takes any number of sources (SRC-18).
    pub ignores_max: bool,
    /// Adds where it should replace (SRC-19).
    pub replace_adds: bool,
    /// Drops members that it does not know (SRC-20).
    pub drops_unknown_members: bool,
    /// Takes 401 and 403 of a host for a sign that the content is there (ACC-9).
    pub refusal_is_presence: bool,
}

impl SourcePolicy {
    /// The sources in the order in which they are kept.
    pub(crate) fn ordered(&self, mut sources: Vec<Source>) -> Vec<Source> {
        if self.reverses_order {
            sources.reverse();
        }
        sources
    }
}
