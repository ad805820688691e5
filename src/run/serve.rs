//! `serve`: a release document of the case's making.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::case::CaseRun;
use super::performed::{Performed, StepError};
use super::release::{Release, Update};
use crate::case::action::Create;
use crate::case::client::Serve;
use crate::case::sign_spec::SignSpec;

impl CaseRun<'_> {
    pub(super) async fn serve(&self, spec: &Serve) -> Result<Performed, StepError> {
        let label = spec.release.as_deref().unwrap_or("main");
        let plain = Create {
            set: indexmap::IndexMap::new(),
            remove: Vec::new(),
            ..spec.manifest.clone()
        };
        let asked = self.manifest(&plain, label, "owner")?;
        let manifest = self.manifest(&spec.manifest, label, "owner")?;
        let manifest_bytes = Bytes::from(manifest.to_string());
        let mut document = Map::new();
        document.insert("release".to_owned(), manifest.clone());
        let mut signed = None;
        if !spec.unsigned {
            let sign = match &spec.sign {
                Some(sign) => sign.clone(),
                None => SignSpec::Kid("owner-es256".to_owned()),
            };
            let (signature, payload) = self.sign(&sign.details(), &manifest_bytes)?;
            document.insert("releaseSignature".to_owned(), signature);
            signed = Some(payload);
        }
        document.insert("creator".to_owned(), json!("owner"));
        document.insert(
            "contentSources".to_owned(),
            Value::Array(self.source_objects(&spec.sources)),
        );
        for (name, value) in &spec.set {
            if value.is_null() {
                document.shift_remove(name);
            } else {
                document.insert(name.clone(), value.clone());
            }
        }
        let text = |value: &Value, name: &str| {
            value
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let (name, version) = (text(&asked, "name"), text(&asked, "version"));
        let mut headers = Map::new();
        headers.insert("Content-Type".to_owned(), json!("application/json"));
        for (field, value) in &spec.headers {
            headers.insert(field.clone(), json!(value));
        }
        let answer = json!({
            "operation": "get",
            "release": {"name": name, "version": version},
            "answer": {"status": 200, "headers": headers, "json": document},
        });
        let mut performed = self.tell_mock("answers", &[answer]).await?;
        let release = Release {
            name,
            version,
            signed,
            published: true,
            ..Release::of_manifest(manifest, manifest_bytes, "owner")
        };
        performed
            .updates
            .push(Update::Created(label.to_owned(), Box::new(release)));
        Ok(performed)
    }
}
