//! Permission for what concerns one release.

use jiff::Timestamp;

use crate::{
    identity::Caller,
    problem::ProblemKind,
    refusal::{Refusal, forbidden, not_found},
};

use super::{Registry, ReleaseKey};

impl Registry {
    /// Lets the caller change this release, or whatever would be in its place.
    pub(crate) fn permit_write(
        &mut self,
        now: Timestamp,
        caller: &Caller,
        key: &ReleaseKey,
    ) -> Result<(), Refusal> {
        let permission = self.access.write(caller, key.namespace());
        self.told(permission, now, key)
    }

    /// Lets the caller read the unpublished release, or whatever would be in its place.
    pub(crate) fn permit_read_unpublished(
        &mut self,
        now: Timestamp,
        caller: &Caller,
        key: &ReleaseKey,
    ) -> Result<(), Refusal> {
        let permission = self.access.read_unpublished(caller, key.namespace());
        self.told(permission, now, key)
    }

    /// The answer is the same whether the release exists or not (ACC-6).
    fn told(
        &mut self,
        permission: Result<(), Refusal>,
        now: Timestamp,
        key: &ReleaseKey,
    ) -> Result<(), Refusal> {
        match permission {
            Err(refusal)
                if self.policy.access.denial_tells_existence
                    && refusal.kind() != ProblemKind::Unauthenticated =>
            {
                Err(match self.current(key, now) {
                    Some(_) => forbidden(),
                    None => not_found(),
                })
            }
            Err(refusal)
                if self.policy.access.denial_differs
                    && refusal.kind() == ProblemKind::NotFound
                    && self.current(key, now).is_some() =>
            {
                Err(
                    Refusal::new(ProblemKind::NotFound, "Nothing is here for you.")
                        .with("denied", true),
                )
            }
            permission => permission,
        }
    }
}
