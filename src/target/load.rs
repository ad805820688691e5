//! Target file and environment to [`Target`].

use std::{borrow::Cow, path::Path, sync::LazyLock};

use jsonschema::Validator;
use regex::Regex;
use serde_json::Value;
use url::Url;

use super::{Environment, Target, TargetError, reader::Reader, sections::Loader};
use crate::{
    bounded_file,
    schema_errors::{Schema, Values},
    yaml::{Located, Violation},
};

static SCHEMA: LazyLock<(Value, Result<Validator, String>)> = LazyLock::new(|| {
    let schema =
        serde_json::from_str(include_str!("../../schemas/target.schema.json")).unwrap_or_default();
    let validator = jsonschema::validator_for(&schema).map_err(|error| error.to_string());
    (schema, validator)
});

/// The largest target file that is read, in octets.
const MAX_FILE: u64 = 1024 * 1024;

/// How a target file is loaded.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// The base URL in place of the file's (`--registry`); the file then needs none.
    pub registry: Option<Url>,
    /// Whether the `token-command`s are run.
    pub token_commands: TokenCommands,
}

/// What happens with `token-command`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenCommands {
    /// Each is run once, in the folder of the target file.
    #[default]
    Run,
    /// None is run, since nothing will be sent; those identities are [`Authentication::Unresolved`].
    Skip,
}

impl Target {
    /// Reads a target file. Paths in it are relative to its folder; `${NAME}` in any text is replaced from
    /// `environment`. All that is wrong is reported at once.
    pub fn load(
        path: &Path,
        environment: &Environment,
        options: &LoadOptions,
    ) -> Result<Self, TargetError> {
        let text = bounded_file::read_text(path, MAX_FILE).map_err(|source| TargetError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text, path, environment, options)
    }

    /// As [`Target::load`], of a text that is already read; `path` names it in errors and is what relative paths
    /// are relative to.
    pub fn parse(
        text: &str,
        path: &Path,
        environment: &Environment,
        options: &LoadOptions,
    ) -> Result<Self, TargetError> {
        let invalid = |mut violations: Vec<Violation>| {
            violations.sort();
            violations.dedup();
            TargetError::Invalid {
                path: path.to_owned(),
                violations,
            }
        };
        let mut document = Located::parse(&quote_variables(text))
            .map_err(|error| invalid(vec![Violation::new(error.position, error.message)]))?;
        if document.value.is_null() {
            document.value = Value::Object(serde_json::Map::new());
        }
        let mut reader = Reader::new(document, environment);
        let (schema, validator) = &*SCHEMA;
        match validator {
            Ok(validator) => {
                let schema = Schema {
                    validator,
                    document: schema,
                    values: Values::Hidden,
                };
                for problem in schema.problems(&reader.document().value) {
                    if problem.is_name {
                        reader.refuse_name(&problem.pointer, problem.message);
                    } else {
                        reader.refuse(&problem.pointer, problem.message);
                    }
                }
            }
            Err(error) => {
                reader.refuse("", format!("the schema of target files is broken: {error}"));
            }
        }
        if !reader.violations.is_empty() {
            return Err(invalid(reader.violations));
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        let target = Loader {
            reader: &mut reader,
            folder,
            options,
        }
        .target();
        match target {
            Some(target) if reader.violations.is_empty() => Ok(target),
            _ => Err(invalid(reader.violations)),
        }
    }
}

/// `{token: ${TOKEN}}` is what people write and YAML does not take: a brace begins a mapping there. A variable that is
/// a whole value is put in quotes, by which it means the same.
fn quote_variables(text: &str) -> Cow<'_, str> {
    static VARIABLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?m)([:,\[{-][ \t]*)(\$\{[A-Za-z_][A-Za-z0-9_]*\})([ \t]*(?:[,}\]\r#]|$))")
            .ok()
    });
    let Some(variable) = VARIABLE.as_ref() else {
        return Cow::Borrowed(text);
    };
    let once = variable.replace_all(text, "${1}\"${2}\"${3}");
    // What stands between two variables in a list belongs to both.
    Cow::Owned(variable.replace_all(&once, "${1}\"${2}\"${3}").into_owned())
}
