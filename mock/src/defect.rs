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
    DropsUnknownMembers "drops-unknown-members" "CRE-12"
        "Reads the manifest into a struct and writes that out again: members that the struct lacks are lost.",
    CreatorFromBody "creator-from-body" "CRE-13"
        "Takes `creator` from the manifest when it is there: mass assignment, the members of the request overwrite those of the record.",
    ExpiryInPast "expiry-in-past" "CRE-14"
        "Shows an `expiresAt` that is over: seconds are added as milliseconds.",
    ComparesEncodedNames "compares-encoded-names" "CRE-15"
        "Looks names up as they stand in the path, so that `%3A` is not `:`.",
    ComparesDigestPrefix "compares-digest-prefix" "DIG-2"
        "Compares the first eight digits only, as shown in its logs.",
    ComparesNoDigest "compares-no-digest" "DIG-2"
        "Computes the digest and does not compare it: the result goes to the log only.",
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
    RefusedUploadIsFinal "refused-upload-is-final" "DIG-6"
        "Takes no other upload after one that it refused: an upload has a state machine of its own, and failed is its end.",
    TakesTruncatedUploads "takes-truncated-uploads" "DIG-7"
        "Takes what arrived of an upload that was cut off as all of it: the end of the stream and its breaking off are one to the reader.",
    TakesEitherDigestForm "takes-either-digest-form" "DIG-8"
        "Takes the digest of the bytes where that of the index is wanted: a fallback from before there was an index.",
    ComparesSha256Only "compares-sha256-only" "DIG-9"
        "Takes sha512 and verifies sha256 only: the new algorithm came to the parser and not to the verifier.",
    SkipsComponentCheck "skips-component-check" "DIG-10"
        "Takes whatever matches the digest as a component: the check of what it is was left to clients.",
    OffersNoUploadUrl "offers-no-upload-url" "UPL-1"
        "Offers `uploadUrl` in the answer to create only, as secrets are shown once: who loses that answer can not upload.",
    RefusesChunks "refuses-chunks" "UPL-2"
        "Wants a Content-Length although chunks are promised: the object store behind it does.",
    WantsAuthorizationOnUploadHost "wants-authorization-on-upload-host" "UPL-3"
        "Wants the API's token on the upload host: one middleware for every route.",
    PublishesWithoutContent "publishes-without-content" "UPL-4"
        "Publishes a release without any content: a loop over no sources finds nothing wrong.",
    TakesUploadsAfterPublishing "takes-uploads-after-publishing" "UPL-5"
        "Goes on taking uploads after publishing, and serves the last: a signed URL outlives the publishing, and verification is over.",
    AppendsSecondUpload "appends-second-upload" "UPL-6"
        "Adds the bytes of a second upload to those of the first: the file is opened for appending.",
    TakesUploadsOfAnySize "takes-uploads-of-any-size" "UPL-7"
        "Has no limit for uploads: the framework's default was switched off for large content.",
    TrustsDeclaredLength "trusts-declared-length" "UPL-7"
        "Holds Content-Length against the limit and does not count what arrives in chunks: a limit in front of the server does no more.",
    ServesContentCutShort "serves-content-cut-short" "UPL-8"
        "Serves uploaded content without its last byte: an inclusive end taken for an exclusive one.",
    TakesUploadsOfAnyType "takes-uploads-of-any-type" "UPL-9"
        "Does not hold the Content-Type of an upload against the manifest: the header is stored and never compared.",
    ReversesSources "reverses-sources" "SRC-1"
        "Puts new sources first: they are listed by the time when they came, newest first.",
    KeepsDuplicateSources "keeps-duplicate-sources" "SRC-1"
        "Lists a source as often as it was added: a table without a unique index.",
    WantsUpload "wants-upload" "SRC-2"
        "Publishes nothing without an upload, sources or not: uploads were there first, and the check was never widened.",
    KeepsFirstMirrorOnly "keeps-first-mirror-only" "SRC-3"
        "Keeps only the first of several mirrors in the release: it has a column for one URL.",
    AddsUntilRefused "adds-until-refused" "SRC-4"
        "Adds the sources that stand before the refused one: no transaction.",
    SkipsDigestOfSources "skips-digest-of-sources" "SRC-5"
        "Fetches sources and does not hash what they serve: that is done for uploads only.",
    ChecksFirstSourceOnly "checks-first-source-only" "SRC-5"
        "Compares the first source and trusts the rest: the loop ends with the first that is good.",
    KeepsBadMirrors "keeps-bad-mirrors" "SRC-5"
        "Keeps a mirror with other bytes when another one is good: one success settles all.",
    PublishesUnreachable "publishes-unreachable" "SRC-6"
        "Publishes although nothing could be fetched: the fetch error is logged only.",
    HidesUnreachableUrl "hides-unreachable-url" "SRC-6"
        "Does not say which source it could not fetch: the error is turned into a general one to leak nothing.",
    IgnoresFetchStatus "ignores-fetch-status" "SRC-6"
        "Takes the body of a fetch whatever its status: most HTTP clients do not make an error of 404.",
    TakesTruncatedFetches "takes-truncated-fetches" "SRC-7"
        "Takes a body that ended early as the whole: some HTTP clients report no error when a connection closes before Content-Length.",
    WantsEveryMirror "wants-every-mirror" "SRC-8"
        "Lets one unreachable mirror sink the release: `?` in a loop over the sources.",
    FollowsNoRedirects "follows-no-redirects" "SRC-9"
        "Follows no redirects when fetching: switched off against request forgery, and never replaced by following with checks.",
    TakesAnyScheme "takes-any-scheme" "SRC-10"
        "Takes sources of every scheme and finds out when it fetches: its HTTP client knows which it can do.",
    TakesUrlsWithoutHost "takes-urls-without-host" "SRC-11"
        "Takes as a URL whatever its lenient parser takes, which is nearly every string.",
    TakesEmptySourceList "takes-empty-source-list" "SRC-11"
        "Takes an empty list of sources to add: a loop over nothing has no error.",
    FreezesSources "freezes-sources" "SRC-12"
        "Takes no sources once published: one check makes everything of a release immutable.",
    ShowsSourceCredentials "shows-source-credentials" "SRC-13"
        "Shows sources as they were given, credentials included: the record that is stored is the one that is serialised.",
    ForwardsCredentialsOnRedirect "forwards-credentials-on-redirect" "SRC-14"
        "Sends the credentials of a source to wherever it redirects, as HTTP clients did before CVE-2018-1000007 (curl) and CVE-2018-18074 (requests).",
    SendsPublisherTokenToSources "sends-publisher-token-to-sources" "SRC-14"
        "Fetches sources with the Authorization of the publisher's own request: one HTTP client with default headers for everything.",
    FollowsRedirectsToPrivate "follows-redirects-to-private" "SRC-15"
        "Checks the address of the first URL only: redirects are followed inside the HTTP client, the usual way around a filter against request forgery.",
    ChecksLiteralAddressesOnly "checks-literal-addresses-only" "SRC-15"
        "Checks addresses that are written in the URL, and not those that names resolve to: the filter looks at the text.",
    ExemptsWholeHosts "exempts-whole-hosts" "SRC-15"
        "Exempts every port of a host of which one was exempted: the list is compared with the host name only.",
    FetchesWithoutCredentials "fetches-without-credentials" "SRC-16"
        "Stores the credentials of a source and fetches without them: the job in the queue has the URL alone.",
    SkipsRecheck "skips-recheck" "SRC-17"
        "Takes sources after publishing without a look: verification is a step of publishing, and that is over.",
    TakesAnyNumberOfSources "takes-any-number-of-sources" "SRC-18"
        "Takes any number of sources: the limit is held against each request, if at all.",
    ReplaceAdds "replace-adds" "SRC-19"
        "Adds with PUT as with POST: both methods are routed to one handler.",
    DropsUnknownSourceMembers "drops-unknown-source-members" "SRC-20"
        "Drops the members of a source that it does not know: read into a struct and written out again.",
    LacksEd25519 "lacks-ed25519" "SIG-1"
        "Verifies ES256 only: the JWT library at hand has no `EdDSA`.",
    RefusesUnknownParameters "refuses-unknown-parameters" "SIG-1" ["SIG-11"]
        "Refuses a header parameter that it does not know, `typ` or `jwk`: the header is read into a struct that denies unknown fields. RFC 7515 has them ignored.",
    LacksFlattenedForm "lacks-flattened-form" "SIG-2"
        "Knows the general serialization only: the flattened one has its own section of RFC 7515, which nobody read.",
    TakesBothSerializations "takes-both-serializations" "SIG-2"
        "Takes a document that is general and flattened at once: whichever member is looked for first wins.",
    ReserialisesPayload "reserialises-payload" "SIG-3" ["PUB-3"]
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
    TakesNoSignatures "takes-no-signatures" "SIG-10"
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
    AddsDefaultMediaType "adds-default-media-type" "PUB-3"
        "Fills in the default media type in the manifest that it shows, which is then not what was signed: the default of a struct's field.",
    PublishesAgain "publishes-again" "PUB-4" ["PUB-5"]
        "Publishes what is published anew, with the new signature: an upsert.",
    SecondPublishIsInternalError "second-publish-is-internal-error" "PUB-4"
        "Answers 500 to publishing what is published: a unique index is violated, and nobody expected it.",
    SourcesChangeRewritesManifest "sources-change-rewrites-manifest" "PUB-5"
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
    FailedIsReadable "failed-is-readable" "ASY-11" ["ASY-8"]
        "Serves a release that failed: it asks whether processing is over, and not how it ended.",
    MissingIsNull "missing-is-null" "REL-1"
        "Answers 200 with null for a version that a published name does not have: the name is found, and what its table of versions gives is sent.",
    LacksHead "lacks-head" "REL-2"
        "Answers HEAD with 405: the router has routes for GET only.",
    IgnoresIfNoneMatch "ignores-if-none-match" "REL-3"
        "Sends an entity tag and the whole document whatever If-None-Match says: the framework adds the tag, and nothing compares it.",
    RangeOffByOne "range-off-by-one" "REL-4"
        "Takes the last position of a range as exclusive, as slices do; RFC 9110 has it inclusive.",
    ImmutableForCaches "immutable-for-caches" "REL-5"
        "Lets caches keep release documents for ever: releases never change, it is thought, and their sources do.",
    ProblemsArePlainJson "problems-are-plain-json" "ERR-1"
        "Sends the problem document of 401 as application/json: authentication is a middleware in front of the error handler.",
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
        "Adds a stack trace to what it says of a malformed manifest: the debug form of the parser's error was left in.",
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
    KeepsArchiveOrder "keeps-archive-order" "IDX-1"
        "Digests the entries in the order of the archive: archives from one tool are sorted, and so were those of the tests.",
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
    TakesArchiveWithoutComponent "takes-archive-without-component" "IDX-3"
        "Takes an archive without component.wasm: the digest matches, and what is in it is not looked at.",
    TakesDigestOfComponentAlone "takes-digest-of-component-alone" "IDX-4"
        "Takes an archive when the digest is that of its component alone: a fallback from before there were assets, which can then be anything.",
    TakesArchivesOfAnySize "takes-archives-of-any-size" "IDX-5"
        "Counts no entry against the content limit: the limit is on single components only.",
    CountsArchiveHeaders "counts-archive-headers" "IDX-5"
        "Counts the headers of an archive as content: Content-Length is held against the limit.",
    CutsLongPaths "cuts-long-paths" "IDX-6"
        "Cuts paths at 255 octets: a VARCHAR(255), in a database that cuts in silence.",
    ReadsPathsAsText "reads-paths-as-text" "IDX-6"
        "Reads the paths of an archive as UTF-8 and replaces what is not: strings are text in most languages.",
    TakesMixedSources "takes-mixed-sources" "IDX-7"
        "Takes sources of single entries beside sources of the whole: `path` is optional, and each source is checked by itself.",
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
