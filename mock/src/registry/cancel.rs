//! Cancel (rule PUB-10).

use jiff::Timestamp;

use crate::{
    identity::Caller,
    problem::ProblemKind,
    refusal::{Refusal, not_found},
};

use super::{Registry, Stage, UnpublishedAddress};

impl Registry {
    /// Gives up an unpublished release, and with it its name and version.
    pub(crate) fn cancel(
        &mut self,
        now: Timestamp,
        caller: &Caller,
        address: &UnpublishedAddress,
    ) -> Result<(), Refusal> {
        self.permit_write(now, caller, &address.key)?;
        let policy = self.policy.publish;
        let attempt = self.addressed(now, address).ok_or_else(not_found)?;
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
        if !policy.cancel_does_nothing {
            self.remove(id);
        }
        Ok(())
    }
}
