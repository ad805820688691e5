//! What keeps an examination from beginning: the target file, or something that it names.

use serde_json::Map;

use super::chart::{Chart, Trouble};
use super::examine::{Examination, LeftBehind, expected};
use crate::run::ContextError;
use crate::target::TargetError;

/// The step.
pub(super) const TARGET_FILE: &str = "target file";

/// Of a target file that can not be used: `detail` says why, in one line or more. Nothing was sent.
pub fn unusable_file(error: &TargetError, detail: &str) -> Examination {
    let next = match error {
        TargetError::Read { .. } => {
            "Name a file that can be read. `registry-conformance init FILE` writes one, with every member and what it means."
        }
        TargetError::Invalid { .. } => {
            "Mend what is named above. `registry-conformance init FILE` writes a file with every member and what it means."
        }
    };
    not_begun(detail, next)
}

/// Of something that the target file names and that can not be used: `detail` says why.
pub fn unusable_set_up(error: &ContextError, detail: &str) -> Examination {
    let next = match error {
        ContextError::Keys(_) => {
            "Set `keys` in the target file to a JWKS of the publishers' private keys (docs/testing-a-registry.md, \"Identities and keys\"), or leave it out: then the built-in test keys sign."
        }
        ContextError::File { .. } | ContextError::Client(_) => {
            "Set `tls` in the target file to PEM files that can be read: `ca`, and `client-cert` with its `client-key`."
        }
        ContextError::Origin(_) => {
            "Set `origin.bind` in the target file to an address of this machine and a port that nobody else listens on; port 0 takes a free one."
        }
    };
    not_begun(detail, next)
}

fn not_begun(detail: &str, next: &str) -> Examination {
    let mut chart: Chart = expected(true, &[]);
    chart.problem(TARGET_FILE, Trouble::new(detail, next));
    Examination {
        findings: chart.finish(&format!("depends on the {TARGET_FILE}")),
        undeclared: Map::new(),
        left: LeftBehind::default(),
    }
}
