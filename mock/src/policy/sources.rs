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
    /// Takes no sources over https (SRC-1).
    pub lacks_https: bool,
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
    /// Shows credentials in what it says of a source that it could not fetch (ERR-7).
    pub failure_shows_credentials: bool,
    /// Shows a refused source as it was given (ERR-7).
    pub refusal_shows_source: bool,
    /// Looks at addresses only when fetching; allowed, and not a mistake by itself.
    pub checks_addresses_only_when_fetching: bool,
    /// Sends the publisher's own token along when fetching (SRC-14).
    pub forwards_publisher_token: bool,
    /// Takes sources after publishing without a look (SRC-17).
    pub skips_recheck: bool,
    /// Forgets every source of a release when one that is added to it turns out bad (SRC-1).
    pub recheck_forgets: bool,
    /// Takes any number of sources (SRC-18).
    pub ignores_max: bool,
    /// Adds where it should replace (SRC-19).
    pub replace_adds: bool,
    /// Writes back the list that it read before (SRC-1).
    pub races_additions: bool,
    /// Refuses sources that are added beside others (SRC-1).
    pub racing_addition_is_conflict: bool,
    /// Answers with the list as it was before (SRC-1).
    pub answers_with_old_list: bool,
    /// Shows URLs without their queries (SRC-1).
    pub cuts_queries: bool,
    /// Calls a list with another scheme malformed (SRC-10).
    pub scheme_is_malformed: bool,
    /// Empties the list before it reads the one that replaces it (SRC-19).
    pub clears_before_replacing: bool,
    /// Refuses a source that is there already (SRC-1).
    pub duplicate_is_conflict: bool,
    /// Shows the URL that it fetched in the end (SRC-1).
    pub shows_fetched_url: bool,
    /// Lists no sources that have credentials (SRC-1).
    pub lists_no_guarded: bool,
    /// Lists no sources whose length was not declared (SRC-1).
    pub lists_no_unmeasured: bool,
    /// Keeps only the last of several mirrors in the release (SRC-3).
    pub keeps_last_only: bool,
    /// Passes over what it refuses where something good remains (SRC-4).
    pub skips_refused: bool,
    /// Drops nothing: a mirror with other bytes always sinks the release (SRC-5).
    pub bad_mirror_always_sinks: bool,
    /// Calls other bytes unreachable (DIG-2, SRC-5).
    pub bad_bytes_are_unreachable: bool,
    /// Takes what can not be read as a list for an empty one (SRC-11).
    pub takes_unreadable: bool,
    /// A refused list makes the release a failed one (SRC-11).
    pub refusal_fails_release: bool,
    /// Sources added after publishing take the place of those that are there (SRC-12).
    pub late_additions_replace: bool,
    /// Writes the signed payload anew when sources change after publishing (SRC-12).
    pub late_change_reserialises: bool,
    /// Repeats a refused list in the problem, and the problem in the status (SRC-13).
    pub quotes_refused: bool,
    /// Sends all credentials of a release to each of its sources (SRC-14).
    pub shares_credentials: bool,
    /// Leaves out sources at addresses that are not allowed (SRC-15).
    pub skips_forbidden: bool,
    /// Calls addresses that are not allowed unreachable (SRC-15).
    pub forbidden_is_unreachable: bool,
    /// Refuses `localhost` by its name, whatever is allowed (SRC-15).
    pub refuses_localhost: bool,
    /// Takes one source fewer than it declares (SRC-18).
    pub max_is_exclusive: bool,
    /// Leaves sources that are there as they were when the list is replaced (SRC-19).
    pub replace_keeps_known: bool,
    /// Lets everybody replace a list (SRC-19).
    pub replace_is_open: bool,
    /// Reads sources into closed types: what it does not know is malformed (SRC-20).
    pub closed_types: bool,
    /// Keeps credentials of an unknown type like any member, and shows them (SRC-20).
    pub shows_unknown_credentials: bool,
    /// Takes sources of one URL for the same, whatever their paths (IDX-7).
    pub ignores_path_of_duplicates: bool,
    /// Does not show the path of a source (IDX-7).
    pub hides_path: bool,
    /// Takes one source of each entry (IDX-7).
    pub refuses_mirrors_of_entries: bool,
    /// Drops members that it does not know (SRC-20).
    pub drops_unknown_members: bool,
    /// Takes 401 and 403 of a host for a sign that the content is there (ACC-9).
    pub refusal_is_presence: bool,
}

impl SourcePolicy {
    /// Whether what was given is looked at later, as it was.
    pub(crate) fn keeps_given(&self) -> bool {
        self.shows_credentials || self.failure_shows_credentials
    }

    /// Whether the list as it was before a change is needed.
    pub(crate) fn remembers_list(&self) -> bool {
        self.answers_with_old_list || self.racing_addition_is_conflict
    }

    /// The sources in the order in which they are kept.
    pub(crate) fn ordered(&self, mut sources: Vec<Source>) -> Vec<Source> {
        if self.reverses_order {
            sources.reverse();
        }
        sources
    }
}
