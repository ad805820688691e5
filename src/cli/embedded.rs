//! The bundled mock in process: asynchronous, every capability on. Reached by its URL only, like any registry.

use std::sync::Arc;
use std::time::Duration;

use mock_registry::MockRegistry;
use mock_registry::config::{BadMirror, ProcessingMode};
use serde_json::{Value, json};
use url::Url;

use super::exit::CliError;
use crate::origin::{Origin, OriginOptions};
use crate::run::RunContext;
use crate::target::Target;

/// How long processing takes beyond the work itself.
const PROCESSING: Duration = Duration::from_millis(20);
/// After which a source that does not answer is given up.
const FETCH_DEADLINE: Duration = Duration::from_secs(1);
/// After which a pending release expires; longer than any case keeps one pending that is not about expiry.
const EXPIRY: Duration = Duration::from_secs(10);
/// How long a failed release is promised to stay readable.
const RETENTION: Duration = Duration::from_millis(500);
/// Limits that keep the boundary cases small.
const MAX_CONTENT: u64 = 1 << 20;
const MAX_MANIFEST: u64 = 64 << 10;
const MAX_SOURCES: usize = 12;

/// The running mock; it stops when this is dropped.
pub(super) struct Embedded {
    _registry: MockRegistry,
}

impl Embedded {
    /// Starts content hosts and mock, and sets up a run against it.
    pub(super) async fn start(seed: u64) -> Result<(RunContext, Self), CliError> {
        let origin = Origin::start(OriginOptions::default())
            .await
            .map_err(CliError::unreachable)?;
        let mut builder = MockRegistry::builder()
            .processing(ProcessingMode::Delay(PROCESSING))
            .fetch_deadline(FETCH_DEADLINE)
            .expiry(EXPIRY)
            .max_content(MAX_CONTENT)
            .max_manifest(MAX_MANIFEST)
            .max_sources(MAX_SOURCES)
            .bad_mirror(BadMirror::Fail)
            .hides(true)
            .deny_private_sources(true)
            .trust_ca_pem(origin.ca_pem().as_bytes().to_vec())
            .seed(seed);
        for host_port in origin.host_ports() {
            builder = builder.allow_source(&host_port);
        }
        builder = builder.allow_source(&origin.refused_host_port());
        let mut target = Target::bundled_defaults(placeholder()?);
        if let Some(namespace) = &target.private_namespace {
            builder = builder.private_namespace(namespace.clone());
        }
        let registry = builder.start().await.map_err(CliError::unreachable)?;
        target.registry = Url::parse(registry.url()).map_err(CliError::unreachable)?;
        declare(&mut target)?;
        let context = RunContext::with_origin(target, seed, Arc::new(origin))
            .map_err(CliError::unreachable)?;
        Ok((
            context,
            Self {
                _registry: registry,
            },
        ))
    }
}

fn placeholder() -> Result<Url, CliError> {
    Url::parse("http://127.0.0.1/").map_err(CliError::unreachable)
}

fn declare(target: &mut Target) -> Result<(), CliError> {
    let declared: [(&str, Value); 6] = [
        ("expiry", json!(true)),
        ("access.hides", json!(true)),
        ("sources.private", json!("refused")),
        ("sources.bad-mirror", json!("fail")),
        ("sources.max", json!(MAX_SOURCES)),
        ("async", json!(true)),
    ];
    for (name, value) in declared {
        target
            .capabilities
            .set(name, &value)
            .map_err(CliError::usage)?;
    }
    target.deadlines.expiry = Some(EXPIRY);
    target.deadlines.retention = Some(RETENTION);
    target.deadlines.source = FETCH_DEADLINE * 3;
    target.limits.content = MAX_CONTENT;
    target.limits.manifest = MAX_MANIFEST;
    Ok(())
}
