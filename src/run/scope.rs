//! What templates of a case stand for.

use serde_json::Value;
use sha2::{Digest, Sha256, Sha512};

use super::case::CaseRun;
use super::names;
use super::release::{Release, State};
use crate::case::template::{NoValue, Scope};
use crate::content::{DigestAlgorithm, DigestForm};
use crate::credentials::Secret;
use crate::target::CapabilityValue;

/// Values for templates while a case runs.
pub(super) struct CaseScope<'a> {
    pub run: &'a CaseRun<'a>,
    pub state: &'a State,
}

impl Scope for CaseScope<'_> {
    fn lookup(&self, name: &str) -> Result<Value, NoValue> {
        let (root, rest) = name.split_once('.').unwrap_or((name, ""));
        let target = &self.run.context.target;
        match root {
            "registry" => match rest {
                "url" => Ok(target.registry.as_str().into()),
                "host" => Ok(host_port(&target.registry).into()),
                "path" => Ok(target.registry.path().into()),
                "origin" => Ok(target.registry.origin().ascii_serialization().into()),
                _ => Err(NoValue::meaningless(
                    "registry has url, host, path and origin",
                )),
            },
            "limits" => match rest {
                "manifest" => Ok(target.limits.manifest.into()),
                "content" => Ok(target.limits.content.into()),
                _ => Err(NoValue::meaningless("limits has manifest and content")),
            },
            "problem" => Ok(target.problems.problem_type(rest).into()),
            "private-namespace" => target
                .private_namespace
                .as_deref()
                .map(Value::from)
                .ok_or_else(|| NoValue::meaningless("the target has no private namespace")),
            "capability" => self.capability(rest),
            "outside" => match (&self.run.outside, rest) {
                (Some(outside), "path") => Ok(outside.path().to_string_lossy().into()),
                _ => Err(NoValue::meaningless(
                    "a case about a client has outside.path",
                )),
            },
            "fresh" => Ok(self.run.fresh_label(rest).into()),
            "now" => Ok(jiff::Timestamp::now().to_string().into()),
            "http-date" => http_date(rest),
            "secret" => Ok(self.secret(rest).into()),
            "saved" => self
                .state
                .saved
                .get(rest)
                .cloned()
                .ok_or_else(|| NoValue::not_given("no step has saved it")),
            "step" => self.step(rest),
            _ if root.starts_with("fresh-") => self.padded_label(root, rest),
            _ => {
                if let Some(identity) = target.identities.get(root) {
                    return self.identity(identity, rest);
                }
                if let Some(host) = self.run.hosts.get(root) {
                    return Self::host(&host.url(), rest);
                }
                if let Some(content) = self.run.contents.get(root) {
                    return self.content(content, rest);
                }
                match self.state.releases.get(root) {
                    Some(release) => release_value(release, rest),
                    None => Err(NoValue::not_given(format!(
                        "no earlier step made the release `{root}`"
                    ))),
                }
            }
        }
    }
}

impl CaseScope<'_> {
    /// A value of a content; `own-sha256` in the digest form of the target.
    fn content(&self, content: &crate::content::Content, rest: &str) -> Result<Value, NoValue> {
        let Some(algorithm) = rest.strip_prefix("own-") else {
            return content_value(content, rest);
        };
        let is_raw = self
            .run
            .context
            .capabilities
            .get("digest.form")
            .is_some_and(|form| form.to_string() == "raw");
        let name = if is_raw {
            format!("raw-{algorithm}")
        } else {
            algorithm.to_owned()
        };
        content_value(content, &name)
    }

    fn capability(&self, name: &str) -> Result<Value, NoValue> {
        match self.run.context.capabilities.get(name) {
            Some(CapabilityValue::Number(number)) => Ok((*number).into()),
            Some(value) => Ok(value.to_string().into()),
            None => Err(NoValue::meaningless("there is no such capability")),
        }
    }

    /// `fresh-63.LABEL`: a fresh label of exactly so many characters.
    fn padded_label(&self, root: &str, rest: &str) -> Result<Value, NoValue> {
        let length: usize = root
            .trim_start_matches("fresh-")
            .parse()
            .map_err(|_| NoValue::meaningless("write fresh-63.LABEL for 63 characters"))?;
        let label = self.run.fresh_label(rest);
        if length < label.len() {
            return Err(NoValue::meaningless(
                "a fresh label has 43 characters at least",
            ));
        }
        Ok(format!("{label}{}", "x".repeat(length - label.len())).into())
    }

    /// A secret of the case's own, known to the redactor from now on.
    fn secret(&self, label: &str) -> String {
        let value = names::fresh_secret(self.run.context.seed, &self.run.case.id, label);
        let name = format!("SECRET_{}", label.to_ascii_uppercase().replace('-', "_"));
        self.run.redactor.add(&Secret::new(name, value.clone()));
        value
    }

    fn step(&self, rest: &str) -> Result<Value, NoValue> {
        let (name, what) = rest.split_once('.').unwrap_or((rest, ""));
        let exchange = self
            .state
            .steps
            .get(name)
            .ok_or_else(|| NoValue::not_given("no earlier step has this name"))?;
        let answer = exchange
            .answer
            .as_ref()
            .map_err(|error| NoValue::not_given(error.to_string()))?;
        part_of_answer(answer, &exchange.request.url, what)
    }

    fn identity(&self, identity: &crate::target::Identity, rest: &str) -> Result<Value, NoValue> {
        match rest {
            "namespace" => identity
                .namespace
                .as_deref()
                .map(Value::from)
                .ok_or_else(|| NoValue::meaningless("this identity has no namespace")),
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
                .ok_or_else(|| NoValue::meaningless("this identity has no token")),
            _ => Err(NoValue::meaningless("an identity has namespace and token")),
        }
    }

    fn host(url: &url::Url, rest: &str) -> Result<Value, NoValue> {
        match rest {
            "url" => Ok(url.as_str().into()),
            "host-port" => Ok(host_port(url).into()),
            "path" => Ok(url.path().into()),
            "port" => Ok(url
                .port_or_known_default()
                .unwrap_or_default()
                .to_string()
                .into()),
            "scheme" => Ok(url.scheme().into()),
            _ => Err(NoValue::meaningless(
                "a content host has url, scheme, host-port, port and path",
            )),
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

fn content_value(content: &crate::content::Content, rest: &str) -> Result<Value, NoValue> {
    let digest = |algorithm, form| Ok(content.digest(algorithm, form).into());
    match rest {
        "sha256" => digest(DigestAlgorithm::Sha256, DigestForm::Index),
        "sha512" => digest(DigestAlgorithm::Sha512, DigestForm::Index),
        "raw-sha256" => digest(DigestAlgorithm::Sha256, DigestForm::Raw),
        "raw-sha512" => digest(DigestAlgorithm::Sha512, DigestForm::Raw),
        "length" => Ok(content.body.len().into()),
        _ => Err(NoValue::meaningless(
            "a content has sha256, sha512, raw-sha256, raw-sha512, own-sha256, own-sha512 and length",
        )),
    }
}

fn release_value(release: &Release, rest: &str) -> Result<Value, NoValue> {
    let url = |url: &Option<url::Url>, what: &str| {
        url.as_ref()
            .map(|url| Value::from(url.as_str()))
            .ok_or_else(|| NoValue::not_given(format!("the registry gave no {what}")))
    };
    match rest {
        "name" => Ok(release.name.as_str().into()),
        "version" => Ok(release.version.as_str().into()),
        "location" => url(&release.location, "Location"),
        "upload-url" => url(&release.upload_url, "uploadUrl"),
        "manifest" => Ok(release.manifest.clone()),
        "manifest-sha256" => Ok(hex::encode(Sha256::digest(&release.manifest_bytes)).into()),
        "manifest-sha512" => Ok(hex::encode(Sha512::digest(&release.manifest_bytes)).into()),
        "manifest-text" => Ok(String::from_utf8_lossy(&release.manifest_bytes)
            .into_owned()
            .into()),
        _ => match rest.strip_prefix("manifest.") {
            Some(member) => release
                .manifest
                .get(member)
                .cloned()
                .ok_or_else(|| NoValue::meaningless(format!("the manifest has no `{member}`"))),
            None => Err(NoValue::meaningless(
                "a release has name, version, location, upload-url, manifest, manifest-text, manifest-sha256, manifest-sha512 and manifest.MEMBER",
            )),
        },
    }
}

/// Part of an answer: `status`, `header:Name`, `location` (resolved), `body`, or a JSON pointer.
pub(super) fn part_of_answer(
    answer: &crate::wire::Answer,
    url: &url::Url,
    what: &str,
) -> Result<Value, NoValue> {
    if what == "status" {
        return Ok(answer.status.into());
    }
    if what == "location" {
        let location = answer
            .header("location")
            .ok_or_else(|| NoValue::not_given("there is no Location"))?;
        return url
            .join(location)
            .map(|url| url.as_str().into())
            .map_err(|error| NoValue::not_given(error.to_string()));
    }
    if let Some(name) = what.strip_prefix("header:") {
        return answer
            .header(name)
            .map(Value::from)
            .ok_or_else(|| NoValue::not_given(format!("there is no header field {name}")));
    }
    let pointer = match what {
        "body" | "" => "",
        pointer if pointer.starts_with('/') => pointer,
        _ => {
            return Err(NoValue::meaningless(
                "say `status`, `location`, `header:NAME`, `body` or a JSON pointer such as `/release/name`",
            ));
        }
    };
    let document = answer
        .json()
        .map_err(|error| NoValue::not_given(error.to_string()))?;
    document
        .pointer(pointer)
        .cloned()
        .ok_or_else(|| NoValue::not_given(format!("the body has nothing at {pointer}")))
}

/// `http-date.SECONDS`: so many seconds from now, as RFC 9110 writes dates.
fn http_date(rest: &str) -> Result<Value, NoValue> {
    let seconds = rest
        .parse()
        .map_err(|_| NoValue::meaningless("write http-date.3 for three seconds from now"))?;
    let date = std::time::SystemTime::now() + std::time::Duration::from_secs(seconds);
    Ok(httpdate::fmt_http_date(date).into())
}
