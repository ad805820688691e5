//! Ways to set up the bundled mock, each with the target that declares it.

use std::time::Duration;

use mock_registry::config::{BadMirror, Config, DigestForm, ProcessingMode};
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
/// The name of the algorithm of Ed25519 keys that RFC 8037 gives it.
const ED25519: &str = "EdDSA";
/// Capabilities that the minimal set-up has not.
const LEFT_OUT: [&str; 12] = [
    "sources.replace",
    "sources.credentials",
    "sources.recheck",
    "digest.sha512",
    "create.signed",
    "version.build",
    "cancel",
    "access.private",
    "access.separate",
    "assets.tar",
    "assets.per-entry",
    "validates.component",
];

/// A way to set up the bundled mock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Variation {
    /// Every capability on; what a run without a target is against.
    Asynchronous,
    /// Publishes at once, and is as open as the profile allows.
    Synchronous,
    /// Uploads go to an origin of their own.
    Apart,
    /// Offers nothing that a registry may leave out.
    Minimal,
}

impl Variation {
    /// All, in the order in which coverage tries them.
    pub(super) const ALL: [Self; 4] = [
        Self::Asynchronous,
        Self::Synchronous,
        Self::Apart,
        Self::Minimal,
    ];

    /// Its name in reports.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Asynchronous => "asynchronous",
            Self::Synchronous => "synchronous",
            Self::Apart => "apart",
            Self::Minimal => "minimal",
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
                "uploads go to another origin, content hosts have TLS under a private authority, the API has a base path, processing is done after some polls, nothing expires"
            }
            Self::Minimal => {
                "no cancel, no replacing of sources, no credentials of sources, no look at sources added later, no signed create, no build metadata, no archives, nothing private; sha256 alone, of the bytes as they travel, compared when the release is published; uploads go to another origin, and not in chunks"
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
            Self::Minimal => builder
                .processing(ProcessingMode::Delay(PROCESSING))
                .digest_form(DigestForm::Raw)
                .chunked_uploads(false)
                .recheck_sources(false)
                .hides(false)
                .configure(offer_least)
                .network(Network {
                    upload_url: Some("http://127.0.0.1:0/".to_owned()),
                    ..Network::default()
                }),
        }
    }

    /// Whether it has a namespace whose releases are private.
    pub(super) fn has_private_releases(self) -> bool {
        self != Self::Minimal
    }

    /// Whether the content hosts that it fetches from have TLS, under an authority of the suite's own.
    pub(super) fn has_tls_origin(self) -> bool {
        self == Self::Apart
    }

    /// What a target file for it says beyond the capabilities that are always on.
    pub(super) fn declare(self, target: &mut Target) -> Result<(), CliError> {
        let expires = self == Self::Asynchronous;
        for (name, value) in self.capabilities() {
            target
                .capabilities
                .set(name, &value)
                .map_err(CliError::usage)?;
        }
        if !self.has_private_releases() {
            target.private_namespace = None;
        }
        target.origin.tls = self.has_tls_origin();
        target.deadlines.expiry = expires.then_some(EXPIRY);
        target.deadlines.retention = Some(RETENTION);
        Ok(())
    }

    /// The capabilities in which it differs from a registry that has all of them.
    fn capabilities(self) -> Vec<(&'static str, Value)> {
        let is_open = matches!(self, Self::Synchronous | Self::Minimal);
        let mut declared: Vec<(&str, Value)> = vec![
            ("expiry", json!(self == Self::Asynchronous)),
            ("access.hides", json!(!is_open)),
            (
                "sources.private",
                json!(if is_open { "allowed" } else { "refused" }),
            ),
            (
                "sources.bad-mirror",
                json!(match self {
                    Self::Synchronous => "drop",
                    // What it does is not told.
                    Self::Minimal => "any",
                    Self::Asynchronous | Self::Apart => "fail",
                }),
            ),
            ("async", json!(self != Self::Synchronous)),
            ("upload.chunked", json!(!is_open)),
        ];
        if !is_open {
            declared.push(("sources.max", json!(MAX_SOURCES)));
        }
        if self == Self::Minimal {
            declared.extend(LEFT_OUT.iter().map(|name| (*name, json!(false))));
            declared.push(("digest.form", json!("raw")));
            declared.push(("jws.ed25519", json!([ED25519])));
        }
        declared
    }
}

/// Switches off what a registry may leave out.
fn offer_least(config: &mut Config) {
    config.late_upload_check = true;
    config.replace_sources = false;
    config.source_credentials = false;
    config.sha512 = false;
    config.signed_create = false;
    config.version_build = false;
    config.cancel = false;
    config.tar = false;
    config.per_entry_sources = false;
    config.validate_components = false;
    config.ed25519_names = vec![ED25519.to_owned()];
}
