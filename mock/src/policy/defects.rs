//! The one place where a defect becomes a policy value.

use crate::{
    config::Config,
    defect::Defect,
};

use super::Policy;

impl Policy {
    /// The behaviour of a registry with these settings, its defects included.
    pub fn from_config(config: &Config) -> Self {
        let mut policy = Self::default();
        policy.signature.ed25519_names.clone_from(&config.ed25519_names);
        for defect in &config.defects {
            policy.apply(*defect);
        }
        policy
    }

    fn apply(&mut self, defect: Defect) {
        match defect {
            Defect::AcceptsAlgNone => self.signature.accepts_alg_none = true,
        }
    }
}
