//! The content hosts of one case.

use indexmap::IndexMap;
use url::Url;

use super::case::CaseRun;
use super::context::RunContext;
use super::names::host_id;
use super::performed::{Performed, StepError};
use crate::case::action::HostChange;
use crate::case::content_spec::Contents;
use crate::case::host_spec::{BehaviourSpec, HostSpec, MissingHost};
use crate::content::Content;
use crate::origin::{Behaviour, Body, Host, Resolver, Scheme, Slot};

/// A host of the case, or a place where none is.
#[derive(Debug)]
pub(super) enum CaseHost {
    Live { host: Host, by_name: bool },
    Missing(Url),
}

impl CaseHost {
    pub(super) fn url(&self) -> Url {
        match self {
            Self::Live {
                host,
                by_name: true,
            } => host.localhost_url(),
            Self::Live { host, .. } => host.url(),
            Self::Missing(url) => url.clone(),
        }
    }

    pub(super) fn live(&self) -> Option<&Host> {
        match self {
            Self::Live { host, .. } => Some(host),
            Self::Missing(_) => None,
        }
    }
}

pub(super) type CaseHosts = IndexMap<String, CaseHost>;

/// The meaning of names in behaviours.
pub(super) struct Names<'a> {
    pub contents: &'a Contents,
    pub hosts: &'a CaseHosts,
}

impl Resolver for Names<'_> {
    fn content(&self, name: &str) -> Option<Body> {
        self.contents.get(name).map(body)
    }

    fn host_url(&self, name: &str) -> Option<String> {
        self.hosts.get(name).map(|host| host.url().to_string())
    }
}

fn body(content: &Content) -> Body {
    Body {
        bytes: content.body.clone(),
        media_type: content.media_type.clone(),
    }
}

/// Starts the hosts of a case: first every place, then every behaviour, since hosts redirect to each other.
pub(super) fn start(
    context: &RunContext,
    case: &str,
    specs: &IndexMap<String, HostSpec>,
    contents: &Contents,
) -> Result<CaseHosts, String> {
    let mut hosts = CaseHosts::new();
    for (name, spec) in specs {
        let (slot, scheme, by_name) = match spec {
            HostSpec::Missing(MissingHost::Refused) => {
                hosts.insert(
                    name.clone(),
                    CaseHost::Missing(context.origin.refused_url()),
                );
                continue;
            }
            HostSpec::Missing(MissingHost::Unresolvable) => {
                hosts.insert(
                    name.clone(),
                    CaseHost::Missing(context.origin.unresolvable_url()),
                );
                continue;
            }
            HostSpec::Placed(placed) => (placed.origin, placed.scheme, placed.by_name),
            HostSpec::Plain(_) => (Slot::default(), None, false),
        };
        let scheme: Scheme = scheme.unwrap_or_else(|| context.origin.default_scheme());
        let file_name = if contents
            .values()
            .any(|content| content.media_type == crate::content::TAR_MEDIA_TYPE)
        {
            "content.tar"
        } else {
            "component.wasm"
        };
        let host = context
            .origin
            .host_with_id(
                host_id(context.seed, case, name),
                file_name,
                slot,
                scheme,
                Behaviour::Status(404),
            )
            .map_err(|error| error.to_string())?;
        hosts.insert(name.clone(), CaseHost::Live { host, by_name });
    }
    for (name, spec) in specs {
        if let (Some(behaviour), Some(host)) =
            (spec.behaviour(), hosts.get(name).and_then(CaseHost::live))
        {
            host.set(resolve(behaviour, contents, &hosts)?);
        }
    }
    Ok(hosts)
}

pub(super) fn resolve(
    behaviour: &BehaviourSpec,
    contents: &Contents,
    hosts: &CaseHosts,
) -> Result<Behaviour, String> {
    behaviour
        .resolve(&Names { contents, hosts })
        .map_err(|error| error.to_string())
}

impl CaseRun<'_> {
    pub(super) async fn change_host(&self, change: &HostChange) -> Result<Performed, StepError> {
        let host = self.live_host(&change.host)?;
        if change.await_request {
            let limit = self.within(None)?;
            if !host.wait_for_request(limit).await {
                return Err(StepError::Withheld {
                    rule: "SRC-2",
                    what: format!(
                        "the registry never asked the content host `{}` within {limit:?}",
                        change.host
                    ),
                });
            }
        }
        if let Some(behaviour) = &change.set {
            let behaviour =
                resolve(behaviour, &self.contents, &self.hosts).map_err(StepError::Suite)?;
            host.set(behaviour);
        }
        if change.release {
            host.release();
        }
        Ok(Performed::default())
    }

    pub(super) fn received(&self, name: &str) -> Result<Performed, StepError> {
        Ok(Performed {
            received: Some(self.live_host(name)?.received()),
            received_by: "to the content host",
            rule: "SRC-2",
            ..Performed::default()
        })
    }

    fn live_host(&self, name: &str) -> Result<&Host, StepError> {
        self.hosts
            .get(name)
            .and_then(CaseHost::live)
            .ok_or_else(|| StepError::Suite(format!("`{name}` is no content host that answers")))
    }
}
