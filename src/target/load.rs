//! Target file and environment to [`Target`].

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
    time::Duration,
};

use jsonschema::Validator;
use serde_json::Value;
use url::Url;

use super::{
    Authentication, DurationText, Environment, Identities, Identity, Operation, ReadAs, Size,
    Target, TargetError,
    defaults::{default_namespace, default_token, with_final_slash},
    identity::{IDENTITY_NAMES, header_credentials, token_label},
    problem::PROBLEM_NAMES,
    reader::Reader,
    token_command,
};
use crate::{
    credentials::{Credentials, Secret},
    yaml::{Located, Violation, nearest, schema_violations},
};

static SCHEMA: LazyLock<(Value, Result<Validator, String>)> = LazyLock::new(|| {
    let schema =
        serde_json::from_str(include_str!("../../schemas/target.schema.json")).unwrap_or_default();
    let validator = jsonschema::validator_for(&schema).map_err(|error| error.to_string());
    (schema, validator)
});

/// The largest target file that is read, in octets.
const MAX_FILE: u64 = 1024 * 1024;
/// A shorter secret could not be hidden from a report without making it unreadable.
const MIN_SECRET: usize = 4;

/// How a target file is loaded.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// The base URL in place of the file's (`--registry`); the file then needs none.
    pub registry: Option<Url>,
    /// Whether the `token-command`s are run.
    pub token_commands: TokenCommands,
}

/// What happens with `token-command`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenCommands {
    /// Each is run once, in the folder of the target file.
    #[default]
    Run,
    /// None is run, since nothing will be sent; those identities are [`Authentication::Unresolved`].
    Skip,
}

impl Target {
    /// Reads a target file. Paths in it are relative to its folder; `${NAME}` in any text is replaced from
    /// `environment`. All that is wrong is reported at once.
    pub fn load(
        path: &Path,
        environment: &Environment,
        options: &LoadOptions,
    ) -> Result<Self, TargetError> {
        let text = read(path).map_err(|source| TargetError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text, path, environment, options)
    }

    /// As [`Target::load`], of a text that is already read; `path` names it in errors and is what relative paths
    /// are relative to.
    pub fn parse(
        text: &str,
        path: &Path,
        environment: &Environment,
        options: &LoadOptions,
    ) -> Result<Self, TargetError> {
        let invalid = |mut violations: Vec<Violation>| {
            violations.sort();
            violations.dedup();
            TargetError::Invalid {
                path: path.to_owned(),
                violations,
            }
        };
        let mut document = Located::parse(text)
            .map_err(|error| invalid(vec![Violation::new(error.position, error.message)]))?;
        if document.value.is_null() {
            document.value = Value::Object(serde_json::Map::new());
        }
        let mut reader = Reader::new(document, environment);
        let (schema, validator) = &*SCHEMA;
        match validator {
            Ok(validator) => {
                reader
                    .violations
                    .extend(schema_violations(validator, schema, reader.document()));
            }
            Err(error) => {
                reader.refuse("", format!("the schema of target files is broken: {error}"));
            }
        }
        if !reader.violations.is_empty() {
            return Err(invalid(reader.violations));
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        let target = Loader {
            reader: &mut reader,
            folder,
            options,
        }
        .target();
        match target {
            Some(target) if reader.violations.is_empty() => Ok(target),
            _ => Err(invalid(reader.violations)),
        }
    }
}

fn read(path: &Path) -> std::io::Result<String> {
    use std::io::{Error, ErrorKind, Read};
    let mut text = String::new();
    let read = std::fs::File::open(path)?
        .take(MAX_FILE + 1)
        .read_to_string(&mut text)?;
    if read as u64 > MAX_FILE {
        return Err(Error::new(
            ErrorKind::FileTooLarge,
            format!("it is longer than {MAX_FILE} octets"),
        ));
    }
    Ok(text)
}

struct Loader<'a> {
    reader: &'a mut Reader,
    folder: &'a Path,
    options: &'a LoadOptions,
}

impl Loader<'_> {
    fn target(&mut self) -> Option<Target> {
        let registry = match &self.options.registry {
            Some(url) => Some(url.clone()),
            None if self.reader.value("/registry").is_none() => {
                self.reader.refuse(
                    "",
                    "the member `registry` is missing: the base URL, unless --registry gives it",
                );
                None
            }
            None => self.reader.base_url("/registry"),
        };
        // Even without a URL the rest is read, so that all mistakes are told at once.
        let stand_in = registry
            .clone()
            .or_else(|| Url::parse("http://registry.invalid/").ok())?;
        let mut target = Target::with_defaults(with_final_slash(stand_in));
        self.places(&mut target);
        self.capabilities(&mut target);
        self.mappings(&mut target);
        self.quantities(&mut target);
        self.cross_checks(&target);
        // Programs are run only for a file that is otherwise good; the place of identities is checked last.
        self.identities(&mut target);
        self.identity_checks(&target);
        registry.map(|_| target)
    }

    fn path(&self, pointer: &str) -> Option<PathBuf> {
        self.reader.text(pointer).map(|path| self.folder.join(path))
    }

    fn places(&mut self, target: &mut Target) {
        target.keys = self.path("/keys");
        target.tls.ca = self.path("/tls/ca");
        target.tls.client_cert = self.path("/tls/client-cert");
        target.tls.client_key = self.path("/tls/client-key");
        if target.tls.client_cert.is_some() != target.tls.client_key.is_some() {
            self.reader
                .refuse("/tls", "client-cert and client-key are needed together");
        }
        target.private_namespace = self.reader.text("/private-namespace");
        if self.reader.text("/read-as").as_deref() == Some("reader") {
            target.read_as = ReadAs::Reader;
        }
        if let Some(bind) = self.reader.text("/origin/bind") {
            match bind.parse::<SocketAddr>() {
                Ok(bind) => target.origin.bind = bind,
                Err(_) => self.reader.refuse(
                    "/origin/bind",
                    "this is no IP address and port; expected such as 127.0.0.1:0 or [::1]:8080",
                ),
            }
        }
        target.origin.public_url = self
            .reader
            .base_url("/origin/public-url")
            .map(with_final_slash);
        target.origin.tls = self
            .reader
            .value("/origin/tls")
            .and_then(Value::as_bool)
            .unwrap_or_default();
    }

    fn capabilities(&mut self, target: &mut Target) {
        for (name, pointer, value) in self.reader.members("/capabilities") {
            if let Err(error) = target.capabilities.set(&name, &value) {
                let message = error.to_string();
                match error {
                    super::CapabilityError::Unknown { .. } => {
                        self.reader.refuse_name(&pointer, message);
                    }
                    super::CapabilityError::Value { .. } => self.reader.refuse(&pointer, message),
                }
            }
        }
    }

    fn mappings(&mut self, target: &mut Target) {
        for (name, pointer, value) in self.reader.members("/paths") {
            let template = value.as_str().unwrap_or_default();
            let set = name
                .parse::<Operation>()
                .and_then(|operation| target.paths.set(operation, template));
            if let Err(error) = set {
                self.reader.refuse(&pointer, error.to_string());
            }
        }
        for (name, pointer, value) in self.reader.members("/problems") {
            if !PROBLEM_NAMES.contains(&name.as_str()) {
                let hint = nearest(&name, PROBLEM_NAMES.iter().copied()).map_or_else(
                    || "section ERR of the profile lists them".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                self.reader
                    .refuse_name(&pointer, format!("unknown problem `{name}`; {hint}"));
                continue;
            }
            let uri = value.as_str().unwrap_or_default();
            target.problems.mapped.insert(name, uri.to_owned());
        }
    }

    fn duration(&mut self, pointer: &str) -> Option<Duration> {
        let duration = self.reader.parsed::<DurationText>(pointer)?.0;
        if duration.is_zero() {
            self.reader
                .refuse(pointer, "this duration must be longer than zero");
            return None;
        }
        Some(duration)
    }

    fn quantities(&mut self, target: &mut Target) {
        let deadlines = &mut target.deadlines;
        for (pointer, slot) in [
            ("/deadlines/exchange", &mut deadlines.exchange),
            ("/deadlines/processing", &mut deadlines.processing),
            ("/deadlines/source", &mut deadlines.source),
        ] {
            if let Some(duration) = self.duration(pointer) {
                *slot = duration;
            }
        }
        deadlines.expiry = self.duration("/deadlines/expiry");
        deadlines.retention = self.duration("/deadlines/retention");
        for (pointer, slot) in [
            ("/limits/manifest", &mut target.limits.manifest),
            ("/limits/content", &mut target.limits.content),
        ] {
            match self.reader.parsed::<Size>(pointer) {
                Some(Size(0)) => self
                    .reader
                    .refuse(pointer, "this size must be larger than zero"),
                Some(Size(size)) => *slot = size,
                None => {}
            }
        }
    }

    /// What is declared in one place and needs something in another.
    fn cross_checks(&mut self, target: &Target) {
        let declared = |name: &str| target.capabilities.is(name);
        let value_of = |name: &str| target.capabilities.get(name).cloned();
        if [value_of("upload"), value_of("sources")]
            .iter()
            .all(|value| *value == Some(super::CapabilityValue::Bool(false)))
        {
            self.reader.refuse(
                "/capabilities",
                "without upload and without sources no content can reach the registry",
            );
        }
        for name in ["access.private", "access.separate"] {
            if declared(name) && target.private_namespace.is_none() {
                self.reader.refuse(
                    &format!("/capabilities/{name}"),
                    format!("the capability `{name}` needs `private-namespace`"),
                );
            }
        }
        if declared("access.separate") && self.reader.value("/identities/manifest-reader").is_none()
        {
            self.reader.refuse(
                "/capabilities/access.separate",
                "the capability `access.separate` needs the identity `manifest-reader`",
            );
        }
        if declared("expiry") && self.reader.value("/deadlines/expiry").is_none() {
            self.reader.refuse(
                "/capabilities/expiry",
                "the capability `expiry` needs `deadlines.expiry`",
            );
        }
    }

    fn identities(&mut self, target: &mut Target) {
        let mut identities = Vec::new();
        for name in IDENTITY_NAMES {
            let pointer = format!("/identities/{name}");
            if name == "manifest-reader" && self.reader.value(&pointer).is_none() {
                continue;
            }
            let namespace = self
                .reader
                .text(&format!("{pointer}/namespace"))
                .or_else(|| default_namespace(name).map(ToOwned::to_owned));
            let authentication = self.authentication(name, &pointer);
            identities.push(Identity {
                name: name.to_owned(),
                namespace,
                authentication,
            });
        }
        target.identities = Identities { identities };
    }

    fn authentication(&mut self, name: &str, pointer: &str) -> Authentication {
        let headers = self.reader.members(&format!("{pointer}/headers"));
        let credentials = if !headers.is_empty() {
            let fields: Vec<_> = headers
                .into_iter()
                .map(|(field, _, value)| (field, value.as_str().unwrap_or_default().to_owned()))
                .collect();
            header_credentials(name, &fields)
        } else if let Some(argv) = self
            .reader
            .value(&format!("{pointer}/token-command"))
            .and_then(Value::as_array)
        {
            let argv: Vec<String> = argv
                .iter()
                .filter_map(Value::as_str)
                .map(ToOwned::to_owned)
                .collect();
            // Nothing is run for a file that is refused anyway.
            if self.options.token_commands == TokenCommands::Skip
                || !self.reader.violations.is_empty()
            {
                return Authentication::Unresolved;
            }
            match token_command::run(&argv, self.folder) {
                Ok(token) => Credentials::bearer(name, Secret::new(token_label(name), token)),
                Err(message) => {
                    self.reader
                        .refuse(&format!("{pointer}/token-command"), message);
                    return Authentication::Unresolved;
                }
            }
        } else {
            let token = self
                .reader
                .text(&format!("{pointer}/token"))
                .unwrap_or_else(|| default_token(name).to_owned());
            Credentials::bearer(name, Secret::new(token_label(name), token))
        };
        for field in &credentials.fields {
            let value = field.secret.expose();
            let message = if value.chars().count() < MIN_SECRET {
                format!(
                    "a secret of `{name}` is shorter than {MIN_SECRET} characters, so that it could not be hidden"
                )
            } else if !value
                .bytes()
                .all(|byte| byte == b'\t' || (b' '..0x7f).contains(&byte))
            {
                format!("a secret of `{name}` has characters that no header field can carry")
            } else {
                continue;
            };
            self.reader.refuse(pointer, message);
        }
        Authentication::Credentials(Arc::new(credentials))
    }

    /// Identities that are one and the same would make every rule about access pass or fail by chance.
    fn identity_checks(&mut self, target: &Target) {
        let identities: Vec<&Identity> = target.identities.iter().collect();
        for (index, identity) in identities.iter().enumerate() {
            let pointer = format!("/identities/{}", identity.name);
            for earlier in &identities[..index] {
                let values = |identity: &Identity| match &identity.authentication {
                    Authentication::Credentials(credentials) => Some(
                        credentials
                            .secrets()
                            .map(|secret| secret.expose().to_owned())
                            .collect::<Vec<_>>(),
                    ),
                    Authentication::Unresolved => None,
                };
                if values(identity).is_some_and(|values_here| values(earlier) == Some(values_here))
                {
                    self.reader.refuse(
                        &pointer,
                        format!(
                            "`{}` and `{}` have the same credentials",
                            earlier.name, identity.name
                        ),
                    );
                }
                if identity.namespace.is_some() && identity.namespace == earlier.namespace {
                    self.reader.refuse(
                        &pointer,
                        format!(
                            "`{}` and `{}` have the same namespace",
                            earlier.name, identity.name
                        ),
                    );
                }
            }
        }
    }
}
