//! The one place where a defect becomes a policy value.

use crate::{config::Config, defect::Defect, digest::DigestComparison};

use super::Policy;

impl Policy {
    /// The behaviour of a registry with these settings, its defects included.
    pub(crate) fn from_config(config: &Config) -> Self {
        let mut policy = Self::default();
        policy
            .signature
            .ed25519_names
            .clone_from(&config.ed25519_names);
        for defect in &config.defects {
            policy.apply(*defect);
        }
        policy
    }

    fn apply(&mut self, defect: Defect) {
        match defect {
            Defect::CreatesWithoutLocation => self.create.no_location = true,
            Defect::KeepsUncheckedSignature => self.create.skips_signature = true,
            Defect::TakesAnyContentType => self.create.takes_any_content_type = true,
            Defect::TakesDuplicateMembers => self.create.takes_duplicate_members = true,
            Defect::TakesAnyName => self.create.takes_any_name = true,
            Defect::TakesAnyVersion => self.create.takes_any_version = true,
            Defect::TakesAnyPackageType => self.create.takes_any_package_type = true,
            Defect::TakesUnsupportedDigestsOnly => self.digest.accepts_unsupported_only = true,
            Defect::TakesAnyDigestForm => self.digest.accepts_any_form = true,
            Defect::ReplacesPending => self.create.replaces_pending = true,
            Defect::ReplacesPublished => self.create.replaces_published = true,
            Defect::ConflictWithoutLocation => self.create.conflict_without_location = true,
            Defect::RacesCreates => self.create.checks_then_acts = true,
            Defect::DropsUnknownMembers => self.create.drops_unknown_members = true,
            Defect::CreatorFromBody => self.create.creator_from_body = true,
            Defect::ComparesEncodedNames => self.reading.compares_encoded_names = true,
            Defect::ComparesDigestPrefix => self.digest.comparison = DigestComparison::Prefix,
            Defect::ComparesNoDigest => self.digest.comparison = DigestComparison::Nothing,
            Defect::SkipsDigestOfUploads => self.upload.skips_digest = true,
            Defect::ComparesFirstDigestOnly => self.digest.comparison = DigestComparison::FirstOnly,
            Defect::ComparesLastDigestOnly => self.digest.comparison = DigestComparison::LastOnly,
            Defect::AnyDigestSuffices => self.digest.comparison = DigestComparison::AnySuffices,
            Defect::ShowsFirstDigestOnly => self.reading.shows_first_digest_only = true,
            Defect::TakesTruncatedUploads => self.upload.takes_truncated = true,
            Defect::ComparesSha256Only => self.digest.comparison = DigestComparison::Sha256Only,
            Defect::OffersNoUploadUrl => self.upload.offers_no_url = true,
            Defect::WantsAuthorizationOnUploadHost => {
                self.upload.wants_authorization_elsewhere = true
            }
            Defect::PublishesWithoutContent => self.publish.publishes_without_content = true,
            Defect::TakesUploadsAfterPublishing => self.upload.taken_after_publishing = true,
            Defect::TakesUploadsOfAnySize => self.upload.ignores_limit = true,
            Defect::TrustsDeclaredLength => self.upload.trusts_declared_length = true,
            Defect::ServesContentCutShort => self.upload.serves_fewer_bytes = true,
            Defect::TakesUploadsOfAnyType => self.upload.takes_any_content_type = true,
            Defect::ReversesSources => self.sources.reverses_order = true,
            Defect::KeepsDuplicateSources => self.sources.keeps_duplicates = true,
            Defect::KeepsFirstMirrorOnly => self.sources.keeps_first_only = true,
            Defect::AddsUntilRefused => self.sources.adds_until_refused = true,
            Defect::SkipsDigestOfSources => self.sources.skips_digest = true,
            Defect::ChecksFirstSourceOnly => self.sources.checks_first_only = true,
            Defect::KeepsBadMirrors => self.sources.keeps_bad_mirrors = true,
            Defect::PublishesUnreachable => self.sources.publishes_unreachable = true,
            Defect::HidesUnreachableUrl => self.sources.hides_unreachable_url = true,
            Defect::IgnoresFetchStatus => self.fetch.ignores_status = true,
            Defect::TakesTruncatedFetches => self.fetch.ignores_truncation = true,
            Defect::WantsEveryMirror => self.sources.wants_every_mirror = true,
            Defect::FollowsNoRedirects => self.fetch.follows_no_redirects = true,
            Defect::TakesAnyScheme => self.sources.takes_any_scheme = true,
            Defect::TakesUrlsWithoutHost => self.sources.takes_any_url = true,
            Defect::TakesEmptySourceList => self.sources.takes_empty_list = true,
            Defect::FreezesSources => self.sources.frozen_after_publishing = true,
            Defect::ShowsSourceCredentials => self.sources.shows_credentials = true,
            Defect::ForwardsCredentialsOnRedirect => self.fetch.forwards_credentials = true,
            Defect::SendsPublisherTokenToSources => self.sources.forwards_publisher_token = true,
            Defect::FollowsRedirectsToPrivate => self.fetch.follows_redirects_to_private = true,
            Defect::ChecksLiteralAddressesOnly => self.fetch.checks_literal_addresses_only = true,
            Defect::ExemptsWholeHosts => self.fetch.exempts_whole_hosts = true,
            Defect::FetchesWithoutCredentials => self.fetch.omits_credentials = true,
            Defect::SkipsRecheck => self.sources.skips_recheck = true,
            Defect::TakesAnyNumberOfSources => self.sources.ignores_max = true,
            Defect::ReplaceAdds => self.sources.replace_adds = true,
            Defect::DropsUnknownSourceMembers => self.sources.drops_unknown_members = true,
            Defect::LacksEd25519 => self.signature.lacks_ed25519 = true,
            Defect::LacksFlattenedForm => self.signature.lacks_flattened = true,
            Defect::TakesBothSerializations => self.signature.accepts_both_forms = true,
            Defect::ReserialisesPayload => self.publish.reserialises_payload = true,
            Defect::KeepsFirstSignatureOnly => self.signature.keeps_first_signature_only = true,
            Defect::ReversesSignatures => self.signature.reverses_signatures = true,
            Defect::AcceptsAlgNone => self.signature.accepts_alg_none = true,
            Defect::VerifiesHmacWithPublicKey => self.signature.hmac_with_public_key = true,
            Defect::ReadsAlgFromUnprotectedHeader => {
                self.signature.alg_from_unprotected_header = true
            }
            Defect::ReadsKidFromUnprotectedHeader => {
                self.signature.kid_from_unprotected_header = true
            }
            Defect::TakesParameterInBothHeaders => {
                self.signature.accepts_parameter_in_both_headers = true
            }
            Defect::IgnoresAlgOfKey => self.signature.alg_not_bound_to_key = true,
            Defect::IgnoresCrit => self.signature.ignores_crit = true,
            Defect::TakesEmptyCrit => self.signature.accepts_empty_crit = true,
            Defect::SkipsVerification => self.signature.skips_verification = true,
            Defect::TakesLongSignature => self.signature.accepts_long_signature = true,
            Defect::TakesNoSignatures => self.signature.accepts_no_signatures = true,
            Defect::TrustsUnknownKid => self.signature.trusts_unknown_kid = true,
            Defect::TrustsEmbeddedKey => self.signature.trusts_embedded_jwk = true,
            Defect::TrustsEveryPublisher => self.signature.trusts_every_publisher = true,
            Defect::RefusalIsFinal => self.publish.refusal_is_final = true,
            Defect::IgnoresSignedManifest => self.publish.skips_payload = true,
            Defect::VerifiesFirstSignatureOnly => self.signature.only_first_signature = true,
            Defect::AnySignatureSuffices => self.signature.any_valid_signature_suffices = true,
            Defect::RefusesUnknownSigners => self.signature.refuses_unknown_signers = true,
            Defect::IgnoresReleaseDigest => self.publish.skips_release_digest = true,
            Defect::WantsReleaseDigest => self.publish.wants_release_digest = true,
            Defect::ShowsReleaseWhileProcessing => self.publish.shown_before_published = true,
            Defect::PublishesAgain => self.publish.publishes_again = true,
            Defect::UnknownReleaseIsInternalError => self.publish.unknown_is_internal_error = true,
            Defect::RacesPublishes => self.publish.checks_then_acts = true,
            Defect::ForgetsPublished => self.processing.forgets_published = true,
            Defect::ExpiredBlocks => self.create.expired_blocks = true,
            Defect::PublishesExpired => self.publish.publishes_expired = true,
            Defect::CancelDoesNothing => self.publish.cancel_does_nothing = true,
            Defect::CancelsPublished => self.publish.cancels_published = true,
            Defect::CancelsProcessing => self.publish.cancels_processing = true,
            Defect::AcceptsWithoutLocation => self.processing.no_location = true,
            Defect::OddRetryAfter => self.processing.odd_retry_after = true,
            Defect::FetchesWithoutDeadline => self.fetch.no_deadline = true,
            Defect::NeverFails => self.processing.never_fails = true,
            Defect::LosesAsyncError => self.processing.loses_error = true,
            Defect::OneAsyncErrorForAll => self.processing.one_error_for_all = true,
            Defect::FailedGoesBackToPending => self.processing.failed_shows_pending = true,
            Defect::StatusReadableByOthers => self.access.any_identity_reads_status = true,
            Defect::LacksProcessedAt => self.processing.no_processed_at = true,
            Defect::ProcessedAtWhilePending => self.processing.processed_at_while_pending = true,
            Defect::FailureBlocks => self.create.failure_blocks = true,
            Defect::FailedIsReadable => self.publish.failed_is_readable = true,
            Defect::MissingIsNull => self.reading.missing_is_null = true,
            Defect::LacksHead => self.reading.lacks_head = true,
            Defect::IgnoresIfNoneMatch => self.reading.ignores_if_none_match = true,
            Defect::RangeOffByOne => self.reading.range_off_by_one = true,
            Defect::ImmutableForCaches => self.reading.immutable = true,
            Defect::ProblemsArePlainJson => self.errors.plain_json = true,
            Defect::HtmlNotFound => self.errors.html_not_found = true,
            Defect::WrongStatusMember => self.errors.wrong_status_member = true,
            Defect::MethodNotAllowedWithoutAllow => self.errors.no_allow = true,
            Defect::MethodIsNotFound => self.errors.method_is_not_found = true,
            Defect::MalformedIsInternalError => self.errors.malformed_is_internal_error = true,
            Defect::BadPathIsInternalError => self.errors.bad_path_is_internal_error = true,
            Defect::RefusesWith200 => self.errors.refuses_with_200 = true,
            Defect::TakesManifestsOfAnySize => self.errors.no_manifest_limit = true,
            Defect::EchoesToken => self.errors.echoes_token = true,
            Defect::ShowsStackTrace => self.errors.shows_stack_trace = true,
            Defect::AnonymousWrites => self.access.anonymous_writes = true,
            Defect::UnknownTokenIsOwner => self.access.unknown_token_is_owner = true,
            Defect::LacksChallenge => self.access.no_challenge = true,
            Defect::AnyPublisherWrites => self.access.any_publisher_writes = true,
            Defect::ReadersWrite => self.access.readers_write = true,
            Defect::KeepsDeniedSources => self.access.denied_sources_are_kept = true,
            Defect::UploadsNeedNoAuthorization => self.upload.authorised_by_url_alone = true,
            Defect::StatusIsPublic => self.access.status_is_public = true,
            Defect::PublishedSourcesAreOpen => self.access.published_sources_are_open = true,
            Defect::DenialTellsExistence => self.access.denial_tells_existence = true,
            Defect::PrivateIsPublic => self.access.private_manifests_are_public = true,
            Defect::PrivateIsForbidden => self.access.private_is_forbidden = true,
            Defect::ManifestReadersReadContent => self.access.manifest_readers_read_content = true,
            Defect::TellsConflictToStrangers => self.access.conflict_before_permission = true,
            Defect::KeepsArchiveOrder => self.content.keeps_archive_order = true,
            Defect::TakesParentSegments => self.content.accepts_parent_segments = true,
            Defect::TakesLinks => self.content.accepts_links = true,
            Defect::TakesDuplicatePaths => self.content.accepts_duplicates = true,
            Defect::StripsLeadingSlash => self.content.strips_leading_slash = true,
            Defect::IndexWithoutPaths => self.content.index_without_paths = true,
            Defect::TakesArchivesOfAnySize => self.content.ignores_limit = true,
            Defect::CountsArchiveHeaders => self.content.counts_headers = true,
            Defect::CutsLongPaths => self.content.truncates_long_paths = true,
            Defect::ReadsPathsAsText => self.content.paths_as_text = true,
        }
    }
}
