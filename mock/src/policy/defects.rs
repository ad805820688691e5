//! The one place where a defect becomes a policy value.

use crate::{
    cause::Cause, config::Config, defect::Defect, digest::DigestComparison, operation::Operation,
    problem::ProblemKind,
};

use super::{OddText, Policy};

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

    #[expect(clippy::too_many_lines, reason = "one line a defect")]
    fn apply(&mut self, defect: Defect) {
        let Self {
            create,
            crash,
            digest,
            verification,
            upload,
            sources,
            fetch,
            signature,
            publish,
            processing,
            errors,
            access,
            reading,
            content,
        } = self;
        match defect {
            Defect::CreatesWithoutLocation => create.no_location = true,
            Defect::KeepsUncheckedSignature => create.skips_signature = true,
            Defect::TakesAnyContentType => create.takes_any_content_type = true,
            Defect::TakesDuplicateMembers => create.takes_duplicate_members = true,
            Defect::TakesAnyName => create.takes_any_name = true,
            Defect::TakesAnyVersion => create.takes_any_version = true,
            Defect::TakesAnyPackageType => create.takes_any_package_type = true,
            Defect::TakesUnsupportedDigestsOnly => digest.accepts_unsupported_only = true,
            Defect::TakesAnyDigestForm => digest.accepts_any_form = true,
            Defect::ReplacesPending => create.replaces_pending = true,
            Defect::ReplacesPublished => create.replaces_published = true,
            Defect::ConflictWithoutLocation => create.conflict_without_location = true,
            Defect::RacesCreates => create.checks_then_acts = true,
            Defect::DropsUnknownMembers => create.drops_unknown_members = true,
            Defect::CreatorFromBody => create.creator_from_body = true,
            Defect::ExpiryInPast => create.expiry_in_past = true,
            Defect::ComparesEncodedNames => reading.compares_encoded_names = true,
            Defect::ComparesContentTypeLiterally => create.compares_type_literally = true,
            Defect::WantsCompactManifests => create.wants_compact_json = true,
            Defect::TakesLabelsOf62 => create.labels_of_62 = true,
            Defect::WantsLettersFirst => create.labels_begin_with_letter = true,
            Defect::ReadsVersionsInto32Bits => create.versions_of_32_bits = true,
            Defect::StatusAtLocationOnly => reading.status_at_location_only = true,
            Defect::RefusesSignedManifests => create.refuses_signed = true,
            Defect::WantsSignatureAgain => publish.wants_signature_again = true,
            Defect::RefusesFurtherSignatures => publish.refuses_added = true,
            Defect::DropsFurtherSignatures => publish.drops_added = true,
            Defect::QueuesSignedManifests => create.queues_signed = true,
            Defect::IgnoresWhatFollows => create.ignores_trailing = true,
            Defect::UnwrapsArrays => create.unwraps_arrays = true,
            Defect::CoercesTypes => create.coerces_types = true,
            Defect::FillsMissingMembers => create.fills_missing = true,
            Defect::TrimsNames => create.trims_names = true,
            Defect::DefaultsNamespace => create.default_namespace = true,
            Defect::CallsNamesMalformed => create.names_are_malformed = true,
            Defect::ReplacesProcessing => create.replaces_processing = true,
            Defect::ConflictLocatesRelease => create.conflict_locates_release = true,
            Defect::WritesBeforeConflict => create.writes_before_conflict = true,
            Defect::OnePendingOfAName => create.one_pending_of_a_name = true,
            Defect::ComparesNamePrefixes => create.names_are_prefixes = true,
            Defect::ComparesCoreVersions => create.compares_core_versions = true,
            Defect::RefusesUnknownMembers => create.refuses_unknown_members = true,
            Defect::DropsUnknownWhenRead => reading.drops_unknown_when_read = true,
            Defect::SourcesFromManifest => reading.sources_from_manifest = true,
            Defect::StatusFromManifest => reading.status_from_manifest = true,
            Defect::CreatorOfEachRelease => create.creator_of_each_release = true,
            Defect::OneCreatorForAll => create.one_creator = true,
            Defect::ExpiryMovesEarlier => create.expiry_moves_earlier = true,
            Defect::RefusesPreReleases => create.refuses_pre_releases = true,
            Defect::HidesPreReleases => reading.hides_pre_releases = true,
            Defect::RefusesBuilds => create.refuses_builds = true,
            Defect::ReadsPlusAsSpace => reading.plus_is_space = true,
            Defect::IgnoresBuilds => create.ignores_builds = true,
            Defect::ServesLatestBuild => reading.serves_latest_build = true,
            Defect::RefusesEmptyComponent => verification.refuses_empty_component = true,
            Defect::ComparesDigestPrefix => digest.comparison = DigestComparison::Prefix,
            Defect::ComparesNoDigest => digest.comparison = DigestComparison::Nothing,
            Defect::MismatchIsInvalidContent => upload.mismatch_is_invalid_content = true,
            Defect::BadBytesAreUnreachable => sources.bad_bytes_are_unreachable = true,
            Defect::SkipsDigestOfUploads => upload.skips_digest = true,
            Defect::ComparesFirstDigestOnly => digest.comparison = DigestComparison::FirstOnly,
            Defect::ComparesLastDigestOnly => digest.comparison = DigestComparison::LastOnly,
            Defect::AnyDigestSuffices => digest.comparison = DigestComparison::AnySuffices,
            Defect::ShowsFirstDigestOnly => reading.shows_first_digest_only = true,
            Defect::DropsUnknownDigests => digest.drops_unknown = true,
            Defect::RefusesUnknownDigestLate => verification.refuses_unknown_digest_late = true,
            Defect::RefusedUploadIsFinal => upload.refusal_is_final = true,
            Defect::TakesTruncatedUploads => upload.takes_truncated = true,
            Defect::KeepsBrokenUploads => upload.keeps_broken_off = true,
            Defect::TakesEitherDigestForm => verification.accepts_either_form = true,
            Defect::ComparesSha256Only => digest.comparison = DigestComparison::Sha256Only,
            Defect::HashesSha256Inside => content.sha256_inside = true,
            Defect::SkipsComponentCheck => verification.skips_component_check = true,
            Defect::OffersNoUploadUrl => upload.url_shown_once = true,
            Defect::StatusUploadUrlIsDead => upload.status_url_is_dead = true,
            Defect::RefusesChunks => upload.refuses_chunks = true,
            Defect::TakesUndeclaredChunks => upload.takes_undeclared_chunks = true,
            Defect::ComparesMediaTypesAsText => upload.compares_types_as_text = true,
            Defect::WantsAuthorizationOnUploadHost => upload.wants_authorization_elsewhere = true,
            Defect::PublishesWithoutContent => publish.publishes_without_content = true,
            Defect::TakesUploadsAfterPublishing => upload.taken_after_publishing = true,
            Defect::LateUploadReopens => upload.late_upload_reopens = true,
            Defect::AppendsSecondUpload => upload.appends_second = true,
            Defect::SecondUploadFails => upload.second_upload_fails = true,
            Defect::TakesUploadsOfAnySize => upload.ignores_limit = true,
            Defect::TrustsDeclaredLength => upload.trusts_declared_length = true,
            Defect::LimitIsExclusive => upload.limit_is_exclusive = true,
            Defect::ServesContentCutShort => upload.serves_fewer_bytes = true,
            Defect::ListsNoLargeUploads => upload.lists_no_large_uploads = true,
            Defect::TakesUploadsOfAnyType => upload.takes_any_content_type = true,
            Defect::ReversesSources => sources.reverses_order = true,
            Defect::KeepsDuplicateSources => sources.keeps_duplicates = true,
            Defect::RacesSourceAdditions => sources.races_additions = true,
            Defect::DuplicateIsConflict => sources.duplicate_is_conflict = true,
            Defect::ShowsFetchedUrl => sources.shows_fetched_url = true,
            Defect::ListsNoGuardedSources => sources.lists_no_guarded = true,
            Defect::ListsNoUnmeasuredSources => sources.lists_no_unmeasured = true,
            Defect::WantsUpload => sources.wants_upload = true,
            Defect::KeepsFirstMirrorOnly => sources.keeps_first_only = true,
            Defect::KeepsLastMirrorOnly => sources.keeps_last_only = true,
            Defect::AddsUntilRefused => sources.adds_until_refused = true,
            Defect::SkipsRefusedSources => sources.skips_refused = true,
            Defect::SkipsDigestOfSources => sources.skips_digest = true,
            Defect::ChecksFirstSourceOnly => sources.checks_first_only = true,
            Defect::KeepsBadMirrors => sources.keeps_bad_mirrors = true,
            Defect::BadMirrorAlwaysSinks => sources.bad_mirror_always_sinks = true,
            Defect::PublishesUnreachable => sources.publishes_unreachable = true,
            Defect::HidesUnreachableUrl => sources.hides_unreachable_url = true,
            Defect::IgnoresFetchStatus => fetch.ignores_status = true,
            Defect::TakesTruncatedFetches => fetch.ignores_truncation = true,
            Defect::LooksAtFetchStatusOnly => fetch.ignores_body = true,
            Defect::WantsEveryMirror => sources.wants_every_mirror = true,
            Defect::FollowsNoRedirects => fetch.follows_no_redirects = true,
            Defect::TakesAnyScheme => sources.takes_any_scheme = true,
            Defect::TakesUrlsWithoutHost => sources.takes_any_url = true,
            Defect::TakesEmptySourceList => sources.takes_empty_list = true,
            Defect::TakesUnreadableSources => sources.takes_unreadable = true,
            Defect::RefusedSourcesFailTheRelease => sources.refusal_fails_release = true,
            Defect::FreezesSources => sources.frozen_after_publishing = true,
            Defect::LateAdditionsReplace => sources.late_additions_replace = true,
            Defect::LateSourcesReserialiseSignature => sources.late_change_reserialises = true,
            Defect::ShowsSourceCredentials => sources.shows_credentials = true,
            Defect::QuotesRefusedSources => sources.quotes_refused = true,
            Defect::ForwardsCredentialsOnRedirect => fetch.forwards_credentials = true,
            Defect::SendsPublisherTokenToSources => sources.forwards_publisher_token = true,
            Defect::SharesSourceCredentials => sources.shares_credentials = true,
            Defect::FollowsRedirectsToPrivate => fetch.follows_redirects_to_private = true,
            Defect::ChecksLiteralAddressesOnly => fetch.checks_literal_addresses_only = true,
            Defect::ExemptsWholeHosts => fetch.exempts_whole_hosts = true,
            Defect::SkipsForbiddenSources => {
                sources.checks_addresses_only_when_fetching = true;
                sources.skips_forbidden = true;
            }
            Defect::ForbiddenIsUnreachable => sources.forbidden_is_unreachable = true,
            Defect::RefusesLocalhost => sources.refuses_localhost = true,
            Defect::FetchesWithoutCredentials => fetch.omits_credentials = true,
            Defect::SkipsRecheck => sources.skips_recheck = true,
            Defect::TakesAnyNumberOfSources => sources.ignores_max = true,
            Defect::TakesOneSourceTooFew => sources.max_is_exclusive = true,
            Defect::ReplaceAdds => sources.replace_adds = true,
            Defect::ReplaceKeepsKnownSources => sources.replace_keeps_known = true,
            Defect::ReplaceIsOpen => sources.replace_is_open = true,
            Defect::DropsUnknownSourceMembers => sources.drops_unknown_members = true,
            Defect::ClosedSourceTypes => sources.closed_types = true,
            Defect::ShowsUnknownCredentials => sources.shows_unknown_credentials = true,
            Defect::LacksEd25519 => signature.lacks_ed25519 = true,
            Defect::LacksFlattenedForm => signature.lacks_flattened = true,
            Defect::TakesBothSerializations => signature.accepts_both_forms = true,
            Defect::ReserialisesPayload => signature.reserialises_payload = true,
            Defect::KeepsFirstSignatureOnly => signature.keeps_first_signature_only = true,
            Defect::ReversesSignatures => signature.reverses_signatures = true,
            Defect::AcceptsAlgNone => signature.accepts_alg_none = true,
            Defect::VerifiesHmacWithPublicKey => signature.hmac_with_public_key = true,
            Defect::TakesMissingKid => signature.kid_optional = true,
            Defect::TakesMissingAlg => signature.alg_optional = true,
            Defect::ReadsAlgFromUnprotectedHeader => signature.alg_from_unprotected_header = true,
            Defect::ReadsKidFromUnprotectedHeader => signature.kid_from_unprotected_header = true,
            Defect::TakesParameterInBothHeaders => {
                signature.accepts_parameter_in_both_headers = true;
            }
            Defect::IgnoresAlgOfKey => signature.alg_not_bound_to_key = true,
            Defect::IgnoresUnprotectedCrit => signature.ignores_unprotected_crit = true,
            Defect::IgnoresCrit => signature.ignores_crit = true,
            Defect::TakesEmptyCrit => signature.accepts_empty_crit = true,
            Defect::TakesPaddedBase64 => signature.accepts_padded_base64 = true,
            Defect::SkipsVerification => signature.skips_verification = true,
            Defect::TakesLongSignature => signature.accepts_long_signature = true,
            Defect::TakesNoSignatures => signature.accepts_no_signatures = true,
            Defect::TrustsUnknownKid => signature.trusts_unknown_kid = true,
            Defect::TrustsEmbeddedKey => signature.trusts_embedded_jwk = true,
            Defect::TrustsEveryPublisher => signature.trusts_every_publisher = true,
            Defect::RefusalIsFinal => publish.refusal_is_final = true,
            Defect::IgnoresSignedManifest => publish.skips_payload = true,
            Defect::DropsUnknownSignatures => signature.drops_unknown_signatures = true,
            Defect::VerifiesFirstSignatureOnly => signature.only_first_signature = true,
            Defect::AnySignatureSuffices => signature.any_valid_signature_suffices = true,
            Defect::RefusesUnknownSigners => signature.refuses_unknown_signers = true,
            Defect::IgnoresReleaseDigest => publish.skips_release_digest = true,
            Defect::WantsReleaseDigest => publish.wants_release_digest = true,
            Defect::PublishesWith200 => publish.answers_200 = true,
            Defect::ShowsReleaseWhileProcessing => publish.shown_before_published = true,
            Defect::AddsDefaultMediaType => reading.adds_default_media_type = true,
            Defect::PublishesAgain => publish.publishes_again = true,
            Defect::SourcesChangeRewritesManifest => publish.sources_change_rewrites = true,
            Defect::UnknownReleaseIsInternalError => publish.unknown_is_internal_error = true,
            Defect::RacesPublishes => publish.checks_then_acts = true,
            Defect::ForgetsPublished => processing.forgets_published = true,
            Defect::ExpiredBlocks => create.expired_blocks = true,
            Defect::PublishesExpired => publish.publishes_expired = true,
            Defect::CancelDoesNothing => publish.cancel_does_nothing = true,
            Defect::CancelsPublished => publish.cancels_published = true,
            Defect::CancelsProcessing => publish.cancels_processing = true,
            Defect::AcceptsWithoutLocation => processing.no_location = true,
            Defect::OddRetryAfter => processing.odd_retry_after = true,
            Defect::StatusMissingWhileProcessing => processing.status_missing = true,
            Defect::FetchesWithoutDeadline => fetch.no_deadline = true,
            Defect::NeverFails => processing.never_fails = true,
            Defect::LosesAsyncError => processing.loses_error = true,
            Defect::OneAsyncErrorForAll => processing.one_error_for_all = true,
            Defect::ForgetsFailure => processing.forgets_failure = true,
            Defect::FailedGoesBackToPending => processing.failed_shows_pending = true,
            Defect::SecondPublishIsNotFound => publish.processing_is_not_found = true,
            Defect::StatusReadableByOthers => access.any_identity_reads_status = true,
            Defect::LacksProcessedAt => processing.no_processed_at = true,
            Defect::ProcessedAtWhilePending => processing.processed_at_while_pending = true,
            Defect::FailureBlocks => create.failure_blocks = true,
            Defect::FailedIsReadable => publish.failed_is_readable = true,
            Defect::MissingIsNull => reading.missing_is_null = true,
            Defect::UnknownNameIsInternalError => reading.unknown_name_is_internal_error = true,
            Defect::LacksHead => reading.lacks_head = true,
            Defect::IgnoresIfNoneMatch => reading.ignores_if_none_match = true,
            Defect::TagOfManifest => reading.tag_of_manifest = true,
            Defect::AnyTagMatches => reading.any_tag_matches = true,
            Defect::RangeOffByOne => reading.range_off_by_one = true,
            Defect::ContentRangeOffByOne => reading.content_range_off_by_one = true,
            Defect::RefusesRangesOfDocuments => reading.refuses_ranges_of_documents = true,
            Defect::UnsatisfiableIsEmptyPart => reading.unsatisfiable_is_empty_part = true,
            Defect::ReadsRangesLeniently => reading.reads_ranges_leniently = true,
            Defect::ImmutableForCaches => reading.immutable = true,
            Defect::StatusIsCacheable => reading.status_is_cacheable = true,
            Defect::ProblemsArePlainJson => errors.plain_json = true,
            Defect::HtmlNotFound => errors.html_not_found = true,
            Defect::WrongStatusMember => errors.wrong_status_member = true,
            Defect::MethodNotAllowedWithoutAllow => errors.no_allow = true,
            Defect::MethodIsNotFound => errors.method_is_not_found = true,
            Defect::MalformedIsInternalError => errors.malformed_is_internal_error = true,
            Defect::BadPathIsInternalError => errors.bad_path_is_internal_error = true,
            Defect::RefusesWith200 => errors.refuses_with_200 = true,
            Defect::TakesManifestsOfAnySize => errors.no_manifest_limit = true,
            Defect::EchoesToken => errors.echoes_token = true,
            Defect::ShowsStackTrace => errors.shows_stack_trace = true,
            Defect::CreateErrorsByHand => {
                errors
                    .by_hand
                    .push((Operation::Create, ProblemKind::MalformedManifest));
            }
            Defect::ConflictByHand => {
                errors
                    .by_hand
                    .push((Operation::Create, ProblemKind::ReleaseExists));
            }
            Defect::SourceErrorsByHand => {
                errors.by_hand.extend([
                    (Operation::AddSources, ProblemKind::UnsupportedSourceScheme),
                    (
                        Operation::ReplaceSources,
                        ProblemKind::UnsupportedSourceScheme,
                    ),
                ]);
            }
            Defect::PublishErrorsByHand => {
                errors
                    .by_hand
                    .push((Operation::Publish, ProblemKind::MissingSignature));
            }
            Defect::NothingToWriteByHand => {
                errors.by_hand.extend([
                    (Operation::Publish, ProblemKind::NotFound),
                    (Operation::Cancel, ProblemKind::NotFound),
                ]);
            }
            Defect::NoStatusByHand => {
                errors.by_hand.extend([
                    (Operation::Status, ProblemKind::NotFound),
                    (Operation::Status, ProblemKind::Unauthenticated),
                ]);
            }
            Defect::NoReleaseByHand => errors.by_hand.push((Operation::Get, ProblemKind::NotFound)),
            Defect::UnknownPathIsForbidden => errors.unknown_path_is_forbidden = true,
            Defect::TakesVersionWithoutV => errors.version_without_v = true,
            Defect::UnknownMethodIsInternalError => crash.unknown_methods = true,
            Defect::UploadsCanBeDeleted => errors.uploads_can_be_deleted = true,
            Defect::UndecodableIsInternalError => crash.causes.push(Cause::NotUtf8),
            Defect::DeepNestingIsInternalError => crash.causes.push(Cause::NestedDeeply),
            Defect::HugeNumberIsInternalError => crash.causes.push(Cause::NumberOutOfRange),
            Defect::WrongTypeIsInternalError => crash.causes.push(Cause::WrongType),
            Defect::BrokenArchiveIsInternalError => crash.causes.push(Cause::BrokenArchive),
            Defect::OddSignatureIsInternalError => crash.causes.push(Cause::OddSignature),
            Defect::BrokenKeyIsInternalError => crash.causes.push(Cause::BrokenKeyReference),
            Defect::OddMediaTypeIsInternalError => crash.causes.push(Cause::OddMediaType),
            Defect::OddAuthorizationIsInternalError => crash.causes.push(Cause::OddCredentials),
            Defect::BrokenOffIsInternalError => crash.causes.push(Cause::BrokenOff),
            Defect::UnknownHostIsInternalError => crash.causes.push(Cause::UnknownHost),
            Defect::BrokenHeadIsInternalError => crash.broken_heads = true,
            Defect::NulIsInternalError => crash.texts.push(OddText::Nul),
            Defect::FourOctetsAreInternalError => crash.texts.push(OddText::FourOctets),
            Defect::CutsTextAtFourOctets => crash.cuts_text = true,
            Defect::QuotesBreakItsSql => crash.texts.push(OddText::Quote),
            Defect::LongNameIsInternalError => crash.names_are_files = true,
            Defect::LongUrlIsInternalError => crash.urls_are_short = true,
            Defect::NonAsciiFieldIsInternalError => crash.wants_ascii_fields = true,
            Defect::ContentCodingIsInternalError => crash.decodes_content = true,
            Defect::OddEntityTagIsInternalError => crash.parses_entity_tags = true,
            Defect::OddVersionIsInternalError => crash.parses_versions = true,
            Defect::HugeVersionIsInternalError => crash.overflows_versions = true,
            Defect::EmptyUploadIsInternalError => crash.maps_uploads = true,
            Defect::NothingToCancelIsInternalError => crash.cancels_unlooked = true,
            Defect::PoisonsPackage => crash.poisons = true,
            Defect::CreateRefusedWith200 => {
                errors
                    .told_with_200
                    .push((Operation::Create, ProblemKind::InvalidDigest));
            }
            Defect::SourcesRefusedWith200 => {
                errors.told_with_200.extend([
                    (Operation::AddSources, ProblemKind::UnsupportedSourceScheme),
                    (
                        Operation::ReplaceSources,
                        ProblemKind::UnsupportedSourceScheme,
                    ),
                ]);
            }
            Defect::UploadRefusedWith200 => {
                errors
                    .told_with_200
                    .push((Operation::Upload, ProblemKind::DigestMismatch));
            }
            Defect::PublishRefusedWith200 => {
                errors.told_with_200.extend([
                    (Operation::Publish, ProblemKind::NotFound),
                    (Operation::Publish, ProblemKind::BadSignature),
                ]);
            }
            Defect::CountsEnvelope => errors.counts_envelope = true,
            Defect::ManifestLimitIsExclusive => errors.limit_is_exclusive = true,
            Defect::ShowsDebugPage => errors.debug_page = true,
            Defect::DenialShowsFields => errors.denial_shows_fields = true,
            Defect::FailureShowsCredentials => sources.failure_shows_credentials = true,
            Defect::RefusalShowsSource => sources.refusal_shows_source = true,
            Defect::AnonymousWrites => access.anonymous_writes = true,
            Defect::UnknownTokenIsOwner => access.unknown_token_is_owner = true,
            Defect::LacksChallenge => access.no_challenge = true,
            Defect::AnyPublisherWrites => access.any_publisher_writes = true,
            Defect::ReadersWrite => access.readers_write = true,
            Defect::KeepsDeniedSources => access.denied_sources_are_kept = true,
            Defect::UploadsOfAnyIdentity => upload.taken_of_any_identity = true,
            Defect::StatusIsPublic => access.status_is_public = true,
            Defect::PublishedSourcesAreOpen => access.published_sources_are_open = true,
            Defect::DenialHasAnotherBody => access.denial_differs = true,
            Defect::DenialTellsExistence => access.denial_tells_existence = true,
            Defect::ContentIsPublic => access.content_is_public = true,
            Defect::PrivateIsPublic => access.private_manifests_are_public = true,
            Defect::PrivateIsForbidden => access.private_is_forbidden = true,
            Defect::ShowsSignedUrls => access.shows_signed_urls = true,
            Defect::ManifestReadersReadContent => access.manifest_readers_read_content = true,
            Defect::TellsConflictToStrangers => access.conflict_before_permission = true,
            Defect::KeepsArchiveOrder => content.keeps_archive_order = true,
            Defect::WantsSeveralEntries => content.wants_several_entries = true,
            Defect::TakesDevices => content.accepts_devices = true,
            Defect::TakesSparseFiles => content.accepts_sparse = true,
            Defect::DropsEmptyPaths => content.accepts_empty_paths = true,
            Defect::TakesParentSegments => content.accepts_parent_segments = true,
            Defect::TakesLinks => content.accepts_links = true,
            Defect::TakesDuplicatePaths => content.accepts_duplicates = true,
            Defect::StripsLeadingSlash => content.strips_leading_slash = true,
            Defect::ChecksTraversalOnly => content.checks_traversal_only = true,
            Defect::UnreadableArchivePasses => content.unreadable_passes = true,
            Defect::TakesArchiveWithoutComponent => verification.takes_missing_component = true,
            Defect::TakesDigestOfComponentAlone => verification.accepts_component_alone = true,
            Defect::TakesArchivesOfAnySize => content.ignores_limit = true,
            Defect::CountsArchiveHeaders => content.counts_headers = true,
            Defect::LimitsEachEntry => content.limits_each_entry = true,
            Defect::CutsLongPaths => content.truncates_long_paths = true,
            Defect::ReadsPathsAsText => content.paths_as_text = true,
            Defect::WrapsPathLength => content.wraps_path_length = true,
            Defect::SortsPathsAsUtf16 => content.sorts_as_utf16 = true,
            Defect::FoldsPaths => content.folds_case = true,
            Defect::TakesMixedSources => sources.takes_mixed = true,
            Defect::IgnoresPathOfDuplicates => sources.ignores_path_of_duplicates = true,
            Defect::HidesPathOfSources => sources.hides_path = true,
            Defect::RefusesMirrorsOfEntries => sources.refuses_mirrors_of_entries = true,
        }
    }
}
