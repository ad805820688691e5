//! `create`: the manifest, its bytes, and what the registry made of it.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::case::CaseRun;
use super::performed::{Performed, StepError};
use super::release::{Release, State, Update};
use crate::case::Step;
use crate::case::action::{Create, Spelling};
use crate::case::sign_spec::SignDetails;
use crate::check::implied;
use crate::content::{DigestAlgorithm, DigestForm, WASM_MEDIA_TYPE};
use crate::jws::Signing;
use crate::target::{CapabilityValue, Operation};
use crate::wire::Body;

impl CaseRun<'_> {
    pub(super) async fn create(
        &self,
        _state: &State,
        step: &Step,
        spec: &Create,
    ) -> Result<Performed, StepError> {
        let label = spec.release.as_deref().unwrap_or("main");
        let identity = step.identity.as_deref().unwrap_or("owner");
        let manifest = self.manifest(spec, label, identity)?;
        let manifest_bytes = Bytes::from(spell(&manifest, spec.spelling));
        let (body, content_type, signed) = match (&spec.body, &spec.sign) {
            (Some(body), _) => (self.body(body)?, "application/json", None),
            (None, Some(sign)) => {
                let details = sign.details();
                let (document, payload) = self.sign(&details, &manifest_bytes)?;
                (
                    Bytes::from(document.to_string()),
                    "application/jose+json",
                    Some(payload),
                )
            }
            (None, None) => (manifest_bytes.clone(), "application/json", None),
        };
        let url = self.operation_url(Operation::Create, "", "");
        let mut request = self.request(step, "owner", "POST", url)?;
        let content_type = spec.content_type.as_deref().unwrap_or(content_type);
        request
            .headers
            .push(("Content-Type".to_owned(), content_type.as_bytes().to_vec()));
        request.body = Body::Bytes(body);
        let scope = self.scope_of(&request.url);
        let exchange = self.send(step, request).await;
        let mut performed = Performed::one(exchange, scope, "CRE-1");
        let mut release = Release {
            signed_create: signed.is_some(),
            signed,
            ..Release::of_manifest(manifest, manifest_bytes, identity)
        };
        let (exchange, _) = &performed.exchanges[0];
        if let Ok(answer) = &exchange.answer
            && (200..300).contains(&answer.status)
        {
            self.context.note_created();
            performed.implied = implied::created(answer);
            let url = &exchange.request.url;
            release.location = answer
                .header("location")
                .and_then(|location| url.join(location).ok());
            release.upload_url = upload_url(answer, url);
            performed
                .updates
                .push(Update::Created(label.to_owned(), Box::new(release)));
        }
        Ok(performed)
    }

    /// The content that a create means: the one named, else `content` where there is one.
    fn content_name(&self, named: Option<&str>) -> Option<String> {
        match named {
            Some(name) => Some(name.to_owned()),
            None => self
                .contents
                .contains_key("content")
                .then(|| "content".to_owned()),
        }
    }

    pub(super) fn manifest(
        &self,
        spec: &Create,
        label: &str,
        identity: &str,
    ) -> Result<Value, StepError> {
        let content = self
            .content_name(spec.content.as_deref())
            .and_then(|name| self.contents.get(&name));
        let name = match &spec.name {
            Some(name) => name.clone(),
            None => format!("{}:{}", self.namespace(identity)?, self.fresh_label(label)),
        };
        let mut manifest = Map::new();
        manifest.insert("packageType".to_owned(), json!("component"));
        manifest.insert("name".to_owned(), json!(name));
        manifest.insert(
            "version".to_owned(),
            json!(spec.version.as_deref().unwrap_or("1.0.0")),
        );
        if let Some(content) = content {
            let form = self.digest_form(spec.digest_form.as_deref())?;
            let default = vec!["sha256".to_owned()];
            let mut digests = Map::new();
            for name in spec.digests.as_ref().unwrap_or(&default) {
                let algorithm = DigestAlgorithm::ALL
                    .into_iter()
                    .find(|algorithm| algorithm.name() == name)
                    .ok_or_else(|| {
                        StepError::Suite(format!(
                            "digests can be sha256 and sha512, not `{name}`; say others with `set: {{contentDigest: ...}}`"
                        ))
                    })?;
                digests.insert(name.clone(), json!(content.digest(algorithm, form)));
            }
            manifest.insert("contentDigest".to_owned(), Value::Object(digests));
        }
        let media_type = spec.media_type.clone().or_else(|| {
            content
                .map(|content| content.media_type.clone())
                .filter(|media_type| media_type != WASM_MEDIA_TYPE)
        });
        if let Some(media_type) = media_type {
            manifest.insert("mediaType".to_owned(), json!(media_type));
        }
        for (name, value) in &spec.set {
            manifest.insert(name.clone(), value.clone());
        }
        for name in &spec.remove {
            manifest.shift_remove(name);
        }
        Ok(Value::Object(manifest))
    }

    /// The namespace that fresh names of an identity are in.
    pub(super) fn namespace(&self, identity: &str) -> Result<String, StepError> {
        let identities = &self.context.target.identities;
        let own = identities
            .get(identity)
            .and_then(|identity| identity.namespace.clone());
        own.or_else(|| identities.get("owner")?.namespace.clone())
            .ok_or_else(|| StepError::Suite("the identity `owner` has no namespace".to_owned()))
    }

    fn digest_form(&self, said: Option<&str>) -> Result<DigestForm, StepError> {
        let form = match said {
            Some(said) => said.to_owned(),
            None => match self.context.capabilities.get("digest.form") {
                Some(CapabilityValue::Choice(form)) => form.clone(),
                _ => "index".to_owned(),
            },
        };
        match form.as_str() {
            "index" => Ok(DigestForm::Index),
            "raw" => Ok(DigestForm::Raw),
            other => Err(StepError::Suite(format!(
                "there is no digest form `{other}`"
            ))),
        }
    }

    /// Signs a manifest as described; gives the document and the signed bytes.
    pub(super) fn sign(
        &self,
        details: &SignDetails,
        manifest: &Bytes,
    ) -> Result<(Value, Bytes), StepError> {
        let payload = if let Some(body) = &details.payload {
            self.body(body)?
        } else if !details.payload_set.is_empty() {
            let mut value: Value = serde_json::from_slice(manifest).map_err(StepError::suite)?;
            for (name, member) in &details.payload_set {
                value[name] = member.clone();
            }
            Bytes::from(value.to_string())
        } else if details.payload_respelled {
            let value: Value = serde_json::from_slice(manifest).map_err(StepError::suite)?;
            Bytes::from(spell(&value, Some(Spelling::Odd)))
        } else {
            manifest.clone()
        };
        let document = Signing {
            form: details.form,
            payload: payload.to_vec(),
            signatures: details
                .by
                .iter()
                .map(crate::case::sign_spec::EntrySpec::signature)
                .collect(),
            payload_tamper: details.payload_tamper,
            document: details.document.clone(),
        }
        .sign(&self.context.keys)
        .map_err(StepError::suite)?;
        Ok((document, payload))
    }
}

/// `uploadUrl` of an unpublished release, resolved against the URL of the request.
pub(super) fn upload_url(answer: &crate::wire::Answer, url: &url::Url) -> Option<url::Url> {
    let document = answer.json().ok()?;
    url.join(document.get("uploadUrl")?.as_str()?).ok()
}

fn spell(manifest: &Value, spelling: Option<Spelling>) -> String {
    match spelling {
        None | Some(Spelling::Compact) => manifest.to_string(),
        Some(Spelling::Odd) => odd(manifest),
    }
}

/// The same value in other bytes: members backward, white space, and an escape where none is needed.
fn odd(manifest: &Value) -> String {
    let members: Vec<String> = manifest
        .as_object()
        .into_iter()
        .flatten()
        .rev()
        .map(|(name, value)| {
            let name = json!(name).to_string();
            let name = name.replacen('e', "\\u0065", 1);
            format!("\t{name} : {value}")
        })
        .collect();
    format!("{{\r\n{}\n}} ", members.join(" ,\n"))
}
