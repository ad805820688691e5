//! Before the run: is this a registry of the Publish API at all, and which capabilities are seen.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use thiserror::Error;
use url::Url;

use super::context::RunContext;
use crate::content::{self, Content, DigestAlgorithm, DigestForm, SeededBytes};
use crate::jws::{KeyAlgorithm, Signing};
use crate::target::{Capabilities, CapabilityValue, Colon, Operation};
use crate::wire::{Answer, Body, Exchange, Request, WireError};

/// What was seen.
#[derive(Debug, Clone)]
pub struct Preflight {
    /// The target's capabilities with what was seen in the place of `seen`.
    pub capabilities: Capabilities,
    /// Capabilities that were seen although nothing was declared.
    pub seen: Value,
}

/// Why a run makes no sense.
#[derive(Debug, Error)]
pub enum NotARegistry {
    /// No answer at all.
    #[error(
        "failed to reach a registry at {url}: {source}\n  No case could run. Is it up, is the base URL right, and is what listens there a registry of the Publish API?"
    )]
    Unreachable {
        /// The base URL.
        url: Url,
        /// Why.
        source: WireError,
    },
    /// 429 without end.
    #[error(
        "failed to begin: {url} answers 429 until the time for retries is over\n  No case could run. Raise the registry's rate limit for the identities of the target file."
    )]
    Busy {
        /// The base URL.
        url: Url,
    },
    /// Answers that no registry of the Publish API gives.
    #[error(
        "no Publish API answers at {url}: {what}\n  Every case begins with a create, so none was run. Is the base URL right (it may need a path), is the token of `owner` known there, may it write in the namespace {namespace}?"
    )]
    OtherServer {
        /// The base URL.
        url: Url,
        /// What came instead of an unpublished release.
        what: String,
        /// The namespace that was tried.
        namespace: String,
    },
}

/// Creates, uploads and publishes one release, to see what the registry is and does.
pub async fn preflight(context: &RunContext) -> Result<Preflight, NotARegistry> {
    let target = &context.target;
    let namespace = target
        .identities
        .get("owner")
        .and_then(|owner| owner.namespace.clone())
        .unwrap_or_default();
    let probe = Probe::new(context, &namespace);
    let created = probe.create().await;
    let answer = match &created.answer {
        Ok(answer) => answer.clone(),
        Err(source) => {
            return Err(NotARegistry::Unreachable {
                url: target.registry.clone(),
                source: source.clone(),
            });
        }
    };
    if created.gave_up {
        return Err(NotARegistry::Busy {
            url: target.registry.clone(),
        });
    }
    let document = answer.json().unwrap_or(&Value::Null);
    if !is_unpublished_release(&answer, document) {
        return Err(NotARegistry::OtherServer {
            url: target.registry.clone(),
            what: context.redactor.text(&describe(&answer, document)),
            namespace,
        });
    }
    context.note_created();
    let upload_url = document
        .get("uploadUrl")
        .and_then(Value::as_str)
        .and_then(|url| created.request.url.join(url).ok());
    let upload = upload_url.is_some();
    let asynchronous = if target
        .capabilities
        .undetermined()
        .any(|name| name == "async")
    {
        probe.publishes_asynchronously(upload_url).await
    } else {
        false
    };
    // A pending release may expire during the run.
    if !target.capabilities.is("expiry") {
        let location = answer.header("location");
        let url = location.and_then(|location| created.request.url.join(location).ok());
        let url = url.unwrap_or_else(|| probe.url(Operation::Status));
        context.presence.find_landmark(context, url).await;
    }
    let capabilities = target.capabilities.resolve_seen(upload, asynchronous);
    let mut seen = serde_json::Map::new();
    for name in target.capabilities.undetermined() {
        let value = if name == "upload" {
            upload
        } else {
            asynchronous
        };
        seen.insert(name.to_owned(), json!(value));
    }
    Ok(Preflight {
        capabilities,
        seen: Value::Object(seen),
    })
}

/// Anything that a registry might send, right or slightly wrong; what only looks like JSON is not enough.
pub(crate) fn is_unpublished_release(answer: &Answer, document: &Value) -> bool {
    (200..300).contains(&answer.status)
        && document.get("release").is_some_and(Value::is_object)
        && (document.get("status").is_some() || document.get("uploadUrl").is_some())
}

fn describe(answer: &Answer, document: &Value) -> String {
    let kind = document.get("type").and_then(Value::as_str);
    let media_type = answer.media_type();
    let what = match (kind, &media_type) {
        (Some(kind), _) => format!("{} with the problem {kind}", answer.status),
        (None, Some(media_type)) => format!("{} with {media_type}", answer.status),
        (None, None) => answer.status.to_string(),
    };
    let what = match (&answer.trouble, answer.header("location")) {
        (Some(trouble), _) if !answer.complete => format!("{what}, and a body of which {trouble}"),
        (_, Some(location)) if (300..400).contains(&answer.status) => {
            format!("{what} to {location}")
        }
        _ => what,
    };
    let what: String = what.chars().filter(|c| !c.is_control()).take(300).collect();
    format!("a valid create was answered {what}, not with an unpublished release")
}

struct Probe<'a> {
    context: &'a RunContext,
    name: String,
    content: Content,
    manifest: String,
}

impl<'a> Probe<'a> {
    fn new(context: &'a RunContext, namespace: &str) -> Self {
        // Not of the seed: runs with one seed, in several processes too, must not meet here.
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let name = format!(
            "{namespace}:preflight-{:x}-{:x}",
            now.as_nanos(),
            std::process::id()
        );
        let mut stream = SeededBytes::new(context.seed, &name);
        let bytes = content::component(&mut stream, 100).unwrap_or_default();
        let content = Content::blob(bytes);
        let form = match context.target.capabilities.get("digest.form") {
            Some(CapabilityValue::Choice(form)) if form == "raw" => DigestForm::Raw,
            _ => DigestForm::Index,
        };
        let digest = content.digest(DigestAlgorithm::Sha256, form);
        let manifest = json!({
            "packageType": "component",
            "name": name,
            "version": "0.0.1",
            "contentDigest": {"sha256": digest},
        })
        .to_string();
        Self {
            context,
            name,
            content,
            manifest,
        }
    }

    async fn send(&self, name: &str, url: Url, content_type: &str, body: Vec<u8>) -> Exchange {
        let target = &self.context.target;
        let mut request = Request::new(name, "POST", url);
        if request.url.origin() == target.registry.origin() {
            request.credentials = target.credentials("owner");
        }
        request
            .headers
            .push(("Content-Type".to_owned(), content_type.as_bytes().to_vec()));
        request.body = Body::Bytes(body.into());
        self.context.client.send(&request).await
    }

    fn url(&self, operation: Operation) -> Url {
        self.context
            .target
            .operation_url(operation, &self.name, "0.0.1", Colon::Plain)
    }

    async fn create(&self) -> Exchange {
        let url = self.url(Operation::Create);
        self.send(
            "create",
            url,
            "application/json",
            self.manifest.clone().into_bytes(),
        )
        .await
    }

    /// Whether a publish is answered 202; `false` too when anything before fails, which the cases will judge.
    async fn publishes_asynchronously(&self, upload_url: Option<Url>) -> bool {
        let body = self.content.body.to_vec();
        let has_content = if let Some(url) = upload_url {
            self.send("upload", url, "application/wasm", body).await
        } else {
            let host = self.context.origin.host(
                "component.wasm",
                crate::origin::Slot::default(),
                crate::origin::Behaviour::Serve(crate::origin::Body {
                    bytes: self.content.body.clone(),
                    media_type: self.content.media_type.clone(),
                }),
            );
            let Ok(host) = host else { return false };
            let sources = json!({"contentSources": [{"url": host.url()}]}).to_string();
            let url = self.url(Operation::ContentSources);
            let added = self
                .send("sources", url, "application/json", sources.into_bytes())
                .await;
            let answered = self.publish().await;
            // The host has to stand until the registry has fetched.
            if matches!(answered, Some(202)) {
                host.wait_for_request(self.context.target.deadlines.source)
                    .await;
            }
            return added.answer.is_ok() && answered == Some(202);
        };
        has_content.answer.is_ok() && self.publish().await == Some(202)
    }

    async fn publish(&self) -> Option<u16> {
        let key = self
            .context
            .keys
            .of_identity("owner", KeyAlgorithm::Es256)
            .map_or_else(|| "owner-es256".to_owned(), |key| key.kid().to_owned());
        let document = Signing::right(self.manifest.clone().into_bytes(), &[&key])
            .sign(&self.context.keys)
            .ok()?;
        let body = json!({"releaseSignature": document})
            .to_string()
            .into_bytes();
        let exchange = self
            .send(
                "publish",
                self.url(Operation::Publish),
                "application/json",
                body,
            )
            .await;
        exchange.answer.ok().map(|answer| answer.status)
    }
}
