//! `add-sources` and `replace-sources`.

use bytes::Bytes;
use serde_json::{Value, json};

use super::case::CaseRun;
use super::performed::{Performed, StepError};
use super::release::State;
use crate::case::Step;
use crate::case::action::{AddSources, SourceSpec, SourcesDetails};
use crate::check::implied;
use crate::credentials::Secret;
use crate::target::Operation;
use crate::wire::Body;

impl CaseRun<'_> {
    pub(super) async fn change_sources(
        &self,
        state: &State,
        step: &Step,
        spec: &AddSources,
        method: &str,
    ) -> Result<Performed, StepError> {
        let spec = match spec {
            AddSources::List(sources) => SourcesDetails {
                sources: sources.clone(),
                ..SourcesDetails::default()
            },
            AddSources::Detailed(details) => (**details).clone(),
        };
        let (name, version) = Self::named(
            state,
            spec.release.as_deref(),
            spec.name.as_deref(),
            spec.version.as_deref(),
        )?;
        let url = self.operation_url(Operation::ContentSources, &name, &version);
        let mut request = self.request(step, "owner", method, url)?;
        let body = match &spec.body {
            Some(body) => self.body(body)?,
            None => Bytes::from(json!({"contentSources": self.sources(&spec)?}).to_string()),
        };
        let content_type = spec.content_type.as_deref().unwrap_or("application/json");
        request
            .headers
            .push(("Content-Type".to_owned(), content_type.as_bytes().to_vec()));
        request.body = Body::Bytes(body);
        // A registry may fetch what is added before it answers.
        request.patience = self.context.target.deadlines.source * 2;
        let scope = self.scope_of(&request.url);
        let exchange = self.send(step, request).await;
        let rule = if method == "PUT" { "SRC-19" } else { "SRC-1" };
        let mut performed = Performed::one(exchange, scope, rule);
        if let Ok(answer) = &performed.exchanges[0].0.answer
            && (200..300).contains(&answer.status)
        {
            performed.implied = implied::sources(answer);
        }
        Ok(performed)
    }

    /// The URLs of content sources, in their order.
    pub(super) fn given_urls(&self, sources: &[SourceSpec]) -> Vec<String> {
        self.source_objects(sources)
            .iter()
            .filter_map(|source| source.get("url")?.as_str().map(str::to_owned))
            .collect()
    }

    /// The source objects as they are sent.
    pub(super) fn source_objects(&self, sources: &[SourceSpec]) -> Vec<Value> {
        sources
            .iter()
            .map(|source| match source {
                SourceSpec::Url(url) => json!({"url": self.host_or_url(url)}),
                SourceSpec::Object(members) => {
                    let mut members = members.clone();
                    if let Some(Value::String(url)) = members.get_mut("url") {
                        *url = self.host_or_url(url);
                    }
                    if let Some(credentials) = members.get("credentials") {
                        self.hide(credentials);
                    }
                    json!(members)
                }
            })
            .collect()
    }

    fn sources(&self, spec: &SourcesDetails) -> Result<Vec<Value>, StepError> {
        let mut sources = self.source_objects(&spec.sources);
        if let (Some(copies), Some(first)) = (&spec.copies, sources.first().cloned()) {
            let copies = copies.length().map_err(StepError::suite)?;
            let url = first["url"].as_str().unwrap_or_default().to_owned();
            sources = (0..copies)
                .map(|index| {
                    let mut source = first.clone();
                    source["url"] = json!(format!("{url}?copy={index}"));
                    source
                })
                .collect();
        }
        Ok(sources)
    }

    fn host_or_url(&self, text: &str) -> String {
        self.hosts
            .get(text)
            .map_or_else(|| text.to_owned(), |host| host.url().to_string())
    }

    /// What is sent as a credential is hidden from now on.
    fn hide(&self, credentials: &Value) {
        for member in ["password", "token"] {
            if let Some(value) = credentials.get(member).and_then(Value::as_str) {
                let label = format!("SOURCE_{}", member.to_ascii_uppercase());
                self.redactor.add(&Secret::new(label, value));
            }
        }
    }
}
