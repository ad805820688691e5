//! The JSON Schemas of the API's documents.

use std::collections::HashMap;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

use crate::schema_errors::{Schema, SchemaProblem, Values};

macro_rules! schemas {
    ($($name:literal),* $(,)?) => {
        /// The names of the schemas.
        pub const NAMES: &[&str] = &[$($name),*];
        static TEXTS: &[(&str, &str)] = &[
            $(($name, include_str!(concat!("../../schemas/api/", $name, ".schema.json")))),*
        ];
    };
}

schemas!(
    "manifest",
    "unpublished-release",
    "release",
    "content-sources",
    "content-sources-request",
    "publish-request",
    "problem",
    "jws",
);

static VALIDATORS: LazyLock<HashMap<&'static str, (Value, Validator)>> = LazyLock::new(|| {
    let documents: Vec<(&str, Value)> = TEXTS
        .iter()
        .filter_map(|(name, text)| Some((*name, serde_json::from_str(text).ok()?)))
        .collect();
    let resources = documents.iter().filter_map(|(_, schema)| {
        let id = schema.get("$id")?.as_str()?.to_owned();
        Some((id, schema.clone()))
    });
    let Ok(registry) = jsonschema::Registry::new()
        .extend(resources)
        .and_then(jsonschema::RegistryBuilder::prepare)
    else {
        return HashMap::new();
    };
    documents
        .iter()
        .filter_map(|(name, schema)| {
            let validator = jsonschema::options()
                .with_registry(&registry)
                .should_validate_formats(true)
                .build(schema)
                .ok()?;
            Some((*name, (schema.clone(), validator)))
        })
        .collect()
});

/// Compiles the schemas ahead of time, on a thread of its own if there can be one; whoever needs one meanwhile waits for it.
pub fn compile_ahead() {
    let thread = std::thread::Builder::new();
    drop(thread.spawn(|| LazyLock::force(&VALIDATORS)));
}

/// Everything in which a document is not what the schema of this name says; `None` for an unknown name.
pub fn problems(name: &str, document: &Value) -> Option<Vec<SchemaProblem>> {
    let (schema, validator) = VALIDATORS.get(name)?;
    let schema = Schema {
        validator,
        document: schema,
        values: Values::Shown,
    };
    Some(schema.problems(document))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{NAMES, problems};

    #[test]
    fn every_schema_compiles_and_refuses_something() {
        for name in NAMES {
            let found =
                problems(name, &json!(7)).unwrap_or_else(|| panic!("{name} does not compile"));
            assert!(!found.is_empty(), "{name} accepts a number");
        }
    }
}
