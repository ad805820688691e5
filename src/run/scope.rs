//! What templates of a case stand for.

use serde_json::Value;

use super::case::CaseRun;
use super::names;
use super::release::{Release, State};
use crate::case::template::Scope;
use crate::content::{DigestAlgorithm, DigestForm};
use crate::credentials::Secret;
use crate::target::CapabilityValue;

/// Values for templates while a case runs.
pub(super) struct CaseScope<'a> {
    pub run: &'a CaseRun<'a>,
    pub state: &'a State,
}

impl Scope for CaseScope<'_> {
    fn lookup(&self, name: &str) -> Result<Value, String> {
        let (root, rest) = name.split_once('.').unwrap_or((name, ""));
        let target = &self.run.context.target;
        match root {
            "registry" => match rest {
                "url" => Ok(target.registry.as_str().into()),
                "host" => Ok(host_port(&target.registry).into()),
                "path" => Ok(target.registry.path().into()),
                "origin" => Ok(target.registry.origin().ascii_serialization().into()),
                _ => Err("registry has url, host, path and origin".to_owned()),
            },
            "limits" => match rest {
                "manifest" => Ok(target.limits.manifest.into()),
                "content" => Ok(target.limits.content.into()),
                _ => Err("limits has manifest and content".to_owned()),
            },
            "problem" => Ok(target.problems.problem_type(rest).into()),
            "private-namespace" => target
                .private_namespace
                .as_deref()
                .map(Value::from)
                .ok_or_else(|| "the target has no private namespace".to_owned()),
            "capability" => self.capability(rest),
            "fresh" => Ok(self.run.fresh_label(rest).into()),
            "secret" => Ok(self.secret(rest).into()),
            "saved" => self
                .state
                .saved
                .get(rest)
                .cloned()
                .ok_or_else(|| "no step has saved it".to_owned()),
            "step" => self.step(rest),
            _ => {
                if let Some(identity) = target.identities.get(root) {
                    return self.identity(identity, rest);
                }
                if let Some(host) = self.run.hosts.get(root) {
                    return Self::host(&host.url(), rest);
                }
                if let Some(content) = self.run.contents.get(root) {
                    return content_value(content, rest);
                }
                match self.state.releases.get(root) {
                    Some(release) => release_value(release, rest),
                    None => Err(format!("no earlier step made the release `{root}`")),
                }
            }
        }
    }
}

impl CaseScope<'_> {
    fn capability(&self, name: &str) -> Result<Value, String> {
        match self.run.context.capabilities.get(name) {
            Some(CapabilityValue::Number(number)) => Ok((*number).into()),
            Some(value) => Ok(value.to_string().into()),
            None => Err("there is no such capability".to_owned()),
        }
    }

    /// A secret of the case's own, known to the redactor from now on.
    fn secret(&self, label: &str) -> String {
        let value = names::fresh_secret(self.run.context.seed, &self.run.case.id, label);
        let name = format!("SECRET_{}", label.to_ascii_uppercase().replace('-', "_"));
        self.run
            .context
            .redactor
            .add(&Secret::new(name, value.clone()));
        value
    }

    fn step(&self, rest: &str) -> Result<Value, String> {
        let (name, what) = rest.split_once('.').unwrap_or((rest, ""));
        let exchange = self
            .state
            .steps
            .get(name)
            .ok_or_else(|| "no earlier step has this name".to_owned())?;
        let answer = exchange.answer.as_ref().map_err(ToString::to_string)?;
        part_of_answer(answer, &exchange.request.url, what)
    }

    fn identity(&self, identity: &crate::target::Identity, rest: &str) -> Result<Value, String> {
        match rest {
            "namespace" => identity
                .namespace
                .as_deref()
                .map(Value::from)
                .ok_or_else(|| "this identity has no namespace".to_owned()),
            "token" => self
                .run
                .context
                .target
                .credentials(&identity.name)
                .and_then(|credentials| {
                    credentials
                        .secrets()
                        .next()
                        .map(|secret| Value::from(secret.expose()))
                })
                .ok_or_else(|| "this identity has no token".to_owned()),
            _ => Err("an identity has namespace and token".to_owned()),
        }
    }

    fn host(url: &url::Url, rest: &str) -> Result<Value, String> {
        match rest {
            "url" => Ok(url.as_str().into()),
            "host-port" => Ok(host_port(url).into()),
            "path" => Ok(url.path().into()),
            _ => {
                // `$(mirror.url-with-userinfo.LABEL)` is said with a secret: `user:SECRET@`.
                Err("a content host has url, host-port and path".to_owned())
            }
        }
    }
}

pub(super) fn host_port(url: &url::Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port_or_known_default() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

fn content_value(content: &crate::content::Content, rest: &str) -> Result<Value, String> {
    let digest = |algorithm, form| Ok(content.digest(algorithm, form).into());
    match rest {
        "sha256" => digest(DigestAlgorithm::Sha256, DigestForm::Index),
        "sha512" => digest(DigestAlgorithm::Sha512, DigestForm::Index),
        "raw-sha256" => digest(DigestAlgorithm::Sha256, DigestForm::Raw),
        "raw-sha512" => digest(DigestAlgorithm::Sha512, DigestForm::Raw),
        "length" => Ok(content.body.len().into()),
        _ => Err("a content has sha256, sha512, raw-sha256, raw-sha512 and length".to_owned()),
    }
}

fn release_value(release: &Release, rest: &str) -> Result<Value, String> {
    let url = |url: &Option<url::Url>, what: &str| {
        url.as_ref()
            .map(|url| Value::from(url.as_str()))
            .ok_or_else(|| format!("the registry gave no {what}"))
    };
    match rest {
        "name" => Ok(release.name.as_str().into()),
        "version" => Ok(release.version.as_str().into()),
        "location" => url(&release.location, "Location"),
        "upload-url" => url(&release.upload_url, "uploadUrl"),
        "manifest" => Ok(release.manifest.clone()),
        "manifest-text" => Ok(String::from_utf8_lossy(&release.manifest_bytes).into_owned().into()),
        _ => match rest.strip_prefix("manifest.") {
            Some(member) => release
                .manifest
                .get(member)
                .cloned()
                .ok_or_else(|| format!("the manifest has no `{member}`")),
            None => Err("a release has name, version, location, upload-url, manifest, manifest-text and manifest.MEMBER".to_owned()),
        },
    }
}

/// Part of an answer: `status`, `header:Name`, `location` (resolved), `body`, or a JSON pointer.
pub(super) fn part_of_answer(
    answer: &crate::wire::Answer,
    url: &url::Url,
    what: &str,
) -> Result<Value, String> {
    if what == "status" {
        return Ok(answer.status.into());
    }
    if what == "location" {
        let location = answer.header("location").ok_or("there is no Location")?;
        return url
            .join(location)
            .map(|url| url.as_str().into())
            .map_err(|error| error.to_string());
    }
    if let Some(name) = what.strip_prefix("header:") {
        return answer
            .header(name)
            .map(Value::from)
            .ok_or_else(|| format!("there is no header field {name}"));
    }
    let pointer = match what {
        "body" | "" => "",
        pointer if pointer.starts_with('/') => pointer,
        _ => return Err("say `status`, `location`, `header:NAME`, `body` or a JSON pointer such as `/release/name`".to_owned()),
    };
    let document = answer.json().map_err(|error| error.to_string())?;
    document
        .pointer(pointer)
        .cloned()
        .ok_or_else(|| format!("the body has nothing at {pointer}"))
}
