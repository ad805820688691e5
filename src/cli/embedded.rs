//! The bundled mock in process. Reached by its URL only, like any registry.

use std::sync::Arc;
use std::time::Duration;

use mock_registry::MockRegistry;
use mock_registry::defect::Defect;
use url::Url;

use super::exit::CliError;
use super::variation::Variation;
use crate::origin::{Origin, OriginOptions};
use crate::run::RunContext;
use crate::target::Target;

/// After which a source that does not answer is given up.
const FETCH_DEADLINE: Duration = Duration::from_secs(1);
/// Limits that keep the boundary cases small.
const MAX_CONTENT: u64 = 1 << 20;
const MAX_MANIFEST: u64 = 64 << 10;

/// How the mock is started.
#[derive(Debug, Clone, Copy)]
pub(super) struct EmbeddedOptions {
    /// Decides everything arbitrary, on both sides.
    pub seed: u64,
    /// How the mock is set up.
    pub variation: Variation,
    /// The mistake that is switched on.
    pub defect: Option<Defect>,
    /// How long the suite waits for the end of processing, if not as long as usual.
    pub processing_deadline: Option<Duration>,
}

impl EmbeddedOptions {
    /// As a run without a target has it: asynchronous, every capability on.
    pub(super) fn usual(seed: u64) -> Self {
        Self {
            seed,
            variation: Variation::Asynchronous,
            defect: None,
            processing_deadline: None,
        }
    }
}

/// The running mock; it stops when this is dropped.
pub(super) struct Embedded {
    _registry: MockRegistry,
}

impl Embedded {
    /// Starts content hosts and mock, and sets up a run against it.
    pub(super) async fn start(options: EmbeddedOptions) -> Result<(RunContext, Self), CliError> {
        let EmbeddedOptions {
            seed, variation, ..
        } = options;
        let origin = Origin::start(OriginOptions {
            tls: variation.has_tls_origin(),
            ..OriginOptions::default()
        })
        .await
        .map_err(CliError::unreachable)?;
        let mut builder = variation
            .configure(MockRegistry::builder())
            .fetch_deadline(FETCH_DEADLINE)
            .max_content(MAX_CONTENT)
            .max_manifest(MAX_MANIFEST)
            .trust_ca_pem(origin.ca_pem().as_bytes().to_vec())
            .seed(seed);
        for host_port in origin.host_ports() {
            builder = builder.allow_source(&host_port);
        }
        builder = builder.allow_source(&origin.refused_host_port());
        if let Some(defect) = options.defect {
            builder = builder.defect(defect);
        }
        let mut target = Target::bundled_defaults(placeholder()?);
        if let Some(namespace) = &target.private_namespace
            && variation.has_private_releases()
        {
            builder = builder.private_namespace(namespace.clone());
        }
        let registry = builder.start().await.map_err(CliError::unreachable)?;
        target.registry = Url::parse(registry.url()).map_err(CliError::unreachable)?;
        variation.declare(&mut target)?;
        target.deadlines.source = FETCH_DEADLINE * 3;
        if let Some(deadline) = options.processing_deadline {
            target.deadlines.processing = deadline;
        }
        target.limits.content = MAX_CONTENT;
        target.limits.manifest = MAX_MANIFEST;
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
