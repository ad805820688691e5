//! Requests of a case: who asks, with which header fields.

use std::sync::Arc;

use bytes::Bytes;
use url::Url;

use super::case::CaseRun;
use super::performed::{Performed, StepError};
use super::release::{Release, State};
use crate::case::Step;
use crate::case::action::{BodySpec, RawEnding, RawExchange, SendRequest};
use crate::check::implied::Scope;
use crate::credentials::{Credentials, Secret};
use crate::target::{Colon, Operation, ReadAs};
use crate::wire::{Body, Client, Ending, Exchange, RawRequest, Request};

/// The token of nobody.
const UNKNOWN_TOKEN: &str = "conformance-unknown-token";

impl CaseRun<'_> {
    /// Who asks when the step does not say.
    pub(super) fn reader(&self) -> &'static str {
        match self.context.target.read_as {
            ReadAs::Anonymous => "anonymous",
            ReadAs::Reader => "reader",
        }
    }

    /// The credentials of an identity, `anonymous` and `unknown-token` included.
    pub(super) fn credentials(
        &self,
        identity: &str,
    ) -> Result<Option<Arc<Credentials>>, StepError> {
        match identity {
            "anonymous" => Ok(None),
            "unknown-token" => Ok(Some(Arc::new(Credentials::bearer(
                "unknown-token",
                Secret::new("TOKEN_UNKNOWN", UNKNOWN_TOKEN),
            )))),
            _ => match self.context.target.credentials(identity) {
                Some(credentials) => Ok(Some(credentials)),
                None => Err(StepError::Suite(format!(
                    "the target file has no identity `{identity}`; it needs one for this case"
                ))),
            },
        }
    }

    /// A request with the identity's credentials, which go to the API's own origin only (CLI-8).
    pub(super) fn request(
        &self,
        step: &Step,
        default_identity: &str,
        method: &str,
        url: Url,
    ) -> Result<Request, StepError> {
        let identity = step.identity.as_deref().unwrap_or(default_identity);
        let mut request = Request::new(step.name.as_deref().unwrap_or(step.action()), method, url);
        if self.is_api(&request.url) {
            request.credentials = self.credentials(identity)?;
        }
        Ok(request)
    }

    /// Whether a URL is of the API's own origin.
    pub(super) fn is_api(&self, url: &Url) -> bool {
        // As `Url::origin` has it, which copies the host: both are HTTP or HTTPS, or it could not be sent there.
        let registry = &self.context.target.registry;
        url.scheme() == registry.scheme()
            && url.host() == registry.host()
            && url.port_or_known_default() == registry.port_or_known_default()
    }

    pub(super) fn scope_of(&self, url: &Url) -> Scope {
        if self.is_api(url) {
            Scope::Api
        } else {
            Scope::Elsewhere
        }
    }

    /// Sets or leaves out the header fields that the step names, then sends.
    pub(super) async fn send(&self, step: &Step, request: Request) -> Exchange {
        self.send_by(&self.context.client, step, request).await
    }

    /// As [`CaseRun::send`], by another client.
    pub(super) async fn send_by(
        &self,
        client: &Client,
        step: &Step,
        mut request: Request,
    ) -> Exchange {
        for (name, value) in step.headers.iter().flatten() {
            request
                .headers
                .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
            if let Some(value) = value {
                request
                    .headers
                    .push((name.clone(), value.clone().into_bytes()));
            }
        }
        client.send(&request).await
    }

    pub(super) fn body(&self, spec: &BodySpec) -> Result<Bytes, StepError> {
        spec.bytes(&self.contents).map_err(StepError::suite)
    }

    pub(super) fn release<'s>(
        state: &'s State,
        label: Option<&str>,
    ) -> Result<&'s Release, StepError> {
        let label = label.unwrap_or("main");
        state.releases.get(label).ok_or_else(|| {
            StepError::Unprepared(format!(
                "needs the release `{label}`, which no step before made"
            ))
        })
    }

    pub(super) fn operation_url(&self, operation: Operation, name: &str, version: &str) -> Url {
        self.context
            .target
            .operation_url(operation, name, version, Colon::Plain)
    }

    /// `request`.
    pub(super) async fn send_request(
        &self,
        state: &State,
        step: &Step,
        spec: &SendRequest,
    ) -> Result<Performed, StepError> {
        let method = spec.method.as_deref().unwrap_or("GET");
        let (url, target_override) = self.address(state, spec)?;
        let default =
            if matches!(method, "GET" | "HEAD") && spec.operation.as_deref() != Some("status") {
                self.reader()
            } else {
                "owner"
            };
        let scope = self.scope_of(&url);
        let mut request = self.request(step, default, method, url)?;
        request.target_override = target_override;
        if let Some(content_type) = &spec.content_type {
            request
                .headers
                .push(("Content-Type".to_owned(), content_type.clone().into_bytes()));
        }
        if let Some(body) = &spec.body {
            let bytes = self.body(body)?;
            request.body = match &spec.content_length {
                Some(length) => Body::Declared {
                    length: length.clone(),
                    bytes,
                },
                None if spec.chunked => Body::Chunked(vec![bytes]),
                None => Body::Bytes(bytes),
            };
        }
        let broken = spec.content_length.is_some();
        let exchange = self.send(step, request).await;
        let scope = if broken { Scope::BrokenHttp } else { scope };
        let mut performed = Performed::one(exchange, scope, "ERR-4");
        performed.answer_optional = broken;
        Ok(performed)
    }

    fn address(
        &self,
        state: &State,
        spec: &SendRequest,
    ) -> Result<(Url, Option<String>), StepError> {
        let base = &self.context.target.registry;
        if let Some(url) = &spec.url {
            let url = base.join(url).map_err(StepError::suite)?;
            return Ok((url, None));
        }
        if let Some(path) = &spec.path {
            let target = format!("{}{}", base.path(), path.trim_start_matches('/'));
            return Ok((base.clone(), Some(target)));
        }
        let Some(operation) = &spec.operation else {
            return Ok((base.clone(), None));
        };
        let operation: Operation = operation
            .parse()
            .map_err(|_| StepError::Suite(format!("there is no operation `{operation}`")))?;
        if operation == Operation::Create {
            return Ok((self.operation_url(operation, "", ""), None));
        }
        let (name, version) = Self::named(
            state,
            spec.release.as_deref(),
            spec.name.as_deref(),
            spec.version.as_deref(),
        )?;
        Ok((self.operation_url(operation, &name, &version), None))
    }

    /// Name and version of a path: as given, else those of the release.
    pub(super) fn named(
        state: &State,
        label: Option<&str>,
        name: Option<&str>,
        version: Option<&str>,
    ) -> Result<(String, String), StepError> {
        if let (Some(name), Some(version)) = (name, version) {
            return Ok((name.to_owned(), version.to_owned()));
        }
        let release = Self::release(state, label)?;
        Ok((
            name.unwrap_or(&release.name).to_owned(),
            version.unwrap_or(&release.version).to_owned(),
        ))
    }

    /// `raw`.
    pub(super) async fn send_raw(
        &self,
        step: &Step,
        spec: &RawExchange,
    ) -> Result<Performed, StepError> {
        let pieces = spec
            .pieces
            .iter()
            .map(|piece| self.body(piece))
            .collect::<Result<Vec<_>, _>>()?;
        let request = RawRequest {
            name: step.name.clone().unwrap_or_else(|| "raw".to_owned()),
            origin: self.context.target.registry.clone(),
            pieces,
            ending: match spec.ending {
                RawEnding::KeepOpen => Ending::KeepOpen,
                RawEnding::HalfClose => Ending::HalfClose,
                RawEnding::Reset => Ending::Reset,
            },
        };
        let exchange = self.context.client.send_raw(&request).await;
        let mut performed = Performed::one(exchange, Scope::BrokenHttp, "ERR-4");
        performed.answer_optional = true;
        Ok(performed)
    }
}
