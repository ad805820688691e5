//! Whether content is what its manifest commits to.

use crate::{
    cause::Cause,
    config::{Config, DigestForm},
    content::{ContentError, ContentFormat, ContentOptions, ContentSummary, index_digest},
    digest::DigestAlgorithm,
    policy::Policy,
    problem::{Problem, ProblemKind},
    registry::Manifest,
};

/// Bytes of a component without sections.
const EMPTY_COMPONENT: u64 = 8;

/// Compares content with manifests.
#[derive(Clone, Debug)]
pub(crate) struct ContentCheck {
    form: DigestForm,
    validate_components: bool,
    late_upload_check: bool,
    max_content: u64,
    policy: Policy,
}

impl ContentCheck {
    /// The comparison of a registry with these settings.
    pub(crate) fn new(config: &Config, policy: &Policy) -> Self {
        Self {
            form: config.digest_form,
            validate_components: config.validate_components,
            late_upload_check: config.late_upload_check,
            max_content: config.max_content,
            policy: policy.clone(),
        }
    }

    /// How to read the whole content of a manifest.
    pub(crate) fn options(&self, manifest: &Manifest) -> ContentOptions {
        self.options_as(
            ContentFormat::of_media_type(manifest.media_type()),
            manifest,
        )
    }

    /// How to read content that travels in a form of its own.
    pub(crate) fn options_as(&self, format: ContentFormat, manifest: &Manifest) -> ContentOptions {
        let mut algorithms = manifest.digest.algorithms();
        if self.policy.content.sha256_inside && !algorithms.contains(&DigestAlgorithm::Sha256) {
            algorithms.push(DigestAlgorithm::Sha256);
        }
        let mut options = ContentOptions::new(format, algorithms, self.max_content);
        options.policy = self.policy.content.clone();
        options
    }

    /// Puts together content whose entries came one by one.
    pub(crate) fn assemble(
        &self,
        manifest: &Manifest,
        parts: Vec<ContentSummary>,
    ) -> Result<ContentSummary, ContentError> {
        let algorithms = manifest.digest.algorithms();
        ContentSummary::assemble_as(parts, &algorithms, self.max_content, &self.policy.content)
    }

    /// What stands for content that could not be read, in a registry that takes it all the same (IDX-2).
    pub(crate) fn unread(&self, error: &ContentError) -> Option<ContentSummary> {
        let unreadable = matches!(
            error,
            ContentError::NotAnArchive
                | ContentError::Truncated(_)
                | ContentError::BadArchive(_)
                | ContentError::NoEntries
                | ContentError::UnsupportedEntry { .. }
                | ContentError::MissingComponent
        );
        (unreadable && self.policy.content.unreadable_passes).then(ContentSummary::unread)
    }

    /// Whether other content than the digest's is called invalid (DIG-2).
    pub(crate) fn calls_mismatch_invalid(&self) -> bool {
        self.policy.upload.mismatch_is_invalid_content
    }

    /// Bytes of all entries of a content together.
    pub(crate) fn max_content(&self) -> u64 {
        self.max_content
    }

    /// Bytes that content of this manifest may take on the wire: an archive has headers beside its entries.
    pub(crate) fn max_transfer(&self, manifest: &Manifest) -> u64 {
        match ContentFormat::of_media_type(manifest.media_type()) {
            ContentFormat::Tar => self
                .max_content
                .saturating_add(ContentOptions::DEFAULT_MAX_OVERHEAD),
            ContentFormat::Single(_) => self.max_content,
        }
    }

    /// Compares with the digests first, then looks whether it is a component: other bytes are a mismatch, whatever they are.
    pub(crate) fn judge(
        &self,
        manifest: &Manifest,
        summary: &ContentSummary,
    ) -> Result<(), Problem> {
        let policy = self.policy.verification;
        let component = match summary.component() {
            Err(_) if policy.takes_missing_component => None,
            component => Some(component.map_err(|error| refuse_content(&error))?),
        };
        self.compare(manifest, summary)?;
        if policy.refuses_empty_component
            && component.is_some_and(|component| component.length == EMPTY_COMPONENT)
        {
            return Err(Problem::new(
                ProblemKind::InvalidContent,
                "component.wasm has no sections.",
            ));
        }
        let is_component = component.is_none_or(|component| component.is_component);
        if self.validate_components && !is_component && !policy.skips_component_check {
            return Err(Problem::new(
                ProblemKind::InvalidContent,
                "component.wasm is not a WebAssembly component.",
            ));
        }
        Ok(())
    }

    /// Whether uploads are compared when the release is published, and not as they come in.
    pub(crate) fn is_late_for_uploads(&self) -> bool {
        self.late_upload_check
    }

    /// Compares an upload when it is published, in a registry that did not when it came; one that has an error of its own for that is wrong
    /// (ASY-4).
    pub(crate) fn judge_late(
        &self,
        manifest: &Manifest,
        summary: &ContentSummary,
    ) -> Result<(), Problem> {
        if !self.policy.verification.uploads_late {
            let wants_look = self.late_upload_check && !self.policy.upload.skips_digest;
            return if wants_look {
                self.judge(manifest, summary)
            } else {
                Ok(())
            };
        }
        self.judge(manifest, summary)
            .map_err(|problem| Problem::new(ProblemKind::InvalidContent, problem.detail))
    }

    fn compare(&self, manifest: &Manifest, summary: &ContentSummary) -> Result<(), Problem> {
        let (computed, other_form) = match self.form {
            DigestForm::Index => (&summary.index, &summary.raw),
            DigestForm::Raw => (&summary.raw, &summary.index),
        };
        let policy = &self.policy.digest;
        if self.policy.verification.accepts_component_alone
            && let Ok(component) = summary.component()
        {
            let alone: Vec<_> = (manifest.digest.algorithms().into_iter())
                .filter_map(|algorithm| index_digest(algorithm, std::slice::from_ref(component)))
                .collect();
            if manifest.digest.verify(&alone, policy).is_ok() {
                return Ok(());
            }
        }
        let either = self.policy.verification.accepts_either_form;
        if either && manifest.digest.verify(other_form, policy).is_ok() {
            return Ok(());
        }
        manifest
            .digest
            .verify(computed, policy)
            .map_err(|mismatch| {
                Problem::new(ProblemKind::DigestMismatch, mismatch.to_string())
                    .with("algorithm", mismatch.algorithm)
                    .with("expected", mismatch.expected)
                    .with("actual", mismatch.actual)
            })
    }
}

/// The problem that content is refused with.
pub(crate) fn refuse_content(error: &ContentError) -> Problem {
    let kind = ProblemKind::from_name(error.problem()).unwrap_or(ProblemKind::InvalidContentIndex);
    let is_broken = matches!(
        error,
        ContentError::NotAnArchive | ContentError::Truncated(_) | ContentError::BadArchive(_)
    );
    let is_odd = matches!(
        error,
        ContentError::InvalidPath { .. } | ContentError::UnsupportedEntry { .. }
    );
    let cause = if is_broken {
        Some(Cause::BrokenArchive)
    } else {
        is_odd.then_some(Cause::OddEntry)
    };
    Problem::new(kind, crate::problem::with_causes(error)).because(cause)
}
