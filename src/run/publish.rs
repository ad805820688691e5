//! `publish`, and following an asynchronous one to its end.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::time::Instant;
use url::Url;

use super::case::CaseRun;
use super::performed::{Performed, StepError};
use super::release::{Release, State, Update};
use super::wait::SHORTEST_PAUSE;
use crate::case::Step;
use crate::case::action::Publish;
use crate::case::sign_spec::SignSpec;
use crate::check::{Conclusion, implied};
use crate::outcome::{Level, Mismatch};
use crate::target::{CapabilityValue, Operation};
use crate::wire::{Answer, Body, Exchange, Request, retry_after};

/// The first pause between two looks at the status, where the registry does not say.
const FIRST_PAUSE: Duration = Duration::from_millis(15);
/// The longest pause of our own choice.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

impl CaseRun<'_> {
    pub(super) async fn publish(
        &self,
        state: &State,
        step: &Step,
        spec: &Publish,
    ) -> Result<Performed, StepError> {
        let label = spec.release.as_deref().unwrap_or("main");
        let release = Self::release(state, Some(label))?;
        let url = self.operation_url(
            Operation::Publish,
            spec.name.as_deref().unwrap_or(&release.name),
            spec.version.as_deref().unwrap_or(&release.version),
        );
        let mut request = self.request(step, "owner", "POST", url)?;
        let (body, signed) = match &spec.body {
            Some(body) => (self.body(body)?, None),
            None => self.publish_body(spec, release)?,
        };
        let content_type = spec.content_type.as_deref().unwrap_or("application/json");
        request
            .headers
            .push(("Content-Type".to_owned(), content_type.as_bytes().to_vec()));
        request.body = Body::Bytes(body);
        // A registry may do all of its work before it answers (PUB-1).
        request.patience = self.context.target.deadlines.processing;
        let scope = self.scope_of(&request.url);
        let exchange = self.send(step, request).await;
        let mut performed = Performed::one(exchange, scope, "PUB-1");
        let (exchange, _) = &performed.exchanges[0];
        let Ok(answer) = &exchange.answer else {
            return Ok(performed);
        };
        let is_success = (200..300).contains(&answer.status);
        if is_success {
            performed.updates.push(Update::Attempted(label.to_owned()));
        }
        if is_success && let Some(signed) = signed {
            performed
                .updates
                .push(Update::Signed(label.to_owned(), signed));
        }
        let waits = spec.wait.unwrap_or(true);
        let answer = answer.clone();
        let url = exchange.request.url.clone();
        match answer.status {
            202 => {
                performed.implied = implied::accepted(&answer);
                let declared = self.context.target.capabilities.get("async");
                if declared == Some(&CapabilityValue::Bool(false)) {
                    performed.implied.push(implied::undeclared_work());
                }
                if waits {
                    let location = answer
                        .header("location")
                        .and_then(|location| url.join(location).ok())
                        .or_else(|| release.location.clone());
                    self.follow(step, release, &answer, location, &mut performed)
                        .await?;
                }
            }
            200..=299 => {
                performed.implied = implied::published(&answer, release.published);
                if waits {
                    performed.conclusion = Some(Conclusion::Published);
                }
            }
            _ if waits => {
                performed.conclusion = Some(Conclusion::Refused {
                    stage: "publish".to_owned(),
                    status: answer.status,
                    elsewhere: false,
                    problem: answer.json().cloned().unwrap_or_default(),
                });
            }
            _ => {}
        }
        let end = match &performed.conclusion {
            Some(Conclusion::Published) => Some("published"),
            Some(Conclusion::Failed { .. }) => Some("failed"),
            _ => None,
        };
        performed
            .updates
            .extend(end.map(|end| Update::Seen(label.to_owned(), end.to_owned())));
        if performed.conclusion == Some(Conclusion::Published) {
            performed.updates.push(Update::Published(label.to_owned()));
        }
        Ok(performed)
    }

    fn publish_body(
        &self,
        spec: &Publish,
        release: &Release,
    ) -> Result<(Bytes, Option<Bytes>), StepError> {
        let mut body = serde_json::Map::new();
        let mut signed = None;
        let sign = match &spec.sign {
            Some(sign) => Some(sign.clone()),
            None if spec.unsigned || release.signed_create => None,
            None => Some(SignSpec::Kid(self.default_key(&release.identity))),
        };
        if let Some(sign) = sign {
            let (document, payload) = self.sign(&sign.details(), &release.manifest_bytes)?;
            body.insert("releaseSignature".to_owned(), document);
            signed = Some(payload);
        }
        let right = signed.as_ref().or(release.signed.as_ref());
        let digest = match (spec.release_digest.as_ref(), right) {
            (Some(Value::String(word)), right) => match (word.as_str(), right) {
                ("absent", _) => None,
                ("wrong", right) => {
                    let mut digest = sha256(right.map_or(b"".as_slice(), |right| right));
                    let last = if digest.ends_with('0') { "1" } else { "0" };
                    digest.replace_range(63.., last);
                    Some(json!({"sha256": digest}))
                }
                ("right", Some(right)) => Some(json!({"sha256": sha256(right)})),
                (other, _) => {
                    return Err(StepError::Suite(format!(
                        "release-digest is `right`, `wrong`, `absent` or an object, not `{other}`"
                    )));
                }
            },
            (Some(other), _) => Some(other.clone()),
            (None, Some(right)) if signed.is_some() => Some(json!({"sha256": sha256(right)})),
            (None, _) => None,
        };
        if let Some(digest) = digest {
            body.insert("releaseDigest".to_owned(), digest);
        }
        for (name, value) in &spec.set {
            body.insert(name.clone(), value.clone());
        }
        Ok((Bytes::from(Value::Object(body).to_string()), signed))
    }

    fn default_key(&self, identity: &str) -> String {
        self.context
            .keys
            .of_identity(identity, crate::jws::KeyAlgorithm::Es256)
            .map_or_else(|| "owner-es256".to_owned(), |key| key.kid().to_owned())
    }

    /// Follows an unpublished release to its end (`wait: {settled: ...}`).
    pub(super) async fn settle(
        &self,
        state: &State,
        step: &Step,
        label: Option<&str>,
    ) -> Result<Performed, StepError> {
        let release = Self::release(state, label)?;
        let mut performed = Performed {
            rule: "ASY-3",
            ..Performed::default()
        };
        let location = release.location.clone();
        self.follow(step, release, &Answer::default(), location, &mut performed)
            .await?;
        performed.judged = performed.exchanges.len().checked_sub(1);
        Ok(performed)
    }

    /// Looks at the status until it is terminal or the deadline for processing is over (ASY-3).
    async fn follow(
        &self,
        step: &Step,
        release: &Release,
        accepted: &Answer,
        location: Option<Url>,
        performed: &mut Performed,
    ) -> Result<(), StepError> {
        let url = location.unwrap_or_else(|| {
            self.operation_url(Operation::Status, &release.name, &release.version)
        });
        let deadline = Instant::now() + self.context.target.deadlines.processing;
        let mut pause = FIRST_PAUSE;
        let mut went_back = false;
        let mut wait = retry_after(accepted, SystemTime::now()).unwrap_or(pause);
        let mut was_processing = false;
        let mut last;
        loop {
            tokio::time::sleep(
                wait.max(SHORTEST_PAUSE)
                    .min(deadline.saturating_duration_since(Instant::now())),
            )
            .await;
            let exchange = self.look(step, release, &url).await?;
            let answer = match &exchange.answer {
                Ok(answer) => answer.clone(),
                Err(error) => {
                    last = error.to_string();
                    performed.exchanges.push((exchange, self.scope_of(&url)));
                    performed.conclusion = Some(Conclusion::Unfinished { last });
                    return Ok(());
                }
            };
            let document = answer.json().unwrap_or(&Value::Null);
            let status = document.get("status").and_then(Value::as_str);
            last = match status {
                Some(status) if answer.status == 200 => format!("status {status}"),
                _ => answer.status.to_string(),
            };
            if answer.status == 200 && status == Some("pending") && was_processing && !went_back {
                // Said once, however often it does so.
                went_back = true;
                performed.implied.push(
                    Mismatch::new(Some("ASY-6"), Level::Must, "the status went backward").beside(
                        "processing, published or failed",
                        "pending after processing",
                    ),
                );
            }
            was_processing |= status == Some("processing");
            let conclusion = self.terminal(step, release, &answer, document).await?;
            if conclusion.is_some() && answer.status == 200 {
                performed.implied.extend(implied::unpublished(&answer));
            }
            let is_last = conclusion.is_some() || Instant::now() >= deadline;
            // Looks that only said "not yet" fill no report; the first and the last tell the story.
            if is_last || performed.exchanges.len() < 2 {
                performed.exchanges.push((exchange, self.scope_of(&url)));
            }
            if let Some((conclusion, warning)) = conclusion {
                performed.implied.extend(warning);
                performed.conclusion = Some(conclusion);
                return Ok(());
            }
            if is_last {
                performed.implied.push(
                    Mismatch::new(
                        Some("ASY-3"),
                        Level::Must,
                        "no terminal state within the deadline for processing",
                    )
                    .beside(
                        format!(
                            "published or failed within {:?}",
                            self.context.target.deadlines.processing
                        ),
                        last.clone(),
                    ),
                );
                performed.conclusion = Some(Conclusion::Unfinished { last });
                return Ok(());
            }
            wait = retry_after(&answer, SystemTime::now()).unwrap_or(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn look(&self, step: &Step, release: &Release, url: &Url) -> Result<Exchange, StepError> {
        let identity = step.identity.as_deref().unwrap_or(&release.identity);
        let mut request = Request::new("status", "GET", url.clone());
        if self.is_api(url) {
            request.credentials = self.credentials(identity)?;
        }
        Ok(self.context.client.send(&request).await)
    }

    /// The end, if the answer tells of one; with what is to be said about the way it does.
    async fn terminal(
        &self,
        step: &Step,
        release: &Release,
        answer: &Answer,
        document: &Value,
    ) -> Result<Option<(Conclusion, Option<Mismatch>)>, StepError> {
        match answer.status {
            200 => Ok(
                match document
                    .get("status")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                {
                    "published" => Some((Conclusion::Published, None)),
                    "failed" | "expired" => Some((
                        Conclusion::Failed {
                            problem: document.get("error").cloned().unwrap_or(Value::Null),
                        },
                        None,
                    )),
                    _ => None,
                },
            ),
            // PUB-8 lets the unpublished release lead to the release, and only should keep it.
            status @ (300..=399 | 404 | 410) => {
                let url = self.operation_url(Operation::Get, &release.name, &release.version);
                let exchange = self.look(step, release, &url).await?;
                let is_there = exchange
                    .answer
                    .as_ref()
                    .is_ok_and(|answer| answer.status == 200);
                let warning = (status >= 400).then(|| {
                    Mismatch::new(
                        Some("PUB-8"),
                        Level::Should,
                        "the unpublished release is gone after success",
                    )
                    .beside(
                        "published, or a redirect to the release",
                        status.to_string(),
                    )
                });
                Ok(match (is_there, status) {
                    (true, _) => Some((Conclusion::Published, warning)),
                    (false, 300..=399) => None,
                    (false, _) => Some((
                        Conclusion::Unfinished {
                            last: format!("status answers {status} and there is no release"),
                        },
                        Some(Mismatch::new(
                            Some("ASY-4"),
                            Level::Must,
                            "the unpublished release vanished while it was processed",
                        )),
                    )),
                })
            }
            _ => Ok(None),
        }
    }
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
