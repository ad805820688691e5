//! Cancel (rule PUB-10).

use jiff::Timestamp;

use crate::{identity::Caller, problem::ProblemKind, refusal::Refusal};

use super::{AttemptId, Registry, Stage, UnpublishedAddress};

impl Registry {
    /// Whether it may be cancelled, and what: for a registry that cancels later (PUB-10).
    pub(crate) fn cancellable(
        &mut self,
        now: Timestamp,
        caller: &Caller,
        address: &UnpublishedAddress,
    ) -> Option<AttemptId> {
        self.permit_write(now, caller, &address.key).ok()?;
        let attempt = self.addressed(now, address)?;
        (attempt.stage == Stage::Pending).then_some(attempt.id)
    }

    /// Cancels what was found fit for it, whatever has become of it.
    pub(crate) fn cancel_blindly(&mut self, id: AttemptId) {
        self.remove(id);
    }

    /// Gives up an unpublished release, and with it its name and version.
    pub(crate) fn cancel(
        &mut self,
        now: Timestamp,
        caller: &Caller,
        address: &UnpublishedAddress,
    ) -> Result<(), Refusal> {
        let permission = self.permit_write(now, caller, &address.key);
        if !self.policy.access.cancels_before_permission {
            permission.clone()?;
        }
        let policy = self.policy.publish;
        let missing = self.missing(caller, &address.key);
        let attempt = self.addressed(now, address).ok_or(missing)?;
        let id = attempt.id;
        match &attempt.stage {
            Stage::Pending | Stage::Failed { .. } => {}
            Stage::Processing(_) if policy.cancels_processing => {}
            Stage::Publishing | Stage::Processing(_) => {
                return Err(Refusal::new(
                    ProblemKind::Processing,
                    "The release is being published.",
                ));
            }
            Stage::Published { .. } if policy.cancels_published => {}
            Stage::Published { .. } => {
                return Err(Refusal::new(
                    ProblemKind::AlreadyPublished,
                    "The release has been published.",
                ));
            }
            Stage::Expired { .. } => {
                return Err(Refusal::new(
                    ProblemKind::Expired,
                    "The unpublished release has expired.",
                ));
            }
        }
        if policy.cancelled_content_returns {
            let content = (attempt.upload.clone(), attempt.sources.clone());
            self.cancelled_contents.insert(address.key.clone(), content);
        }
        if policy.cancels_every_version {
            self.remove_pending(&address.key.name);
        }
        if !policy.cancel_does_nothing {
            self.remove(id);
        }
        permission
    }

    /// Gives up what is pending under a name: what no registry may do (PUB-10).
    fn remove_pending(&mut self, name: &str) {
        let pending: Vec<AttemptId> = self
            .attempts()
            .filter(|attempt| attempt.key().name == name && attempt.stage == Stage::Pending)
            .map(|attempt| attempt.id)
            .collect();
        for id in pending {
            self.remove(id);
        }
    }
}
