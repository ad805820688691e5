//! Ways to set up the bundled mock, each with the target that declares it.

use std::time::Duration;

use mock_registry::config::{BadMirror, ProcessingMode};
use mock_registry::{MockRegistryBuilder, Network};
use serde_json::{Value, json};

use super::exit::CliError;
use crate::target::Target;

/// How long processing takes beyond the work itself.
const PROCESSING: Duration = Duration::from_millis(20);
/// So often a status is read before it shows the end.
const POLLS: u32 = 2;
/// After which a pending release expires; longer than any case keeps one pending that is not about expiry.
const EXPIRY: Duration = Duration::from_secs(10);
/// How long a failed release is promised to stay readable.
const RETENTION: Duration = Duration::from_millis(500);
const MAX_SOURCES: usize = 12;
/// Elsewhere than at the root, as behind a reverse proxy.
const BASE_PATH: &str = "registry/v1";

/// A way to set up the bundled mock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Variation {
    /// Every capability on; what a run without a target is against.
    Asynchronous,
    /// Publishes at once, and is as open as the profile allows.
    Synchronous,
    /// Uploads go to an origin of their own.
    Apart,
}

impl Variation {
    /// All, in the order in which coverage tries them.
    pub(super) const ALL: [Self; 3] = [Self::Asynchronous, Self::Synchronous, Self::Apart];

    /// Its name in reports.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Asynchronous => "asynchronous",
            Self::Synchronous => "synchronous",
            Self::Apart => "apart",
        }
    }

    /// What is particular about it.
    pub(super) fn what(self) -> &'static str {
        match self {
            Self::Asynchronous => {
                "every capability on, hides what it denies, refuses private addresses, a bad mirror fails the release, pending releases expire"
            }
            Self::Synchronous => {
                "publishes at once, tells denied callers (403), takes private addresses, drops bad mirrors, any number of sources, no uploads in chunks, nothing expires"
            }
            Self::Apart => {
                "uploads go to another origin, the API has a base path, processing is done after some polls, nothing expires"
            }
        }
    }

    /// The mock's settings.
    pub(super) fn configure(self, builder: MockRegistryBuilder) -> MockRegistryBuilder {
        match self {
            Self::Asynchronous => builder
                .processing(ProcessingMode::Delay(PROCESSING))
                .expiry(EXPIRY)
                .max_sources(MAX_SOURCES)
                .bad_mirror(BadMirror::Fail)
                .hides(true)
                .deny_private_sources(true),
            Self::Synchronous => builder
                .processing(ProcessingMode::Immediate)
                .bad_mirror(BadMirror::Drop)
                .chunked_uploads(false)
                .hides(false)
                .deny_private_sources(false),
            Self::Apart => builder
                .processing(ProcessingMode::Polls(POLLS))
                .max_sources(MAX_SOURCES)
                .bad_mirror(BadMirror::Fail)
                .hides(true)
                .deny_private_sources(true)
                .network(Network {
                    upload_url: Some("http://127.0.0.1:0/".to_owned()),
                    base_path: Some(BASE_PATH.to_owned()),
                    ..Network::default()
                }),
        }
    }

    /// What a target file for it says beyond the capabilities that are always on.
    pub(super) fn declare(self, target: &mut Target) -> Result<(), CliError> {
        let is_open = self == Self::Synchronous;
        let expires = self == Self::Asynchronous;
        let mut declared: Vec<(&str, Value)> = vec![
            ("expiry", json!(expires)),
            ("access.hides", json!(!is_open)),
            (
                "sources.private",
                json!(if is_open { "allowed" } else { "refused" }),
            ),
            (
                "sources.bad-mirror",
                json!(if is_open { "drop" } else { "fail" }),
            ),
            ("async", json!(!is_open)),
            ("upload.chunked", json!(!is_open)),
        ];
        if !is_open {
            declared.push(("sources.max", json!(MAX_SOURCES)));
        }
        for (name, value) in declared {
            target
                .capabilities
                .set(name, &value)
                .map_err(CliError::usage)?;
        }
        target.deadlines.expiry = expires.then_some(EXPIRY);
        target.deadlines.retention = Some(RETENTION);
        Ok(())
    }
}
