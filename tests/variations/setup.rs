//! One way to be a registry: the mock's settings, and the target file that declares them.

use std::sync::Arc;
use std::time::Duration;

use mock_registry::config::{BadMirror, Config, parse_duration};
use mock_registry::{MockRegistry, Network};
use registry_conformance::origin::{Origin, OriginOptions};
use registry_conformance::run::RunContext;
use registry_conformance::target::{Environment, LoadOptions, Target};
use serde_json::{Value, json};

use crate::dialect::Dialect;
use crate::front::Front;

/// After which the mock gives up a source; the suite waits three times as long.
const FETCH_DEADLINE: Duration = Duration::from_secs(3);
/// Limits that keep the boundary cases small.
const MAX_CONTENT: u64 = 1 << 20;
const MAX_MANIFEST: u64 = 64 << 10;
const PRIVATE_NAMESPACE: &str = "conformance-private.test";

type Change = Box<dyn FnOnce(&mut Config) + Send>;

/// A variation, as it differs from a synchronous registry with every capability.
pub(crate) struct Variation {
    changes: Vec<Change>,
    target: Value,
    network: Network,
    dialect: Option<Dialect>,
    is_served_by_tls: bool,
    /// Parts of the ids of cases that it is about, beside those that name a capability of it.
    pub(crate) areas: &'static [&'static str],
    /// Whether a status other than the usual one is part of it, which is a warning and no failure.
    pub(crate) warns: bool,
}

impl Variation {
    /// A synchronous registry with every capability but expiry, as open as the profile allows.
    pub(crate) fn new() -> Self {
        let target = json!({
            "identities": {
                "owner": {"token": "conformance-owner", "namespace": "conformance-owner.test"},
                "other": {"token": "conformance-other", "namespace": "conformance-other.test"},
                "reader": {"token": "conformance-reader"},
                "manifest-reader": {"token": "conformance-manifest-reader"},
            },
            "private-namespace": PRIVATE_NAMESPACE,
            "capabilities": {
                "upload": true, "upload.chunked": true, "sources": true, "sources.bad-mirror": "fail",
                "sources.replace": true, "sources.credentials": true, "sources.recheck": true,
                "sources.private": "allowed", "digest.sha512": true, "create.signed": true,
                "jws.ed25519": ["EdDSA", "Ed25519"], "version.build": true, "async": false, "expiry": false,
                "cancel": true, "access.hides": false, "access.private": true, "access.separate": true,
                "assets.tar": true, "assets.per-entry": true, "validates.component": true,
            },
            "deadlines": {"source": "9s", "retention": "300ms"},
            "limits": {"manifest": "64 KiB", "content": "1 MiB"},
        });
        Self {
            changes: Vec::new(),
            target,
            network: Network::default(),
            dialect: None,
            is_served_by_tls: false,
            areas: &[],
            warns: false,
        }
    }

    /// Changes the mock.
    pub(crate) fn mock(mut self, change: impl FnOnce(&mut Config) + Send + 'static) -> Self {
        self.changes.push(Box::new(change));
        self
    }

    /// Declares a capability.
    pub(crate) fn declares(mut self, capability: &str, value: impl Into<Value>) -> Self {
        self.target["capabilities"][capability] = value.into();
        self
    }

    /// Says something else in the target file; `null` takes a member away.
    pub(crate) fn target(mut self, member: &str, value: Value) -> Self {
        self.target[member] = value;
        self
    }

    /// Serves it elsewhere.
    pub(crate) fn network(mut self, network: Network) -> Self {
        self.is_served_by_tls = network.tls;
        self.network = network;
        self
    }

    /// Rewrites its answers on their way.
    pub(crate) fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = Some(dialect);
        self
    }

    /// Says which cases it is about.
    pub(crate) fn about(mut self, areas: &'static [&'static str]) -> Self {
        self.areas = areas;
        self
    }

    /// Expects warnings.
    pub(crate) fn warns(mut self) -> Self {
        self.warns = true;
        self
    }

    /// How long the suite waits for processing and for sources.
    pub(crate) fn deadlines(mut self, each: &str) -> Self {
        self.target["deadlines"]["processing"] = json!(each);
        self.target["deadlines"]["source"] = json!(each);
        self
    }

    /// Lets unpublished releases expire; long enough for a case that keeps one pending and is not about that.
    pub(crate) fn expires(self, after: &str) -> Self {
        let duration = parse_duration(after).unwrap();
        let mut this = self
            .mock(move |config| config.expiry = Some(duration))
            .declares("expiry", true);
        this.target["deadlines"]["expiry"] = json!(after);
        this
    }

    /// The capabilities that are declared otherwise than usual.
    pub(crate) fn unusual(&self) -> Vec<String> {
        let usual = Self::new().target;
        let (Some(own), Some(usual)) = (
            self.target["capabilities"].as_object(),
            usual["capabilities"].as_object(),
        ) else {
            return Vec::new();
        };
        own.iter()
            .filter(|(name, value)| usual.get(*name) != Some(value))
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// Starts content hosts, the registry and what stands in front of it, and reads the target file.
    pub(crate) async fn start(mut self, seed: u64) -> Running {
        let folder = tempfile::tempdir().unwrap();
        let is_tls_origin = self.target["origin"]["tls"] == true;
        let origin = Origin::start(OriginOptions {
            tls: is_tls_origin,
            ..OriginOptions::default()
        })
        .await
        .unwrap();
        let mut config = Config::new().unwrap();
        config.max_content = MAX_CONTENT;
        config.max_manifest = MAX_MANIFEST;
        config.fetch_deadline = FETCH_DEADLINE;
        config.bad_mirror = BadMirror::Fail;
        config.seed = Some(seed);
        config.trust_ca_pem = Some(origin.ca_pem().as_bytes().to_vec());
        config.private_namespace = Some(PRIVATE_NAMESPACE.to_owned());
        let refused = origin.refused_host_port();
        for host_port in origin.host_ports().iter().chain([&refused]) {
            config.allow_sources.push(host_port.parse().unwrap());
        }
        for change in self.changes {
            change(&mut config);
        }
        let front = match self.dialect {
            None => None,
            Some(dialect) => {
                let front = Front::bind(dialect).await;
                self.network.external_url = Some(front.url());
                Some(front)
            }
        };
        let registry = MockRegistry::builder()
            .config(config)
            .network(self.network)
            .start()
            .await
            .unwrap();
        self.target["registry"] = json!(registry.url());
        if let Some(pem) = registry.ca_pem() {
            std::fs::write(folder.path().join("ca.pem"), pem).unwrap();
            self.target["tls"] = json!({"ca": "ca.pem"});
        }
        let front = match front {
            None => None,
            Some(front) => Some(front.serve(registry.port())),
        };
        // YAML takes JSON.
        let target = Target::parse(
            &self.target.to_string(),
            &folder.path().join("target.yaml"),
            &Environment::from_iter([("UNUSED", "")]),
            &LoadOptions::default(),
        )
        .unwrap();
        let context = RunContext::with_origin(target, seed, Arc::new(origin)).unwrap();
        Running {
            context,
            _registry: registry,
            _front: front,
        }
    }
}

/// A registry that is up, and all that a run against it needs.
pub(crate) struct Running {
    pub(crate) context: RunContext,
    _registry: MockRegistry,
    _front: Option<tokio::task::JoinSet<()>>,
}
