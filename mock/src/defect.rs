//! Mistakes that implementers of registries make, each of which can be switched on.

use std::{fmt, str::FromStr};

use serde_json::{Value, json};

macro_rules! defects {
    ($($variant:ident $name:literal $rule:literal $([$($also:literal),+])? $what:literal,)*) => {
        /// A mistake that an implementer of a registry makes. `policy/defects.rs` says what each one changes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Defect {
            $(#[doc = $what] $variant,)*
        }

        impl Defect {
            /// Every defect, by area.
            pub const ALL: &[Defect] = &[$(Self::$variant,)*];

            /// Name on the command line.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The rule of the profile that it breaks first of all.
            pub fn rule(self) -> &'static str {
                match self { $(Self::$variant => $rule,)* }
            }

            /// Other rules of the profile that it breaks with it.
            pub fn also(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($($also),+)?],)* }
            }

            /// What the registry then does, and how the mistake comes about.
            pub fn what(self) -> &'static str {
                match self { $(Self::$variant => $what,)* }
            }
        }
    };
}

defects! {
    CreatesWithoutLocation "creates-without-location" "CRE-1"
        "Answers a signed create without Location: its handler was written later, and the header not copied from that of the naked one.",
    KeepsUncheckedSignature "keeps-unchecked-signature" "CRE-2"
        "Keeps the signature of a signed create without verifying it: publish was to do that.",
    TakesAnyContentType "takes-any-content-type" "CRE-3"
        "Reads whatever is posted to create as a manifest: the framework's JSON body is used without a look at Content-Type.",
    QueuesUnknownTypes "queues-unknown-types" "CRE-3"
        "Answers 202 to a create of whatever content type: a queue stands in front, and what its worker can not read ends in the log.",
    TakesDuplicateMembers "takes-duplicate-members" "CRE-5"
        "Takes a manifest with duplicate member names, of which the last one wins, as most JSON parsers do.",
    TakesAnyName "takes-any-name" "CRE-6"
        "Checks of a name only that it is there: the grammar is left to the client.",
    TakesAnyVersion "takes-any-version" "CRE-6"
        "Keeps the version as an opaque string: nothing ever compares two of them.",
    TakesAnyPackageType "takes-any-package-type" "CRE-7"
        "Stores the package type and never looks at it: there is only one so far.",
    TakesUnsupportedDigestsOnly "takes-unsupported-digests-only" "CRE-8"
        "Takes a manifest without any digest that it can compute: unknown algorithms are skipped, and then none is left.",
    UnsupportedDigestIsMalformed "unsupported-digest-is-malformed" "CRE-8"
        "Says `malformed-manifest` of a manifest without a digest that it can compute: the algorithms are an enumeration in the JSON schema.",
    TakesAnyDigestForm "takes-any-digest-form" "CRE-9"
        "Does not look at a digest before it is compared: what is no digest will not match, it is thought.",
    ReplacesPending "replaces-pending" "CRE-10"
        "Lets a second create overwrite the pending release: an upsert where an insert is wanted.",
    ReplacesPublished "replaces-published" "CRE-10" ["PUB-5"]
        "Lets a create overwrite a published release: only pending ones are looked up.",
    ConflictWithoutLocation "conflict-without-location" "CRE-10"
        "Does not say where the release is that is in the way: 409 comes from the error handler, which knows no URLs.",
    RacesCreates "races-creates" "CRE-11"
        "Looks whether the name is taken and takes it later, without a lock or a unique index.",
    LosingCreateRollsBack "losing-create-rolls-back" "CRE-11"
        "Removes the pending release when one of several creates at once loses: its handler cleans up under the name what it takes for its own.",
    DropsUnknownMembers "drops-unknown-members" "CRE-12"
        "Reads the manifest into a struct and writes that out again: members that the struct lacks are lost.",
    CreatorFromBody "creator-from-body" "CRE-13"
        "Takes `creator` from the manifest when it is there: mass assignment, the members of the request overwrite those of the record.",
    ExpiryInPast "expiry-in-past" "CRE-14"
        "Shows an `expiresAt` that is over: seconds are added as milliseconds.",
    ComparesEncodedNames "compares-encoded-names" "CRE-15"
        "Looks names up as they stand in the path, so that `%3A` is not `:`.",
    ComparesContentTypeLiterally "compares-content-type-literally" "CRE-1" ["CRE-3"]
        "Compares Content-Type with `application/json` octet by octet, so that a parameter or another case is 415: a string where a media type is.",
    WantsCompactManifests "wants-compact-manifests" "CRE-1" ["CRE-2", "CRE-12"]
        "Takes only manifests without white space between their members: it was built for canonical JSON, as some signing schemes want it.",
    TakesLabelsOf62 "takes-labels-of62" "CRE-1"
        "Takes labels of 62 octets at most: `<` where `<=` is meant, against the 63 of DNS.",
    WantsLettersFirst "wants-letters-first" "CRE-1"
        "Takes only labels that begin with a letter: the pattern for identifiers, or RFC 952 as it was before RFC 1123.",
    ReadsVersionsInto32Bits "reads-versions-into32-bits" "CRE-1"
        "Refuses versions with numbers beyond 32 bits: they are three columns of type `integer`.",
    StatusAtLocationOnly "status-at-location-only" "CRE-1"
        "Has the unpublished release at its Location only, and not where the profile says: reference clients follow Location, and nobody asked the other path.",
    RefusesSignedManifests "refuses-signed-manifests" "CRE-2"
        "Answers 415 to a signed manifest, which it says it takes: the media type is missing in the server's list of those that it parses.",
    WantsSignatureAgain "wants-signature-again" "CRE-2"
        "Wants a signature to publish what was signed at create: the check is older than signed creates.",
    RefusesFurtherSignatures "refuses-further-signatures" "CRE-2" ["SIG-4", "SIG-14", "SIG-15"]
        "Refuses signatures that come with publish after a signed create: it takes one or the other.",
    DropsFurtherSignatures "drops-further-signatures" "CRE-2" ["SIG-4"]
        "Drops signatures that come with publish after a signed create: there is one already, and the code that verifies is passed over.",
    QueuesSignedManifests "queues-signed-manifests" "CRE-4" ["CRE-2"]
        "Answers 202 to a signed manifest and reads it later: a queue stands in front, and what is wrong ends in its log.",
    IgnoresWhatFollows "ignores-what-follows" "CRE-4"
        "Reads a manifest and not what follows it: decoders of streams stop after the first value, as Go's `json.Decoder` does.",
    UnwrapsArrays "unwraps-arrays" "CRE-4"
        "Takes an array with one manifest for the manifest, as Jackson does with `UNWRAP_SINGLE_VALUE_ARRAYS`.",
    CoercesTypes "coerces-types" "CRE-4"
        "Makes text of numbers, booleans and lists of one where text is wanted: loosely typed languages, and parsers made for them.",
    FillsMissingMembers "fills-missing-members" "CRE-4"
        "Fills in package type and version where they are missing: the defaults of a struct's fields.",
    TrimsNames "trims-names" "CRE-6"
        "Cuts white space off a name before it looks at it: input from forms is treated so, and this is no form.",
    DefaultsNamespace "defaults-namespace" "CRE-6"
        "Puts a name without a namespace into the publisher's own: convenient, and as other registries have unscoped names.",
    CallsNamesMalformed "calls-names-malformed" "CRE-6"
        "Says `malformed-manifest` of a name that it refuses: the grammar is a pattern in the JSON schema, and every violation of it is one error.",
    CallsVersionsMalformed "calls-versions-malformed" "CRE-6"
        "Says `malformed-manifest` of a version that it refuses: the grammar is a pattern in the JSON schema, and every violation of it is one error.",
    DropsBuilds "drops-builds" "CRE-6" ["CRE-15", "CRE-12"]
        "Drops build metadata of the version that it is given: it does not count in comparisons, and so is left out of the column.",
    ReplacesProcessing "replaces-processing" "CRE-10"
        "Lets a create overwrite what is being processed: only pending and published releases are in the way of one.",
    ConflictLocatesRelease "conflict-locates-release" "CRE-10"
        "Points to the release in every conflict, where nothing is before it is published: one template for the URL.",
    WritesBeforeConflict "writes-before-conflict" "CRE-10"
        "Has overwritten the pending manifest when it answers 409: ON CONFLICT DO UPDATE, and the number of rows is looked at afterwards.",
    OnePendingOfAName "one-pending-of-a-name" "CRE-10" ["CRE-11", "CRE-13", "CRE-15"]
        "Takes one pending release of a name, whatever its version: the unique index has the name only.",
    ComparesNamePrefixes "compares-name-prefixes" "CRE-10"
        "Takes a name for taken when another one begins it: the lookup is a LIKE, or a walk over keys with a prefix.",
    ComparesCoreVersions "compares-core-versions" "CRE-10" ["CRE-15"]
        "Takes a pre-release and its release for one version: three numbers are the key.",
    RefusesUnknownMembers "refuses-unknown-members" "CRE-12"
        "Refuses manifests with members that it does not know: `additionalProperties: false`, or `deny_unknown_fields`.",
    DropsUnknownWhenRead "drops-unknown-when-read" "CRE-12"
        "Answers create with what was sent, and shows afterwards what it has columns for.",
    SourcesFromManifest "sources-from-manifest" "CRE-12"
        "Shows `contentSources` of the manifest as those of the release: both are merged into one object, and the publisher's members win.",
    StatusFromManifest "status-from-manifest" "CRE-12"
        "Shows `status` and `uploadUrl` of the manifest as those of the unpublished release: mass assignment, the members of the request overwrite those of the record.",
    CreatorOfEachRelease "creator-of-each-release" "CRE-13"
        "Has another `creator` in each release: the id of the session, or of the token, in the place of the identity's.",
    OneCreatorForAll "one-creator-for-all" "CRE-13"
        "Has one `creator` for all: the role is shown, or the service account that writes for everybody.",
    ExpiryMovesEarlier "expiry-moves-earlier" "CRE-14"
        "Shows an earlier `expiresAt` at each look: what is left is counted from when it was created, and taken from it once more.",
    RefusesPreReleases "refuses-pre-releases" "CRE-15"
        "Refuses pre-release versions: the pattern has three numbers and an end.",
    HidesPreReleases "hides-pre-releases" "CRE-15"
        "Serves no pre-releases: stable ones only, unless a flag asks that nobody can set.",
    RefusesBuilds "refuses-builds" "CRE-15" ["CRE-6"]
        "Refuses build metadata, which it says it takes: the version is a tag of a container image, where `+` is not allowed.",
    ReadsPlusAsSpace "reads-plus-as-space" "CRE-15"
        "Reads `+` in a path as white space: paths are decoded as forms are.",
    IgnoresBuilds "ignores-builds" "CRE-15"
        "Takes two builds of a version for the same: semver compares them as equal, and comparing is how it looks them up.",
    ServesLatestBuild "serves-latest-build" "CRE-15"
        "Serves the latest build of a version for every one: build metadata is dropped from the path before the lookup.",
    RefusesEmptyComponent "refuses-empty-component" "DIG-1" ["DIG-9", "IDX-1", "IDX-7"]
        "Takes a component without any section for none: its validator wants one section at least behind the preamble.",
    ComparesDigestPrefix "compares-digest-prefix" "DIG-2"
        "Compares the first eight digits only, as shown in its logs.",
    ComparesNoDigest "compares-no-digest" "DIG-2" ["DIG-3", "DIG-8", "DIG-9", "IDX-4"]
        "Computes the digest and does not compare it: the result goes to the log only.",
    MismatchIsInvalidContent "mismatch-is-invalid-content" "DIG-2" ["DIG-3", "DIG-8", "DIG-9", "IDX-4"]
        "Says `invalid-content` of content that does not match: everything that is wrong with content has one error.",
    BadBytesAreUnreachable "bad-bytes-are-unreachable" "DIG-2" ["DIG-3", "DIG-8", "DIG-9", "IDX-4", "IDX-7", "SRC-5", "SRC-7"]
        "Says `source-unreachable` of a source that serves other bytes: the digest is compared within the download, whose every error is one.",
    SkipsDigestOfUploads "skips-digest-of-uploads" "DIG-2"
        "Verifies what it fetches and not what is uploaded: uploads came later and go straight to the store.",
    ComparesFirstDigestOnly "compares-first-digest-only" "DIG-3"
        "Compares only the digest that stands first: code from when there was one algorithm.",
    ComparesLastDigestOnly "compares-last-digest-only" "DIG-3"
        "Compares only the digest that stands last: a loop that keeps the last result.",
    AnyDigestSuffices "any-digest-suffices" "DIG-3"
        "One matching digest is enough: `any` where `all` is meant.",
    ShowsFirstDigestOnly "shows-first-digest-only" "DIG-4"
        "Keeps a single digest of the manifest: the column holds one.",
    DropsUnknownDigests "drops-unknown-digests" "DIG-5"
        "Drops digests of algorithms that it does not know: the map is read with the algorithms as its keys, and others are skipped.",
    RefusesUnknownDigestLate "refuses-unknown-digest-late" "DIG-5"
        "Takes a digest of an unknown algorithm and refuses it when the release is published: only the verifier knows the algorithms.",
    RefusedUploadIsFinal "refused-upload-is-final" "DIG-6"
        "Takes no other upload after one that it refused: an upload has a state machine of its own, and failed is its end.",
    TakesTruncatedUploads "takes-truncated-uploads" "DIG-7"
        "Takes what arrived of an upload that was cut off as all of it: the end of the stream and its breaking off are one to the reader.",
    KeepsBrokenUploads "keeps-broken-uploads" "DIG-7" ["DIG-2"]
        "Counts what arrived of an upload that broke off as content, and does not look at it: the record is written when the upload begins, and the check is at its end.",
    TakesEitherDigestForm "takes-either-digest-form" "DIG-8"
        "Takes the digest of the bytes where that of the index is wanted: a fallback from before there was an index.",
    ComparesSha256Only "compares-sha256-only" "DIG-9"
        "Takes sha512 and verifies sha256 only: the new algorithm came to the parser and not to the verifier.",
    HashesSha256Inside "hashes-sha256-inside" "DIG-9"
        "Has the sha256 of every entry inside the index, whichever algorithm is outside: entries are stored under it.",
    SkipsComponentCheck "skips-component-check" "DIG-10"
        "Takes whatever matches the digest as a component: the check of what it is was left to clients.",
    OffersNoUploadUrl "offers-no-upload-url" "UPL-1"
        "Offers `uploadUrl` in the answer to create only, as secrets are shown once: who loses that answer can not upload.",
    StatusUploadUrlIsDead "status-upload-url-is-dead" "UPL-1"
        "Shows another `uploadUrl` in the status, to which nothing can be uploaded: it is signed anew for each answer, with the key of the reader.",
    RefusesChunks "refuses-chunks" "UPL-2"
        "Wants a Content-Length although chunks are promised: the object store behind it does.",
    TakesUndeclaredChunks "takes-undeclared-chunks" "UPL-2"
        "Takes uploads in chunks that it does not promise: its framework puts them together, and nobody looks how they came.",
    ComparesMediaTypesAsText "compares-media-types-as-text" "UPL-2"
        "Compares the media type of an upload as text: capitals and parameters make another type of it.",
    WantsAuthorizationOnUploadHost "wants-authorization-on-upload-host" "UPL-3"
        "Wants the API's token on the upload host: one middleware for every route.",
    PublishesWithoutContent "publishes-without-content" "UPL-4"
        "Publishes a release without any content: a loop over no sources finds nothing wrong.",
    TakesUploadsAfterPublishing "takes-uploads-after-publishing" "UPL-5"
        "Goes on taking uploads after publishing, and serves the last: a signed URL outlives the publishing, and verification is over.",
    LateUploadReopens "late-upload-reopens" "UPL-5"
        "Takes an upload after publishing and makes the release a pending one again: new content has to be published, it is thought.",
    AppendsSecondUpload "appends-second-upload" "UPL-6"
        "Adds the bytes of a second upload to those of the first: the file is opened for appending.",
    ListsEveryUpload "lists-every-upload" "UPL-6"
        "Lists the place of an upload as often as it was uploaded: every upload inserts a row, and none looks for one that is there.",
    SecondUploadFails "second-upload-fails" "UPL-6"
        "Ends the release as failed when content is uploaded a second time: the content of a release never changes, and the error handler ends what it is about.",
    UploadsCollide "uploads-collide" "UPL-6" ["UPL-2"]
        "Answers 500 to an upload while the same content is being written: the temporary file is named after the digest and has to be a new one.",
    TakesUploadsOfAnySize "takes-uploads-of-any-size" "UPL-7"
        "Has no limit for uploads: the framework's default was switched off for large content.",
    TrustsDeclaredLength "trusts-declared-length" "UPL-7"
        "Holds Content-Length against the limit and does not count what arrives in chunks: a limit in front of the server does no more.",
    LimitIsExclusive "limit-is-exclusive" "UPL-7"
        "Refuses content of exactly the limit: `>=` where `>` is meant.",
    ServesContentCutShort "serves-content-cut-short" "UPL-8"
        "Serves uploaded content without its last byte: an inclusive end taken for an exclusive one.",
    ListsNoLargeUploads "lists-no-large-uploads" "UPL-8"
        "Lists no source for an upload beyond 256 KiB: large objects go to another store, whose URLs are made elsewhere.",
    TakesUploadsOfAnyType "takes-uploads-of-any-type" "UPL-9"
        "Does not hold the Content-Type of an upload against the manifest: the header is stored and never compared.",
    ReversesSources "reverses-sources" "SRC-1"
        "Puts new sources first: they are listed by the time when they came, newest first.",
    KeepsDuplicateSources "keeps-duplicate-sources" "SRC-1"
        "Lists a source as often as it was added: a table without a unique index.",
    RacesSourceAdditions "races-source-additions" "SRC-1"
        "Reads the list of sources, adds to it and writes it back, without a lock: of several writers the last one wins.",
    RacingAdditionIsConflict "racing-addition-is-conflict" "SRC-1"
        "Answers 409 to sources that are added while others are: a version column for optimistic locking, and nobody tries again.",
    AnswersWithOldList "answers-with-old-list" "SRC-1" ["SRC-18", "SRC-19", "SRC-20"]
        "Answers a change of sources with the list as it was before: read from a replica, or before the transaction was committed.",
    CutsQueriesOfSources "cuts-queries-of-sources" "SRC-1"
        "Shows the URLs of sources without their queries: there may be a signature in one, and then nobody can fetch it.",
    DuplicateIsConflict "duplicate-is-conflict" "SRC-1" ["SRC-18"]
        "Refuses a source that the release has already: the unique index makes an error of it, and nobody asked for it to be ignored.",
    ShowsFetchedUrl "shows-fetched-url" "SRC-1"
        "Shows the URL that it fetched in the end, redirects followed and the name resolved, in place of the one that was given: it keeps what its HTTP client reports.",
    ListsNoGuardedSources "lists-no-guarded-sources" "SRC-1"
        "Lists no sources that have credentials: to be safe, the whole source is concealed with them.",
    ListsNoUnmeasuredSources "lists-no-unmeasured-sources" "SRC-1"
        "Lists no sources that did not declare the length of their body: the list is joined with the table of sizes.",
    WantsUpload "wants-upload" "SRC-2"
        "Publishes nothing without an upload, sources or not: uploads were there first, and the check was never widened.",
    KeepsFirstMirrorOnly "keeps-first-mirror-only" "SRC-3" ["SRC-1", "IDX-7"]
        "Keeps only the first of several mirrors in the release: it has a column for one URL.",
    KeepsLastMirrorOnly "keeps-last-mirror-only" "SRC-3" ["SRC-1"]
        "Keeps only the last of several mirrors in the release: each one found good overwrites the one before.",
    AddsUntilRefused "adds-until-refused" "SRC-4"
        "Adds the sources that stand before the refused one: no transaction.",
    SkipsRefusedSources "skips-refused-sources" "SRC-4" ["SRC-10", "SRC-11"]
        "Adds what is good in a list and passes over the rest without a word: one bad entry shall not spoil the others.",
    SkipsDigestOfSources "skips-digest-of-sources" "SRC-5" ["SRC-7", "DIG-2"]
        "Fetches sources and does not hash what they serve: that is done for uploads only.",
    ChecksFirstSourceOnly "checks-first-source-only" "SRC-5"
        "Compares the first source and trusts the rest: the loop ends with the first that is good.",
    KeepsBadMirrors "keeps-bad-mirrors" "SRC-5"
        "Keeps a mirror with other bytes when another one is good: one success settles all.",
    BadMirrorAlwaysSinks "bad-mirror-always-sinks" "SRC-5" ["SRC-7"]
        "Lets a mirror with other bytes sink the release, though it declares to drop it: the setting is read in another service than the one that verifies.",
    PublishesUnreachable "publishes-unreachable" "SRC-6" ["ACC-9", "SRC-7", "SRC-16"]
        "Publishes although nothing could be fetched: the fetch error is logged only.",
    HidesUnreachableUrl "hides-unreachable-url" "SRC-6" ["SRC-16"]
        "Does not say which source it could not fetch: the error is turned into a general one to leak nothing.",
    IgnoresFetchStatus "ignores-fetch-status" "SRC-6"
        "Takes the body of a fetch whatever its status: most HTTP clients do not make an error of 404.",
    TakesTruncatedFetches "takes-truncated-fetches" "SRC-7"
        "Takes a body that ended early as the whole: some HTTP clients report no error when a connection closes before Content-Length.",
    LooksAtFetchStatusOnly "looks-at-fetch-status-only" "SRC-7" ["DIG-2", "DIG-7", "SRC-5"]
        "Takes a source that answers 200 for good and does not read its body: a checker of dead links stands in for verification.",
    WantsEveryMirror "wants-every-mirror" "SRC-8" ["SRC-7"]
        "Lets one unreachable mirror sink the release: `?` in a loop over the sources.",
    FollowsNoRedirects "follows-no-redirects" "SRC-9"
        "Follows no redirects when fetching: switched off against request forgery, and never replaced by following with checks.",
    TakesHttpSourcesAlone "takes-http-sources-alone" "SRC-1"
        "Refuses sources over https, which it says it takes: the scheme is compared with the only one that its development set-up has.",
    TakesAnyScheme "takes-any-scheme" "SRC-10"
        "Takes sources of every scheme and finds out when it fetches: its HTTP client knows which it can do.",
    UnsupportedSchemeIsMalformed "unsupported-scheme-is-malformed" "SRC-10"
        "Says `malformed-request` of a source with another scheme: the schemes are a pattern in the JSON schema, and every violation of it is one error.",
    TakesUrlsWithoutHost "takes-urls-without-host" "SRC-11"
        "Takes as a URL whatever its lenient parser takes, which is nearly every string.",
    TakesEmptySourceList "takes-empty-source-list" "SRC-11"
        "Takes an empty list of sources to add: a loop over nothing has no error.",
    TakesUnreadableSources "takes-unreadable-sources" "SRC-11"
        "Takes what it can not read as a list of sources for an empty one: the default stands in where parsing fails.",
    RefusedSourcesFailTheRelease "refused-sources-fail-the-release" "SRC-11" ["SRC-1", "SRC-4", "SRC-10", "SRC-20"]
        "Ends a pending release as failed when a list of sources is refused: every error on its way is handled as the end of it.",
    FreezesSources "freezes-sources" "SRC-12"
        "Takes no sources once published: one check makes everything of a release immutable.",
    LateAdditionsReplace "late-additions-replace" "SRC-12"
        "Puts sources that are added after publishing in the place of those that were there: the update of a release writes whole columns.",
    LateSourcesReserialiseSignature "late-sources-reserialise-signature" "SRC-12" ["PUB-5", "SIG-3"]
        "Writes the signed manifest anew when the sources of a release change: the record is read into structs and written back whole.",
    ShowsSourceCredentials "shows-source-credentials" "SRC-13"
        "Shows sources as they were given, credentials included: the record that is stored is the one that is serialised.",
    QuotesRefusedSources "quotes-refused-sources" "SRC-13"
        "Quotes a list of sources that it refuses in the problem, and keeps that for the status: publishers shall see what was wrong.",
    ForwardsCredentialsOnRedirect "forwards-credentials-on-redirect" "SRC-14"
        "Sends the credentials of a source to wherever it redirects, as HTTP clients did before CVE-2018-1000007 (curl) and CVE-2018-18074 (requests).",
    SendsPublisherTokenToSources "sends-publisher-token-to-sources" "SRC-14"
        "Fetches sources with the Authorization of the publisher's own request: one HTTP client with default headers for everything.",
    SharesSourceCredentials "shares-source-credentials" "SRC-14"
        "Sends the credentials of all sources of a release to each of them: one HTTP client a release, to whose default headers they are added.",
    FollowsRedirectsToPrivate "follows-redirects-to-private" "SRC-15"
        "Checks the address of the first URL only: redirects are followed inside the HTTP client, the usual way around a filter against request forgery.",
    ChecksLiteralAddressesOnly "checks-literal-addresses-only" "SRC-15"
        "Checks addresses that are written in the URL, and not those that names resolve to: the filter looks at the text.",
    ExemptsWholeHosts "exempts-whole-hosts" "SRC-15"
        "Exempts every port of a host of which one was exempted: the list is compared with the host name only.",
    SkipsForbiddenSources "skips-forbidden-sources" "SRC-15"
        "Leaves out sources at private addresses and publishes with those that remain, if any: the filter stands before verification, which then finds nothing wrong.",
    ForbiddenIsUnreachable "forbidden-is-unreachable" "SRC-15"
        "Says `source-unreachable` of a source at a private address: the filter sits in the connector, whose refusals are connection errors.",
    RefusesLocalhost "refuses-localhost" "SRC-15"
        "Refuses `localhost` by its name where private addresses are allowed: the list of forbidden names is older than the setting.",
    FetchesWithoutCredentials "fetches-without-credentials" "SRC-16"
        "Stores the credentials of a source and fetches without them: the job in the queue has the URL alone.",
    SkipsRecheck "skips-recheck" "SRC-17"
        "Takes sources after publishing without a look: verification is a step of publishing, and that is over.",
    RecheckForgetsSources "recheck-forgets-sources" "SRC-1"
        "Forgets every source of a release when one that is added after publishing turns out bad: the rollback goes to the list at creation.",
    TakesAnyNumberOfSources "takes-any-number-of-sources" "SRC-18"
        "Takes any number of sources: the limit is held against each request, if at all.",
    TakesOneSourceTooFew "takes-one-source-too-few" "SRC-18"
        "Takes one source fewer than it declares: `>=` where `>` is meant.",
    ReplaceAdds "replace-adds" "SRC-19"
        "Adds with PUT as with POST: both methods are routed to one handler.",
    ClearsBeforeReplacing "clears-before-replacing" "SRC-19"
        "Empties the list of sources before it looks at the one that shall replace it: deleting and inserting are no transaction.",
    ReplaceKeepsKnownSources "replace-keeps-known-sources" "SRC-19"
        "Leaves a source that is there already as it was when the list is replaced, its old credentials too: only the difference of the URLs is written.",
    ReplaceIsOpen "replace-is-open" "SRC-19" ["ACC-1", "ACC-3", "ACC-5"]
        "Lets everybody replace the sources of a release: permission is checked in the handler of POST, and PUT got one of its own.",
    DropsUnknownSourceMembers "drops-unknown-source-members" "SRC-20"
        "Drops the members of a source that it does not know: read into a struct and written out again.",
    ClosedSourceTypes "closed-source-types" "SRC-20"
        "Refuses a source with an unknown member or credentials of an unknown type as `malformed-request`: its types are closed, and the parser fails.",
    ShowsUnknownCredentials "shows-unknown-credentials" "SRC-20" ["SRC-13"]
        "Keeps credentials of an unknown type like any member that it does not know, and shows them: only known ones are taken out.",
    LacksEd25519 "lacks-ed25519" "SIG-1"
        "Verifies ES256 only: the JWT library at hand has no `EdDSA`.",
    RefusesUnknownParameters "refuses-unknown-parameters" "SIG-1" ["SIG-11"]
        "Refuses a header parameter that it does not know, `typ` or `jwk`: the header is read into a struct that denies unknown fields. RFC 7515 has them ignored.",
    LacksFlattenedForm "lacks-flattened-form" "SIG-2"
        "Knows the general serialization only: the flattened one has its own section of RFC 7515, which nobody read.",
    TakesBothSerializations "takes-both-serializations" "SIG-2"
        "Takes a document that is general and flattened at once: whichever member is looked for first wins.",
    ReserialisesPayload "reserialises-payload" "SIG-3" ["PUB-3", "CRE-2"]
        "Serves the signed manifest serialised anew, its members sorted, in place of the bytes that were signed: it is stored as a JSON column, which keeps no bytes.",
    KeepsFlattenedForm "keeps-flattened-form" "SIG-3" ["SIG-2"]
        "Shows a flattened document in the release as it was sent: it is stored as it came, and the general form promised for all.",
    KeepsFirstSignatureOnly "keeps-first-signature-only" "SIG-4"
        "Keeps one signature of several: the record has a column for one.",
    ReversesSignatures "reverses-signatures" "SIG-4"
        "Shows signatures in another order: they are rows, read without an order.",
    AcceptsAlgNone "accepts-alg-none" "SIG-5"
        "Takes `alg: none` as a good signature, as JWT libraries did (CVE-2022-23540).",
    VerifiesHmacWithPublicKey "verifies-hmac-with-public-key" "SIG-5"
        "Takes the public key as an HMAC secret when the header says HS256, as JWT libraries did (CVE-2015-9235, CVE-2016-10555).",
    TakesMissingKid "takes-missing-kid" "SIG-6"
        "Takes a signature without `kid` and tries every key: RFC 7515 makes `kid` optional.",
    TakesMissingAlg "takes-missing-alg" "SIG-6"
        "Takes a signature without `alg` as of the key's algorithm: the key has one too.",
    ReadsAlgFromUnprotectedHeader "reads-alg-from-unprotected-header" "SIG-6"
        "Reads `alg` from the unprotected header: libraries merge both headers before they look, and RFC 7515 allows it.",
    ReadsKidFromUnprotectedHeader "reads-kid-from-unprotected-header" "SIG-6"
        "Reads `kid` from the unprotected header: libraries merge both headers before they look, and RFC 7515 allows it.",
    TakesParameterInBothHeaders "takes-parameter-in-both-headers" "SIG-6"
        "Takes a header parameter that stands in both headers: merging two maps overwrites in silence.",
    ReadsParametersAsText "reads-parameters-as-text" "SIG-6"
        "Takes a list of one for the text in it where `alg` or `kid` stands: conversion to text in a dynamic language.",
    MergesHeaders "merges-headers" "SIG-6"
        "Reads `alg` and `kid` from whichever header has them, and takes a signature that protects nothing: the library gives one merged header.",
    IgnoresAlgOfKey "ignores-alg-of-key" "SIG-7"
        "Verifies with the key's algorithm, whatever `alg` says: the header is not read at all, to be safe from what it says.",
    TriesEveryKeyOfPublisher "tries-every-key-of-publisher" "SIG-7"
        "Tries all keys of the publisher whose key is named: key rotation was made easy, and `kid` is only a hint.",
    IgnoresUnprotectedCrit "ignores-unprotected-crit" "SIG-8"
        "Looks for `crit` in the protected header only, and takes it unprotected: what must not be there is not looked for.",
    IgnoresCrit "ignores-crit" "SIG-8"
        "Does not know `crit`, and so ignores it, as many JOSE libraries do (CVE-2025-59420 in Authlib).",
    TakesEmptyCrit "takes-empty-crit" "SIG-8"
        "Takes an empty `crit`: nothing in it is unknown.",
    SkipsCriticalEntries "skips-critical-entries" "SIG-8"
        "Passes over signatures whose `crit` it does not understand, and finds nothing wrong with those that are left, none: what is not understood is not judged.",
    TakesPaddedBase64 "takes-padded-base64" "SIG-9"
        "Takes base64 in every alphabet, padded or not: a lenient decoder that serves everything.",
    SkipsVerification "skips-verification" "SIG-9" ["SIG-15"]
        "Looks up the key and does not verify with it: decode and verify are two functions in JWT libraries, and the first was called.",
    SkipsVerificationOfNewName "skips-verification-of-new-name" "SIG-9"
        "Verifies nothing whose algorithm is called Ed25519: the name of RFC 9864 was added to the list of those allowed, and the function that verifies does not know it and finds nothing wrong.",
    TakesLongSignature "takes-long-signature" "SIG-9"
        "Cuts a signature to the length that it should have: copied into an array of that size.",
    UnreadableSignedCreateIs200 "unreadable-signed-create-is200" "SIG-9" ["ERR-5", "CRE-2"]
        "Answers a signed create that it can not read with status 200 and the problem document: the error is returned and not thrown.",
    MisnamesBadBase64 "misnames-bad-base64" "SIG-9"
        "Tells base64url that it can not decode as `malformed-manifest`: the decoder was written for signed creates, with their error.",
    FailedKeyLookupPasses "failed-key-lookup-passes" "SIG-9"
        "Takes a document when looking for its key fails, as for a `kid` that is longer than the column: the handler of last resort lets it pass.",
    UnreadableRequestIsUnsigned "unreadable-request-is-unsigned" "SIG-9" ["SIG-10"]
        "Reads a publish request that it can not parse as one without a signature, and only verifies signatures that are there: `.ok()` where the error is wanted.",
    UnreadableEntriesAreNone "unreadable-entries-are-none" "SIG-9" ["SIG-10"]
        "Reads `signatures` that is no list of signatures as an empty one, and all of none are good: the default in the place of the error.",
    SkipsUnreadableHeaders "skips-unreadable-headers" "SIG-9"
        "Passes over signatures whose protected header it can not read, and finds nothing wrong with those that are left, none: `continue` in a loop over the entries.",
    TakesNoSignatures "takes-no-signatures" "SIG-10" ["CRE-2"]
        "Takes an empty list of signatures: all of none are good.",
    PublishesUnsigned "publishes-unsigned" "SIG-10"
        "Publishes without a signature when `releaseSignature` is left out: only what is there is verified.",
    TrustsUnknownKid "trusts-unknown-kid" "SIG-11"
        "Counts a signature by a key that it does not know: a lookup that finds nothing skips the check.",
    TrustsEmbeddedKey "trusts-embedded-key" "SIG-11"
        "Verifies with the key that rides along in the header, as a JOSE library did (CVE-2018-0114).",
    TrustsEveryPublisher "trusts-every-publisher" "SIG-12"
        "Trusts every publisher's key for every namespace: one key set for the whole registry.",
    RefusalIsFinal "refusal-is-final" "SIG-13" ["SIG-9", "PUB-1"]
        "Makes a release failed when its publishing is refused: every error ends in the state that background errors end in.",
    IgnoresSignedManifest "ignores-signed-manifest" "SIG-13"
        "Verifies the signature and does not compare what it signs: a good signature is taken for the answer.",
    ComparesManifestBytes "compares-manifest-bytes" "SIG-13"
        "Compares the signed manifest with the created one octet by octet: simpler than comparing JSON, and the same for its own client.",
    DropsUnknownSignatures "drops-unknown-signatures" "SIG-14"
        "Keeps only those signatures that count: what is stored is what the verifier returned.",
    VerifiesFirstSignatureOnly "verifies-first-signature-only" "SIG-14"
        "Looks at the first signature only: there was one in every test.",
    AnySignatureSuffices "any-signature-suffices" "SIG-14"
        "Stops at the first good signature: `any` over the entries.",
    RefusesUnknownSigners "refuses-unknown-signers" "SIG-14"
        "Refuses a release that somebody unknown has signed too: `all` over the entries.",
    IgnoresAddedSignatures "ignores-added-signatures" "SIG-14" ["SIG-13", "SIG-4"]
        "Does not look at the signatures of a publish after a signed create: that has one already.",
    IgnoresReleaseDigest "ignores-release-digest" "SIG-15"
        "Does not look at `releaseDigest`: the signature covers the bytes anyway.",
    IgnoresOddReleaseDigest "ignores-odd-release-digest" "SIG-15"
        "Passes over a `releaseDigest` that is no object of texts: an optional member that can not be read counts as absent.",
    MisnamesReleaseDigest "misnames-release-digest" "SIG-15"
        "Tells a wrong `releaseDigest` as `digest-mismatch`: one function compares all digests, and has the error of the content's.",
    DigestsRewrittenManifest "digests-rewritten-manifest" "SIG-15"
        "Compares `releaseDigest` with the digest of the manifest written anew: it keeps the value and not the bytes.",
    WantsReleaseDigest "wants-release-digest" "SIG-16"
        "Wants a `releaseDigest`: the reference client always sends one.",
    PublishesWith200 "publishes-with200" "PUB-1"
        "Answers 200 to publishing a signed create, done or not: the handler without a signature in its request is older than 202.",
    PublishAnswerIsRewritten "publish-answer-is-rewritten" "PUB-1"
        "Answers a publish that is done at once with the release written anew, defaults filled in and members sorted, and reads what was kept afterwards: the answer is made from the structs of the request.",
    ShowsReleaseWhileProcessing "shows-release-while-processing" "PUB-2"
        "Serves the release from when publish was accepted: the row is there, and nobody filters by its state.",
    UnsignedPublishShowsRelease "unsigned-publish-shows-release" "PUB-2" ["SIG-10"]
        "Serves a release whose publishing was refused for want of a signature: the state is set before that is looked at, and not set back on this way out.",
    PublishesWholeName "publishes-whole-name" "PUB-2"
        "Serves every pending version of a name of which one version is published: the state is a column of the package.",
    ShowsOwnerPreview "shows-owner-preview" "PUB-2"
        "Serves the owner its pending release at the address of the release: a preview that was thought to help.",
    ShowsReleaseWithoutContent "shows-release-without-content" "PUB-2"
        "Serves a release from its create on until it has content: one is public when none of its sources waits for verification, and there are none.",
    AddsDefaultMediaType "adds-default-media-type" "PUB-3" ["CRE-1", "CRE-2", "CRE-12", "CRE-15"]
        "Fills in the default media type in the manifest that it shows, but for the answer to create, which is then not what was signed: the default of a column.",
    OmitsDefaultMediaType "omits-default-media-type" "PUB-3" ["CRE-1", "CRE-2", "CRE-12"]
        "Leaves the media type out of the manifest that it shows where it is the default: what is default is skipped when a struct is serialised.",
    PublishesAgain "publishes-again" "PUB-4" ["PUB-5"]
        "Publishes what is published anew, with the new signature: an upsert.",
    SecondPublishIsInternalError "second-publish-is-internal-error" "PUB-4"
        "Answers 500 to publishing what is published: a unique index is violated, and nobody expected it.",
    SourcesChangeRewritesManifest "sources-change-rewrites-manifest" "PUB-5" ["SRC-12"]
        "Reads the whole release into a struct and writes it back when its sources change: members that the struct lacks are lost, and defaults filled in.",
    RefusedSecondPublishUnpublishes "refused-second-publish-unpublishes" "PUB-5" ["PUB-4"]
        "Takes a release back when a second publish of it is refused: every refusal sets the state to pending.",
    UnknownReleaseIsInternalError "unknown-release-is-internal-error" "PUB-6"
        "Answers 500 to publishing what was never created: an unchecked lookup.",
    PublishesWhatWasNeverCreated "publishes-what-was-never-created" "PUB-6"
        "Creates what is published without having been created: an upsert, and the signed manifest says all that is needed.",
    RacesPublishes "races-publishes" "PUB-7"
        "Looks whether the release is pending and publishes later, without a lock between: publishes that race all succeed, and add their signatures to each other's.",
    RacingPublishIsInternalError "racing-publish-is-internal-error" "PUB-7" ["ASY-7"]
        "Answers 500 to a publish while another one is worked on: the row is locked, and the timeout is not caught.",
    RacingPublishRemovesRelease "racing-publish-removes-release" "PUB-7" ["ASY-7"]
        "Removes the release when a second publish of it comes while the first is worked on: the loser cleans up what it takes for its own.",
    ForgetsPublished "forgets-published" "PUB-8"
        "Deletes the unpublished release when it is published: moved from one table to the other.",
    ExpiredBlocks "expired-blocks" "PUB-9"
        "Leaves an expired release in the way of a new one: a unique index knows no states.",
    PublishesExpired "publishes-expired" "PUB-9"
        "Looks for expired releases in a nightly job only, and publishes them until that has run.",
    NeverExpires "never-expires" "PUB-9"
        "Says when a release expires, and expires nothing: the job that does was never written.",
    CancelDoesNothing "cancel-does-nothing" "PUB-10"
        "Answers to cancel and leaves everything as it is: a soft delete whose flag nobody reads.",
    CancelledContentReturns "cancelled-content-returns" "PUB-10" ["UPL-4", "SRC-1"]
        "Gives a release that is created again the content of the one that was cancelled under its name: content is filed by name and version, and cancelling removes only the row of the release.",
    CancelsEveryVersion "cancels-every-version" "PUB-10"
        "Cancels what is pending of every version of the name: the statement that deletes has the name in its condition, and not the version.",
    CancelsPublished "cancels-published" "PUB-10" ["PUB-5"]
        "Deletes the release when its unpublished form is cancelled: they are one row, or a foreign key cascades.",
    CancelsProcessing "cancels-processing" "PUB-10"
        "Cancels what is being processed: the state is not looked at, and the worker then finds nothing.",
    RacesCancel "races-cancel" "PUB-10"
        "Looks whether the release is pending and deletes it later, without a lock between: a release that was confirmed meanwhile is lost.",
    AcceptsWithoutLocation "accepts-without-location" "ASY-1"
        "Answers 202 without Location when several sources are to be fetched: each is a job of its own, and none of them the release.",
    OddRetryAfter "odd-retry-after" "ASY-1"
        "Sends a Retry-After that is neither seconds nor a date: the debug form of a duration.",
    AcceptedLocationIsRelease "accepted-location-is-release" "ASY-1"
        "Sends the Location of the release with 202 when several sources are to be fetched, where nothing is yet: that of 201 was copied.",
    SlowWorkIsAnsweredWith200 "slow-work-is-answered-with200" "ASY-1" ["PUB-1"]
        "Waits for the work within the request, and where that takes long answers 200 with the unpublished release: the status was not thought of.",
    StatusMissingWhileProcessing "status-missing-while-processing" "ASY-2"
        "Has no status while the content is being verified: the row is locked, or moved to another table.",
    ErrorWhileProcessing "error-while-processing" "ASY-2"
        "Has an `error` that says that there is none while it works: the member is filled in always.",
    FetchesWithoutDeadline "fetches-without-deadline" "ASY-3"
        "Waits for a source for ever: the default of many HTTP clients.",
    NeverFails "never-fails" "ASY-3"
        "Stays in processing after a failure: the worker died with it.",
    LookingLosesWork "looking-loses-work" "ASY-3"
        "Stays in processing for ever when somebody reads the release or its status while content is fetched: the read takes the job's lease.",
    MiscountsSources "miscounts-sources" "ASY-3"
        "Waits for one source more than there are when there are several: a counter that is off by one.",
    LosesAsyncError "loses-async-error" "ASY-4"
        "Fails without saying why: the error is in the log.",
    OneAsyncErrorForAll "one-async-error-for-all" "ASY-4"
        "Has one error type for everything that happens in the background: the job queue knows only that a job failed.",
    LateUploadCheck "late-upload-check" "ASY-4"
        "Compares uploads in the background only, and calls other bytes `invalid-content` there: the check was written for the scanner of content.",
    ForgetsFailure "forgets-failure" "ASY-5"
        "Forgets a failure once it was read: the result of a job is popped from its queue.",
    FailedGoesBackToPending "failed-goes-back-to-pending" "ASY-6"
        "Goes back to pending after a failure: the transaction is rolled back, its outcome with it.",
    StatusFlickers "status-flickers" "ASY-6"
        "Says `pending` and `processing` by turns while content is fetched: two replicas, one of which lags behind.",
    ReleaseFlickers "release-flickers" "ASY-6" ["PUB-3"]
        "Finds a release of three sources or more at every other read only: its rows reach the replicas one by one.",
    KeepsLastError "keeps-last-error" "ASY-6" ["ASY-9"]
        "Leaves `error` and `processedAt` of a failure in the attempt that follows: the row is used again, and these columns are not cleared.",
    SecondPublishIsNotFound "second-publish-is-not-found" "ASY-7"
        "Answers 404 to a second publish while the first is worked on: it looks among pending releases only.",
    StatusReadableByOthers "status-readable-by-others" "ASY-8"
        "Shows the unpublished release to everybody who is authenticated: who may is checked on writes only.",
    LacksProcessedAt "lacks-processed-at" "ASY-9"
        "Leaves `processedAt` out: it was added to the API later, and is set nowhere.",
    ProcessedAtWhilePending "processed-at-while-pending" "ASY-9"
        "Shows `processedAt` from the start: a column with a default.",
    FailureBlocks "failure-blocks" "ASY-10"
        "Leaves a failed release in the way of a new one: a unique index knows no states.",
    FailureIsForGood "failure-is-for-good" "ASY-10"
        "Answers 410 to everything that would take up a failed release again: failed is thought to be as final as published.",
    FailedUploadStays "failed-upload-stays" "ASY-10"
        "Takes an upload of a new attempt and keeps that of the failed one: objects are named after name and version, and never overwritten.",
    FailedUploadIsInTheWay "failed-upload-is-in-the-way" "ASY-10"
        "Answers 409 to an upload of a new attempt where the failed one had one: the store has an object of that name and version.",
    ServesFailedUpload "serves-failed-upload" "ASY-10"
        "Serves the content of a failed attempt in the release of the next one: the verifier read it through a cache that knows it by name and version.",
    FailedIsReadable "failed-is-readable" "ASY-11" ["ASY-8"]
        "Serves a release that failed: it asks whether processing is over, and not how it ended.",
    MissingIsNull "missing-is-null" "REL-1"
        "Answers 200 with null for a version that a published name does not have: the name is found, and what its table of versions gives is sent.",
    UnknownNameIsInternalError "unknown-name-is-internal-error" "REL-1" ["ERR-4"]
        "Answers 500 when a release is read whose name nobody has: the query for the package is thought to find one row.",
    LacksHead "lacks-head" "REL-2"
        "Answers HEAD with 405: the router has routes for GET only.",
    IgnoresIfNoneMatch "ignores-if-none-match" "REL-3"
        "Sends an entity tag and the whole document whatever If-None-Match says: the framework adds the tag, and nothing compares it.",
    TagOfManifest "tag-of-manifest" "REL-3"
        "Makes the entity tag of a release from its manifest, which never changes: caches never learn of new sources.",
    AnyTagMatches "any-tag-matches" "REL-3"
        "Answers 304 to every If-None-Match: that the header is there is all it looks at.",
    RangeOffByOne "range-off-by-one" "REL-4"
        "Takes the last position of a range as exclusive, as slices do; RFC 9110 has it inclusive.",
    ContentRangeOffByOne "content-range-off-by-one" "REL-4"
        "Names the octet behind the range as its last in Content-Range: an exclusive end taken for an inclusive one.",
    RefusesRangesOfDocuments "refuses-ranges-of-documents" "REL-4"
        "Answers 400 to a Range where it serves none: a header that it does not support is taken for an error.",
    UnsatisfiableIsEmptyPart "unsatisfiable-is-empty-part" "REL-4"
        "Answers 206 without a body to a range behind the end: a slice beyond the end is empty in its language, and no error.",
    ReadsRangesLeniently "reads-ranges-leniently" "REL-4"
        "Answers a Range that is none with the first octet: numbers that do not parse are 0.",
    ImmutableForCaches "immutable-for-caches" "REL-5"
        "Lets caches keep release documents for ever: releases never change, it is thought, and their sources do.",
    StatusIsCacheable "status-is-cacheable" "REL-5"
        "Says nothing to caches about the status: it is a GET like any other.",
    ProblemsArePlainJson "problems-are-plain-json" "ERR-1" ["ERR-2"]
        "Answers 401 with JSON of its own (`\"status\": \"error\"`, as in JSend): authentication is a middleware in front of the error handler.",
    HtmlNotFound "html-not-found" "ERR-1"
        "Answers unknown paths with the framework's HTML page: its fallback is none of the application's routes.",
    WrongStatusMember "wrong-status-member" "ERR-2"
        "Has the status that goes with the problem type in a document whose answer has another: 405 in a 501, or 422 in the 409 that repeats a failure.",
    MethodNotAllowedWithoutAllow "method-not-allowed-without-allow" "ERR-3"
        "Answers 405 without Allow: the handler of last resort does not know the routes.",
    MethodIsNotFound "method-is-not-found" "ERR-3"
        "Answers 404 where only the method is wrong: method and path are one key in the router's table.",
    MalformedIsInternalError "malformed-is-internal-error" "ERR-4"
        "Answers 500 to a body that it can not read, except at create: the parser's error is caught there and nowhere else.",
    BadPathIsInternalError "bad-path-is-internal-error" "ERR-4"
        "Answers 500 to a path whose percent-encoding is no UTF-8: decoding panics or throws, and nobody expected it.",
    RefusesWith200 "refuses-with200" "ERR-5"
        "Answers a refused cancel with status 200 and the problem document: DELETE is idempotent, and so thought never to fail.",
    TakesManifestsOfAnySize "takes-manifests-of-any-size" "ERR-6"
        "Has no limit for manifests: the limit is set for uploads, which are the large ones.",
    EchoesToken "echoes-token" "ERR-7"
        "Repeats the Authorization header in the problem document: the whole request is put into it for debugging.",
    ShowsStackTrace "shows-stack-trace" "ERR-7"
        "Adds a stack trace, and the header fields of the request, to what it says of a malformed manifest: the framework's debug page was left on.",
    CreateErrorsByHand "create-errors-by-hand" "ERR-1" ["ERR-2"]
        "Answers a malformed manifest with JSON of its own (`\"status\": \"error\"`, as in JSend): the body parser has an error handler of its own.",
    ConflictByHand "conflict-by-hand" "ERR-1" ["ERR-2"]
        "Answers a conflict with JSON of its own (`\"status\": \"error\"`): the violated unique index is caught where it comes up.",
    SourceErrorsByHand "source-errors-by-hand" "ERR-1" ["ERR-2"]
        "Answers a refused scheme with JSON of its own (`\"status\": \"error\"`): a validation that was written before the error handler.",
    PublishErrorsByHand "publish-errors-by-hand" "ERR-1" ["ERR-2"]
        "Answers a publish without a signature with JSON of its own (`\"status\": \"error\"`): an early return.",
    NothingToWriteByHand "nothing-to-write-by-hand" "ERR-1" ["ERR-2"]
        "Answers publish and cancel of what is not there with JSON of its own (`\"status\": \"error\"`): what the framework makes of a record that is not found.",
    NoStatusByHand "no-status-by-hand" "ERR-1" ["ERR-2"]
        "Answers a status that nobody, or not the caller, can read with JSON of its own (`\"status\": \"error\"`): status is another service than the rest.",
    NoReleaseByHand "no-release-by-hand" "ERR-1" ["ERR-2"]
        "Answers 404 of a release whose name nobody has used with JSON of its own (`\"status\": \"error\"`): a cache in front knows the names that there are.",
    UnknownPathIsForbidden "unknown-path-is-forbidden" "ERR-3"
        "Answers 403 to unknown paths: a gateway that denies what it has no route for, as some cloud gateways do.",
    TakesVersionWithoutV "takes-version-without-v" "ERR-3"
        "Takes a version in a path without its `v`: it is cut off where it stands, and not missed where it does not.",
    UnknownMethodIsInternalError "unknown-method-is-internal-error" "ERR-3" ["ERR-4"]
        "Answers 500 to a method that nobody knows: an enumeration of methods, and a conversion that panics.",
    UploadsCanBeDeleted "uploads-can-be-deleted" "ERR-3"
        "Deletes an upload at its URL: the object store behind it does whatever the method says.",
    UndecodableIsInternalError "undecodable-is-internal-error" "ERR-4"
        "Answers 500 to octets that are no UTF-8 where text is wanted: decoding throws, and only parsing is guarded.",
    DeepNestingIsInternalError "deep-nesting-is-internal-error" "ERR-4"
        "Answers 500 to JSON that is nested deeply: the parser recurses, and `RecursionError` or `StackOverflowError` is no error of parsing.",
    HugeNumberIsInternalError "huge-number-is-internal-error" "ERR-4"
        "Answers 500 to a number that no double holds: infinity comes out of the parser, and can not be written again.",
    WrongTypeIsInternalError "wrong-type-is-internal-error" "ERR-4"
        "Answers 500 to a member of another type: a method is called on what is taken for text, with no such method.",
    BrokenArchiveIsInternalError "broken-archive-is-internal-error" "ERR-4"
        "Answers 500 to an archive that is none: the tar reader's errors are those of reading files, which are the server's own.",
    OddEntryIsInternalError "odd-entry-is-internal-error" "ERR-4" ["IDX-2"]
        "Answers 500 to an archive with an entry that no folder can hold, or that leads out of it: entries are unpacked first, and errors of the file system are the server's own.",
    OddSignatureIsInternalError "odd-signature-is-internal-error" "ERR-4"
        "Answers 500 to a signature of another length: copied into an array of the right one, which panics.",
    BrokenKeyIsInternalError "broken-key-is-internal-error" "ERR-4"
        "Answers 500 to a broken key, or reference to one, in a signature's header: the JOSE library parses it before anybody asks whether it counts.",
    OddMediaTypeIsInternalError "odd-media-type-is-internal-error" "ERR-4"
        "Answers 500 to a content type that does not parse, or that is missing: the parser's result is unwrapped.",
    OddAuthorizationIsInternalError "odd-authorization-is-internal-error" "ERR-4"
        "Answers 500 to an Authorization without a scheme and a token: the second of two parts is taken unseen.",
    BrokenOffIsInternalError "broken-off-is-internal-error" "ERR-4"
        "Answers 500 to a body that ends before its declared length: an error of reading is taken for one of the server's.",
    UnknownHostIsInternalError "unknown-host-is-internal-error" "ERR-4" ["SRC-6"]
        "Answers 500 when the name of a content host is not resolved: resolvers have an error class of their own, which nobody caught.",
    BrokenHeadIsInternalError "broken-head-is-internal-error" "ERR-4"
        "Answers 500 to what breaks HTTP itself: the server's own errors go through a page of the last resort that knows no other status.",
    NulIsInternalError "nul-is-internal-error" "ERR-4"
        "Answers 500 to text with U+0000: some databases take it in no text, JSON included.",
    FourOctetsAreInternalError "four-octets-are-internal-error" "ERR-4"
        "Answers 500 to text with characters of four octets: a database whose UTF-8 has three at most.",
    CutsTextAtFourOctets "cuts-text-at-four-octets" "ERR-4" ["CRE-12"]
        "Answers 500 to reading what it took with characters of four octets: a lenient database cuts text at the first one, and half a document does not parse.",
    QuotesBreakItsSql "quotes-break-its-sql" "ERR-4" ["ERR-7"]
        "Answers 500, and shows the statement, when a name, version or digest has a single quote: SQL is put together from text.",
    LongNameIsInternalError "long-name-is-internal-error" "ERR-4"
        "Answers 500 to names, versions and key ids beyond 255 octets: they are names of files, which are no longer than that.",
    LongUrlIsInternalError "long-url-is-internal-error" "ERR-4"
        "Answers 500 to content sources with long URLs: the column ends sooner, and the database says so.",
    NonAsciiFieldIsInternalError "non-ascii-field-is-internal-error" "ERR-4"
        "Answers 500 to header fields beyond ASCII: a log middleware reads every value as text and unwraps it.",
    ContentCodingIsInternalError "content-coding-is-internal-error" "ERR-4"
        "Answers 500 to a content coding that the content has not: a middleware undoes it, in front of every error handler.",
    OddEntityTagIsInternalError "odd-entity-tag-is-internal-error" "ERR-4"
        "Answers 500 to an If-None-Match that does not parse: conditional requests come from caches, which make no mistakes, it is thought.",
    OddVersionIsInternalError "odd-version-is-internal-error" "ERR-4"
        "Answers 500 to a path with a version that is none: create has checked it, it is thought, and the parser's result is unwrapped.",
    HugeVersionIsInternalError "huge-version-is-internal-error" "ERR-4" ["CRE-6"]
        "Answers 500 to a version with a number beyond 64 bits, which the grammar allows: it is multiplied until it overflows.",
    EmptyUploadIsInternalError "empty-upload-is-internal-error" "ERR-4"
        "Answers 500 to an empty upload: the file is mapped into memory, and one without a byte can not be.",
    NothingToCancelIsInternalError "nothing-to-cancel-is-internal-error" "ERR-4"
        "Answers 500 to cancelling what is not there: an unchecked lookup.",
    PoisonsPackage "poisons-package" "ERR-4"
        "Answers 500 to every request for a package after one that it could not read: a panic while the lock is held leaves it poisoned until the next restart.",
    CreateRefusedWith200 "create-refused-with200" "ERR-5"
        "Answers 200 with the problem document to a create with an invalid digest: the validator's result is returned as the handler's.",
    SourcesRefusedWith200 "sources-refused-with200" "ERR-5"
        "Answers 200 with the problem document to sources of an unsupported scheme: lists are taken for batches, whose status says nothing of their entries.",
    UploadRefusedWith200 "upload-refused-with200" "ERR-5"
        "Answers 200 with the problem document to an upload that does not match: the bytes have arrived, and that is what the status is about.",
    PublishRefusedWith200 "publish-refused-with200" "ERR-5"
        "Answers 200 with the problem document to publishing what is not there or badly signed: an RPC habit, the error is in the body.",
    CountsEnvelope "counts-envelope" "ERR-6"
        "Counts the envelope of a signed manifest against the limit: it is held against Content-Length.",
    ManifestLimitIsExclusive "manifest-limit-is-exclusive" "ERR-6"
        "Refuses a manifest of exactly the limit: `>=` where `>` is meant.",
    ShowsDebugPage "shows-debug-page" "ERR-7"
        "Shows the header fields of a request for an unknown path: the framework's debug page was left on.",
    DenialShowsFields "denial-shows-fields" "ERR-7"
        "Shows the header fields of a request that it denies: to make clear to the caller who it was taken for.",
    FailureShowsCredentials "failure-shows-credentials" "ERR-7" ["SRC-13"]
        "Shows the credentials of a source that it could not fetch: the HTTP client's error has the whole request in it.",
    RefusalShowsSource "refusal-shows-source" "ERR-7" ["SRC-13"]
        "Shows a refused source as it was given, credentials included: validators quote their input.",
    AnonymousWrites "anonymous-writes" "ACC-1"
        "Takes writes without credentials: the middleware checks the token of those that have one.",
    UnknownTokenIsOwner "unknown-token-is-owner" "ACC-1" ["ACC-4"]
        "Checks that there is a token, and not whose: a test double of the authentication that went into production.",
    LacksChallenge "lacks-challenge" "ACC-1"
        "Answers 401 without WWW-Authenticate, as most JSON APIs do; RFC 9110 wants it.",
    UnknownTokenIsForbidden "unknown-token-is-forbidden" "ACC-1"
        "Answers 403 to a read of a release with a token that it does not know: unauthenticated and unauthorized are one word to many.",
    AnyPublisherWrites "any-publisher-writes" "ACC-2" ["ACC-3"]
        "Lets every publisher write in every namespace: authenticated is taken for authorised.",
    ReadersWrite "readers-write" "ACC-3" ["ACC-2"]
        "Lets readers change sources and publish: the role is checked in create only.",
    KeepsDeniedSources "keeps-denied-sources" "ACC-3"
        "Checks permission after it has changed the sources: the check is in the code that renders the answer.",
    UploadsOfAnyIdentity "uploads-of-any-identity" "ACC-3"
        "Wants authorization for uploads and takes everybody's: the token is checked, and not whose the release is.",
    DeniedPublishResetsFailure "denied-publish-resets-failure" "ACC-3"
        "Makes a failed release pending again before it asks who publishes: a new attempt is prepared first.",
    CancelsBeforePermission "cancels-before-permission" "ACC-3"
        "Cancels before it asks who wants it: the check is in the code that renders the answer.",
    DenialIsBadRequest "denial-is-bad-request" "ACC-3" ["ACC-2", "ACC-4", "ACC-6"]
        "Denies with 400 `malformed-request`: the exception of the permission check is one that the error handler does not know.",
    KeepsDeniedUploads "keeps-denied-uploads" "ACC-3" ["ACC-1"]
        "Keeps what is uploaded before it asks who sent it: the body is streamed to the store while the permission is looked up.",
    StatusIsPublic "status-is-public" "ACC-4" ["ACC-7"]
        "Shows the unpublished release to everybody: its URL is thought to be unguessable, and can be built.",
    ProblemsShowRelease "problems-show-release" "ACC-4" ["ACC-6"]
        "Shows the unpublished release with its `uploadUrl` in problem documents about it, to whoever caused them: the exception holds the record that it is about.",
    PublishedSourcesAreOpen "published-sources-are-open" "ACC-5"
        "Checks the owner of pending releases only: the owner is a column of the table that the release was moved out of.",
    DenialHasAnotherBody "denial-has-another-body" "ACC-6"
        "Hides what it denies behind 404, with another document than where nothing is: the status alone was rewritten.",
    DenialTellsExistence "denial-tells-existence" "ACC-6"
        "Answers 404 where nothing is and 403 where something is: it looks up first.",
    MissingIsForbidden "missing-is-forbidden" "ACC-6"
        "Answers 403 where nothing is and 404 where it denies: what is not there belongs to nobody, and so not to the caller either.",
    ContentIsPublic "content-is-public" "ACC-8"
        "Serves the content of private releases to everybody: the store has no access control of its own.",
    PrivateIsPublic "private-is-public" "ACC-7"
        "Shows private releases to everybody: the flag came later, and reading does not ask for it.",
    PrivateIsForbidden "private-is-forbidden" "ACC-7"
        "Answers 403 for private releases and 404 for what does not exist: the lookup comes before the permission.",
    ShowsSignedUrls "shows-signed-urls" "ACC-8"
        "Shows the sources of private content to those who may read the manifest only: one document for everybody.",
    ManifestReadersReadContent "manifest-readers-read-content" "ACC-8"
        "Serves content to whoever may read the manifest: one permission called `read`.",
    TakesRefusalForPresence "takes-refusal-for-presence" "ACC-9"
        "Publishes content whose host answers 401 or 403: it must be there, it is thought, and its readers will have credentials.",
    ManifestReadersAreStrangers "manifest-readers-are-strangers" "ACC-8"
        "Shows private releases to those only who may read their content: one permission called `read`, asked for everywhere.",
    TellsConflictToStrangers "tells-conflict-to-strangers" "ACC-10" ["ACC-6"]
        "Looks whether the name is taken before it looks who asks: the unique index speaks first.",
    KeepsArchiveOrder "keeps-archive-order" "IDX-1" ["IDX-7"]
        "Digests the entries in the order of the archive: archives from one tool are sorted, and so were those of the tests.",
    WantsSeveralEntries "wants-several-entries" "IDX-1"
        "Refuses an archive with a single entry: that is to travel as it is, it is thought.",
    TakesDevices "takes-devices" "IDX-2"
        "Takes devices in an archive as empty files: only names and bytes of entries are looked at.",
    TakesSparseFiles "takes-sparse-files" "IDX-2"
        "Takes a sparse file as if its stored bytes were all: a tar reader that ignores the type flag.",
    DropsEmptyPaths "drops-empty-paths" "IDX-2"
        "Skips entries without a path: nothing to store, so no error.",
    TakesParentSegments "takes-parent-segments" "IDX-2"
        "Takes `..` in the paths of an archive: nothing is unpacked here, it is thought, but clients will (Zip Slip).",
    TakesLinks "takes-links" "IDX-2"
        "Takes links in an archive as empty files: the type flag is not looked at.",
    TakesDuplicatePaths "takes-duplicate-paths" "IDX-2"
        "Takes an archive with a path twice, of which the last one wins: entries go into a map.",
    StripsLeadingSlash "strips-leading-slash" "IDX-2"
        "Takes absolute paths in an archive, as tar does.",
    ChecksTraversalOnly "checks-traversal-only" "IDX-2" ["IDX-6"]
        "Looks for `..` and a leading slash in paths and for nothing else: it thinks of unpacking, not of an index.",
    UnreadableArchivePasses "unreadable-archive-passes" "IDX-2" ["DIG-2"]
        "Takes an archive that it can not read as it is: where there is no index, there is nothing to compare.",
    TakesArchiveWithoutComponent "takes-archive-without-component" "IDX-3"
        "Takes an archive without component.wasm: the digest matches, and what is in it is not looked at.",
    TakesDigestOfComponentAlone "takes-digest-of-component-alone" "IDX-4"
        "Takes an archive when the digest is that of its component alone: a fallback from before there were assets, which can then be anything.",
    TakesArchivesOfAnySize "takes-archives-of-any-size" "IDX-5"
        "Counts no entry against the content limit: the limit is on single components only.",
    CountsArchiveHeaders "counts-archive-headers" "IDX-5"
        "Counts the headers of an archive as content: Content-Length is held against the limit.",
    LimitsEachEntry "limits-each-entry" "IDX-5"
        "Holds each entry against the limit, and never their sum: the limit is that of the store for one object.",
    CutsLongPaths "cuts-long-paths" "IDX-6"
        "Cuts paths at 255 octets: a VARCHAR(255), in a database that cuts in silence.",
    ReadsPathsAsText "reads-paths-as-text" "IDX-6"
        "Reads the paths of an archive as UTF-8 and replaces what is not: strings are text in most languages.",
    WrapsPathLength "wraps-path-length" "IDX-6"
        "Takes paths of any length and writes their length into the index as far as two octets go: a cast where a checked conversion is wanted.",
    SortsPathsAsUtf16 "sorts-paths-as-utf16" "IDX-6" ["IDX-1", "IDX-7"]
        "Sorts paths as its language sorts text, by UTF-16 code units: for most paths that is the order of octets.",
    FoldsPaths "folds-paths" "IDX-6" ["IDX-4"]
        "Takes paths that differ in case alone for one: archives are unpacked to a file system that does.",
    TakesMixedSources "takes-mixed-sources" "IDX-7" ["SRC-5", "SRC-6"]
        "Takes sources of single entries beside sources of the whole: `path` is optional, and each source is checked by itself.",
    IgnoresPathOfDuplicates "ignores-path-of-duplicates" "IDX-7"
        "Takes sources of one URL for the same, whatever entries they serve: the index on the URL is older than the member `path`.",
    HidesPathOfSources "hides-path-of-sources" "IDX-7"
        "Does not show the path of a source: the type of the answer is older than the member.",
    RefusesMirrorsOfEntries "refuses-mirrors-of-entries" "IDX-7"
        "Takes one source for each entry, and refuses a second one as a duplicate path: the rule for archives applied to sources.",
}

/// A name that no defect has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("failed to find a defect named {0:?}; --list-defects lists them")]
pub struct UnknownDefect(String);

impl FromStr for Defect {
    type Err = UnknownDefect;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .find(|defect| defect.name() == text || format!("{defect:?}") == text)
            .copied()
            .ok_or_else(|| UnknownDefect(text.to_owned()))
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// All defects as `--list-defects` prints them.
pub fn list() -> Value {
    Defect::ALL
        .iter()
        .map(|defect| json!({"name": defect.name(), "rule": defect.rule(), "what": defect.what()}))
        .collect()
}
