//! What an interrupted run did not come to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::closing::count;

/// Of a run that was interrupted: what it was to judge and did not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Interruption {
    /// Ids of the cases that would have run, those under way included; they are in no other part of the report.
    pub not_judged: Vec<String>,
}

impl Interruption {
    /// `interrupted: 1200 of 1856 cases were not judged`; `known`: cases that have a verdict.
    pub fn sentence(&self, known: usize) -> String {
        let missing = self.not_judged.len();
        let were = if missing == 1 { "was" } else { "were" };
        let all = count(known + missing, "case");
        format!("interrupted: {missing} of {all} {were} not judged")
    }
}
