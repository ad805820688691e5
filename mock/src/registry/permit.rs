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

    /// What is told where nothing is, to a caller who may know.
    pub(super) fn missing(&self, caller: &Caller, key: &ReleaseKey) -> Refusal {
        if self.policy.access.missing_is_forbidden && caller.owns(key.namespace()) {
            forbidden()
        } else {
            not_found()
        }
    }

    /// The answer is the same whether the release exists or not (ACC-6).
    fn told(
        &mut self,
        permission: Result<(), Refusal>,
        now: Timestamp,
        key: &ReleaseKey,
    ) -> Result<(), Refusal> {
        let Err(refusal) = permission else {
            return Ok(());
        };
        self.denied(refusal, now, key)
    }

    /// What a caller is told who may not; more than that by defects alone.
    fn denied(
        &mut self,
        refusal: Refusal,
        now: Timestamp,
        key: &ReleaseKey,
    ) -> Result<(), Refusal> {
        let policy = &self.policy.access;
        let (denial_is_bad_request, shows) =
            (policy.denial_is_bad_request, policy.problems_show_release);
        let links = self.links.clone();
        match Err::<(), _>(refusal) {
            Err(refusal)
                if denial_is_bad_request && refusal.kind() != ProblemKind::Unauthenticated =>
            {
                Err(Refusal::new(
                    ProblemKind::MalformedRequest,
                    "The request could not be carried out.",
                ))
            }
            Err(refusal) if shows => Err(match self.current(key, now) {
                Some(attempt) => {
                    let url = links.upload(key, &attempt.upload_token());
                    refusal.with("unpublished", serde_json::json!({"uploadUrl": url}))
                }
                None => refusal,
            }),
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
