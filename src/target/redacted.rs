use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::{Authentication, DurationText, Identity, Operation, ReadAs, Size, Target};

impl Target {
    /// The target with every default filled in, in the shape of the target file, and with the names of secrets in
    /// their place: for reports.
    pub fn redacted_json(&self) -> Value {
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        let duration = |duration: std::time::Duration| DurationText(duration).to_string();
        let paths: Map<_, _> = Operation::ALL
            .into_iter()
            .map(|operation| {
                (
                    operation.name().to_owned(),
                    self.paths.template(operation).into(),
                )
            })
            .collect();
        json!({
            "registry": self.registry.as_str(),
            "identities": self.identities.iter().map(|identity| (identity.name.clone(), identity_json(identity)))
                .collect::<Map<_, _>>(),
            "private-namespace": self.private_namespace,
            "read-as": match self.read_as { ReadAs::Anonymous => "anonymous", ReadAs::Reader => "reader" },
            "keys": path(&self.keys),
            "tls": {
                "ca": path(&self.tls.ca),
                "client-cert": path(&self.tls.client_cert),
                "client-key": path(&self.tls.client_key),
            },
            "capabilities": self.capabilities.to_json(),
            "paths": paths,
            "problems": self.problems.mapped,
            "origin": {
                "bind": self.origin.bind.to_string(),
                "public-url": self.origin.public_url.as_ref().map(url::Url::as_str),
                "tls": self.origin.tls,
                "ca": path(&self.origin.ca),
            },
            "deadlines": {
                "exchange": duration(self.deadlines.exchange),
                "processing": duration(self.deadlines.processing),
                "source": duration(self.deadlines.source),
                "expiry": self.deadlines.expiry.map(duration),
                "retention": self.deadlines.retention.map(duration),
            },
            "limits": {
                "manifest": Size(self.limits.manifest).to_string(),
                "content": Size(self.limits.content).to_string(),
            },
        })
    }
}

fn identity_json(identity: &Identity) -> Value {
    let mut object = Map::new();
    match &identity.authentication {
        Authentication::Unresolved => {
            object.insert("token".to_owned(), Value::from("not fetched"));
        }
        Authentication::Credentials(credentials) => match credentials.fields.as_slice() {
            [field] if field.name == "Authorization" && field.prefix == "Bearer " => {
                object.insert("token".to_owned(), Value::from(field.secret.to_string()));
            }
            fields => {
                let headers: Map<_, _> = fields
                    .iter()
                    .map(|field| {
                        (
                            field.name.clone(),
                            Value::from(format!("{}{}", field.prefix, field.secret)),
                        )
                    })
                    .collect();
                object.insert("headers".to_owned(), headers.into());
            }
        },
    }
    if let Some(namespace) = &identity.namespace {
        object.insert("namespace".to_owned(), Value::from(namespace.clone()));
    }
    object.into()
}
