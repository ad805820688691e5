//! Making a release: create, supply content, publish, and wait for the end.

use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use serde_json::{Map, Value, json};
use url::Url;

use super::answers;
use super::visit::{Fate, Left, Visit};
use crate::content::{Content, DigestAlgorithm};
use crate::jws::{HeaderEdit, Signing};
use crate::origin::{self, Behaviour, Host, Slot};
use crate::run::is_unpublished_release;
use crate::target::{CapabilityValue, Operation};
use crate::wire::{Answer, Body, Exchange, Request, retry_after};

/// The first pause between two looks at a status; it doubles up to [`MAX_PAUSE`].
const PAUSE: Duration = Duration::from_millis(20);
const MAX_PAUSE: Duration = Duration::from_secs(1);

/// What a create is to say.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub namespace: String,
    pub version: &'static str,
    pub content: Content,
    pub algorithms: &'static [DigestAlgorithm],
    /// Signed at create by this key.
    pub signed_by: Option<&'static str>,
}

impl Draft {
    pub(super) fn new(namespace: impl Into<String>, content: Content) -> Self {
        Self {
            namespace: namespace.into(),
            version: "0.0.1",
            content,
            algorithms: &[DigestAlgorithm::Sha256],
            signed_by: None,
        }
    }
}

/// A release that the registry took.
#[derive(Debug, Clone)]
pub(super) struct Release {
    /// Its place in what the visit leaves behind.
    pub index: usize,
    pub name: String,
    pub version: String,
    pub identity: String,
    pub manifest: Bytes,
    pub content: Content,
    pub location: Url,
    pub upload_url: Option<Url>,
    pub document: Value,
    /// The create.
    pub exchange: Box<Exchange>,
}

/// How a publish ended.
#[derive(Debug)]
pub(super) struct Ending {
    pub outcome: Outcome,
    /// The exchange that told so.
    pub exchange: Box<Exchange>,
    /// The publish was answered 202.
    pub asynchronous: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    Published,
    /// With the profile's name of the problem.
    Refused(Option<String>),
    /// Still processing after the deadline.
    Endless,
    /// None, or one that says nothing of the end.
    NoAnswer,
}

impl Ending {
    pub(super) fn is_published(&self) -> bool {
        self.outcome == Outcome::Published
    }

    pub(super) fn problem(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Refused(problem) => problem.as_deref(),
            _ => None,
        }
    }
}

/// Whether this is an answer to a create, right or slightly wrong.
pub(super) fn unpublished_release(answer: &Answer) -> Option<&Value> {
    let document = answer.json().ok()?;
    is_unpublished_release(answer, document).then_some(document)
}

/// Whether this is a whole release.
fn is_release(answer: &Answer) -> bool {
    answer
        .json()
        .is_ok_and(|document| document.get("release").is_some_and(Value::is_object))
}

impl Visit<'_> {
    /// Creates a release as an identity, or as nobody; whatever else than a release comes back is the error.
    pub(super) async fn create(
        &mut self,
        identity: Option<&str>,
        draft: &Draft,
    ) -> Result<Release, Box<Exchange>> {
        let name = self.new_name(&draft.namespace);
        let digests: Map<String, Value> = draft
            .algorithms
            .iter()
            .map(|algorithm| {
                let digest = draft.content.digest(*algorithm, self.form);
                (algorithm.name().to_owned(), digest.into())
            })
            .collect();
        let mut manifest = json!({
            "packageType": "component",
            "name": name,
            "version": draft.version,
            "contentDigest": digests,
        });
        if draft.content.media_type != crate::content::WASM_MEDIA_TYPE {
            manifest["mediaType"] = json!(draft.content.media_type);
        }
        let manifest = Bytes::from(manifest.to_string());
        let signed = draft
            .signed_by
            .and_then(|kid| self.signature(&manifest, kid, None));
        let (media_type, body) = match signed {
            Some(document) => ("application/jose+json", Bytes::from(document.to_string())),
            None => ("application/json", manifest.clone()),
        };
        let url = self.url(Operation::Create, &name, draft.version);
        let exchange = Box::new(
            self.send_document(
                ("create", "POST"),
                url,
                (media_type, body),
                identity,
                Duration::ZERO,
            )
            .await,
        );
        let Some(document) = exchange.answered().and_then(unpublished_release) else {
            return Err(exchange);
        };
        let identity = identity.unwrap_or("anonymous").to_owned();
        self.left.push(Left {
            name: name.clone(),
            version: draft.version.to_owned(),
            identity: identity.clone(),
            fate: Fate::Pending,
        });
        let resolve = |text: Option<&str>| exchange.request.url.join(text?).ok();
        let location = resolve(
            exchange
                .answered()
                .and_then(|answer| answer.header("location")),
        )
        .unwrap_or_else(|| self.url(Operation::Status, &name, draft.version));
        Ok(Release {
            index: self.left.len() - 1,
            location,
            upload_url: resolve(document.get("uploadUrl").and_then(Value::as_str)),
            name,
            version: draft.version.to_owned(),
            identity,
            manifest,
            content: draft.content.clone(),
            document: document.clone(),
            exchange,
        })
    }

    /// Gives a release its content, by upload where that is offered, otherwise from a content host, which has to live on
    /// until the end of the publish.
    pub(super) async fn supply(
        &mut self,
        release: &Release,
    ) -> Result<Option<Host>, Box<Exchange>> {
        let body = release.content.body.clone();
        if let Some(url) = self.upload_url(release) {
            let sent = self.upload(release, url, Body::Bytes(body)).await;
            return match sent.answered() {
                Some(answer) if answer.is_success() => Ok(None),
                _ => Err(sent),
            };
        }
        let Some(host) = self.host(&release.content) else {
            return Err(release.exchange.clone());
        };
        let sent = self
            .change_sources(release, "POST", &[json!({"url": host.url()})])
            .await;
        match sent.answered() {
            Some(answer) if answer.is_success() => Ok(Some(host)),
            _ => Err(sent),
        }
    }

    /// Where content is uploaded to, unless the target file says that none is.
    pub(super) fn upload_url(&self, release: &Release) -> Option<Url> {
        let declared = self.context.target.capabilities.get("upload");
        release
            .upload_url
            .clone()
            .filter(|_| declared != Some(&CapabilityValue::Bool(false)))
    }

    pub(super) async fn upload(
        &mut self,
        release: &Release,
        url: Url,
        body: Body,
    ) -> Box<Exchange> {
        let request = Request::new("upload", "POST", url)
            .header("Content-Type", release.content.media_type.as_str())
            .body(body);
        Box::new(self.send(request, Some(&release.identity)).await)
    }

    /// A content host that serves this.
    pub(super) fn host(&self, content: &Content) -> Option<Host> {
        self.host_that(Behaviour::Serve(served(content)))
    }

    pub(super) fn host_that(&self, behaviour: Behaviour) -> Option<Host> {
        self.context
            .origin
            .host("component.wasm", Slot::default(), behaviour)
            .ok()
    }

    /// Adds (`POST`) or replaces (`PUT`) sources.
    pub(super) async fn change_sources(
        &mut self,
        release: &Release,
        method: &str,
        sources: &[Value],
    ) -> Box<Exchange> {
        let name = if method == "PUT" {
            "replace sources"
        } else {
            "add sources"
        };
        let url = self.url(Operation::ContentSources, &release.name, &release.version);
        let body = json!({ "contentSources": sources }).to_string();
        Box::new(
            self.send_document(
                (name, method),
                url,
                ("application/json", body.into()),
                Some(&release.identity),
                // A registry may fetch before it answers.
                self.context.target.deadlines.source * 2,
            )
            .await,
        )
    }

    /// Signs a release with a key, sends it as whose it is, and waits for the end.
    pub(super) async fn publish(
        &mut self,
        release: &Release,
        kid: &str,
        alg: Option<&str>,
    ) -> Ending {
        let url = self.url(Operation::Publish, &release.name, &release.version);
        let body = match self.signature(&release.manifest, kid, alg) {
            Some(document) => json!({ "releaseSignature": document }),
            None => json!({}),
        };
        let exchange = self
            .send_document(
                ("publish", "POST"),
                url,
                ("application/json", body.to_string().into()),
                Some(&release.identity),
                // A registry may process before it answers.
                self.context.target.deadlines.processing,
            )
            .await;
        let ending = self.settle(release, Box::new(exchange)).await;
        let fate = match &ending.outcome {
            Outcome::Published => Some(Fate::Published),
            Outcome::Refused(_) if ending.asynchronous => Some(Fate::Failed),
            _ => None,
        };
        if let Some(fate) = fate {
            self.mark(release.index, fate);
        }
        ending
    }

    fn signature(&self, payload: &Bytes, kid: &str, alg: Option<&str>) -> Option<Value> {
        let mut signing = Signing::right(payload.to_vec(), &[kid]);
        if let (Some(alg), Some(signature)) = (alg, signing.signatures.first_mut()) {
            signature.protected = HeaderEdit::none().set("alg", alg);
        }
        signing.sign(&self.context.keys).ok()
    }

    async fn settle(&mut self, release: &Release, publish: Box<Exchange>) -> Ending {
        let problems = &self.context.target.problems;
        let ended = |outcome, exchange, asynchronous| Ending {
            outcome,
            exchange,
            asynchronous,
        };
        let status = match publish.answered() {
            None => return ended(Outcome::NoAnswer, publish, false),
            Some(answer) if answer.status != 202 => {
                let outcome = if !answer.is_success() {
                    Outcome::Refused(answers::problem_name(answer, problems))
                } else if is_release(answer) {
                    Outcome::Published
                } else {
                    Outcome::NoAnswer
                };
                return ended(outcome, publish, false);
            }
            Some(answer) => answer
                .header("location")
                .and_then(|location| publish.request.url.join(location).ok())
                .unwrap_or_else(|| release.location.clone()),
        };
        let end = Instant::now() + self.context.target.deadlines.processing;
        let mut pause = PAUSE;
        loop {
            let request = Request::new("status", "GET", status.clone());
            let seen = Box::new(self.send(request, Some(&release.identity)).await);
            let problems = &self.context.target.problems;
            let Some(answer) = seen.answered() else {
                return ended(Outcome::NoAnswer, seen, true);
            };
            let document = answer.json().unwrap_or(&Value::Null);
            let state = document.get("status").and_then(Value::as_str);
            // What is published may be answered by the release, or by the way to it.
            let is_release =
                (300..400).contains(&answer.status) || document.get("releaseSignature").is_some();
            match state {
                Some("published") => return ended(Outcome::Published, seen, true),
                Some("failed" | "expired") => {
                    let problem = document
                        .get("error")
                        .and_then(|error| answers::name_of(error, problems));
                    return ended(Outcome::Refused(problem), seen, true);
                }
                _ if is_release => return ended(Outcome::Published, seen, true),
                _ if answer.status >= 400 => {
                    let problem = answers::problem_name(answer, problems);
                    return ended(Outcome::Refused(problem), seen, true);
                }
                _ => {}
            }
            let asked = retry_after(answer, SystemTime::now()).unwrap_or_default();
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || self.over().is_some() {
                return ended(Outcome::Endless, seen, true);
            }
            tokio::time::sleep(pause.max(asked.min(MAX_PAUSE)).min(left)).await;
            pause = (pause * 2).min(MAX_PAUSE);
        }
    }
}

/// What a host serves of a content.
pub(super) fn served(content: &Content) -> origin::Body {
    origin::Body {
        bytes: content.body.clone(),
        media_type: content.media_type.clone(),
    }
}
