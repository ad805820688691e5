//! The sections of a target file, each read into its part of the [`Target`].

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::Value;
use url::Url;

use super::{
    CapabilityError, CapabilityValue, DurationText, LoadOptions, Operation, ReadAs, Size, Target,
    defaults::with_final_slash, problem::PROBLEM_NAMES, reader::Reader,
};
use crate::suggest::nearest;

pub(super) struct Loader<'a> {
    pub(super) reader: &'a mut Reader,
    pub(super) folder: &'a Path,
    pub(super) options: &'a LoadOptions,
}

impl Loader<'_> {
    pub(super) fn target(&mut self) -> Option<Target> {
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
        target.origin.ca = self.path("/origin/ca");
        if target.origin.ca.is_some() && !target.origin.tls {
            self.reader.refuse(
                "/origin/ca",
                "`ca` is for content hosts over https: it needs `tls: true`",
            );
        }
    }

    fn capabilities(&mut self, target: &mut Target) {
        for (name, pointer, value) in self.reader.members("/capabilities") {
            if let Err(error) = target.capabilities.set(&name, &value) {
                let message = error.to_string();
                match error {
                    CapabilityError::Unknown { .. } => {
                        self.reader.refuse_name(&pointer, message);
                    }
                    CapabilityError::Value { .. } => self.reader.refuse(&pointer, message),
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
            .all(|value| *value == Some(CapabilityValue::Bool(false)))
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
}
