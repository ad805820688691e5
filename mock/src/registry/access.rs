//! Who may do what (rules ACC). Decided by namespace and identity alone, never by what exists, so that a denial tells nothing (ACC-6).

use crate::{
    config::Config,
    identity::{Caller, Role},
    policy::AccessPolicy,
    problem::ProblemKind,
    refusal::{Refusal, forbidden, not_found},
};

/// Decides who may do what.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    hides: bool,
    anonymous_reads: bool,
    private_namespace: Option<String>,
    policy: AccessPolicy,
}

impl Access {
    /// The decisions of a registry with these settings.
    pub(crate) fn new(config: &Config, policy: &AccessPolicy) -> Self {
        Self {
            hides: config.hides,
            anonymous_reads: config.anonymous_reads,
            private_namespace: config.private_namespace.clone(),
            policy: policy.clone(),
        }
    }

    /// Create, upload, change sources, publish and cancel: for the publisher of the namespace (ACC-2, ACC-3, ACC-5).
    pub(crate) fn write(&self, caller: &Caller, namespace: &str) -> Result<(), Refusal> {
        self.require_writer(caller)?;
        let may = caller.owns(namespace)
            || match caller.identity().map(|identity| identity.role) {
                // Let through by `require_writer`, which no conforming registry does.
                None => true,
                Some(Role::Publisher) => self.policy.any_publisher_writes,
                Some(Role::Reader | Role::ManifestReader) => self.policy.readers_write,
            };
        if may { Ok(()) } else { Err(self.denied()) }
    }

    /// Refuses those that can not write anywhere because nobody knows who they are (ACC-1).
    pub(crate) fn require_writer(&self, caller: &Caller) -> Result<(), Refusal> {
        if self.policy.anonymous_writes {
            Ok(())
        } else {
            Self::require_identity(caller)
        }
    }

    /// The unpublished release: for the publisher of the namespace (ACC-4).
    pub(crate) fn read_unpublished(&self, caller: &Caller, namespace: &str) -> Result<(), Refusal> {
        if self.policy.status_is_public {
            return Ok(());
        }
        Self::require_identity(caller)?;
        if caller.owns(namespace) || self.policy.any_identity_reads_status {
            Ok(())
        } else {
            Err(self.denied())
        }
    }

    /// The release: for everybody, unless private (ACC-7).
    pub(crate) fn read_manifest(&self, caller: &Caller, namespace: &str) -> Result<(), Refusal> {
        self.require_reader(caller)?;
        let may = !self.is_private(namespace)
            || caller.owns(namespace)
            || caller.has_role(Role::ManifestReader) && !self.policy.manifest_readers_are_strangers;
        if may || self.policy.private_manifests_are_public {
            return Ok(());
        }
        Err(if self.policy.private_is_forbidden {
            forbidden()
        } else {
            not_found()
        })
    }

    /// Uploaded content: as the release, but not for those who read manifests only (ACC-8).
    pub(crate) fn read_content(&self, caller: &Caller, namespace: &str) -> Result<(), Refusal> {
        if self.policy.content_is_public {
            return Ok(());
        }
        self.read_manifest(caller, namespace)?;
        if self.is_private(namespace)
            && !self.policy.private_manifests_are_public
            && !caller.owns(namespace)
            && !self.policy.manifest_readers_read_content
        {
            return Err(self.denied());
        }
        Ok(())
    }

    /// Whether the caller sees sources that others guard: their URLs may be signed (ACC-8).
    pub(crate) fn sees_foreign_sources(&self, caller: &Caller, namespace: &str) -> bool {
        self.read_content(caller, namespace).is_ok()
    }

    fn is_private(&self, namespace: &str) -> bool {
        self.private_namespace.as_deref() == Some(namespace)
    }

    fn require_reader(&self, caller: &Caller) -> Result<(), Refusal> {
        if self.anonymous_reads {
            Ok(())
        } else {
            Self::require_identity(caller)
        }
    }

    fn require_identity(caller: &Caller) -> Result<(), Refusal> {
        match caller {
            Caller::Identity(_) => Ok(()),
            Caller::Anonymous => Err(Refusal::new(
                ProblemKind::Unauthenticated,
                "The request has no credentials.",
            )),
        }
    }

    fn denied(&self) -> Refusal {
        if self.hides { not_found() } else { forbidden() }
    }
}
