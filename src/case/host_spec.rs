//! Content hosts as case files say them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::origin::BehaviourSpec;
use crate::origin::{Scheme, Slot};

/// A content host: a behaviour, or a behaviour at a certain origin, or a place where there is no host at all.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum HostSpec {
    /// `refused` or `unresolvable`.
    Missing(MissingHost),
    /// With the origin that serves it.
    Placed(PlacedHost),
    /// At the first origin.
    Plain(BehaviourSpec),
}

/// Places where there is no host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MissingHost {
    /// A port at which nothing listens.
    Refused,
    /// A name that does not resolve.
    Unresolvable,
}

/// A content host at a certain origin.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PlacedHost {
    /// The origin: `a` (default), `b`, `c`, or `forbidden`, which the operator has not exempted from its address policy.
    #[serde(default)]
    pub origin: Slot,
    /// `http` or `https`; by default what the target file's `origin.tls` says.
    #[serde(default)]
    pub scheme: Option<Scheme>,
    /// Names the host `localhost` instead of by its address.
    #[serde(default)]
    pub by_name: bool,
    /// What it does.
    pub does: BehaviourSpec,
}

impl HostSpec {
    /// The behaviour, if there is a host.
    pub fn behaviour(&self) -> Option<&BehaviourSpec> {
        match self {
            Self::Missing(_) => None,
            Self::Placed(placed) => Some(&placed.does),
            Self::Plain(behaviour) => Some(behaviour),
        }
    }
}
