//! `GET __admin/openapi.json`.

use http::StatusCode;

use crate::reply::Reply;

/// `OpenAPI` 3.1 description of the Publish API and of control.
pub(crate) const DOCUMENT: &str = include_str!("../openapi.json");

pub(super) fn document() -> Reply {
    Reply::with_body(StatusCode::OK, "application/json", DOCUMENT)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use serde_json::Value;

    use super::*;
    use crate::{
        admin::endpoints::ENDPOINTS, cli::SessionOptions, config::Config, journal::Matcher,
        nearest::sample_paths, operation::Operation, policy::Policy, router::Resource,
    };

    fn document() -> Value {
        serde_json::from_str(DOCUMENT).unwrap()
    }

    /// Methods by path, upper case.
    fn described() -> BTreeMap<String, BTreeSet<String>> {
        let methods = ["get", "head", "post", "put", "delete", "patch", "options"];
        document()["paths"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(path, item)| {
                let own = methods.iter().filter(|method| item.get(**method).is_some());
                (
                    path.clone(),
                    own.map(|method| method.to_uppercase()).collect(),
                )
            })
            .collect()
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn check(root: &Value, value: &Value) -> usize {
            match value {
                Value::Object(members) => members
                    .iter()
                    .map(|(name, value)| match (name.as_str(), value) {
                        ("$ref", Value::String(reference)) => {
                            let pointer = reference.strip_prefix('#').unwrap();
                            assert!(root.pointer(pointer).is_some(), "{reference}");
                            1
                        }
                        _ => check(root, value),
                    })
                    .sum(),
                Value::Array(items) => items.iter().map(|item| check(root, item)).sum(),
                _ => 0,
            }
        }
        let document = document();
        assert_eq!(document["openapi"], "3.1.0");
        assert!(check(&document, &document) > 100);
    }

    #[test]
    fn control_is_described_as_it_is_served() {
        let mut served: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for endpoint in ENDPOINTS {
            served
                .entry(format!("/__admin/{}", endpoint.path))
                .or_default()
                .insert(endpoint.method.to_string());
        }
        let mut described = described();
        described.retain(|path, _| path.starts_with("/__admin/"));
        assert_eq!(described, served);
    }

    #[test]
    fn the_api_is_described_as_it_is_served() {
        let config = Config::new().unwrap();
        let mut described = described();
        described.retain(|path, _| !path.starts_with("/__admin/"));
        let served: BTreeMap<String, BTreeSet<String>> = sample_paths(&config.create_path)
            .into_iter()
            .map(|path| {
                let sample = path
                    .replace("{name}", "a.test:b")
                    .replace("{version}", "1.0.0");
                let resource = Resource::at(&sample, &config, &Policy::default()).unwrap();
                let methods = resource.methods(&config);
                (
                    format!("/{path}"),
                    methods.iter().map(ToString::to_string).collect(),
                )
            })
            .collect();
        assert_eq!(described, served);
        // Every operation is one of them.
        let document = document();
        let names = &document["components"]["schemas"]["Operation"]["enum"];
        let all: Vec<&str> = Operation::ALL
            .iter()
            .map(|operation| operation.name())
            .collect();
        assert_eq!(*names, serde_json::json!(all));
    }

    #[test]
    fn documents_have_the_members_that_are_described() {
        let document = document();
        let members = |schema: &str| -> BTreeSet<String> {
            let properties = &document["components"]["schemas"][schema]["properties"];
            properties.as_object().unwrap().keys().cloned().collect()
        };
        assert_eq!(
            members("SessionOptions"),
            SessionOptions::names().into_iter().collect()
        );
        for member in members("CountRequest") {
            let body = [(member.clone(), serde_json::json!([]))]
                .into_iter()
                .collect();
            // Known, though not with this value.
            let error = Matcher::from_json(&body)
                .err()
                .map(|error| error.to_string());
            assert!(
                !error.is_some_and(|error| error.contains("is no member")),
                "{member}"
            );
        }
    }
}
