//! Options, their environment variables, and the configuration file with the same content.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{Parser, builder::BoolishValueParser};
use serde::Deserialize;

use crate::{
    Network,
    config::{
        BadMirror, Config, DigestForm, ProcessingMode, Verification, parse_duration, parse_size,
    },
    defect::Defect,
    fetch::HostPort,
    identity::{Identities, Identity},
    jws::KeyStore,
};

use super::{OptionsError, config_file, text};

macro_rules! options {
    ($($(#[doc = $doc:literal])* $(#[file($with:literal)])? $(#[arg($($arg:tt)*)])? $name:ident: $type:ty, $env:literal;)*) => {
        /// In-memory registry with the Publish API, to test clients against.
        ///
        /// When it accepts connections it prints one line of JSON on stdout: {"event":"ready","url":...,"admin":...,"pid":...}.
        #[derive(Clone, Debug, Default, Parser, Deserialize)]
        #[command(name = "mock-registry", version)]
        #[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
        pub struct Options {
            /// File with the same content as the options, YAML or JSON; options and environment come first
            #[arg(long, value_name = "FILE", env = "MOCK_REGISTRY_CONFIG")]
            #[serde(skip)]
            config: Option<PathBuf>,
            /// Print the defects as JSON and exit
            #[arg(long)]
            #[serde(skip)]
            pub(super) list_defects: bool,
            /// Identities, in place of the conformance suite's; configuration file only
            #[arg(skip)]
            identities: Option<Vec<Identity>>,
            /// Break a rule of the profile on purpose; may be repeated
            #[arg(long, value_name = "NAME", env = "MOCK_REGISTRY_DEFECT", value_delimiter = ',')]
            #[serde(alias = "defects", deserialize_with = "text::parsed_list")]
            defect: Option<Vec<Defect>>,
            /// Exempt a content source from --deny-private-sources; may be repeated
            #[arg(long, value_name = "HOST:PORT", env = "MOCK_REGISTRY_ALLOW_SOURCE", value_delimiter = ',')]
            #[serde(deserialize_with = "text::parsed_list")]
            allow_source: Option<Vec<HostPort>>,
            /// Schemes of content sources [default: http, https]
            #[arg(long, value_name = "SCHEME", env = "MOCK_REGISTRY_SOURCE_SCHEME", value_delimiter = ',')]
            source_scheme: Option<Vec<String>>,
            /// Algorithm names of Ed25519 keys [default: `EdDSA`, `Ed25519`]
            #[arg(long, value_name = "NAME", env = "MOCK_REGISTRY_ED25519_NAME", value_delimiter = ',')]
            ed25519_name: Option<Vec<String>>,
            $(
                $(#[doc = $doc])*
                #[arg(long, env = $env $(, $($arg)*)?)]
                $(#[serde(deserialize_with = $with)])?
                pub(super) $name: Option<$type>,
            )*
        }

        impl Options {
            /// Takes from another what is not set here.
            pub(super) fn or(self, other: Self) -> Self {
                Self {
                    config: self.config,
                    list_defects: self.list_defects,
                    identities: self.identities.or(other.identities),
                    defect: self.defect.or(other.defect),
                    allow_source: self.allow_source.or(other.allow_source),
                    source_scheme: self.source_scheme.or(other.source_scheme),
                    ed25519_name: self.ed25519_name.or(other.ed25519_name),
                    $($name: self.$name.or(other.$name),)*
                }
            }
        }
    };
}

options! {
    /// Address to listen on [default: 127.0.0.1]
    host: String, "MOCK_REGISTRY_HOST";
    /// Port to listen on, 0 for a free one [default: 9999]
    port: u16, "MOCK_REGISTRY_PORT";
    /// Write the port to this file
    #[arg(value_name = "PATH")]
    port_file: PathBuf, "MOCK_REGISTRY_PORT_FILE";
    /// Base URL in references, when clients reach it by another than where it listens
    #[arg(value_name = "URL")]
    external_url: String, "MOCK_REGISTRY_EXTERNAL_URL";
    /// Take uploads on this origin, where the URL alone authorises them; port 0 for a free one
    #[arg(value_name = "URL")]
    upload_url: String, "MOCK_REGISTRY_UPLOAD_URL";
    /// Where the upload origin listens, when that is not what its URL says
    #[arg(value_name = "HOST:PORT")]
    upload_bind: String, "MOCK_REGISTRY_UPLOAD_BIND";
    /// Path of the base URL
    #[arg(value_name = "PATH")]
    base_path: String, "MOCK_REGISTRY_BASE_PATH";
    /// Serve https with a certificate authority of its own, whose file the ready line names
    #[arg(num_args = 0..=1, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    tls: bool, "MOCK_REGISTRY_TLS";
    /// Where to write the certificate authority of --tls [default: a file in the temporary folder]
    #[arg(value_name = "FILE")]
    ca_file: PathBuf, "MOCK_REGISTRY_CA_FILE";
    /// Decides everything that is arbitrary [default: random]
    seed: u64, "MOCK_REGISTRY_SEED";
    /// No oddities: URLs of status and upload that can be foreseen, members in order, Retry-After in seconds
    #[arg(num_args = 0..=1, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    plain: bool, "MOCK_REGISTRY_PLAIN";
    /// Show states that no client knows while a release is processed; to test clients, because the profile has none such
    #[arg(num_args = 0..=1, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    unknown_states: bool, "MOCK_REGISTRY_UNKNOWN_STATES";
    /// When the outcome of publishing shows: immediate, polls:N, delay:DURATION or manual [default: immediate]
    #[file("text::parsed")]
    #[arg(value_name = "MODE")]
    processing: ProcessingMode, "MOCK_REGISTRY_PROCESSING";
    /// What the registry checks of the content itself [default: all]
    verification: Verification, "MOCK_REGISTRY_VERIFICATION";
    /// What digests are digests of [default: index]
    digest_form: DigestForm, "MOCK_REGISTRY_DIGEST_FORM";
    /// Largest content, the sum of its entries [default: 64 MiB]
    #[file("text::size")]
    #[arg(value_name = "SIZE", value_parser = parse_size)]
    max_content: u64, "MOCK_REGISTRY_MAX_CONTENT";
    /// Largest manifest [default: 1 MiB]
    #[file("text::size")]
    #[arg(value_name = "SIZE", value_parser = parse_size)]
    max_manifest: u64, "MOCK_REGISTRY_MAX_MANIFEST";
    /// Room for all manifests and uploads together [default: 1 GiB]
    #[file("text::size")]
    #[arg(value_name = "SIZE", value_parser = parse_size)]
    max_storage: u64, "MOCK_REGISTRY_MAX_STORAGE";
    /// Room for requests and answers that are on their way, beyond that [default: 256 MiB]
    #[file("text::size")]
    #[arg(value_name = "SIZE", value_parser = parse_size)]
    max_in_flight: u64, "MOCK_REGISTRY_MAX_IN_FLIGHT";
    /// After which a pending release expires [default: never]
    #[file("text::duration")]
    #[arg(value_name = "DURATION", value_parser = parse_duration)]
    expiry: Duration, "MOCK_REGISTRY_EXPIRY";
    /// How long failed and expired releases stay readable [default: 1h]
    #[file("text::duration")]
    #[arg(value_name = "DURATION", value_parser = parse_duration)]
    retention: Duration, "MOCK_REGISTRY_RETENTION";
    /// For fetching one content source, redirects included [default: 5s]
    #[file("text::duration")]
    #[arg(value_name = "DURATION", value_parser = parse_duration)]
    fetch_deadline: Duration, "MOCK_REGISTRY_FETCH_DEADLINE";
    /// Refuse content sources on addresses that are not public
    #[arg(num_args = 0..=1, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    deny_private_sources: bool, "MOCK_REGISTRY_DENY_PRIVATE_SOURCES";
    /// Trust the certificate authorities in this PEM file when fetching
    #[arg(value_name = "FILE")]
    trust_ca: PathBuf, "MOCK_REGISTRY_TRUST_CA";
    /// What a mirror with other bytes does to a release with a good one [default: fail]
    bad_mirror: BadMirror, "MOCK_REGISTRY_BAD_MIRROR";
    /// Content sources that a release may have [default: any number]
    #[arg(value_name = "N")]
    max_sources: usize, "MOCK_REGISTRY_MAX_SOURCES";
    /// Whether sources added after publishing are fetched and compared [default: true]
    #[arg(value_parser = BoolishValueParser::new())]
    recheck_sources: bool, "MOCK_REGISTRY_RECHECK_SOURCES";
    /// Whether sources may have credentials [default: true]
    #[arg(value_parser = BoolishValueParser::new())]
    source_credentials: bool, "MOCK_REGISTRY_SOURCE_CREDENTIALS";
    /// Whether sources may serve single entries [default: true]
    #[arg(value_parser = BoolishValueParser::new())]
    per_entry_sources: bool, "MOCK_REGISTRY_PER_ENTRY_SOURCES";
    /// Whether content is taken by upload [default: true]
    #[arg(value_parser = BoolishValueParser::new())]
    uploads: bool, "MOCK_REGISTRY_UPLOADS";
    /// Whether uploads may be chunked [default: true]
    #[arg(value_parser = BoolishValueParser::new())]
    chunked_uploads: bool, "MOCK_REGISTRY_CHUNKED_UPLOADS";
    /// Whether content is taken by URL [default: true]
    #[arg(value_parser = BoolishValueParser::new())]
    sources: bool, "MOCK_REGISTRY_SOURCES";
    /// Whether PUT replaces sources [default: true]
    #[arg(value_parser = BoolishValueParser::new())]
    replace_sources: bool, "MOCK_REGISTRY_REPLACE_SOURCES";
    /// Whether the signed manifest may come with create [default: true]
    #[arg(value_parser = BoolishValueParser::new())]
    signed_create: bool, "MOCK_REGISTRY_SIGNED_CREATE";
    /// Whether sha512 is supported [default: true]
    #[arg(value_parser = BoolishValueParser::new())]
    sha512: bool, "MOCK_REGISTRY_SHA512";
    /// Whether versions may have build metadata [default: true]
    #[arg(value_parser = BoolishValueParser::new())]
    version_build: bool, "MOCK_REGISTRY_VERSION_BUILD";
    /// Whether content of several entries is taken [default: true]
    #[arg(value_parser = BoolishValueParser::new())]
    tar: bool, "MOCK_REGISTRY_TAR";
    /// Whether content must be a component [default: true]
    #[arg(value_parser = BoolishValueParser::new())]
    validate_components: bool, "MOCK_REGISTRY_VALIDATE_COMPONENTS";
    /// Whether unpublished releases can be cancelled [default: true]
    #[arg(value_parser = BoolishValueParser::new())]
    cancel: bool, "MOCK_REGISTRY_CANCEL";
    /// A namespace of the owner's whose releases only the owner reads
    #[arg(value_name = "NS")]
    private_namespace: String, "MOCK_REGISTRY_PRIVATE_NAMESPACE";
    /// Answer 404 where a caller is denied, instead of 403
    #[arg(num_args = 0..=1, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    hide: bool, "MOCK_REGISTRY_HIDE";
    /// Whether reading needs no authentication [default: true]
    #[arg(value_parser = BoolishValueParser::new())]
    anonymous_reads: bool, "MOCK_REGISTRY_ANONYMOUS_READS";
    /// Header that carries the token [default: authorization, as "Bearer TOKEN"]
    #[arg(value_name = "NAME")]
    auth_header: String, "MOCK_REGISTRY_AUTH_HEADER";
    /// Path of create, relative to the base URL [default: releases]
    #[arg(value_name = "PATH")]
    create_path: String, "MOCK_REGISTRY_CREATE_PATH";
    /// What the names of problem types are appended to [default: urn:publish-api:problem:]
    #[arg(value_name = "URI")]
    problem_type_prefix: String, "MOCK_REGISTRY_PROBLEM_TYPE_PREFIX";
    /// Requests that the journal keeps [default: 10000]
    #[arg(value_name = "N")]
    journal_entries: usize, "MOCK_REGISTRY_JOURNAL_ENTRIES";
    /// Memory that the journal takes [default: 16 MiB]
    #[file("text::size")]
    #[arg(value_name = "SIZE", value_parser = parse_size)]
    journal_bytes: u64, "MOCK_REGISTRY_JOURNAL_BYTES";
    /// Sessions that there may be at a time [default: 1000]
    #[arg(value_name = "N")]
    max_sessions: usize, "MOCK_REGISTRY_MAX_SESSIONS";
    /// Connections at a time, on all addresses together [default: 4096, or fewer where the process can open fewer files]
    #[arg(value_name = "N")]
    max_connections: usize, "MOCK_REGISTRY_MAX_CONNECTIONS";
    /// How long a connection may wait for the head of a request, or for its client to take more of an answer [default: 60s]
    #[file("text::duration")]
    #[arg(value_name = "DURATION", value_parser = parse_duration)]
    idle_timeout: Duration, "MOCK_REGISTRY_IDLE_TIMEOUT";
    /// Public keys of the publishers, a JWKS whose keys have kid, alg and identity [default: the conformance suite's]
    #[arg(value_name = "FILE")]
    keys: PathBuf, "MOCK_REGISTRY_KEYS";
}

/// Port when none is given.
const DEFAULT_PORT: u16 = 9999;

impl Options {
    /// Takes from the configuration file, if there is one, what was not said otherwise.
    ///
    /// # Errors
    ///
    /// When the file can not be read, or has a member that is no option.
    pub fn with_file(self) -> Result<Self, OptionsError> {
        let Some(path) = self.config.clone() else {
            return Ok(self);
        };
        let text = read(&path)?;
        let file = config_file::read(&path, &text)?;
        Ok(self.or(file))
    }

    /// Whether the options go together.
    ///
    /// # Errors
    ///
    /// When one of them would have no effect for want of another.
    pub fn check(&self) -> Result<(), OptionsError> {
        if self.ca_file.is_some() && self.tls != Some(true) {
            return Err(OptionsError::CaFileWithoutTls);
        }
        Ok(())
    }

    /// Where the registry is served.
    pub fn network(&self) -> Network {
        Network {
            host: self.host.clone(),
            port: self.port.unwrap_or(DEFAULT_PORT),
            external_url: self.external_url.clone(),
            upload_url: self.upload_url.clone(),
            upload_bind: self.upload_bind.clone(),
            base_path: self.base_path.clone(),
            tls: self.tls.unwrap_or(false),
            max_sessions: self.max_sessions,
            max_connections: self.max_connections,
            idle_timeout: self.idle_timeout,
        }
    }

    /// The settings of the registry.
    ///
    /// # Errors
    ///
    /// When a file that an option names can not be read, or a header can not have that name.
    pub fn config(&self) -> Result<Config, OptionsError> {
        self.apply(Config::new().map_err(OptionsError::BuiltInKeys)?)
    }

    /// These settings with those changed that an option speaks of.
    ///
    /// # Errors
    ///
    /// As [`Options::config`].
    pub fn apply(&self, mut config: Config) -> Result<Config, OptionsError> {
        macro_rules! take {
            ($($name:ident),* $(,)?) => {
                $(if let Some(value) = self.$name.clone() { config.$name = value; })*
            };
        }
        take!(
            processing,
            verification,
            digest_form,
            max_content,
            max_manifest,
            max_storage,
            max_in_flight,
            retention,
            fetch_deadline,
            deny_private_sources,
            bad_mirror,
            recheck_sources,
            source_credentials,
            per_entry_sources,
            uploads,
            chunked_uploads,
            sources,
            replace_sources,
            signed_create,
            sha512,
            version_build,
            tar,
            validate_components,
            cancel,
            anonymous_reads,
            problem_type_prefix,
            plain,
            unknown_states,
            journal_entries,
            journal_bytes,
        );
        config.expiry = self.expiry.or(config.expiry);
        config.max_sources = self.max_sources.or(config.max_sources);
        config.seed = self.seed.or(config.seed);
        config.private_namespace = self.private_namespace.clone().or(config.private_namespace);
        config.hides = self.hide.unwrap_or(config.hides);
        if let Some(defects) = &self.defect {
            config.defects.clone_from(defects);
        }
        if let Some(allowed) = &self.allow_source {
            config.allow_sources.clone_from(allowed);
        }
        if let Some(schemes) = &self.source_scheme {
            config.source_schemes = schemes
                .iter()
                .map(|scheme| scheme.to_ascii_lowercase())
                .collect();
        }
        if let Some(names) = &self.ed25519_name {
            config.ed25519_names.clone_from(names);
        }
        if let Some(name) = &self.auth_header {
            http::HeaderName::try_from(name).map_err(|source| OptionsError::HeaderName {
                name: name.clone(),
                source,
            })?;
            config.auth_header.clone_from(name);
        }
        if let Some(path) = &self.create_path {
            path.trim_matches('/').clone_into(&mut config.create_path);
        }
        if let Some(identities) = &self.identities {
            config.identities = Identities::new(identities.clone());
        }
        if let Some(path) = &self.trust_ca {
            config.trust_ca_pem = Some(read(path)?);
        }
        if let Some(path) = &self.keys {
            config.keys =
                KeyStore::from_jwks(&read(path)?).map_err(|source| OptionsError::Keys {
                    path: path.clone(),
                    source,
                })?;
        }
        Ok(config)
    }
}

fn read(path: &Path) -> Result<Vec<u8>, OptionsError> {
    std::fs::read(path).map_err(|source| OptionsError::Read {
        path: path.to_owned(),
        source,
    })
}
