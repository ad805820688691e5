//! The rules of the profile as data: `cases/requirements.yaml`.

use std::sync::LazyLock;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use crate::outcome::Level;

/// Which side a rule binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Rules CRE to IDX.
    Registry,
    /// Rules CLI.
    Client,
}

/// One rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Identifier, as `DIG-2`.
    pub id: String,
    /// How binding it is.
    pub level: Level,
    /// The rule in one line.
    pub summary: String,
    /// The capabilities without which it does not apply.
    #[serde(default)]
    pub capabilities: IndexMap<String, Value>,
    /// Which side it binds.
    pub side: Side,
    /// Why no case can see it, where none can.
    #[serde(default)]
    pub unobservable: Option<String>,
}

/// The file that has them.
pub(crate) const TEXT: &str = include_str!("../cases/requirements.yaml");

static BUILT_IN: LazyLock<IndexMap<String, Requirement>> = LazyLock::new(|| {
    let rules: Vec<Requirement> = serde_saphyr::from_str(TEXT).unwrap_or_default();
    rules
        .into_iter()
        .map(|rule| (rule.id.clone(), rule))
        .collect()
});

/// All rules, in the order of the specification.
pub fn all() -> impl Iterator<Item = &'static Requirement> {
    BUILT_IN.values()
}

/// The rule with this identifier.
pub fn find(id: &str) -> Option<&'static Requirement> {
    BUILT_IN.get(id)
}

/// Where a rule stands in docs/publish-api.md: `dig-2`.
pub fn anchor(id: &str) -> Option<String> {
    find(id).map(|rule| rule.id.to_ascii_lowercase())
}

/// Version of docs/publish-api.md that the rules are those of.
pub const PROFILE_VERSION: &str = "0.1.0";
