//! What all cases of a run share.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use thiserror::Error;
use tokio::sync::{Mutex, MutexGuard};

use super::bounded::Room;
use super::presence::Presence;
use super::sessions::ClientSuite;
use crate::bounded_file;
use crate::jws::{Key, KeySet, KeySetError};
use crate::origin::{Origin, OriginError, OriginOptions};
use crate::plan::Hosting;
use crate::target::{Capabilities, CapabilityValue, Target};
use crate::wire::{Client, ClientError, ClientIdentity, Redactor, WireOptions};

/// Why a run can not begin.
#[derive(Debug, Error)]
pub enum ContextError {
    /// The publishers' keys.
    #[error("failed to load the signing keys")]
    Keys(#[from] KeySetError),
    /// The HTTP client.
    #[error("failed to set up the HTTP client")]
    Client(#[from] ClientError),
    /// The content hosts.
    #[error("failed to start the content hosts")]
    Origin(#[from] OriginError),
    /// A file of `tls`.
    #[error("failed to read {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// What all cases of a run share.
#[derive(Clone)]
pub struct RunContext {
    /// The target file.
    pub target: Arc<Target>,
    /// Its capabilities, what was seen filled in.
    pub capabilities: Arc<Capabilities>,
    /// The HTTP client for documents of the API; what is longer than those can be is cut off.
    pub client: Client,
    /// The HTTP client for content.
    pub downloads: Client,
    /// Hides secrets.
    pub redactor: Redactor,
    /// The publishers' keys.
    pub keys: Arc<KeySet>,
    /// The content hosts.
    pub origin: Arc<Origin>,
    /// Seed of all names, octets and orders.
    pub seed: u64,
    /// The client under test, where the cases are about one.
    pub client_suite: Option<Arc<ClientSuite>>,
    pub(super) presence: Presence,
    created: Arc<AtomicUsize>,
    large_content: Arc<Mutex<()>>,
    pub(super) room: Arc<Room>,
}

impl RunContext {
    /// Starts the content hosts and sets up the client.
    pub async fn new(target: Target, seed: u64) -> Result<Self, ContextError> {
        let origin = Origin::start(OriginOptions {
            bind: target.origin.bind,
            public_url: target.origin.public_url.clone(),
            tls: target.origin.tls,
            ca: target.origin.ca.clone(),
        })
        .await?;
        Self::with_origin(target, seed, Arc::new(origin))
    }

    /// With content hosts that stand already.
    pub fn with_origin(
        target: Target,
        seed: u64,
        origin: Arc<Origin>,
    ) -> Result<Self, ContextError> {
        let keys = keys(&target)?;
        let redactor = Redactor::new(target.secrets());
        for text in public_texts(&target, &keys) {
            redactor.add_public(text);
        }
        let mut options = wire_options(&target)?;
        if target.origin.tls {
            // A release shows where its content comes from, and the suite downloads from its own hosts too.
            let own = options.ca.get_or_insert_default();
            own.push(b'\n');
            own.extend_from_slice(origin.ca_pem().as_bytes());
        }
        let client = Client::new(&options)?;
        let content = target.limits.content.saturating_add(BODY_MARGIN);
        let downloads = Client::new(&WireOptions {
            max_body: usize::try_from(content).unwrap_or(usize::MAX),
            kept_body: KEPT_CONTENT,
            ..options
        })?;
        Ok(Self {
            capabilities: Arc::new(target.capabilities.clone()),
            target: Arc::new(target),
            client,
            downloads,
            redactor,
            keys: Arc::new(keys),
            origin,
            seed,
            client_suite: None,
            presence: Presence::default(),
            created: Arc::default(),
            large_content: Arc::default(),
            room: Arc::default(),
        })
    }

    /// The same for one case.
    pub(super) fn for_case(&self) -> Self {
        Self {
            client: self.client.for_case(),
            ..self.clone()
        }
    }

    /// The same with the capabilities that were seen.
    #[must_use]
    pub fn with_capabilities(mut self, capabilities: Capabilities) -> Self {
        self.capabilities = Arc::new(capabilities);
        self
    }

    /// What the content hosts offer to a plan.
    pub fn hosting(&self) -> Hosting {
        Hosting {
            origins: self.origin.origins(),
        }
    }

    /// The turn of a case with large contents; there is one at a time.
    pub(super) async fn turn_of_large_content(&self) -> MutexGuard<'_, ()> {
        self.large_content.lock().await
    }

    /// Counts a release that the registry took.
    pub fn note_created(&self) {
        self.created.fetch_add(1, Ordering::Relaxed);
    }

    /// How many releases the registry took so far.
    pub fn created(&self) -> usize {
        self.created.load(Ordering::Relaxed)
    }

    /// Whether octets hold the token of an identity, which no error may show (ERR-7).
    pub fn shows_token(&self, octets: &[u8]) -> bool {
        self.redactor.finds(octets, "TOKEN_")
    }
}

/// The largest file of certificates or keys that is read, in octets.
const MAX_TLS_FILE: u64 = 4 * 1024 * 1024;
/// Octets that a download may have beyond the content limit before it is cut off.
const BODY_MARGIN: u64 = 1024 * 1024;
/// Octets of a download that are kept; what is longer is compared by its digest.
const KEPT_CONTENT: usize = 256 * 1024;
/// Octets that a document may have beyond what its manifest explains (twice: as it is, and signed in base64).
const DOCUMENT_MARGIN: u64 = 2 * 1024 * 1024;

/// What an error may name although a token may be part of it, as `conformance-owner` is of the namespace
/// `conformance-owner.test`.
fn public_texts<'a>(target: &'a Target, keys: &'a KeySet) -> impl Iterator<Item = &'a str> {
    target
        .identities
        .iter()
        .filter_map(|identity| identity.namespace.as_deref())
        .chain(target.private_namespace.as_deref())
        .chain(target.registry.host_str())
        .chain(keys.iter().map(Key::kid))
}

/// The publishers' keys of a target, their algorithms by names that the registry takes.
pub fn keys(target: &Target) -> Result<KeySet, KeySetError> {
    let keys = match &target.keys {
        Some(path) => KeySet::load(path)?,
        None => KeySet::built_in(),
    };
    Ok(match target.capabilities.get("jws.ed25519") {
        Some(CapabilityValue::List(names)) => keys.with_ed25519_names(names),
        _ => keys,
    })
}

fn wire_options(target: &Target) -> Result<WireOptions, ContextError> {
    let read = |path: &PathBuf| {
        bounded_file::read(path, MAX_TLS_FILE).map_err(|source| ContextError::File {
            path: path.clone(),
            source,
        })
    };
    let tls = &target.tls;
    let client_identity = match (&tls.client_cert, &tls.client_key) {
        (Some(certificate), Some(key)) => Some(ClientIdentity {
            certificate: read(certificate)?,
            key: read(key)?,
        }),
        _ => None,
    };
    let max_body = target
        .limits
        .manifest
        .saturating_mul(4)
        .saturating_add(DOCUMENT_MARGIN);
    Ok(WireOptions {
        ca: tls.ca.as_ref().map(read).transpose()?,
        client_identity,
        exchange_deadline: target.deadlines.exchange,
        max_body: usize::try_from(max_body).unwrap_or(usize::MAX),
        ..WireOptions::default()
    })
}
