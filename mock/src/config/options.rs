//! The settings of one registry.

use std::time::Duration;

use crate::{
    defect::Defect,
    fetch::HostPort,
    identity::Identities,
    jws::{KeyStore, KeyStoreError},
};

use super::ProcessingMode;

/// What the registry checks of the content itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verification {
    /// Uploads are hashed, sources are fetched and hashed.
    #[default]
    All,
    /// Uploads are hashed, nothing is fetched.
    Uploads,
    /// Nothing is hashed.
    None,
}

/// What the digests of a manifest are digests of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DigestForm {
    /// The content index (section 2 of the profile).
    #[default]
    Index,
    /// The bytes as they travel.
    Raw,
}

/// What a mirror with other bytes does to a release that has a good one beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BadMirror {
    /// It sinks the release.
    #[default]
    Fail,
    /// It is left out of the release.
    Drop,
}

/// The settings of one registry; the default has every capability of the profile that needs no setting of its own.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a capability of the profile that a registry has or lacks"
)]
pub struct Config {
    /// When the outcome of publishing shows.
    pub processing: ProcessingMode,
    /// What is checked of the content.
    pub verification: Verification,
    /// What digests are digests of.
    pub digest_form: DigestForm,
    /// Bytes of a manifest.
    pub max_manifest: u64,
    /// Bytes of all entries of a content together.
    pub max_content: u64,
    /// Bytes of all manifests and uploads that are kept; more is 507.
    pub max_storage: u64,
    /// Bytes of requests and answers that are on their way, beyond what is kept; more is 507. That of the server's own registry, and what
    /// that may keep, are for all of its sessions together.
    pub max_in_flight: u64,
    /// After which a pending release expires; never, when absent.
    pub expiry: Option<Duration>,
    /// How long failed and expired releases stay readable.
    pub retention: Duration,
    /// For fetching one source, redirects included.
    pub fetch_deadline: Duration,
    /// Refuses sources on addresses that are not public.
    pub deny_private_sources: bool,
    /// Exempt from `deny_private_sources`.
    pub allow_sources: Vec<HostPort>,
    /// Schemes of content sources, lower case.
    pub source_schemes: Vec<String>,
    /// Certificate authorities to trust beside the system's when fetching, PEM.
    pub trust_ca_pem: Option<Vec<u8>>,
    /// What a mirror with other bytes does.
    pub bad_mirror: BadMirror,
    /// Sources that a release may have; any number, when absent.
    pub max_sources: Option<usize>,
    /// Whether sources added after publishing are fetched and compared.
    pub recheck_sources: bool,
    /// Whether sources may have credentials.
    pub source_credentials: bool,
    /// Whether sources may serve single entries.
    pub per_entry_sources: bool,
    /// Whether content is taken by upload.
    pub uploads: bool,
    /// Whether uploads may be chunked.
    pub chunked_uploads: bool,
    /// Whether uploads are compared with the digest when the release is published, and not as they come in.
    pub late_upload_check: bool,
    /// Whether content is taken by URL.
    pub sources: bool,
    /// Whether `PUT` replaces sources.
    pub replace_sources: bool,
    /// Whether the signed manifest may come with create.
    pub signed_create: bool,
    /// Whether sha512 is supported.
    pub sha512: bool,
    /// Whether versions may have build metadata.
    pub version_build: bool,
    /// Whether content of several entries is taken.
    pub tar: bool,
    /// Whether content must be a component.
    pub validate_components: bool,
    /// Whether unpublished releases can be cancelled.
    pub cancel: bool,
    /// Algorithm names of Ed25519 keys.
    pub ed25519_names: Vec<String>,
    /// Namespace of the owner's whose releases only the owner reads.
    pub private_namespace: Option<String>,
    /// Answers 404 where a caller is denied, instead of 403.
    pub hides: bool,
    /// Whether reading needs no authentication.
    pub anonymous_reads: bool,
    /// Header that carries the token; with `authorization` as `Bearer TOKEN`.
    pub auth_header: String,
    /// Path of create, relative to the base URL.
    pub create_path: String,
    /// What the names of problem types are appended to.
    pub problem_type_prefix: String,
    /// No oddities: readable URLs, members in order, `Retry-After` in seconds.
    pub plain: bool,
    /// Shows states of its own while a release is processed, as CLI-3 has clients bear; not with `plain`.
    pub unknown_states: bool,
    /// Decides everything that is arbitrary; taken at random, when absent.
    pub seed: Option<u64>,
    /// Requests that the journal keeps.
    pub journal_entries: usize,
    /// Bytes of memory that the journal takes, about.
    pub journal_bytes: u64,
    /// Mistakes that are switched on.
    pub defects: Vec<Defect>,
    /// Who may call.
    pub identities: Identities,
    /// Keys of the publishers.
    pub keys: KeyStore,
}

/// Public keys of the conformance suite's identities.
const TEST_KEYS: &[u8] = include_bytes!("../test-keys.jwks");

impl Config {
    /// The default settings, with the identities and test keys of the conformance suite.
    ///
    /// # Errors
    ///
    /// When the built-in keys can not be loaded, which only a broken OpenSSL can cause.
    pub fn new() -> Result<Self, KeyStoreError> {
        Ok(Self {
            processing: ProcessingMode::default(),
            verification: Verification::default(),
            digest_form: DigestForm::default(),
            max_manifest: 1 << 20,
            max_content: 64 << 20,
            max_storage: 1 << 30,
            max_in_flight: 256 << 20,
            expiry: None,
            retention: Duration::from_hours(1),
            fetch_deadline: Duration::from_secs(5),
            deny_private_sources: false,
            allow_sources: Vec::new(),
            source_schemes: vec!["http".to_owned(), "https".to_owned()],
            trust_ca_pem: None,
            bad_mirror: BadMirror::default(),
            max_sources: None,
            recheck_sources: true,
            source_credentials: true,
            per_entry_sources: true,
            uploads: true,
            chunked_uploads: true,
            late_upload_check: false,
            sources: true,
            replace_sources: true,
            signed_create: true,
            sha512: true,
            version_build: true,
            tar: true,
            validate_components: true,
            cancel: true,
            ed25519_names: vec!["EdDSA".to_owned(), "Ed25519".to_owned()],
            private_namespace: None,
            hides: false,
            anonymous_reads: true,
            auth_header: "authorization".to_owned(),
            create_path: "releases".to_owned(),
            problem_type_prefix: crate::problem::TYPE_PREFIX.to_owned(),
            plain: false,
            unknown_states: false,
            seed: None,
            journal_entries: 10_000,
            journal_bytes: 16 << 20,
            defects: Vec::new(),
            identities: Identities::default(),
            keys: KeyStore::unchecked(TEST_KEYS)?,
        })
    }
}
